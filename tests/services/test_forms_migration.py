"""Photocopy forms of one publication and the first complaints, brought to what they are now."""

from appliance.storage import database as storage
from appliance.storage.database import migrate, open_database

BEFORE = 20
AT = "'2026-11-22T01:00:00.000Z'"
VISIT = f"""
INSERT INTO visit (id, uuid, token_hash, code, business_date, number, state, channel,
    registered_at, registered_boot_id, registered_boot_ms, registered_clock, sex, age_band,
    education, occupation, agency_category, purpose, services, channels)
    VALUES (1, 'v', 't', 'c', '2026-11-22', 1, 'served', 'phone', {AT}, 'b', 0, 2,
    '1', '2', '3', '1', '6', '1', '1', '1');
INSERT INTO photocopy (id, uuid, visit_id, title, pages, state, created_at, out_at)
    VALUES (7, 'p7', 1, 'Padi', 'semua', 'asked', {AT}, NULL),
        (9, 'p9', 1, 'Sensus', '3', 'out', {AT}, {AT});
INSERT INTO complaint (uuid, code, topic, body, state, created_at, due_at)
    VALUES ('a', 'a', 'suggestion', 'Kursi', 'new', {AT}, {AT}),
        ('b', 'b', 'collection', 'Buku', 'in_hand', {AT}, {AT}),
        ('c', 'c', 'service', 'Antre', 'new', {AT}, {AT});
"""


def test_what_was_there_keeps_its_number_and_its_meaning(tmp_path, monkeypatch) -> None:
    scripts = storage._scripts()
    monkeypatch.setattr(storage, "_scripts", lambda: [one for one in scripts if one[0] <= BEFORE])
    database = open_database(tmp_path / "alt.db")
    migrate(database)
    connection = database.connection()
    connection.execute(VISIT)
    monkeypatch.setattr(storage, "_scripts", lambda: scripts)

    migrate(database)

    trips = connection.execute("SELECT id, form_id, page_count, state, carrier FROM photocopy")
    assert list(trips) == [(7, 7, None, "asked", None), (9, 9, None, "out", "visitor")]
    assert list(connection.execute("SELECT kind, topic FROM complaint ORDER BY id")) == [
        ("suggestion", "other"),
        ("complaint", "product"),
        ("complaint", "service"),
    ]
    assert list(connection.execute("PRAGMA foreign_key_check")) == []
    database.close()
