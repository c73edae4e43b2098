"""The wall of lockers and the desk beside it, as an officer has them on a screen."""

import re

import pytest

from appliance.actor import SYSTEM, Actor
from appliance.lockers.alarm_rules import AlarmKind
from appliance.storage.models import Locker
from tests.services.library import new_visit
from tests.web.conftest import fragment, post, version_of

OFFICER = Actor.staff("officer1", "officer")


# The wall


def test_an_alarm_stands_above_the_doors_in_words(officer, bank, holder) -> None:
    bank.alarms.raise_(1, AlarmKind.OPENED_WITHOUT_COMMAND)

    text = officer.get("/staff/lockers").text

    strip, _, doors = text.partition('class="chips chips-line legend"')
    assert "Pintu loker 01 terbuka tanpa perintah." in strip
    assert holder.label in strip
    assert doors.count("Perlu dilihat") == 1


def test_without_anything_unusual_there_is_no_strip(officer, bank, holder) -> None:
    assert "Perlu dilihat" not in officer.get("/staff/lockers").text


def test_the_legend_counts_and_leaves_out(officer, bank, holder) -> None:
    bank.lockers.set_condition(2, "broken", by=OFFICER, note="engsel lepas")
    everything = officer.get("/staff/lockers").text
    chosen = officer.get("/staff/lockers?show=broken").text

    assert re.search(r"Rusak <b>1</b>", everything)
    assert re.search(r"Kosong <b>4</b>", everything)
    assert everything.count("locker-number") == 6
    assert chosen.count("locker-number") == 1
    assert "engsel lepas" in chosen
    assert "show=broken&amp;v=" in chosen, "the poll forgets what was chosen"


@pytest.mark.parametrize("show", ["late", "melted", "free%00", "a" * 3000])
def test_a_filter_that_finds_nothing_or_is_none(officer, bank, show) -> None:
    answer = officer.get(f"/staff/lockers?show={show}")

    assert answer.status_code == 200
    assert ("Tidak ada loker dalam keadaan ini" in answer.text) == (show == "late")


def test_an_old_command_that_went_wrong_is_no_news(officer, bank, holder, clock) -> None:
    bank.lockers.open_for(2, by=OFFICER, reason="uji")
    clock.advance(60)
    assert "perintahnya terlambat" in officer.get("/staff/lockers").text

    clock.advance(3600)

    assert "perintahnya terlambat" not in officer.get("/staff/lockers").text


@pytest.mark.parametrize(
    "change",
    [
        lambda bank: bank.alarms.raise_(3, AlarmKind.LEFT_OPEN),
        lambda bank: bank.lockers.open_for(3, by=OFFICER, reason="uji"),
        lambda bank: bank.emergency.start(source="screen", by=OFFICER, reason="latihan"),
        lambda bank: bank.lockers.set_condition(3, "broken", by=OFFICER, note="engsel"),
    ],
    ids=["alarm", "command", "emergency", "condition"],
)
def test_the_wall_hears_of_every_change(officer, bank, holder, change) -> None:
    version = version_of(officer.get("/staff/lockers").text, "/staff/lockers")
    assert fragment(officer, f"/staff/lockers?v={version}").status_code == 204

    change(bank)

    assert fragment(officer, f"/staff/lockers?v={version}").status_code == 200


def questions(core, browser, monkeypatch) -> int:
    """How often the database is asked for one wall."""
    asked: list[str] = []
    execute = core.database.execute_sql

    def listen(sql, *args, **options):
        asked.append(sql)
        return execute(sql, *args, **options)

    with monkeypatch.context() as patched:
        patched.setattr(core.database, "execute_sql", listen)
        assert browser.get("/staff/lockers").status_code == 200
    return len(asked)


def test_forty_eight_doors_cost_no_more_questions_than_six(
    officer, core, bank, holder, monkeypatch
) -> None:
    def hand_out(numbers) -> None:
        for number in numbers:
            bank.lockers.assign(new_visit(core, bank).id, by=OFFICER, number=number)
            bank.alarms.raise_(number, AlarmKind.LEFT_OPEN)

    hand_out([2])
    questions(core, officer, monkeypatch)  # the first request also connects
    few = questions(core, officer, monkeypatch)
    bank.lockers.sync_bank(dict.fromkeys(range(1, 49), True), by=SYSTEM)
    hand_out(range(3, 30))

    assert questions(core, officer, monkeypatch) == few <= 17


# The desk


def test_the_desk_names_the_doors_that_want_somebody(officer, bank, holder) -> None:
    page = officer.get("/staff").text
    assert "tanpa perintah" not in page
    version = version_of(page, "/staff/lockers/news")
    assert fragment(officer, f"/staff/lockers/news?v={version}").status_code == 204

    bank.alarms.raise_(1, AlarmKind.OPENED_WITHOUT_COMMAND)
    news = fragment(officer, f"/staff/lockers/news?v={version}")

    assert "Pintu loker 01 terbuka tanpa perintah." in news.text
    assert 'href="/staff/lockers/1"' in news.text
    assert officer.get("/staff/lockers/news").location == "/staff/lockers"


def test_the_desk_gives_the_smallest_locker_that_fits(officer, core, bank) -> None:
    core.writer.run(lambda: Locker.update(size="S").where(Locker.number == 4).execute())
    visit = new_visit(core, bank)
    bank.visits.serve(visit.id, by=OFFICER)
    assert "Menurut ukuran" in officer.get(f"/staff?visit={visit.id}").text

    post(officer, f"/staff/visits/{visit.id}/locker", {"number": "", "size": "S"})

    assert bank.lockers.of_visit(visit.id).number == 4


@pytest.mark.parametrize("fields", [{"size": "XXL"}, {"number": "x"}, {}])
def test_an_unknown_size_or_number_is_no_wish(officer, core, bank, fields) -> None:
    visit = new_visit(core, bank)

    post(officer, f"/staff/visits/{visit.id}/locker", fields)

    assert bank.lockers.of_visit(visit.id).number == 1


def test_no_size_is_asked_where_all_are_alike(officer, core, bank) -> None:
    visit = new_visit(core, bank)
    bank.visits.serve(visit.id, by=OFFICER)

    assert "Menurut ukuran" not in officer.get(f"/staff?visit={visit.id}").text
