"""Staff: signing in, staying signed in, and being slowed down."""

import json

import pytest

from appliance.actor import Actor
from appliance.bootstrap import Core, build_services
from appliance.clock import ClockQuality
from appliance.config import Settings
from appliance.errors import Forbidden, Invalid, Refused
from appliance.services import Services
from appliance.staff import rules
from appliance.staff.throttle import TooManyTries
from appliance.storage.models import LoginFailure, StaffSession
from tests.fakes import FakeClock

ADMIN = Actor.staff("admin", "admin")
GOOD = "kuda besi lari pagi"
HERE = "192.168.4.20"


@pytest.fixture
def staff(services: Services):
    services.staff.add("sari", "Sari Dewi", "officer", GOOD, by=ADMIN)
    return services.staff


def lines(core: Core, action: str) -> list[str]:
    found = [entry for entry in core.journal.latest(500) if entry.action == action]
    return [f"{entry.subject} {entry.detail}" for entry in found]


def fail(staff, times: int, *, username: str = "sari", client: str = HERE) -> None:
    for _ in range(times):
        with pytest.raises(Invalid):
            staff.login(username, "salah salah salah", client=client)


def test_the_right_password_opens_a_session(staff, core: Core) -> None:
    token = staff.login(" Sari ", GOOD, client=HERE)

    session = staff.session(token)
    assert session is not None
    assert (session.username, session.role) == ("sari", "officer")
    assert lines(core, "staff.signed_in") == [f'staff/sari {{"client": "{HERE}"}}']


def test_the_token_is_long_new_each_time_and_kept_only_as_a_hash(staff) -> None:
    first, second = (staff.login("sari", GOOD, client=HERE) for _ in range(2))

    assert first != second
    assert len(first) >= 43
    kept = json.dumps([row.token_hash for row in StaffSession.select()])
    assert first not in kept


def test_unknown_and_wrong_and_deactivated_get_the_same_answer(staff) -> None:
    staff.add("budi", "Budi", "officer", GOOD, by=ADMIN)
    staff.set_active("budi", False, by=ADMIN)
    answers = []

    for username, password in (("sari", "x"), ("nobody", GOOD), ("budi", GOOD)):
        with pytest.raises(Invalid) as caught:
            staff.login(username, password, client=HERE)
        answers.append(caught.value.problems)

    assert answers[0] == answers[1] == answers[2]


def test_what_was_typed_is_kept_nowhere(staff, core: Core) -> None:
    with pytest.raises(Invalid):
        staff.login("kuda besi lari pagi", "rahasia sekali", client=HERE)

    kept = str([(row.username, row.client) for row in LoginFailure.select()])
    kept += str(core.journal.latest())
    assert "kuda besi" not in kept
    assert "rahasia" not in kept
    assert lines(core, "staff.sign_in_failed") == [f'staff/- {{"client": "{HERE}"}}']


def test_delays_rise_with_every_failure_and_end(staff, clock: FakeClock) -> None:
    fail(staff, 3)
    waits = []

    for _ in range(4):
        with pytest.raises(TooManyTries) as caught:
            staff.login("sari", GOOD, client=HERE)
        waits.append(caught.value.wait_s)
        clock.advance(caught.value.wait_s)
        fail(staff, 1)

    assert waits == [1, 2, 4, 8]
    clock.advance(16)
    assert staff.login("sari", GOOD, client=HERE)


def test_a_guesser_does_not_lock_out_the_officer_elsewhere(staff) -> None:
    fail(staff, 3, client="192.168.4.99")

    assert staff.login("sari", GOOD, client=HERE)


def test_one_client_trying_many_names_is_slowed_down(staff) -> None:
    for n in range(10):
        fail(staff, 1, username=f"name{n}")

    with pytest.raises(TooManyTries):
        staff.login("sari", GOOD, client=HERE)


def test_the_delay_survives_a_restart_and_a_reboot(staff, core: Core, clock: FakeClock) -> None:
    fail(staff, 3)

    again = build_services(core).staff
    with pytest.raises(TooManyTries):
        again.login("sari", GOOD, client=HERE)
    clock.set_quality(ClockQuality.ESTIMATED)
    clock.reboot(off_s=0)
    with pytest.raises(TooManyTries):
        again.login("sari", GOOD, client=HERE)
    clock.advance(1000)
    assert again.login("sari", GOOD, client=HERE)


def test_thousands_of_failures_cost_no_more_than_a_few(staff, core: Core) -> None:
    stamp = core.clock.stamp()
    row = {"username": "x", "client": HERE, "at": stamp.at, "boot_id": stamp.boot_id}
    rows = [row | {"boot_ms": stamp.boot_ms} for _ in range(3000)]
    core.writer.run(lambda: LoginFailure.insert_many(rows).execute())

    with pytest.raises(TooManyTries) as caught:
        staff.login("sari", GOOD, client=HERE)

    assert caught.value.wait_s == rules.LONGEST_CLIENT_DELAY_S


def test_success_forgets_the_failures(staff) -> None:
    fail(staff, 2)
    staff.login("sari", GOOD, client=HERE)

    fail(staff, 2)

    assert staff.login("sari", GOOD, client=HERE)


