"""Scans sent by e-mail from the visitor's page and from the desk, without JavaScript."""

import msgspec
import pytest

from appliance.bootstrap import Core
from appliance.config import MailSettings, Settings
from appliance.services import Services
from appliance.storage.models import MailMessage, ScanFile
from appliance.visits.rules import VisitCard
from tests.documents_kit import STATION, a_visit, put_pdf
from tests.entries import filled
from tests.mail_kit import ADDRESS
from tests.web.conftest import post

PDF = b"%PDF-1.7 scanned"
ACCOUNT = MailSettings(host="mail.contoh.id", sender="ruangbaca@bps.contoh.id", largest_mb=1)


@pytest.fixture
def account() -> MailSettings:
    return ACCOUNT


@pytest.fixture
def settings(settings: Settings, account: MailSettings) -> Settings:
    return msgspec.structs.replace(settings, mail=account)


@pytest.fixture
def visit(services: Services) -> VisitCard:
    entry = filled(email="")
    return services.guestbook.register(entry, channel="phone", language="id", idempotency_key="a")


@pytest.fixture
def job_uuid(core: Core, services: Services, visit: VisitCard) -> str:
    made = services.documents.open_job(visit.id, "colour", by=STATION).uuid
    put_pdf(core, made, PDF, PDF)
    return made


@pytest.fixture
def form(visit: VisitCard, job_uuid: str) -> str:
    return f"/visits/{visit.token}/scans/{job_uuid}/mail"


def words(answer) -> str:
    return " ".join(answer.get_data(as_text=True).split())


def test_a_visitor_types_an_address_and_sees_it_wait(client, visit, form, core):
    page = f"/visits/{visit.token}"
    offered, asked_for = words(client.get(page)), words(client.get(form))
    answer = post(client, form, {"email": f" {ADDRESS} "})
    waiting = words(client.get(page))

    assert form in offered
    assert "paling lama 3 hari, lalu dihapus" in asked_for
    assert (answer.status_code, answer.location) == (303, page)
    assert "Berkas dikirim ke email saat kantor tersambung" in waiting
    assert f"Ke {ADDRESS}" in waiting
    row = MailMessage.get()
    folder = core.settings.mail_dir / row.uuid
    assert [path.read_bytes() for path in sorted(folder.iterdir())] == [PDF, PDF]
    assert row.files == (
        '["hasil-pindai-2026-11-23-A-001.pdf", "hasil-pindai-2026-11-23-A-001-bagian-2.pdf"]'
    )


def test_a_wrong_address_comes_back_with_the_field_named(client, form):
    answer = post(client, form, {"email": "siti@contoh"})

    assert answer.status_code == 422
    assert "Tulis alamat email yang lengkap" in words(answer)
    assert 'value="siti@contoh"' in words(answer)
    assert not MailMessage.select().exists()


def test_a_visitor_takes_it_back(client, visit, form, core):
    post(client, form, {"email": ADDRESS})
    made = MailMessage.get()

    answer = post(client, f"/visits/{visit.token}/mail/{made.uuid}/cancel")
    page = words(client.get(f"/visits/{visit.token}"))

    assert answer.status_code == 303
    assert "Email itu tidak jadi dikirim." in page
    assert "Batalkan email ini" not in page
    assert (MailMessage.get().address, ADDRESS in page) == (None, False)
    assert not list(core.settings.mail_dir.iterdir())


def test_deleting_the_scan_cancels_its_email_and_says_so_before(client, visit, form, job_uuid):
    post(client, form, {"email": ADDRESS})
    page = words(client.get(f"/visits/{visit.token}"))

    post(client, f"/visits/{visit.token}/scans/{job_uuid}/delete")

    assert "Email yang menunggu untuk berkas ini ikut dibatalkan." in page
    assert (MailMessage.get().state, MailMessage.get().address) == ("cancelled", None)


