"""Pages that were drawn before things changed: what is pressed on them harms nobody."""

import re

import pytest

from appliance.actor import SYSTEM, Actor
from appliance.lockers.alarm_rules import AlarmKind
from appliance.lockers.outcomes import DoorOutcomes
from appliance.lockers.rules import Outcome
from appliance.storage.models import DoorCommand
from tests.services.library import new_visit
from tests.web.conftest import fragment, post

OFFICER = Actor.staff("officer1", "officer")
TILE = "/staff/lockers/1"
EMERGENCY = "/staff/lockers/emergency"


@pytest.fixture
def bank(services, listening):
    services.lockers.sync_bank({1: False, 2: True, 3: True}, by=SYSTEM)
    return services


@pytest.fixture
def before(core, bank, clock):
    """Who had locker 1 when the page was drawn."""
    visit = new_visit(core, bank)
    bank.lockers.assign(visit.id, by=OFFICER, number=1)
    clock.advance(60)
    return visit


@pytest.fixture
def now(core, bank, before, clock):
    """Who has locker 1 since the other left it."""
    bank.lockers.release(before.id, by=OFFICER)
    visit = new_visit(core, bank)
    bank.lockers.assign(visit.id, by=OFFICER, number=1)
    clock.advance(60)
    return visit


def staff_openings() -> int:
    return DoorCommand.select().where(DoorCommand.purpose == "staff").count()


def test_empty_is_said_of_the_use_that_stood_on_the_page(officer, bank, before, now) -> None:
    sent = post(officer, f"{TILE}/release", {"visit": before.id})

    assert bank.lockers.of_visit(now.id).number == 1
    assert "Loker 01 berganti pemakai sejak halaman ini dibuka." in officer.get(sent.location).text


def test_things_are_not_registered_from_under_the_next_visitor(officer, bank, before, now) -> None:
    form = {"visit": before.id, "found": "yes", "description": "tas hitam"}

    post(officer, f"{TILE}/release", form)

    assert bank.lockers.of_visit(now.id).number == 1
    assert bank.found_property.kept() == ()


def test_a_page_without_a_use_frees_nobody(officer, bank, now) -> None:
    post(officer, f"{TILE}/release")

    assert bank.lockers.of_visit(now.id).number == 1


def test_the_forms_of_a_fresh_page_name_the_use(officer, bank, now) -> None:
    text = officer.get(TILE).text

    named = rf'action="{TILE}/(\w+)"(?:(?!</form>).)*name="visit" value="{now.id}"'
    assert set(re.findall(named, text, re.DOTALL)) == {"release", "move", "open"}


def test_a_confirmation_is_asked_again_for_the_next_visitor(officer, before, now) -> None:
    told = {"reason": "obat", "confirmed": "yes"}

    again = post(officer, f"{TILE}/open", told | {"visit": before.id})

    assert (again.status_code, staff_openings()) == (409, 0)
    assert f"Loker ini dipakai {now.label}." in again.text
    assert "berganti pemakai" in again.text
    post(officer, f"{TILE}/open", told | {"visit": now.id})
    assert staff_openings() == 1


def test_a_reason_typed_for_another_is_told_so_before_it_is_confirmed(officer, before, now) -> None:
    asked = post(officer, f"{TILE}/open", {"reason": "obat", "visit": before.id})

    assert "berganti pemakai" in asked.text
    assert f'name="visit" value="{now.id}"' in asked.text


def test_a_panel_that_refreshes_says_that_the_page_around_it_is_old(
    officer, bank, before, core, clock
) -> None:
    poll = re.search(rf'hx-get="({TILE}\?[^"]+)"', officer.get(TILE).text)[1].replace("&amp;", "&")
    assert fragment(officer, poll).status_code == 204
    bank.lockers.release(before.id, by=OFFICER)

    text = fragment(officer, poll).text

    assert "Loker ini berubah sejak halaman ini dibuka." in text
    later = re.search(rf'hx-get="({TILE}\?[^"]+)"', text)[1].replace("&amp;", "&")
    assert fragment(officer, later).status_code == 204
    assert "berubah sejak" not in officer.get(TILE).text


