"""Badges of staff: made by administrators, shown once, taken back."""

from appliance.actor import SYSTEM
from tests.web.conftest import post


def test_a_badge_is_shown_once_and_known_from_then_on(sign_in, services) -> None:
    admin = sign_in("admin")
    sign_in("officer")

    made = post(admin, "/staff/users/officer1/badge")
    later = admin.get("/staff/users/officer1").text

    assert made.status_code == 200
    assert "<svg" in made.text
    assert services.staff.badges.state("officer1").issued_by == "admin1"
    assert "Ganti kartu" in later
    assert "<figure" not in later
    post(admin, "/staff/users/officer1/badge/revoke")
    assert services.staff.badges.state("officer1") is None


def test_only_administrators_make_badges_and_not_for_the_deactivated(sign_in, services) -> None:
    officer, admin = sign_in("officer"), sign_in("admin")

    assert post(officer, "/staff/users/officer1/badge").status_code == 403
    assert post(officer, "/staff/users/officer1/badge/revoke").status_code == 403
    services.staff.set_active("officer1", False, by=SYSTEM)

    assert post(admin, "/staff/users/officer1/badge").status_code == 409
    assert post(admin, "/staff/users/nobody/badge").status_code == 404