def test_nobody_reaches_the_scans_and_emails_of_another(client, core, services, form, job_uuid):
    post(client, form, {"email": ADDRESS})
    other = services.visits.by_id(a_visit(core, services))
    made = MailMessage.get()

    tried = [
        client.get(f"/visits/{other.token}/scans/{job_uuid}/mail"),
        post(client, f"/visits/{other.token}/scans/{job_uuid}/mail", {"email": ADDRESS}),
        post(client, f"/visits/{other.token}/mail/{made.uuid}/cancel"),
    ]

    assert [answer.status_code for answer in tried] == [404, 404, 404]
    assert MailMessage.get().state == "waiting"


def test_the_share_of_a_visit_is_told_on_its_page(client, visit, form):
    for number in range(3):
        post(client, form, {"email": f"a{number}@contoh.id"})

    answer = post(client, form, {"email": "lagi@contoh.id"})

    assert answer.status_code == 303
    assert "paling banyak 3 email" in words(client.get(answer.location))


def test_a_file_too_large_says_what_to_do_instead(client, core, visit, job_uuid, form):
    core.writer.run(lambda: ScanFile.update(size_bytes=1_200_000).execute())

    page = words(client.get(form))

    assert "lewat email paling besar 1 MB" in page
    assert 'name="email"' not in page


def test_the_desk_sends_for_a_visitor_and_hurries_what_waits(officer, visit, job_uuid, services):
    path = f"/staff/visits/{visit.id}"
    offered = words(officer.get(path))
    asked_for = words(officer.get(f"{path}/scans/{job_uuid}/mail"))
    post(officer, f"{path}/scans/{job_uuid}/mail", {"email": ADDRESS})
    shown = words(officer.get(path))
    MailMessage.update(problem="login", reply=535, next_at=services.clock.now()).execute()
    report = words(officer.get("/staff/sync"))
    hurried = post(officer, "/staff/sync/mail")
    made = MailMessage.get()
    post(officer, f"{path}/mail/{made.uuid}/cancel")

    assert f"{path}/scans/{job_uuid}/mail" in offered
    assert "Tanyakan dahulu" in asked_for
    assert f"Ke {ADDRESS}" in shown
    assert "1 email menunggu dikirim, sejak" in report
    assert "menolak nama pengguna atau kata sandi kantor. (jawaban server 535)" in report
    assert ADDRESS not in report
    assert (hurried.status_code, made.next_at) == (303, None)
    assert MailMessage.get().state == "cancelled"


@pytest.mark.parametrize(
    ("state", "more", "said"),
    [
        ("sent", {"unheard": 1}, "Email bisa datang dua kali"),
        ("refused", {"problem": "recipient", "reply": 550}, "Periksa tulisannya, lalu kirim lagi."),
        ("expired", {}, "Kantor tidak tersambung sampai waktunya habis"),
        ("expired", {"problem": "gone"}, "Salinan berkasnya hilang atau rusak"),
        ("unclear", {"problem": "silent"}, "Periksa kotak masuk email Anda"),
        ("cancelled", {}, "Alamatnya sudah dihapus dari peranti ini."),
    ],
)
def test_how_it_ended_is_told_in_words(client, visit, form, clock, state, more, said):
    post(client, form, {"email": ADDRESS})
    ended = {"state": state, "address": None, "ended_at": clock.now()} | more
    MailMessage.update(ended).execute()

    assert said in words(client.get(f"/visits/{visit.token}"))


def test_my_data_name_the_address_only_while_it_is_kept(client, visit, form, clock):
    post(client, form, {"email": ADDRESS})
    before = words(client.get(f"/visits/{visit.token}/data"))
    MailMessage.update(state="sent", address=None, ended_at=clock.now()).execute()

    assert ADDRESS in before
    assert "alamatnya sudah dihapus" in words(client.get(f"/visits/{visit.token}/data"))


@pytest.mark.parametrize("account", [MailSettings()])
def test_an_office_without_an_account_shows_no_button_and_says_why(
    client, sign_in, visit, job_uuid
):
    admin = sign_in("admin")

    assert "/mail" not in words(client.get(f"/visits/{visit.token}"))
    assert "[mail]" in words(client.get(f"/visits/{visit.token}/scans/{job_uuid}/mail"))
    assert "[mail]" in words(admin.get("/staff/settings"))
    assert "[mail]" in words(admin.get("/staff/sync"))
