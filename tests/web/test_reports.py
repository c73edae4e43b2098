"""A period on the screen and as a file."""

import hashlib
import io

import pytest

from appliance import codes, ed25519
from appliance.reports.ledger import signed_text
from appliance.storage.models import Outbox, SignedReport
from tests.services.library import OFFICER, new_visit
from tests.web.conftest import fragment, post


def html(response):
    return response.get_data(as_text=True)


@pytest.fixture
def served(core, services, clock):
    visit = new_visit(core, services)
    clock.advance(90)
    return services.visits.serve(visit.id, by=OFFICER)


def test_an_empty_month_says_so(sign_in):
    page = sign_in("officer").get("/staff/reports?period=2020-02")

    assert page.status_code == 200
    assert "Belum ada kunjungan pada periode ini." in html(page)
    assert "Laporan Februari 2020" in html(page)


def test_the_month_shows_what_happened(sign_in, services, served):
    services.reading.note(served.id, title="<i>Atlas</i>", by=OFFICER)

    page = html(sign_in("operator").get("/staff/reports?period=2026-11"))

    assert "Laporan November 2026" in page
    assert "100,0%" in page
    assert "&lt;i&gt;Atlas&lt;/i&gt;" in page
    assert "Periode ini belum selesai" in page
    assert "Berikutnya" not in page


def test_a_period_that_cannot_be_is_the_present_month(sign_in, served):
    officer = sign_in("officer")
    for text in ("", "x", "2026-13", "2099-01", "%00", "0000-01", "2026-Q9"):
        page = officer.get(f"/staff/reports?period={text}")

        assert page.status_code == 200
        assert "Laporan November 2026" in html(page), text


def test_days_quarters_and_years_have_their_report_and_neighbours(sign_in, served):
    officer = sign_in("officer")
    for text, name, before in (
        ("2026-11-23", "Laporan 23 November 2026", "2026-11-22"),
        ("2026-Q4", "Laporan Triwulan IV 2026", "2026-Q3"),
        ("2026", "Laporan Tahun 2026", "2025"),
        ("2099-Q1", "Laporan Triwulan IV 2026", "2026-Q3"),
        ("2026-11", "Laporan November 2026", "2026-10"),
    ):
        page = html(officer.get(f"/staff/reports?period={text}"))

        assert name in page
        assert f"period={before}" in page
        assert page.count('<svg class="chart') >= 1
        assert "100,0%" in page


def test_a_report_speaks_english_too(sign_in, served):
    officer = sign_in("officer")
    officer.set_cookie("lang", "en")
    page = html(officer.get("/staff/reports?period=2026-Q4"))

    assert "Report of Quarter 4 of 2026" in page
    assert "Block I. Who used the service" in page


def test_reports_are_for_staff(client, served):
    assert client.get("/staff/reports").location.startswith("/staff/login")
    assert (
        post(client, "/staff/reports/export", {"period": "2026-11", "format": "csv"}).status_code
        == 403
    )


@pytest.mark.parametrize(
    ("form", "kind", "start"),
    [
        ("csv", "text/csv", b"\xef\xbb\xbfbagian,"),
        ("xlsx", "application/vnd.openxmlformats", b"PK"),
    ],
)
def test_the_month_can_be_taken_out_as_a_file(sign_in, served, form, kind, start):
    answer = post(
        sign_in("officer"), "/staff/reports/export", {"period": "2026-11", "format": form}
    )

    assert answer.status_code == 200
    assert answer.content_type.startswith(kind)
    assert answer.content_type.count("charset") == (form == "csv")
    assert f"ruang-baca-1309-2026-11.{form}" in answer.headers["Content-Disposition"]
    assert answer.get_data().startswith(start)
    answer.close()  # as a server does once all is sent; the temporary file ends with it
    assert Outbox.select().where(Outbox.type.contains("report.exported")).count() == 1


