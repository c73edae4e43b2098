"""The register of personal data, held against the schema and against what an erasure takes."""

import pytest

from appliance.privacy import register
from appliance.privacy.impersonal import IMPERSONAL
from appliance.storage.models import ALL

INDEXES = ("text_index", "title_index", "sqlite_")
# Ids, boots, moments and who of the staff: the same in every table.
COMMON = {"at", "by", "uuid", "boot_id"}
ENDS = ("_at", "_by", "_boot_id")


def text_columns(core) -> dict[str, set[str]]:
    connection = core.database.connection()
    names = [
        row[0] for row in connection.execute("SELECT name FROM sqlite_schema WHERE type='table'")
    ]
    return {
        name: {
            row[1]
            for row in connection.execute(f"PRAGMA table_info({name})")
            if row[2] == "TEXT" and row[1] not in COMMON and not row[1].endswith(ENDS)
        }
        for name in names
        if not name.startswith(INDEXES)
    }


def test_every_text_column_is_known_as_personal_or_not(core) -> None:
    schema = text_columns(core)
    known = {
        table: set(IMPERSONAL.get(table, "").split()) | register.personal_of(table)
        for table in {*IMPERSONAL, *register.COLUMNS}
    }

    missing = {table: names - known.get(table, set()) for table, names in schema.items()}
    assert {table: names for table, names in missing.items() if names} == {}


def test_no_column_is_both_and_every_category_has_words() -> None:
    both = [t for t in IMPERSONAL if register.personal_of(t) & set(IMPERSONAL[t].split())]

    assert both == []
    used = {kind for kinds in register.COLUMNS.values() for kind in kinds}
    assert used | set(register.FOLDERS.values()) == set(register.CATEGORIES)


@pytest.mark.parametrize("table", [one._meta.table_name for one in ALL])
def test_the_register_names_no_column_that_is_not_there(table) -> None:
    model = next(one for one in ALL if one._meta.table_name == table)

    assert register.personal_of(table) <= set(model._meta.columns)
