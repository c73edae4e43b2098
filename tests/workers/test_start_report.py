"""What a start of the lockers process finds, and that it explains every door once."""

import pytest

from appliance.errors import Invalid, NotFound
from appliance.lockers.outcomes import DoorOutcomes
from appliance.lockers.rules import Outcome
from appliance.lockers.start_rules import Cause, DoorAtStart, Finding, RunMark, cause, findings
from appliance.storage.models import DoorCommand, StartReport
from tests.lockers_kit import facts, make_worker, outcome, step_until
from tests.services.library import OFFICER, new_visit


def lines(services) -> dict[int, str]:
    report = services.start_report.latest()
    return {line.number: str(line.finding) for line in report.lines}


@pytest.fixture
def start(core, bank, wake, seconds):
    """Start the process (again); the run before is cut off unless it said that it stops."""
    return lambda: make_worker(core, bank, wake, seconds)


def test_a_clean_restart_has_nothing_to_explain(services, core, start) -> None:
    start().stopped()
    start()

    assert services.start_report.latest() is None
    assert facts(core, "lockers.started") == ['{"cause": "restart"}'] * 2


def test_a_power_cut_explains_every_door(services, core, bank, start, clock) -> None:
    start()
    claimed, waiting, keeps = (new_visit(core, services) for _ in range(3))
    for visit in (claimed, waiting, keeps):
        services.lockers.assign(visit.id, by=OFFICER)
    door = DoorOutcomes(books=core.books)
    door.claim_next()
    DoorCommand.update(result="opened").where(DoorCommand.locker == 3).execute()
    cut_at = clock.now()
    clock.reboot(off_s=600)

    start().step()

    report = services.start_report.latest()
    assert (report.cause, report.before_at, report.is_done) == (Cause.POWER_CUT, cut_at, False)
    assert lines(services) == {1: "interrupted", 2: "not_carried_out", 3: "occupied"}
    assert [line.visit_label for line in report.lines] == [
        visit.label for visit in (claimed, waiting, keeps)
    ]
    assert outcome(services, claimed) is Outcome.INTERRUPTED
    assert outcome(services, waiting) is Outcome.EXPIRED
    assert all(bank.world.locker(n).pulses() == () for n in bank.numbers)
    assert services.lockers.of_visit(keeps.id).number == 3


def test_a_power_cut_of_an_empty_room_is_told_all_the_same(services, start, clock) -> None:
    start()
    clock.reboot()
    start()

    assert services.start_report.latest().lines == ()
    assert services.start_report.latest().is_done


def test_a_night_is_no_power_cut_but_doors_and_bags_are_told(
    services, core, bank, wake, start, clock
) -> None:
    worker = start()
    visit = new_visit(core, services)
    services.lockers.assign(visit.id, by=OFFICER)
    step_until(worker, wake, lambda: outcome(services, visit) is Outcome.OPENED)
    bank.world.locker(1).shut()
    worker.stopped()
    bank.world.locker(2).force()
    clock.reboot(off_s=14 * 3600)

    start()

    assert services.start_report.latest().cause is Cause.RESTART
    assert lines(services) == {1: "occupied", 2: "door_open"}


def test_what_a_killed_process_left_undone_is_told(services, core, bank, start, clock) -> None:
    start()
    visit = new_visit(core, services)
    services.lockers.assign(visit.id, by=OFFICER)
    clock.advance(1)

    successor = start()
    for _ in range(3):
        successor.step()

    assert services.start_report.latest().cause is Cause.KILLED
    assert lines(services) == {1: "not_carried_out"}
    assert bank.world.locker(1).pulses() == (), "nobody stands there any more"


def test_a_second_kill_does_not_hide_what_the_first_left(services, core, start) -> None:
    start()
    services.lockers.assign(new_visit(core, services).id, by=OFFICER)
    start()
    services.lockers.assign(new_visit(core, services).id, by=OFFICER)
    start()

    assert lines(services) == {1: "not_carried_out", 2: "not_carried_out"}
    assert StartReport.select().count() == 2


def test_a_sensor_that_cannot_be_read_is_told(services, bank, start) -> None:
    bank.world.vanish()
    start()

    assert set(lines(services).values()) == {"sensor_unknown"}


def test_a_person_settles_the_doors(services, core, start) -> None:
    start()
    services.lockers.assign(new_visit(core, services).id, by=OFFICER)
    start()
    (line,) = services.start_report.latest().unsettled

    with pytest.raises(Invalid):
        services.start_report.settle(line.id, by=OFFICER, note="x" * 201)
    report = services.start_report.settle(line.id, by=OFFICER, note="sudah dibuka")
    services.start_report.settle(line.id, by=OFFICER, note="dua kali")

    assert report.is_done
    assert [(li.note, li.settled_by) for li in services.start_report.latest().lines] == [
        ("sudah dibuka", "officer:petugas")
    ]
    with pytest.raises(NotFound):
        services.start_report.settle(999, by=OFFICER)


def test_a_person_reads_the_report(services, core, start) -> None:
    start()
    services.lockers.assign(new_visit(core, services).id, by=OFFICER)
    start()

    services.start_report.seen(by=OFFICER)
    services.start_report.seen(by=OFFICER)

    assert services.start_report.latest().is_done
    assert services.start_report.latest().seen_by == "officer:petugas"
    assert len(facts(core, "lockers.start_seen")) == 1


@pytest.mark.parametrize(
    ("before", "found"),
    [
        (None, Cause.RESTART),
        (RunMark("b1", is_stopped=True), Cause.RESTART),
        (RunMark("b0", is_stopped=True), Cause.RESTART),
        (RunMark("b1", is_stopped=False), Cause.KILLED),
        (RunMark("b0", is_stopped=False), Cause.POWER_CUT),
    ],
)
def test_the_cause_is_what_the_run_before_left(before, found) -> None:
    assert cause(before, "b1") is found


def test_within_one_boot_the_room_went_on() -> None:
    used = DoorAtStart(1, True, "open", "open", None, is_occupied=True)

    assert findings([used], is_new_boot=False) == ()
    assert findings([used], is_new_boot=True) == ((1, Finding.DOOR_OPEN),)
