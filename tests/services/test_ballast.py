"""Space kept for the day the card is full."""

from collections.abc import Iterator
from pathlib import Path

import peewee
import pytest
from playhouse.apsw_ext import APSWDatabase

from appliance.errors import Unavailable
from appliance.storage import ballast as module
from appliance.storage.ballast import SIZE_BYTES, Ballast
from appliance.storage.writer import Writer


@pytest.fixture(autouse=True)
def ample_space(no_ballast: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "AMPLE_BYTES", 2 * SIZE_BYTES)


@pytest.fixture
def database(tmp_path: Path) -> Iterator[APSWDatabase]:
    """A database whose next pages do not fit any more."""
    database = APSWDatabase(str(tmp_path / "small.db"))
    database.execute_sql("CREATE TABLE note (text TEXT)")
    yield database
    database.close()


def test_ballast_is_real_space_taken_once(tmp_path: Path) -> None:
    ballast = Ballast(tmp_path)

    assert ballast.take()
    assert not ballast.take()

    status = (tmp_path / "ballast").stat()
    assert status.st_blocks * 512 >= SIZE_BYTES
    assert status.st_mode & 0o777 == 0o600


def test_ballast_is_thrown_overboard_once(tmp_path: Path) -> None:
    ballast = Ballast(tmp_path)
    ballast.take()

    assert ballast.throw_overboard()
    assert not ballast.throw_overboard()
    assert list(tmp_path.iterdir()) == []


def test_a_card_that_is_nearly_full_takes_none(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "AMPLE_BYTES", 1 << 62)

    assert not Ballast(tmp_path).take()
    assert list(tmp_path.iterdir()) == []


def test_a_full_card_costs_the_ballast_and_is_said(tmp_path: Path, database: APSWDatabase) -> None:
    ballast = Ballast(tmp_path)
    ballast.take()
    writer = Writer(database, ballast)

    def fill() -> None:
        database.execute_sql("PRAGMA max_page_count = 2")
        database.execute_sql("INSERT INTO note VALUES (?)", ("x" * 100_000,))

    with pytest.raises(Unavailable, match="Coba lagi"):
        writer.run(fill)

    assert not (tmp_path / "ballast").exists()
    writer.close()


def test_other_troubles_cost_nothing(tmp_path: Path, database: APSWDatabase) -> None:
    ballast = Ballast(tmp_path)
    ballast.take()
    writer = Writer(database, ballast)

    with pytest.raises(Unavailable):
        writer.run(lambda: database.execute_sql("SELECT * FROM nothing_of_that_name"))
    with pytest.raises(peewee.IntegrityError):
        writer.run(_break_a_rule)

    assert (tmp_path / "ballast").exists()
    writer.close()


def _break_a_rule() -> None:
    raise peewee.IntegrityError("UNIQUE constraint failed")
