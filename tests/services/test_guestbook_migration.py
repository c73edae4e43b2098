"""A guest book of the time when every visit had a person of its own, brought to visitors."""

import pytest

from appliance.storage import database as storage
from appliance.storage.database import migrate, open_database

BEFORE = 15
VISIT = """
INSERT INTO visit (id, uuid, token_hash, code, business_date, number, state, channel,
    registered_at, registered_boot_id, registered_boot_ms, registered_clock, sex, age_band,
    education, occupation, agency_category, purpose, services, channels)
    VALUES ({id}, 'v{id}', 't{id}', 'c{id}', '2026-11-22', {id}, 'served', 'phone',
    '2026-11-22T01:00:00.000Z', 'b', 0, 2, '1', '2', '3', '1', '6', '1', '1', '1');
INSERT INTO guest (visit_id, name, phone, erased_at) VALUES ({id}, {name}, {phone}, {erased});
"""
GUESTS = [
    ("'Siti Rahmawati'", "'0812'", "NULL"),
    ("'SITI rahmawati '", "'0812'", "NULL"),
    ("'Budi'", "'0812'", "NULL"),
    ("'Ani'", "NULL", "NULL"),
    ("'Ani'", "NULL", "NULL"),
    ("NULL", "NULL", "'2026-11-22T01:00:00.000Z'"),
]


@pytest.fixture
def old(tmp_path, monkeypatch):
    """A database of that time, with six visits."""
    scripts = storage._scripts()
    monkeypatch.setattr(storage, "_scripts", lambda: [one for one in scripts if one[0] <= BEFORE])
    database = open_database(tmp_path / "alt.db")
    migrate(database)
    for number, (name, phone, erased) in enumerate(GUESTS, start=1):
        database.connection().execute(
            VISIT.format(id=number, name=name, phone=phone, erased=erased)
        )
    monkeypatch.setattr(storage, "_scripts", lambda: scripts)
    yield database
    database.close()


def test_the_same_number_and_name_become_one_person_and_nobody_else_does(old) -> None:
    connection = old.connection()

    migrate(old)

    ties = list(connection.execute("SELECT visit_id, visitor_id FROM visitor_visit ORDER BY 1"))
    assert ties == [(1, 1), (2, 1), (3, 3), (4, 4), (5, 5)]
    assert [row[0] for row in connection.execute("SELECT id FROM visitor ORDER BY 1")] == [
        1,
        3,
        4,
        5,
    ]
    assert set(connection.execute("SELECT persons, incomplete FROM visit")) == {(1, 0)}
    assert list(connection.execute("PRAGMA foreign_key_check")) == []
