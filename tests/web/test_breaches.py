"""Screens of an incident: written down by an admin, its pack for the password."""

import io
import zipfile

from appliance.actor import Actor
from tests.entries import filled
from tests.web.conftest import PASSWORD, post

PAGES = "/staff/privacy/breaches"


def local(clock, services) -> str:
    return clock.now().astimezone(services.office.zone).strftime("%Y-%m-%dT%H:%M")


def written(admin, clock, services, **answers):
    now = local(clock, services)
    said = {"noticed_at": now, "began_at": now, "scope": "kept", "kinds": "identity"}
    said |= {"happened": "Kenari terbang."} | answers
    return post(admin, f"{PAGES}/new", said)


def test_an_admin_writes_an_incident_down_and_tells(sign_in, clock, services) -> None:
    admin = sign_in("admin")
    assert "Belum ada insiden" in admin.get(PAGES).text
    assert admin.get(f"{PAGES}/new").status_code == 200
    assert written(admin, clock, services, happened="").status_code == 422

    page = written(admin, clock, services).headers["Location"]

    assert "Sisa 72 jam" in admin.get(PAGES).text
    assert "Ada insiden yang belum diberitahukan" in admin.get("/staff/privacy").text
    assert "Kenari terbang." in admin.get(page).text
    assert "Kenari terbang." in admin.get(f"{page}/edit").text
    for whom in ("people", "authority"):
        assert post(admin, f"{page}/told", {"whom": whom}).status_code == 303
    assert "Sudah diberitahukan" in admin.get(PAGES).text
    assert "Ada insiden" not in admin.get("/staff/privacy").text


def test_a_pack_asks_for_the_password_and_names_nobody_in_its_name(
    sign_in, clock, services, core
) -> None:
    visit = services.guestbook.register(
        filled(), channel="phone", language="id", idempotency_key="one"
    )
    admin = sign_in("admin")
    page = written(admin, clock, services).headers["Location"]
    wrong = post(admin, f"{page}/pack", {"password": "salah", "contacts": "1"})
    assert wrong.status_code == 422
    assert core.journal.latest(1)[0].action == "staff.sign_in_failed"

    sent = post(admin, f"{page}/pack", {"password": PASSWORD})

    archive = zipfile.ZipFile(io.BytesIO(sent.data))
    sent.close()

    assert sent.headers["Content-Disposition"].endswith("=paket-insiden-i-2026-001.zip")
    assert f'"{visit.id}"' in archive.read("2-kunjungan.csv").decode("utf-8-sig")
    assert "3-kontak.csv" not in archive.namelist()
    assert core.journal.latest(1)[0].action == "breach.packed"


def test_an_officer_sees_no_incident(sign_in, clock, services) -> None:
    made = services.breaches.note(
        {
            "noticed_at": local(clock, services),
            "began_at": local(clock, services),
            "scope": "kept",
            "kinds": "staff",
            "happened": "Sandi tertulis di papan.",
        },
        by=Actor.staff("admin", "admin"),
    )
    officer = sign_in("officer")

    assert officer.get(f"{PAGES}/{made.uuid}").status_code == 403
    assert post(officer, f"{PAGES}/{made.uuid}/pack", {"password": PASSWORD}).status_code == 403
    assert "insiden" not in officer.get("/staff/privacy").text.lower()
