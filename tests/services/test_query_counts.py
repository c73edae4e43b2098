"""What a screen asks of the database costs the same for one door as for a wall of them."""

import pytest

from appliance.actor import SYSTEM
from appliance.lockers.alarm_rules import AlarmKind
from tests.services.library import OFFICER, new_visit

DOORS = range(1, 13)
READS = {
    "the wall": lambda services: services.lockers.wall(),
    "free lockers": lambda services: services.lockers.free(),
    "alarms": lambda services: services.alarms.by_locker(),
    "emergency": lambda services: services.emergency.latest(),
    "start report": lambda services: services.start_report.latest(),
    "closing walk": lambda services: services.closing.current(),
    "what the walk still passes": lambda services: services.closing.stops(),
    "taken home": lambda services: services.closing.taken_home(),
    "found property": lambda services: services.found_property.kept(),
    "keys": lambda services: services.keys.out(),
}


def fill(core, services, numbers) -> None:
    """Lockers in use, each with an alarm, a key that is out, and a thing found beside it."""
    for number in numbers:
        visit = new_visit(core, services)
        services.lockers.assign(visit.id, by=OFFICER, number=number)
        services.alarms.raise_(number, AlarmKind.LEFT_OPEN)
        services.keys.note(number, "handed_out", {"holder": "Budi", "note": "servis"}, by=OFFICER)
        found = {"description": "payung", "kept_at": "laci"}
        services.found_property.register(found, by=OFFICER)


def start_with_open_doors(services, numbers) -> None:
    """An emergency, and the report of a start that finds these doors open."""
    if services.emergency.open():
        services.emergency.end(by=OFFICER)
    services.emergency.start(source="screen", by=OFFICER, reason="asap")
    services.start_report.begin(dict.fromkeys(numbers, "open"), dict.fromkeys(DOORS, True))


@pytest.fixture
def count(core, services, monkeypatch):
    """Call with a read: how many statements it takes."""

    def questions(read) -> int:
        asked: list[str] = []
        execute = core.database.execute_sql

        def listen(sql, *args, **options):
            asked.append(sql)
            return execute(sql, *args, **options)

        with monkeypatch.context() as patched:
            patched.setattr(core.database, "execute_sql", listen)
            read(services)
        return len(asked)

    return questions


def test_many_doors_cost_no_more_questions_than_one(core, services, count) -> None:
    services.lockers.sync_bank(dict.fromkeys(DOORS, True), by=SYSTEM)
    services.closing.start("every", by=OFFICER)
    fill(core, services, [1])
    start_with_open_doors(services, [1])
    few = {name: count(read) for name, read in READS.items()}

    fill(core, services, DOORS[1:])
    start_with_open_doors(services, DOORS)

    assert len(services.start_report.latest().lines) == len(DOORS), "the report is not filled"
    assert {name: count(read) for name, read in READS.items()} == few
    assert max(few.values()) <= 10
