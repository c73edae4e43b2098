"""Lockers: handed out once each, opened only for whom they belong to."""

import threading
from concurrent.futures import ThreadPoolExecutor

import apsw
import pytest

from appliance.actor import SYSTEM, Actor
from appliance.bootstrap import Core, build_services
from appliance.errors import Invalid, NotFound, Refused
from appliance.lockers.alarm_rules import AlarmKind
from appliance.lockers.outcomes import DoorOutcomes
from appliance.lockers.rules import Outcome
from appliance.services import Services
from appliance.storage import database as storage
from appliance.storage.models import DoorCommand, LockerSession
from tests.fakes import FakeClock
from tests.services.library import OFFICER, new_visit

BOTH = pytest.mark.parametrize("office_name", ["pasaman", "dharmasraya"], indirect=True)
CARD_OFFICE = pytest.mark.parametrize("office_name", ["dharmasraya"], indirect=True)


@pytest.fixture
def bank(services: Services) -> Services:
    services.lockers.sync_bank(dict.fromkeys((1, 2, 3), True), by=SYSTEM)
    return services


def door(core: Core, clock: FakeClock) -> DoorOutcomes:
    return DoorOutcomes(books=core.books)


def carry_out(core: Core, clock: FakeClock) -> int:
    """What the lockers process does, without doors; returns the locker's number."""
    outcomes = door(core, clock)
    claimed = outcomes.claim_next()
    assert claimed is not None
    outcomes.pulsed(claimed.id)
    outcomes.seen_open(claimed.id)
    return claimed.number


def events(core: Core) -> list[str]:
    return [entry.action for entry in reversed(core.journal.latest(500))]


def test_a_locker_its_command_and_its_facts_are_one_change(bank, core, listening) -> None:
    visit = new_visit(core, bank)

    locker = bank.lockers.assign(visit.id, by=OFFICER)

    assert locker.number == 1
    assert locker.command.outcome is Outcome.WAITING
    assert bank.visits.by_id(visit.id).served_at is not None
    assert events(core)[-3:] == ["visit.served", "locker.assigned", "locker.commanded"]
    assert listening.wait(0.1), "the lockers process was not woken"


def test_nothing_is_kept_when_the_command_is_refused(bank, core, listening, clock) -> None:
    bank.lockers.open_for(1, by=OFFICER, reason="uji")
    visit = new_visit(core, bank)

    with pytest.raises(Refused, match="sedang dibuka"):
        bank.lockers.assign(visit.id, by=OFFICER, number=1)

    assert bank.lockers.of_visit(visit.id) is None
    assert bank.visits.by_id(visit.id).served_at is None


def test_without_a_lockers_process_the_screen_knows_at_once(bank, core, clock) -> None:
    visit = new_visit(core, bank)

    locker = bank.lockers.assign(visit.id, by=OFFICER)

    assert locker.command.outcome is Outcome.UNATTENDED
    assert "tidak berjalan" in locker.command.outcome.sentence
    assert door(core, clock).claim_next() is None, "a process started later would open it"
    assert events(core)[-1] == "locker.outcome"


def test_the_same_visit_keeps_its_locker(bank, core, listening) -> None:
    visit = new_visit(core, bank)
    first = bank.lockers.assign(visit.id, by=OFFICER)

    again = bank.lockers.assign(visit.id, by=OFFICER, number=3)

    assert again.number == first.number
    assert DoorCommand.select().count() == 1


def test_a_wished_locker_is_given_or_the_next_free_one(bank, core, listening) -> None:
    one, two = new_visit(core, bank), new_visit(core, bank)

    assert bank.lockers.assign(one.id, by=OFFICER, number=2).number == 2
    assert bank.lockers.assign(two.id, by=OFFICER, number=2).number == 1


def test_no_locker_left_is_said_in_words(bank, core, listening) -> None:
    for _ in range(3):
        bank.lockers.assign(new_visit(core, bank).id, by=OFFICER)

    with pytest.raises(Refused, match="Semua loker"):
        bank.lockers.assign(new_visit(core, bank).id, by=OFFICER)


def test_lockers_out_of_use_are_not_handed_out(bank, core, listening) -> None:
    bank.lockers.set_condition(1, "broken", by=OFFICER, note="engsel lepas")
    visit = new_visit(core, bank)

    with pytest.raises(Refused, match="tidak dapat dipakai"):
        bank.lockers.assign(visit.id, by=OFFICER, number=1)
    assert bank.lockers.assign(visit.id, by=OFFICER).number == 2