def test_an_idle_session_ends_and_use_prolongs_it(staff, clock: FakeClock) -> None:
    token = staff.login("sari", GOOD, client=HERE)

    clock.advance(rules.IDLE_LIMIT_S - 60)
    assert staff.session(token)
    clock.advance(rules.IDLE_LIMIT_S - 60)
    assert staff.session(token)
    clock.advance(rules.IDLE_LIMIT_S)
    assert staff.session(token) is None


def test_a_page_that_refreshes_itself_is_not_use(staff, clock: FakeClock) -> None:
    token = staff.login("sari", GOOD, client=HERE)

    for _ in range(3):
        clock.advance(rules.IDLE_LIMIT_S / 2 - 1)
        staff.session(token, active=False)

    assert staff.session(token, active=False) is None


def test_a_shift_ends_however_busy(staff, clock: FakeClock) -> None:
    token = staff.login("sari", GOOD, client=HERE)

    for _ in range(8):
        assert staff.session(token)
        clock.advance(3600)

    assert staff.session(token) is None
    assert StaffSession.get().end_reason == "shift"


def test_a_jumping_wall_clock_neither_ends_nor_prolongs_a_session(staff, clock: FakeClock) -> None:
    token = staff.login("sari", GOOD, client=HERE)

    clock.jump(400 * 86400)
    assert staff.session(token)
    clock.jump(-800 * 86400)
    clock.advance(rules.IDLE_LIMIT_S + 1)

    assert staff.session(token) is None


@pytest.mark.parametrize(
    ("quality", "stands"), [(ClockQuality.SYNCED, True), (ClockQuality.ESTIMATED, False)]
)
def test_after_a_reboot_only_a_true_clock_is_believed(
    staff, clock: FakeClock, quality, stands: bool
) -> None:
    token = staff.login("sari", GOOD, client=HERE)

    clock.reboot()
    clock.set_quality(quality)

    assert (staff.session(token) is not None) is stands


@pytest.mark.parametrize("how", ["logout", "deactivate", "role", "password"])
def test_every_way_out_ends_the_session(staff, how: str) -> None:
    token = staff.login("sari", GOOD, client=HERE)

    match how:
        case "logout":
            staff.logout(token)
        case "deactivate":
            staff.set_active("sari", False, by=ADMIN)
        case "role":
            staff.change_role("sari", "operator", by=ADMIN)
        case "password":
            staff.set_password("sari", "empat kata lain lagi", by=ADMIN)

    assert staff.session(token) is None
    assert StaffSession.get().end_reason


def test_a_new_own_password_gives_a_new_session(staff) -> None:
    token = staff.login("sari", GOOD, client=HERE)

    fresh = staff.change_own_password("sari", GOOD, "empat kata lain lagi", client=HERE)

    assert staff.session(token) is None
    assert staff.session(fresh)
    with pytest.raises(Invalid):
        staff.change_own_password("sari", GOOD, "lima kata lain lagi ya", client=HERE)


@pytest.mark.parametrize(
    "password", ["pendek", "x" * 129, "aaaaaaaaaaaa", "sari sari sari 99", "Perpustakaan2026"]
)
def test_weak_passwords_are_refused(staff, password: str) -> None:
    with pytest.raises(Invalid) as caught:
        staff.set_password("sari", password, by=ADMIN)

    assert set(caught.value.problems) == {"password"}


def test_every_problem_of_a_new_member_comes_at_once(staff) -> None:
    with pytest.raises(Invalid) as caught:
        staff.add("Ada Spasi", " ", "boss", "kurang", by=ADMIN)

    assert set(caught.value.problems) == {"username", "display_name", "role", "password"}


def test_a_username_is_taken_whatever_its_case(staff) -> None:
    with pytest.raises(Invalid) as caught:
        staff.add("SARI", "Sari Kedua", "officer", GOOD, by=ADMIN)

    assert "username" in caught.value.problems


def test_the_last_admin_and_oneself_cannot_be_shut_out(staff) -> None:
    staff.add("admin", "Admin", "admin", GOOD, by=ADMIN)
    other = Actor.staff("other", "admin")

    with pytest.raises(Refused, match="sendiri"):
        staff.set_active("admin", False, by=ADMIN)
    with pytest.raises(Refused, match="terakhir"):
        staff.change_role("admin", "officer", by=other)


def test_published_passwords_are_for_the_demo_only(core: Core, staff) -> None:
    with pytest.raises(Forbidden):
        staff.add("p", "P", "officer", "petugas-demo", by=ADMIN, known_password=True)


def test_the_demo_takes_them(tmp_path, clock: FakeClock) -> None:
    from appliance.bootstrap import open_core

    core = open_core(Settings(data=str(tmp_path), demo=True), clock=clock)
    staff = build_services(core).staff

    staff.add("petugas", "Petugas", "officer", "petugas-demo", by=ADMIN, known_password=True)

    assert staff.login("petugas", "petugas-demo", client=HERE)
    core.close()


def test_a_station_is_known_by_its_token_until_it_is_revoked(staff, core: Core) -> None:
    token = staff.register_device("station", "Stasiun pindai", by=ADMIN)

    assert staff.is_station(token)
    assert not staff.devices.is_registered("kiosk", token)
    assert not staff.is_station(token + "x")
    (device,) = staff.devices.all()
    staff.devices.revoke(device.id, by=ADMIN)

    assert not staff.is_station(token)
