"""Today, a period and its files: against counting the rows by hand, and safe to open."""

import csv
import datetime as dt
import io
import json
import re
import zipfile
from collections import Counter
from decimal import Decimal
from xml.etree import ElementTree as ET

import pytest

from appliance.complaints import topics
from appliance.complaints.rules import Channel, ComplaintKind
from appliance.page_images.tally import Counts
from appliance.ratings.questions import Element
from appliance.reports import complaint_sections, periods
from appliance.reports.periods import Span
from appliance.reports.phrases import Phrase
from appliance.reports.service import Format
from appliance.storage.models import Complaint, Outbox
from tests import report_kit as kit
from tests.services.library import OFFICER, new_publication, new_visit

NOVEMBER = periods.parse("2026-11")
YEAR = periods.parse("2026")
SHEET = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"


def numbers_of(table) -> dict[str, int]:
    """The second column by the words of the first."""
    return {row[0].id if isinstance(row[0], Phrase) else row[0]: row[1] for row in table.rows}


def test_an_empty_period_says_so_and_knows_no_shares(services):
    for text in ("2026-11-05", "2026-11", "2026-Q4", "2026"):
        report = services.reports.report(periods.parse(text))

        assert report.is_empty
        for key in ("kept_share", "wait_p50", "wait_p90", "ikm"):
            assert report.figure(key).value is None


@pytest.fixture
def past(core):
    return kit.write_past(core, dt.date(2025, 12, 1), dt.date(2027, 1, 1), 900)


def test_a_period_is_what_counting_its_rows_one_by_one_gives(services, core, past):
    for text in ("2026", "2026-Q3", "2026-05", "2026-05-12"):
        period = periods.parse(text)
        compare(services.reports.report(period), period, past, core.office.zone)


