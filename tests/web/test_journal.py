"""The journal on the screen: filtered, paged, taken out, proved."""

import pytest

from appliance.actor import SYSTEM, Actor
from tests.web.conftest import post


@pytest.fixture
def admin(sign_in, core):
    browser = sign_in("admin")

    def write() -> None:
        for n in range(60):
            by = Actor.staff("sari", "officer") if n % 2 else SYSTEM
            core.journal.append("locker.assigned", f"locker/{n % 3}", by=by, detail={"locker": n})

    core.writer.run(write)
    return browser


def test_lines_are_told_in_plain_words(admin) -> None:
    shown = admin.get("/staff/journal?kind=locker").text

    assert "Loker diberikan" in shown
    admin.set_cookie("lang", "en")
    assert "Locker assigned" in admin.get("/staff/journal?kind=locker").text


def test_filters_stay_with_the_pages(admin) -> None:
    first = admin.get("/staff/journal?kind=locker").text

    assert "before=" in first
    assert "kind=locker" in first
    second = admin.get("/staff/journal?kind=locker&before=12").text
    assert "Masuk dengan kata sandi" not in second
    assert "Terbaru" in second


def test_what_fits_nothing_says_so(admin) -> None:
    assert "Tidak ada baris yang cocok" in admin.get("/staff/journal?subject=nothing").text


@pytest.mark.parametrize(
    "query",
    ["before=x", "before=99999999999999999999", "since=nonsense&until=0001-01-01", "who=%00",
     "kind=' OR 1=1 --", "since=9999-12-31", "until=9999-12-31", f"subject={'x' * 5000}"],
)  # fmt: skip
def test_no_filter_can_break_the_page(admin, query: str) -> None:
    assert admin.get(f"/staff/journal?{query}").status_code == 200


@pytest.mark.parametrize(("form", "kind"), [("csv", "text/csv"), ("jsonl", "application/jsonl")])
def test_the_filtered_lines_are_taken_out(admin, services, form: str, kind: str) -> None:
    answer = post(admin, "/staff/journal/export", {"format": form, "subject": "locker/1"})
    text = answer.text
    answer.close()

    assert answer.status_code == 200
    assert answer.headers["Content-Type"].startswith(kind)
    assert answer.headers["Content-Disposition"].endswith(f"jurnal-2026-11-23.{form}")
    assert text.count("locker.assigned") == 20
    assert services.journal.latest(1)[0].action == "journal.exported"


def test_what_an_export_does_not_find_is_not_written_down(admin, services) -> None:
    typed = {"format": "csv", "subject": "Siti Rahmawati", "who": "siti", "kind": "081234567890"}
    post(admin, "/staff/journal/export", typed).close()

    line = services.journal.latest(1)[0]
    assert (line.action, line.subject) == ("journal.exported", "journal")
    assert "siti" not in line.detail
    assert "0812" not in line.detail


def test_the_check_counts_the_lines_and_the_head_is_shown_for_paper(admin, services) -> None:
    shown = admin.get("/staff/journal").text
    assert services.journal.head().noted in shown

    post(admin, "/staff/journal/check")

    assert "Jurnal utuh: " in admin.get("/staff/journal").text
