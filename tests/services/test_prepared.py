"""Queries that are built once."""

import pytest

from appliance.core import Core
from appliance.storage.models import Locker, Meta
from appliance.storage.prepared import Prepared


@pytest.fixture(autouse=True)
def three_lockers(core: Core) -> None:
    core.writer.run(lambda: [Locker.create(number=n, condition_note=f"n{n}") for n in (1, 2, 3)])


def test_a_prepared_query_finds_what_peewee_finds() -> None:
    by_number = Prepared(Locker, lambda number: Locker.select().where(Locker.number == number))

    for number in (2, 3, 2):
        found = by_number.first(number)
        assert found == Locker.get(Locker.number == number)
        assert found.has_sensor is True
    assert by_number.first(9) is None


def test_values_go_where_they_belong_beside_constants() -> None:
    between = Prepared(
        Locker,
        lambda low, high: (
            Locker.select()
            .where(
                (Locker.number <= high) & (Locker.number >= low) & (Locker.condition == "usable")
            )
            .order_by(Locker.number.desc())
            .limit(2)
        ),
    )

    assert [row.number for row in between.rows(1, 3)] == [3, 2]
    assert [row.number for row in between.rows(1, 1)] == [1]
    assert between.rows(3, 1) == []


def test_text_is_a_value_too_and_never_sql() -> None:
    noted = Prepared(Locker, lambda note: Locker.select().where(Locker.condition_note == note))

    assert noted.first("n2").number == 2
    assert noted.first("n2' OR '1'='1") is None
    assert noted.rows("n3")[0].number == 3


def test_the_query_is_built_once() -> None:
    built: list[object] = []

    def build(key: object) -> object:
        built.append(key)
        return Meta.select().where(Meta.key == key)

    prepared = Prepared(Meta, build)
    for key in ("a", "b", "c"):
        prepared.first(key)

    assert len(built) == 1