def test_a_door_somebody_should_look_at_is_handed_out_last(bank, core, listening) -> None:
    bank.alarms.raise_(1, AlarmKind.NOT_OPENED)

    given = [bank.lockers.assign(new_visit(core, bank).id, by=OFFICER).number for _ in range(3)]

    assert given == [2, 3, 1]


def test_fifty_at_once_race_for_the_last_lockers(bank, core, listening) -> None:
    visits = [new_visit(core, bank) for _ in range(50)]
    other = build_services(core)
    together = threading.Barrier(50)

    def take(place: int) -> int | None:
        together.wait()
        service = bank if place % 2 else other
        try:
            return service.lockers.assign(visits[place].id, by=OFFICER, number=3).number
        except Refused:
            return None

    with ThreadPoolExecutor(50) as pool:
        got = [number for number in pool.map(take, range(50)) if number is not None]

    assert sorted(got) == [1, 2, 3]
    assert LockerSession.select().count() == 3
    assert DoorCommand.select().count() == 3


def test_the_database_itself_refuses_a_second_owner(bank, core, listening) -> None:
    bank.lockers.assign(new_visit(core, bank).id, by=OFFICER)
    stranger = apsw.Connection(str(core.settings.data_dir / storage.FILE_NAME))

    with pytest.raises(apsw.ConstraintError):
        stranger.execute(
            "INSERT INTO locker_session (uuid, locker_id, visit_id, started_at, started_by)"
            " SELECT 'x', locker_id, (SELECT max(id) FROM visit), '', '' FROM locker_session"
        )
    stranger.close()


def test_the_visitor_opens_the_own_locker_again(bank, core, listening, clock) -> None:
    visit = new_visit(core, bank)
    bank.lockers.assign(visit.id, by=OFFICER)
    carry_out(core, clock)
    clock.advance(2)

    locker = bank.lockers.open_again(visit.id, by=Actor.visitor(visit.uuid))

    assert (locker.number, locker.command.purpose) == (1, "again")


def test_tapping_fast_is_refused_not_queued(bank, core, listening, clock) -> None:
    visit = new_visit(core, bank)
    bank.lockers.assign(visit.id, by=OFFICER)

    for _ in range(3):
        with pytest.raises(Refused, match="sedang dibuka"):
            bank.lockers.open_again(visit.id, by=Actor.visitor(visit.uuid))
    carry_out(core, clock)
    with pytest.raises(Refused, match="sedang dibuka"):  # the coil rests
        bank.lockers.open_again(visit.id, by=Actor.visitor(visit.uuid))

    assert DoorCommand.select().count() == 1


def test_a_visit_without_locker_or_closed_opens_nothing(bank, core, listening, clock) -> None:
    visit, other = new_visit(core, bank), new_visit(core, bank)
    bank.lockers.assign(visit.id, by=OFFICER)
    carry_out(core, clock)
    clock.advance(5)

    with pytest.raises(NotFound):
        bank.lockers.open_again(other.id, by=Actor.visitor(other.uuid))
    bank.visits.close(visit.id, by=OFFICER, state="closed_by_staff", reason="pulang")
    with pytest.raises(Refused, match="sudah ditutup"):
        bank.lockers.open_again(visit.id, by=Actor.visitor(visit.uuid))


def test_a_command_too_old_expires_even_with_a_dead_worker(bank, core, listening, clock) -> None:
    visit = new_visit(core, bank)
    bank.lockers.assign(visit.id, by=OFFICER)

    clock.advance(5)

    assert bank.lockers.of_visit(visit.id).command.outcome is Outcome.EXPIRED
    assert door(core, clock).claim_next() is None
    assert events(core)[-1] == "locker.outcome"


def test_no_command_survives_a_reboot(bank, core, listening, clock) -> None:
    bank.lockers.assign(new_visit(core, bank).id, by=OFFICER)

    clock.reboot(off_s=0)

    assert door(core, clock).claim_next() is None


def test_a_wall_clock_that_jumps_neither_kills_nor_revives(bank, core, listening, clock) -> None:
    bank.lockers.assign(new_visit(core, bank).id, by=OFFICER)
    clock.jump(86400)
    assert carry_out(core, clock) == 1

    bank.lockers.open_for(2, by=OFFICER, reason="uji")
    clock.advance(6)
    clock.jump(-86400)
    assert door(core, clock).claim_next() is None


def test_a_claimed_command_is_claimed_once(bank, core, listening, clock) -> None:
    bank.lockers.assign(new_visit(core, bank).id, by=OFFICER)

    assert door(core, clock).claim_next() is not None
    assert door(core, clock).claim_next() is None