def compare(report, period, past, zone):
    """Every figure and table of a report against a loop over the rows."""

    within = [v for v in past.visits if period.days[0] <= v["business_date"] < period.days[1]]
    visits = [visit for visit in within if visit["state"] != "cancelled"]
    of_period = {visit["id"] for visit in within}

    def used(rows):
        return [row for row in rows if row["visit"] in of_period]

    first, after = period.moments(zone)

    def at_that_time(rows, moment):
        return [row for row in rows if first <= row[moment] < after]

    waits = sorted(visit["wait_s"] for visit in visits if visit["wait_s"] is not None)
    kept = sum(wait <= 300 for wait in waits)
    scans = [scan for scan in used(past.scans) if scan["page_count"] is not None]
    expected = {
        "visits": len(visits),
        "persons": sum(visit["persons"] for visit in visits),
        "kept_share": kept / len(waits) if waits else None,
        "wait_p50": waits[-(-len(waits) // 2) - 1] if waits else None,
        "wait_p90": waits[-(-9 * len(waits) // 10) - 1] if waits else None,
        "lockers": len(used(past.sessions)),
        "cards": sum(row["kind"] != "none" for row in used(past.deposits)),
        "readings": len(used(past.readings)),
        "scans": len(scans),
        "scanned_pages": sum(scan["page_count"] for scan in scans),
        "downloads": len(at_that_time(past.copies, "made_at")),
        "requests": len(used(past.requests)),
        "complaints": len(at_that_time(past.complaints, "created_at")),
        "cancelled": len(within) - len(visits),
        "unknown_waits": sum(visit["served_at"] is not None for visit in visits) - len(waits),
    }
    assert {key: report.figure(key).value for key in expected} == expected
    for key in ("sex", "age_band", "education", "occupation", "purpose", "services", "channels"):
        by_hand = Counter(code for visit in visits for code in visit[key].split())
        labels = {c.label_id: by_hand.get(c.code, 0) for c in kit.LISTS[key]}
        assert numbers_of(report.tables[key]) == labels, key
    for key in ("purpose", "age_band"):
        people = Counter()
        for visit in visits:
            members = [head for head in past.heads if head["visit"] == visit["id"]]
            for head in members:
                people[head[key] if key == "age_band" else visit[key]] += head["heads"]
            people[visit[key]] += 1
        assert {row[0].id: row[2] for row in report.tables[key].rows} == {
            choice.label_id: people[choice.code] for choice in kit.LISTS[key]
        }
    assert numbers_of(report.tables["titles"]) == kit.counted(used(past.readings), "title")
    peak = numbers_of(report.tables["lockers"])["Terpakai bersamaan, paling banyak"]
    assert peak == kit.highest_at_once(at_that_time(past.sessions, "started_at"))
    late = [v for v in visits if v["wait_s"] is not None and v["wait_s"] > kit.LIMIT_S]
    reasons = numbers_of(report.tables["late"])
    assert reasons["Pengunjung lebih banyak daripada petugas"] + reasons["Belum dijelaskan"] == (
        len(late)
    )
    assert reasons["Belum dijelaskan"] == kit.counted(late, "late_reason")[""]
    assert {row[0].id[0]: (row[1], row[2]) for row in report.tables["lanes"].rows} == {
        lane: (count, sum(v["lane"] == lane and v["wait_s"] is not None for v in visits))
        for lane, count in kit.counted(visits, "lane").items()
    }
    course = report.tables["course"].rows
    assert sum(row[1] for row in course) == len(visits)
    assert sum(row[3] for row in course) == len(waits)
    assert sum(row[4] for row in course) == kept


def test_complaints_tell_whether_their_deadline_was_kept(services, past, clock):
    clock.jump((dt.datetime(2027, 2, 1, tzinfo=dt.UTC) - clock.now()).total_seconds())

    rows = services.reports.report(YEAR).tables["complaints"].rows

    mine = [row for row in past.complaints if row["created_at"].year == 2026]
    in_time = sum(bool(r["answered_at"]) and r["answered_at"] <= r["due_at"] for r in mine)
    late = sum(bool(r["answered_at"]) and r["answered_at"] > r["due_at"] for r in mine)
    assert [sum(row[place] for row in rows) for place in range(1, 6)] == [
        *(len(mine), in_time + late, in_time, late, len(mine) - in_time - late)
    ]


def test_that_somebody_complained_of_money_is_in_no_report(services, clock):
    now = clock.now()
    words = {"uuid": "u", "code": "c", "topic": "integrity", "body": "uang", "state": "new"}
    Complaint.create(**words, created_at=now, due_at=now)

    (row,) = services.reports.report(NOVEMBER).tables["complaints"].rows

    assert (row[0].id, row[1]) == ("Hal lain", 1)


def test_kinds_of_complaints_tell_their_first_response_and_the_way_they_came(services, clock):
    made = [
        services.complaints.make(
            {"topic": "time", "body": "Lama", "kind": kind, "contact": ""}, by=OFFICER
        )
        for kind in ("complaint", "complaint", "question")
    ]
    services.complaints.take(made[0].id, by=OFFICER)
    clock.advance(30 * 24 * 3600)

    tables = services.reports.report(NOVEMBER).tables

    assert {row[0].en: row[1:] for row in tables["complaint_responses"].rows} == {
        "Complaints": (2, 1, 1, 0.5),
        "Questions": (1, 0, 1, 0.0),
    }
    assert {row[0].en: row[4] for row in tables["complaint_kinds"].rows} == {
        "Complaints": 2,
        "Questions": 1,
    }
    assert numbers_of(tables["complaint_channels"])["Kotak saran di peranti ini"] == 3


def test_every_topic_kind_and_channel_of_complaints_has_words(services):
    assert set(complaint_sections.WORDS_OF_TOPICS) >= topics.CODES
    assert set(complaint_sections.WORDS_OF_KINDS) == set(ComplaintKind)
    assert set(complaint_sections.WORDS_OF_CHANNELS) == set(Channel)


def test_the_period_before_stands_beside(services, past):
    report, before = (services.reports.report(periods.parse(t)) for t in ("2026-05", "2026-04"))

    assert [figure.before for figure in report.figures] == [f.value for f in before.figures]
    assert report.figure("visits").change == (
        report.figure("visits").value - before.figure("visits").value
    )


def test_a_wrong_clock_says_nothing_of_the_hour(core, services, past):
    counted = [visit for visit in past.visits if visit["state"] != "cancelled"]
    day = max(visit["business_date"] for visit in counted if visit["registered_clock"] == 0)
    visits = [visit for visit in counted if visit["business_date"] == day]

    rows = services.reports.report(periods.parse(day)).tables["course"].rows

    hours = Counter(
        f"{visit['registered_at'].astimezone(core.office.zone).hour:02}"
        for visit in visits
        if visit["registered_clock"]
    )
    assert {row[0][:2]: row[1] for row in rows[:-1] if row[1]} == hours
    assert rows[-1][1] == sum(visit["registered_clock"] == 0 for visit in visits) > 0


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


def test_the_border_of_a_month_is_midnight_at_the_office(core, services, clock):
    clock.jump((dt.datetime(2026, 11, 30, 16, 59, tzinfo=dt.UTC) - clock.now()).total_seconds())
    new_visit(core, services)
    clock.advance(120)
    new_visit(core, services)

    for text in ("2026-11", "2026-12", "2026-11-30", "2026-12-01"):
        assert services.reports.report(periods.parse(text)).figure("visits").value == 1
    assert services.reports.present(Span.MONTH) == periods.parse("2026-12")


def test_ratings_stand_in_months_and_never_in_a_day(core, services):
    for value in (4, 3):
        visit = new_visit(core, services)
        services.ratings.give(visit.id, dict.fromkeys(map(str, Element), value), by=OFFICER)

    month = services.reports.report(NOVEMBER)
    assert month.figure("ikm").value == Decimal("87.50")
    assert {row[1] for row in month.tables["skm"].rows} == {Decimal("3.50")}
    year = services.reports.report(YEAR)
    assert [row[1] for row in year.tables["ikm_course"].rows] == [None] * 10 + [
        *(Decimal("87.50"), None)
    ]
    day = services.reports.report(services.reports.present(Span.DAY))
    assert day.figure("ikm").value is None
    assert "skm" not in day.tables


def evil_month(core, services):
    visit = new_visit(core, services)
    for title in ('=HYPERLINK("http://evil.example","klik")', '+62 81, "dua"\nbaris', "@SUM(1)"):
        services.reading.note(visit.id, title=title, by=OFFICER)
    book = new_publication(services, "-2+3", subject="=cmd|' /C calc'!A0")
    services.reading.note(visit.id, publication_id=book.id, by=OFFICER)
    services.reading_tally.add(book.id, Counts(opened=1))
    services.reading_tally.keep()
    services.ratings.give(visit.id, dict.fromkeys(map(str, Element), 4), "Saya Budi", by=OFFICER)


def test_csv_says_the_same_and_holds_no_formula(core, services):
    evil_month(core, services)

    with services.reports.export(NOVEMBER, Format.CSV, by=OFFICER).file as file:
        text = file.read().decode("utf-8-sig")

    rows = list(csv.reader(io.StringIO(text)))
    assert rows[0] == ["bagian", "tabel", "butir", "ukuran", "nilai"]
    assert {len(row) for row in rows} == {5}
    assert ["Ringkasan", "Ringkasan", "Kunjungan", "2026-11", "1"] in rows
    assert ["Bacaan", "Judul yang dibaca", "'@SUM(1)", "Dibaca", "1"] in rows
    assert ["Bacaan", "Dibaca di layar", "'-2+3", "Dibuka", "1"] in rows
    assert ["Bacaan", "Subjek yang dibaca", "'=cmd|' /C calc'!A0", "Dibaca", "1"] in rows
    assert all(not cell.startswith(("=", "+", "-", "@", "\t", "\r")) for r in rows for cell in r)
    assert "Budi" not in text, "what visitors write may name a person"


def test_a_workbook_holds_texts_and_numbers_but_no_formula(core, services):
    evil_month(core, services)

    with services.reports.export(NOVEMBER, Format.XLSX, by=OFFICER).file as file:
        book = zipfile.ZipFile(io.BytesIO(file.read()))

    sheets = [name for name in book.namelist() if "worksheets/sheet" in name]
    cells = [c for name in sheets for c in ET.fromstring(book.read(name)).iter(f"{SHEET}c")]
    names = re.findall(r'<sheet name="([^"]+)"', book.read("xl/workbook.xml").decode())
    assert names[:5] == [
        *("Ringkasan", "Kunjungan", "Blok I Pengguna", "Blok II Mutu layanan"),
        "Blok III Kebutuhan",
    ]
    assert len(cells) > 200
    assert not [cell for cell in cells if cell.find(f"{SHEET}f") is not None]
    assert "=HYPERLINK" in "".join(book.read(name).decode() for name in sheets)
    assert not [name for name in book.namelist() if "rels" in name and b"evil" in book.read(name)]


def test_taking_a_report_out_is_written_down(core, services):
    export = services.reports.export(periods.parse("2026-Q4"), Format.XLSX, by=OFFICER)
    export.file.close()

    entry = core.journal.latest(1)[0]
    assert (entry.action, entry.subject, entry.actor) == (
        "report.exported",
        "report/2026-Q4",
        "officer:petugas",
    )
    sent = json.loads(bytes(Outbox.select().get().payload))
    assert sent["data"] == {"kind": "quarter-xlsx"}
    assert export.download_name == "ruang-baca-1309-2026-Q4.xlsx"


def test_printed_reading_is_counted_by_title_and_subject(core, services):
    prices = new_publication(services, "Harga", subject="Harga", copies=2)
    plain = new_publication(services, "Tanpa Subjek")
    for book in (prices, prices, plain):
        visit = new_visit(core, services)
        note = services.reading.note(visit.id, publication_id=book.id, by=OFFICER)
        services.reading.give_back(note.id, by=OFFICER)
    services.reading.note(visit.id, publication_id=prices.id, by=OFFICER)

    report = services.reports.report(NOVEMBER)

    assert report.tables["titles"].rows == (("Harga", 3, 3), ("Tanpa Subjek", 1, 1))
    assert numbers_of(report.tables["subjects"]) == {"Harga": 3, "(tanpa subjek)": 1}
