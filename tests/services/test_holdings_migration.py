"""A catalogue of the time when a publication had one barcode, brought to copies of their own."""

import pytest

from appliance.catalogue.copy_rules import own_barcode
from appliance.storage import database as storage
from appliance.storage.database import migrate, open_database

BEFORE = 10
OLD = """
INSERT INTO publication (id, title, shelf, barcode, copies, publication_number) VALUES
    (1, 'Tiga', '3B', 'RBP13090.2401', 3, '13090.2401'),
    (2, 'Satu', '1A', NULL, 1, ''),
    (3, 'Softcopy', '', NULL, 0, '13090.2402'),
    (4, 'Tanpa jumlah', '2A', 'B77', 0, '');
INSERT INTO visit (id, uuid, token_hash, code, business_date, number, state, channel,
    registered_at, registered_boot_id, registered_boot_ms, registered_clock, sex, age_band,
    education, occupation, agency_category, purpose, services, channels)
    VALUES (1, 'v', 't', '0000000A', '2026-11-22', 1, 'served', 'phone',
    '2026-11-22T01:00:00.000Z', 'b', 0, 2, '1', '2', '3', '1', '6', '1', '1', '1');
INSERT INTO reading (id, uuid, visit_id, publication_id, title, noted_at, noted_by, returned_at)
    VALUES (1, 'r1', 1, 1, 'Tiga', '2026-11-22T01:00:00.000Z', 'x', NULL),
    (2, 'r2', 1, 2, 'Satu', '2026-11-22T01:00:00.000Z', 'x', '2026-11-22T02:00:00.000Z'),
    (3, 'r3', 1, NULL, 'Milik sendiri', '2026-11-22T01:00:00.000Z', 'x', NULL);
"""


@pytest.fixture
def old(tmp_path, monkeypatch):
    """A database of that time, with a book on a table."""
    scripts = storage._scripts()
    monkeypatch.setattr(storage, "_scripts", lambda: [one for one in scripts if one[0] <= BEFORE])
    database = open_database(tmp_path / "alt.db")
    migrate(database)
    monkeypatch.setattr(storage, "_scripts", lambda: scripts)
    yield database
    database.close()


def test_every_printed_copy_gets_a_row_of_its_own(old):
    connection = old.connection()
    connection.execute(OLD)

    migrate(old)

    def rows(sql):
        return list(connection.execute(sql))

    copies = rows("SELECT id, publication_id, barcode, shelf FROM book_copy ORDER BY id")
    assert copies == [
        (1, 1, "RBP13090.2401", "3B"),
        (2, 1, own_barcode(2), "3B"),
        (3, 1, own_barcode(3), "3B"),
        (4, 2, own_barcode(4), "1A"),
        (5, 4, "B77", "2A"),
    ]
    assert len({uuid for (uuid,) in rows("SELECT uuid FROM book_copy")}) == 5
    assert rows("SELECT id, shelf, barcode, copies FROM publication ORDER BY id") == [
        (1, "3B", "RBP13090.2401", 3),
        (2, "1A", own_barcode(4), 1),
        (3, "", None, 0),
        (4, "2A", "B77", 1),
    ]
    assert rows("SELECT copy_id FROM reading ORDER BY id") == [(1,), (None,), (None,)]
    assert rows("SELECT publication_id FROM catalogue_code WHERE code = 'B77'")[0] == (4,)