def test_empty_is_said_of_the_move_that_stood_on_the_page(officer, bank, before, clock) -> None:
    bank.lockers.moves.move(before.id, to=2, by=OFFICER, reason="macet")
    clock.advance(60)

    post(officer, f"{TILE}/emptied", {"to": 3})
    assert bank.lockers.tile(1).moved_to == 2
    post(officer, f"{TILE}/emptied", {"to": 2})

    assert bank.lockers.tile(1).is_free


def test_a_word_is_kept_for_the_command_it_was_asked_about(
    officer, client, core, bank, before, clock
) -> None:
    old = DoorCommand.get().uuid
    clock.advance(60)
    bank.lockers.open_again(before.id, by=OFFICER)
    door = DoorOutcomes(books=core.books)
    claimed = door.claim_next()
    door.pulsed(claimed.id)
    door.finish(claimed.id, Outcome.SENT)

    post(officer, f"{TILE}/say", {"saw": "not_opened", "command": old})
    post(client, f"/visits/{before.token}/locker/seen", {"saw": "not_opened", "command": old})

    assert bank.alarms.open() == ()
    assert bank.lockers.tile(1).command.person_says is None


def test_who_is_still_visiting_is_named_before_the_locker_is_freed(officer, bank, before) -> None:
    assert f"{before.label} masih berkunjung." in officer.get(TILE).text

    bank.visits.close(before.id, by=OFFICER, state="not_returned")

    assert "masih berkunjung" not in officer.get(TILE).text


def test_a_door_that_was_opened_and_shut_is_not_called_open(
    officer, core, bank, now, clock
) -> None:
    door = DoorOutcomes(books=core.books)
    bank.lockers.open_again(now.id, by=OFFICER)
    claimed = door.claim_next()
    door.pulsed(claimed.id)
    door.seen_open(claimed.id)
    assert "Loker 01 terbuka." in officer.get(TILE).text
    door.seen_closed(claimed.id)

    text = officer.get(TILE).text
    assert "Loker 01 sudah dibuka dan tertutup lagi." in text
    assert "Loker 01 terbuka." not in text


def test_a_time_of_another_day_comes_with_its_date(sign_in, bank, before, clock) -> None:
    bank.alarms.raise_(1, AlarmKind.LEFT_OPEN)
    clock.advance(86_400)
    bank.alarms.raise_(2, AlarmKind.LEFT_OPEN)

    text = sign_in("officer").get("/staff/lockers").text

    times = re.findall(r'class="muted small">sejak ([^<·]+) WIB', text)
    assert [bool(re.fullmatch(r"[\d.]{5}", time)) for time in times] == [False, True]


# Emergencies


@pytest.fixture
def first(bank, before, clock):
    """An emergency that has ended."""
    begun = bank.emergency.start(source="screen", by=OFFICER, reason="latihan")
    bank.emergency.end(by=OFFICER)
    clock.advance(60)
    return begun


@pytest.fixture
def second(bank, first):
    """One that burns."""
    return bank.emergency.start(source="button", by=SYSTEM, reason="tombol darurat")


def test_an_old_end_does_not_end_the_next_emergency(officer, bank, first, second) -> None:
    sent = post(officer, f"{EMERGENCY}/end", {"confirmed": "yes", "emergency": first.id})

    assert bank.emergency.open().id == second.id
    assert "Ini keadaan darurat yang baru." in officer.get(sent.location).text
    asked = post(officer, f"{EMERGENCY}/end").text
    assert f'name="emergency" value="{second.id}"' in asked
    post(officer, f"{EMERGENCY}/end", {"confirmed": "yes", "emergency": second.id})
    assert bank.emergency.open() is None


@pytest.mark.parametrize("htmx", [True, False])
def test_seen_at_the_drill_is_not_seen_at_the_fire(
    officer, bank, before, first, second, htmx
) -> None:
    path, form = f"{EMERGENCY}/people/{before.id}", {"seen": "yes"}

    post(officer, path, form | {"emergency": first.id}, htmx=htmx)
    assert bank.emergency.open().missing == 1
    post(officer, path, form | {"emergency": second.id}, htmx=htmx)

    assert bank.emergency.open().missing == 0