def test_a_predecessors_unfinished_command_is_never_repeated(bank, core, listening, clock) -> None:
    visit = new_visit(core, bank)
    bank.lockers.assign(visit.id, by=OFFICER)
    door(core, clock).claim_next()

    door(core, clock).end_all()

    assert bank.lockers.of_visit(visit.id).command.outcome is Outcome.INTERRUPTED
    assert door(core, clock).claim_next() is None


def test_giving_back_frees_the_locker_and_stops_what_waits(bank, core, listening, clock) -> None:
    visit = new_visit(core, bank)
    bank.lockers.assign(visit.id, by=OFFICER)

    released = bank.lockers.release(visit.id, by=OFFICER)

    assert (released.number, released.was_open) == (1, False)
    assert bank.lockers.tile(1).is_free
    assert door(core, clock).claim_next() is None, "it would pop open for the next one"


def test_found_property_blocks_the_locker(bank, core, listening) -> None:
    visit = new_visit(core, bank)
    bank.lockers.assign(visit.id, by=OFFICER)

    bank.lockers.release(visit.id, by=OFFICER, reason="found_property", description="tas")

    assert (bank.lockers.tile(1).state, bank.lockers.tile(1).note) == (
        "blocked",
        "Barang tertinggal",
    )


@pytest.mark.parametrize("reason", ["", "x" * 201, "kunci\x1b[2J", "kunci \u202eilak"])
def test_no_journal_line_gets_a_reason_that_cannot_be_read(bank, reason: str) -> None:
    with pytest.raises(Invalid):
        bank.lockers.open_for(1, by=OFFICER, reason=reason)
    with pytest.raises(Invalid):
        bank.lockers.set_condition(1, "broken", by=OFFICER, note=reason)


def test_staff_opens_only_with_a_reason(bank, core, listening) -> None:
    with pytest.raises(Invalid) as caught:
        bank.lockers.open_for(1, by=OFFICER, reason="  ")
    assert "reason" in caught.value.problems

    bank.lockers.open_for(1, by=OFFICER, reason="kunci tertinggal")
    command = bank.lockers.tile(1).command
    assert (command.reason, command.by) == ("kunci tertinggal", "officer:petugas")
    assert core.journal.latest(1)[0].reason == "kunci tertinggal"


def test_the_wall_shows_who_uses_what(bank, core, listening) -> None:
    visit = new_visit(core, bank)
    bank.lockers.assign(visit.id, by=OFFICER, number=2)
    bank.lockers.set_condition(3, "blocked", by=OFFICER, note="dibersihkan")

    wall = bank.lockers.wall()

    assert [(tile.number, tile.state, tile.visit_label) for tile in wall] == [
        (1, "free", ""),
        (2, "used", visit.label),
        (3, "blocked", ""),
    ]


def test_what_an_officer_blocked_no_start_gives_back_whatever_the_words(bank) -> None:
    bank.lockers.set_condition(1, "broken", by=OFFICER, note="Tidak terpasang")

    bank.lockers.sync_bank(dict.fromkeys((1, 2, 3), True), by=SYSTEM)
    emergency = bank.emergency.start(source="screen", by=OFFICER, reason="latihan")

    assert bank.lockers.tile(1).state == "broken"
    assert [door.number for door in emergency.doors] == [1, 2, 3]


def test_lockers_gone_from_the_bank_are_blocked_and_come_back(bank, core) -> None:
    bank.lockers.sync_bank({1: True, 2: False}, by=SYSTEM)
    assert bank.lockers.tile(3).state == "blocked"
    assert not bank.lockers.tile(2).has_sensor

    bank.lockers.sync_bank({}, by=SYSTEM)
    assert bank.lockers.tile(1).is_free
    bank.lockers.sync_bank({1: True, 2: False, 3: True}, by=SYSTEM)

    assert bank.lockers.tile(3).is_free


@CARD_OFFICE
def test_where_a_card_is_asked_no_locker_goes_out_without(bank, core, listening, office_name):
    visit = new_visit(core, bank)

    with pytest.raises(Refused, match="kartu identitas"):
        bank.lockers.assign(visit.id, by=OFFICER)
    bank.deposits.receive(visit.id, "KTP", by=OFFICER)

    assert bank.lockers.assign(visit.id, by=OFFICER).number == 1


@CARD_OFFICE
def test_doing_without_the_card_is_journalled(bank, core, listening, office_name) -> None:
    visit = new_visit(core, bank)

    bank.lockers.assign(visit.id, by=OFFICER, without_card="anak sekolah, belum punya KIA")

    assigned = [e for e in core.journal.latest() if e.action == "locker.assigned"]
    assert assigned[0].reason == "anak sekolah, belum punya KIA"
