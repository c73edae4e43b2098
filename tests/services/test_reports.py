"""Today, the month and its files: against counting the rows by hand, and safe to open."""

import csv
import datetime as dt
import io
import json
import re
import zipfile
from collections import Counter
from xml.etree import ElementTree as ET

import msgspec
import pytest

from appliance.demo.seed import seed
from appliance.ratings.questions import Element
from appliance.reports.service import Format
from appliance.storage.models import Outbox, Visit
from tests.services.library import OFFICER, new_publication, new_visit

NOVEMBER = dt.date(2026, 11, 1)
SHEET = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"


@pytest.fixture
def settings(settings):
    """A demonstration, so that a whole month can be seeded."""
    return msgspec.structs.replace(settings, demo=True)


def test_an_empty_month_says_so(services):
    report = services.reports.month(NOVEMBER)

    assert report.is_empty
    assert (report.promise.share, report.promise.p50_s, report.ratings.ikm) == (None, None, None)


@pytest.mark.parametrize("office_name", ["pasaman", "dharmasraya"], indirect=True)
def test_a_month_is_what_counting_its_rows_gives(core, services):
    seed(core, services)
    rows = [
        row
        for row in Visit.select().dicts()
        if row["business_date"].startswith("2026-11") and row["state"] != "cancelled"
    ]

    report = services.reports.month(NOVEMBER)

    assert report.visits == len(rows) > 50
    assert dict(report.days) == {
        dt.date(2026, 11, day): sum(r["business_date"] == f"2026-11-{day:02}" for r in rows)
        for day in range(1, 31)
    }
    for breakdown in report.breakdowns:
        by_hand = Counter(code for row in rows for code in row[breakdown.key].split())
        assert {line.choice.code: line.count for line in breakdown.lines if line.count} == by_hand
    waits = [row["wait_s"] for row in rows if row["wait_s"] is not None]
    assert report.promise.kept == sum(wait <= 300 for wait in waits)
    assert report.promise.measured == len(waits) < len(rows)
    assert report.ratings.respondents == sum(row["rated_at"] is not None for row in rows)
    assert report.ratings.grade is not None
    assert sum(line.times for line in report.titles) == report.use.readings
    assert sum(line.times for line in report.subjects) == report.use.readings
    assert report.months[-1].times == report.use.readings
    assert bool(report.use.cards) == core.office.policy.card_for_locker


def test_today_counts_what_happened_today_only(core, services, clock):
    visit = new_visit(core, services)
    book = new_publication(services)
    clock.advance(60)
    services.reading.note(visit.id, publication_id=book.id, by=OFFICER)
    services.ratings.give(visit.id, dict.fromkeys(map(str, Element), 4), by=OFFICER)

    today = services.reports.today()
    assert (today.visits.registered, today.readings, today.rated) == (1, 1, 1)
    assert today.share == 1.0

    clock.advance(24 * 3600)
    tomorrow = services.reports.today()
    assert (tomorrow.visits.registered, tomorrow.readings, tomorrow.rated) == (0, 0, 0)
    assert tomorrow.share is None


def test_the_months_border_is_midnight_at_the_office(core, services, clock):
    clock.jump((dt.datetime(2026, 11, 30, 16, 59, tzinfo=dt.UTC) - clock.now()).total_seconds())
    new_visit(core, services)
    clock.advance(120)
    new_visit(core, services)

    assert services.reports.month(NOVEMBER).visits == 1
    assert services.reports.month(dt.date(2026, 12, 1)).visits == 1
    assert services.reports.this_month() == dt.date(2026, 12, 1)


def evil_month(core, services):
    visit = new_visit(core, services)
    services.reading.note(visit.id, title='=HYPERLINK("http://evil.example","klik")', by=OFFICER)
    services.reading.note(visit.id, title='+62 81, "dua"\nbaris', by=OFFICER)
    answers = dict.fromkeys(map(str, Element), 4)
    services.ratings.give(visit.id, answers, "@SUM(1+1) 🙂", by=OFFICER)


def test_csv_says_the_same_and_holds_no_formula(core, services):
    evil_month(core, services)

    with services.reports.export(NOVEMBER, Format.CSV, by=OFFICER).file as file:
        text = file.read().decode("utf-8-sig")

    rows = list(csv.reader(io.StringIO(text)))
    assert ["Ringkasan", "Kunjungan", "1"] in rows
    assert ["Komentar", "'@SUM(1+1) 🙂"] in rows
    assert all(not cell.startswith(("=", "+", "-", "@", "\t")) for row in rows for cell in row)


def test_a_workbook_holds_texts_and_numbers_but_no_formula(core, services):
    evil_month(core, services)

    with services.reports.export(NOVEMBER, Format.XLSX, by=OFFICER).file as file:
        book = zipfile.ZipFile(io.BytesIO(file.read()))

    sheets = [name for name in book.namelist() if "worksheets/sheet" in name]
    cells = [c for name in sheets for c in ET.fromstring(book.read(name)).iter(f"{SHEET}c")]
    texts = book.read("xl/sharedStrings.xml").decode()
    assert len(sheets) == len({re.sub("[^0-9]", "", name) for name in sheets}) == 15
    assert not [cell for cell in cells if cell.find(f"{SHEET}f") is not None]
    assert "=HYPERLINK" in texts
    assert not [name for name in book.namelist() if "rels" in name and b"evil" in book.read(name)]


def test_taking_a_report_out_is_written_down(core, services):
    export = services.reports.export(NOVEMBER, Format.XLSX, by=OFFICER)
    export.file.close()

    entry = core.journal.latest(1)[0]
    assert (entry.action, entry.subject, entry.actor) == (
        "report.exported",
        "report/2026-11",
        "officer:petugas",
    )
    assert json.loads(bytes(Outbox.select().get().payload))["data"] == {"kind": "month-xlsx"}
    assert export.download_name == "ruang-baca-1309-2026-11.xlsx"


def test_printed_reading_is_counted_by_title_subject_and_month(core, services, clock):
    prices = new_publication(services, "Harga", subject="Harga", copies=2)
    plain = new_publication(services, "Tanpa Subjek")
    for book in (prices, prices, plain):
        visit = new_visit(core, services)
        note = services.reading.note(visit.id, publication_id=book.id, by=OFFICER)
        services.reading.give_back(note.id, by=OFFICER)
    services.reading.note(visit.id, publication_id=prices.id, by=OFFICER)
    services.holdings.quick_add("Atlas", code="B9", by=OFFICER)
    services.reading.note(visit.id, barcode="B9", by=OFFICER)

    report = services.reports.month(NOVEMBER)

    told = [(line.name, line.times, line.visits) for line in report.titles]
    assert told == [("Harga", 3, 3), ("Atlas", 1, 1), ("Tanpa Subjek", 1, 1)]
    assert [(line.name, line.times, line.visits) for line in report.subjects] == [
        ("Harga", 3, 3),
        ("", 2, 1),
    ]
    assert [line.times for line in report.months] == [0] * 11 + [5]
    assert services.reports.month(dt.date(2026, 12, 1)).months[-2].times == 5
