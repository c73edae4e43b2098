"""Where staff are signed in, PINs at registered desks, one-time words, and hand-overs."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from appliance.actor import Actor
from appliance.clock import ClockQuality
from appliance.core import Core
from appliance.errors import Invalid, NotFound, Refused
from appliance.services import Services
from appliance.staff import rules
from appliance.staff.hand_overs import Left, OpenThings
from appliance.staff.service import StaffService
from appliance.staff.sessions import Screen
from appliance.staff.throttle import TooManyTries
from appliance.storage.models import HandOver, StaffSession
from tests.fakes import FakeClock

ADMIN = Actor.staff("admin", "admin")
GOOD, OTHER = "kuda besi lari pagi", "empat kata lain lagi"
PIN, PIN_OF_BUDI = "482915", "730264"
HERE = "192.168.4.20"


@pytest.fixture
def staff(services: Services) -> StaffService:
    services.staff.add("sari", "Sari Dewi", "officer", GOOD, by=ADMIN)
    services.staff.add("budi", "Budi", "officer", GOOD, by=ADMIN)
    services.staff.set_own_pin("sari", GOOD, PIN, client=HERE)
    services.staff.set_own_pin("budi", GOOD, PIN_OF_BUDI, client=HERE)
    return services.staff


@pytest.fixture
def desk(staff: StaffService) -> Screen:
    """A registered desk."""
    staff.register_device("desk", "Meja 1", by=ADMIN)
    device = staff.devices.all()[-1]
    return Screen(f"device/{device.id}", "Firefox, Linux", device.id)


def enter(staff: StaffService, desk: Screen, username: str = "sari") -> str:
    return staff.login(
        username, GOOD, client=desk.client, browser=desk.browser, device_id=desk.device_id
    )


def misses(staff: StaffService, desk: Screen, times: int, clock: FakeClock) -> None:
    for _ in range(times):
        with pytest.raises(Invalid):
            staff.login_by_pin("sari", "000111", desk)
        clock.advance(60)


def actions(core: Core) -> list[str]:
    return [entry.action for entry in core.journal.latest(500)]


def test_a_pin_opens_the_desk_where_the_password_was_given(staff, desk, clock) -> None:
    enter(staff, desk)
    clock.advance(3600)

    session = staff.session(staff.login_by_pin("sari", PIN, desk))

    assert session is not None
    assert (session.username, session.by_pin) == ("sari", True)


@pytest.mark.parametrize("where", ["nowhere", "elsewhere", "other desk", "unregistered"])
def test_a_pin_opens_nothing_else(staff, desk, where: str) -> None:
    screen = desk
    match where:
        case "elsewhere":
            staff.login("sari", GOOD, client=HERE)
        case "other desk":
            enter(staff, desk)
            staff.register_device("desk", "Meja 2", by=ADMIN)
            screen = Screen("device/9", "", staff.devices.all()[-1].id)
        case "unregistered":
            enter(staff, desk)
            screen = Screen(HERE)

    with pytest.raises(Invalid):
        staff.login_by_pin("sari", PIN, screen)


def test_the_fifth_miss_asks_for_the_password_even_of_who_knows_the_pin(
    staff, desk, clock: FakeClock
) -> None:
    enter(staff, desk)
    misses(staff, desk, rules.PIN_MISSES, clock)
    clock.advance(600)

    with pytest.raises(Invalid):
        staff.login_by_pin("sari", PIN, desk)

    clock.advance(60)
    enter(staff, desk)
    assert staff.login_by_pin("sari", PIN, desk)


def test_the_fifth_try_may_still_be_right_and_clears_the_count(staff, desk, clock) -> None:
    enter(staff, desk)
    misses(staff, desk, rules.PIN_MISSES - 1, clock)

    assert staff.login_by_pin("sari", PIN, desk)
    misses(staff, desk, rules.PIN_MISSES - 1, clock)
    assert staff.login_by_pin("sari", PIN, desk)


def test_guessing_pins_is_slowed_down_at_this_desk_alone(staff, desk) -> None:
    enter(staff, desk)
    for _ in range(3):
        with pytest.raises(Invalid):
            staff.login_by_pin("sari", "000111", desk)

    with pytest.raises(TooManyTries):
        staff.login_by_pin("sari", PIN, desk)
    assert staff.login("sari", GOOD, client=HERE)


def test_what_was_typed_as_a_pin_is_kept_nowhere(staff, desk, core: Core) -> None:
    enter(staff, desk)
    with pytest.raises(Invalid):
        staff.login_by_pin("sari", "918273", desk)
    with pytest.raises(Invalid):
        staff.login_by_pin("kuda besi", "918273", desk)

    kept = str(core.journal.latest(100))
    assert "918273" not in kept
    assert "kuda" not in kept
    assert "staff.pin_failed" in kept


@pytest.mark.parametrize(
    "end", ["password", "role", "deactivate", "revoke", "revoke all", "logout", "shift", "remove"]
)
def test_what_ends_a_session_ends_the_pin(staff, desk, clock: FakeClock, end: str) -> None:
    token = enter(staff, desk)
    match end:
        case "password":
            staff.set_password("sari", OTHER, by=ADMIN)
        case "role":
            staff.change_role("sari", "operator", by=ADMIN)
        case "deactivate":
            staff.deactivate("sari", "Pindah tugas", by=ADMIN)
        case "revoke":
            staff.sessions.end_one(staff.session(token).uuid, by=ADMIN)
        case "revoke all":
            staff.sessions.end_all("sari", by=ADMIN)
        case "logout":
            staff.logout(token)
        case "shift":
            clock.advance(rules.ABSOLUTE_LIMIT_S)
        case "remove":
            staff.pins.remove("sari")

    assert staff.pins.opens_for(desk.device_id) == ()
    with pytest.raises(Invalid):
        staff.login_by_pin("sari", PIN, desk)


def test_an_idle_desk_is_opened_again_by_pin_and_the_shift_ends_all_the_same(
    staff, desk, clock: FakeClock
) -> None:
    enter(staff, desk)
    clock.advance(7 * 3600)
    token = staff.login_by_pin("sari", PIN, desk)
    clock.advance(3599)
    assert staff.session(token)

    clock.advance(1)

    assert staff.session(token) is None
    with pytest.raises(Invalid):
        staff.login_by_pin("sari", PIN, desk)


def test_after_a_reboot_with_an_unsure_clock_no_pin_is_good(staff, desk, clock) -> None:
    enter(staff, desk)

    clock.reboot()
    clock.set_quality(ClockQuality.ESTIMATED)

    with pytest.raises(Invalid):
        staff.login_by_pin("sari", PIN, desk)


def test_the_password_makes_a_session_of_a_pin_a_full_one_under_a_new_token(staff, desk) -> None:
    enter(staff, desk)
    token = staff.login_by_pin("sari", PIN, desk)
    with pytest.raises(Invalid):
        staff.confirm(token, "bukan ini kok", client=desk.client)

    fresh = staff.confirm(token, GOOD, client=desk.client)

    assert fresh != token
    assert staff.session(token) is None
    assert staff.session(fresh).by_pin is False


def test_officers_take_turns_and_what_is_open_is_kept(staff, desk, core: Core) -> None:
    enter(staff, desk, "budi")
    leaving = enter(staff, desk)
    left = Left(OpenThings(visits=2, cards=5, walks=1), "Kartu 3 ditunggu sampai pukul 15.")

    coming = staff.take_over_by_pin(staff.session(leaving), "budi", PIN_OF_BUDI, desk, left)

    assert staff.session(leaving) is None
    assert staff.session(coming).username == "budi"
    last = staff.hand_overs.last(desk.device_id)
    assert (last.from_name, last.to_name, last.left) == ("Sari Dewi", "Budi", left)
    (line,) = [one for one in core.journal.latest(9) if one.action == "desk.handed_over"]
    assert (line.actor, '"to": "budi"' in line.detail) == ("officer:sari", True)
    assert "Kartu 3" not in str(core.journal.latest(500))
    assert staff.login_by_pin("sari", PIN, desk)


def test_a_wrong_pin_leaves_the_officer_at_the_desk(staff, desk) -> None:
    enter(staff, desk, "budi")
    leaving = enter(staff, desk)

    with pytest.raises(Invalid):
        staff.take_over_by_pin(staff.session(leaving), "budi", PIN, desk, Left())

    assert staff.session(leaving)
    assert HandOver.select().count() == 0


def test_who_was_not_here_takes_over_by_password(staff, desk) -> None:
    leaving = staff.session(enter(staff, desk))

    coming = staff.take_over(leaving, "budi", GOOD, desk, Left())

    assert staff.session(coming).by_pin is False
    with pytest.raises(Refused, match="belum terdaftar"):
        staff.take_over(staff.session(coming), "sari", GOOD, Screen(HERE), Left())
    with pytest.raises(Refused, match="sendiri"):
        staff.take_over(staff.session(coming), "budi", GOOD, desk, Left())


def test_the_note_of_a_hand_over_is_forgotten_the_day_after(staff, desk, clock) -> None:
    leaving = staff.session(enter(staff, desk))
    staff.take_over(leaving, "budi", GOOD, desk, Left(note="Pak Anu menunggu"))
    assert staff.hand_overs.forget_old() == 0

    clock.advance(25 * 3600)

    assert staff.hand_overs.forget_old() == 1
    assert staff.hand_overs.last(desk.device_id).left.note == ""
    clock.advance(30 * 86400)
    staff.hand_overs.forget_old()
    assert staff.hand_overs.last(desk.device_id) is None


def test_sessions_say_where_they_are(staff, desk) -> None:
    enter(staff, desk)
    staff.login("sari", GOOD, client=HERE, browser="Chrome, Android")

    shown = {(one.device, one.browser, one.client) for one in staff.sessions.of("sari")}

    assert shown == {
        ("Meja 1", "Firefox, Linux", desk.client),
        ("", "Chrome, Android", HERE),
    }
    assert staff.member("sari").sessions == 2


def test_a_session_whose_time_is_over_is_not_listed(staff, clock: FakeClock) -> None:
    staff.login("sari", GOOD, client=HERE)

    clock.advance(rules.IDLE_LIMIT_S)

    assert staff.sessions.all() == ()
    assert staff.member("sari").sessions == 0


def test_somebody_elses_session_cannot_be_ended_by_its_name(staff) -> None:
    token = staff.login("sari", GOOD, client=HERE)
    uuid = staff.session(token).uuid

    with pytest.raises(NotFound):
        staff.sessions.end_one(uuid, by=Actor.staff("budi", "officer"), of="budi")

    assert staff.session(token)


def test_all_others_end_and_this_one_stays(staff, core: Core) -> None:
    tokens = [staff.login("sari", GOOD, client=HERE) for _ in range(3)]
    mine = staff.session(tokens[0])

    assert staff.sessions.end_all("sari", by=ADMIN, but=mine.uuid) == 2

    assert [staff.session(token) is not None for token in tokens] == [True, False, False]
    assert staff.sessions.end_all("sari", by=ADMIN, but=mine.uuid) == 0
    assert actions(core).count("staff.sessions_revoked") == 1


def test_old_sessions_are_forgotten_and_open_ones_never(staff, clock: FakeClock) -> None:
    staff.logout(staff.login("sari", GOOD, client=HERE))
    clock.advance(31 * 86400)
    staff.login("sari", GOOD, client=HERE)

    assert staff.sessions.forget_old() == 1
    assert StaffSession.select().count() == 1


def test_a_one_time_word_is_for_choosing_a_password_alone(staff, core: Core) -> None:
    before = staff.login("sari", GOOD, client=HERE)

    word = staff.reset_password("sari", by=ADMIN)

    assert staff.session(before) is None
    with pytest.raises(Invalid):
        staff.login("sari", GOOD, client=HERE)
    assert staff.session(staff.login("sari", word, client=HERE)).must_change
    with pytest.raises(Invalid):
        staff.change_own_password("sari", word, word, client=HERE)
    fresh = staff.change_own_password("sari", word, OTHER, client=HERE)
    assert staff.session(fresh).must_change is False
    assert word not in str(core.journal.latest(500))


def test_a_one_time_word_gives_no_pin_its_desk(staff, desk) -> None:
    word = staff.reset_password("sari", by=ADMIN)

    staff.login("sari", word, client=desk.client, device_id=desk.device_id)

    with pytest.raises(Invalid):
        staff.login_by_pin("sari", PIN, desk)


def test_a_one_time_word_goes_bad_after_three_days(staff, clock: FakeClock) -> None:
    word = staff.invite("dewi", "Dewi", "officer", by=ADMIN)
    clock.advance(rules.ONE_TIME_LIFE.total_seconds() - 1)
    assert staff.login("dewi", word, client=HERE)

    clock.advance(1)

    with pytest.raises(Invalid):
        staff.login("dewi", word, client=HERE)


def test_deactivating_asks_why_and_the_journal_keeps_it(staff, core: Core) -> None:
    with pytest.raises(Invalid):
        staff.deactivate("sari", "  ", by=ADMIN)
    assert staff.member("sari").active

    staff.deactivate("sari", "Pindah tugas", by=ADMIN)

    (line,) = [one for one in core.journal.latest(9) if one.action == "staff.deactivated"]
    assert line.reason == "Pindah tugas"


@pytest.mark.parametrize(
    "pin", ["12345", "1234567890123", "123456", "098765", "111111", "121212", "12a456", "٤٨٢٩١٥"]
)
def test_easy_pins_are_refused(staff, pin: str) -> None:
    with pytest.raises(Invalid) as caught:
        staff.set_own_pin("sari", GOOD, pin, client=HERE)

    assert set(caught.value.problems) == {"pin"}


def test_a_pin_is_set_by_who_knows_the_password(staff) -> None:
    with pytest.raises(Invalid):
        staff.set_own_pin("sari", "bukan ini kok", "918274", client=HERE)


@given(st.text(alphabet="0123456789", min_size=6, max_size=12))
def test_a_pin_is_refused_exactly_when_it_is_a_row_or_nearly_one_digit(pin: str) -> None:
    rows = "01234567890" * 3
    is_row = pin in rows or pin in rows[::-1] or len(set(pin)) == 1
    even_steps = any(
        all((int(pin[i]) + step) % 10 == int(pin[i + 1]) for i in range(len(pin) - 1))
        for step in range(10)
    )

    assert (rules.pin_problem(pin) is not None) == (is_row or even_steps or len(set(pin)) < 3)


def test_a_reset_takes_the_pin_along_with_the_password(staff, desk) -> None:
    word = staff.reset_password("sari", by=ADMIN)
    staff.change_own_password("sari", word, OTHER, client=desk.client, device_id=desk.device_id)

    assert not staff.pins.is_set("sari")
    with pytest.raises(Invalid):
        staff.login_by_pin("sari", PIN, desk)


def test_a_desk_that_was_stolen_is_signed_out_with_its_revocation(staff, desk) -> None:
    there, elsewhere = enter(staff, desk), staff.login("sari", GOOD, client=HERE)

    staff.devices.revoke(desk.device_id, by=ADMIN)

    assert staff.session(there) is None
    assert staff.session(elsewhere)
    assert staff.pins.opens_for(desk.device_id) == ()