@pytest.mark.parametrize(
    "form", [{}, {"period": "2026-11", "format": "exe"}, {"period": "x", "format": "csv"}]
)
def test_unknown_files_are_not_found(sign_in, served, form):
    assert post(sign_in("officer"), "/staff/reports/export", form).status_code == 404


def test_getting_the_page_changes_nothing(sign_in, core, served):
    officer = sign_in("officer")
    before = core.journal.latest(1)[0].seq

    officer.get("/staff/reports")
    assert officer.get("/staff/reports/export").status_code == 405

    assert core.journal.latest(1)[0].seq == before


def test_a_report_on_paper_is_asked_for_and_waited_for(sign_in, services, served, attended):
    officer = sign_in("officer")

    asked = post(officer, "/staff/reports/papers", {"period": "2026-11"})

    number = services.report_ledger.latest()[0].number
    assert asked.location.endswith(f"/staff/reports/papers/{number}")
    waiting = html(officer.get(asked.location))
    assert "Laporan sedang dihitung" in waiting
    assert fragment(officer, f"{asked.location}?v=waiting-1").status_code == 204
    assert number in html(officer.get("/staff/reports/papers"))
    assert officer.get(f"/staff/reports/papers/{number}.pdf").status_code == 404
    assert officer.get("/staff/reports/papers/1309-2026-00000000").status_code == 404
    assert post(officer, "/staff/reports/papers", {"period": "x"}).status_code == 404


def test_a_signed_report_is_fetched_and_verified_by_anybody(sign_in, core, client):
    number = signed_by_hand(core)
    officer = sign_in("officer")

    page = html(officer.get(f"/staff/reports/papers/{number}"))
    file = officer.get(f"/staff/reports/papers/{number}.pdf")

    assert "Unduh PDF" in page
    assert SIGNED_SHA in page
    assert file.get_data() == b"%PDF laporan"
    assert file.headers["Content-Disposition"].endswith(f"{number.lower()}.pdf")
    assert client.get(f"/staff/reports/papers/{number}.pdf").status_code == 303
    found = html(post(client, "/verify", {"number": number.replace("-", " ").lower()}))
    assert "Laporan ini tercatat" in found
    assert "November 2026" in found
    upload = {"file": (io.BytesIO(b"%PDF laporan"), "x.pdf")}
    assert "Laporan asli dan utuh" in html(post(client, "/verify/file", upload))


def test_the_report_stands_beside_the_journal(sign_in, served, core):
    officer = sign_in("officer")
    before = core.journal.latest(1)[0].seq

    page = html(officer.get("/staff/reports/recount?period=2026-11"))

    assert "Laporan tidak sama dengan jurnal" in page, "this visit was opened past the guest book"
    assert "Berbeda" in page
    assert "Jawaban sengaja tidak dijurnal" in page, "what the journal cannot prove is named"
    assert html(officer.get("/staff/reports/recount?period=2020-01")).count("Sama</span>") > 5
    assert core.journal.latest(1)[0].seq == before


SIGNED_SHA = hashlib.sha256(b"%PDF laporan").hexdigest()


def signed_by_hand(core):
    """The number of a report in the ledger, as the documents process would have put it there."""
    number = f"1309-2026-{codes.new_short_code()}"
    core.settings.reports_dir.mkdir()
    (core.settings.reports_dir / "a.pdf").write_bytes(b"%PDF laporan")
    now = core.clock.now()
    SignedReport.create(
        number=number,
        period="2026-11",
        state="ready",
        asked_at=now,
        asked_by="rina",
        verify_url="",
        made_at=now,
        journal_seq=1,
        name="a.pdf",
        pages=1,
        size_bytes=12,
        sha256=SIGNED_SHA,
        signature=ed25519.sign(bytes(32), signed_text(number, SIGNED_SHA)).hex(),
        public_key=ed25519.public_key(bytes(32)).hex(),
    )
    return number
