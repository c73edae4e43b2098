"""A day is closed by a person: everything decided, nothing freed, and sealed for good."""

import datetime as dt

import apsw
import pytest

from appliance.__main__ import run
from appliance.actor import SYSTEM, Actor
from appliance.clock import ClockQuality
from appliance.day_closing import rules
from appliance.errors import Invalid, Refused
from tests.services.library import OFFICER, new_publication, new_visit

pytestmark = pytest.mark.parametrize("office_name", ["dharmasraya"], indirect=True)
MONDAY = dt.date(2026, 11, 23)
DAY_S = 24 * 3600
USUAL = {
    "visit": "left_unseen",
    "locker": "tomorrow",
    "card": "not_collected",
    "reading": "still_out",
    "photocopy": "still_out",
}


@pytest.fixture
def days(services, listening):
    services.lockers.sync_bank({1: True, 2: True}, by=SYSTEM)
    return services.days


@pytest.fixture
def busy_visit(core, services, days):
    """A visitor with a card in the tray, a locker and a book, who is gone."""
    visit = new_visit(core, services)
    services.deposits.receive(visit.id, "KTP", by=OFFICER)
    services.lockers.assign(visit.id, by=OFFICER)
    services.reading.note(visit.id, by=OFFICER, publication_id=new_publication(services).id)
    return visit


def usual(days, date=MONDAY, **changed: str) -> dict[str, str]:
    """What an officer in a hurry decides of everything."""
    found = {thing.field: USUAL[thing.kind] for thing in days.open_things(date)}
    return found | {
        field: changed[field.partition("-")[0]]
        for field in found
        if field.partition("-")[0] in changed
    }


def test_on_a_quiet_day_one_tap_is_enough(core, services, days) -> None:
    visit = new_visit(core, services)
    services.checkout.start(visit.id, by=OFFICER)

    assert days.open_things(MONDAY) == ()
    report = days.close(MONDAY, {}, by=OFFICER)

    assert report.figures["visits"]["finished"] == report.figures["visits"]["registered"] == 1
    assert (report.version, report.sealed_by, report.is_genuine) == (1, "petugas", True)
    assert days.close(MONDAY, {}, by=OFFICER) == report  # a second tap


def test_nothing_is_closed_before_everything_is_decided(services, days, busy_visit) -> None:
    kinds = [thing.kind for thing in days.open_things(MONDAY)]
    assert kinds == ["reading", "visit", "locker", "card"]
    decided = usual(days)
    decided.pop(f"visit-{busy_visit.id}")

    with pytest.raises(Invalid) as caught:
        days.close(MONDAY, decided, by=OFFICER)

    assert set(caught.value.problems) == {f"visit-{busy_visit.id}"}
    assert days.report(MONDAY) is None
    assert services.deposits.of_visit(busy_visit.id).state == "held"


def test_what_was_decided_happens_and_is_in_the_report(services, days, busy_visit) -> None:
    report = days.close(MONDAY, usual(days, reading="missing"), by=OFFICER)

    visit = services.visits.by_id(busy_visit.id)
    assert (visit.state, visit.stay_s) == ("not_returned", None)
    assert visit.close_reason == "Tidak kembali: pergi tanpa pamit"
    assert services.deposits.of_visit(visit.id).state == "left_behind"
    assert services.reading.open_of_visit(visit.id) == ()
    assert services.lockers.of_visit(visit.id).number == 1  # nobody has looked into it
    assert [(e["kind"], e["decision"]) for e in report.content["exceptions"]] == [
        ("reading", "missing"),
        ("visit", "left_unseen"),
        ("locker", "tomorrow"),
        ("card", "not_collected"),
    ]
    assert report.content["left"]["lockers"] == ["01"]
    assert days.open_things(MONDAY) == ()


def test_a_decision_that_does_not_fit_is_none(days, busy_visit) -> None:
    for changed in ({"visit": "never_came"}, {"locker": "empty"}, {"card": ""}):
        with pytest.raises(Invalid):
            days.close(MONDAY, usual(days, **changed), by=OFFICER)


def test_somebody_who_never_came_is_cancelled(core, services, days) -> None:
    visit = new_visit(core, services)

    report = days.close(MONDAY, usual(days, visit="never_came"), by=OFFICER)

    assert services.visits.by_id(visit.id).state == "cancelled"
    assert report.figures["visits"]["registered"] == 0


def test_the_next_morning_asks_why_of_what_the_night_ended(
    core, services, days, busy_visit, clock
) -> None:
    days.close(MONDAY - dt.timedelta(days=1), {}, by=OFFICER)
    clock.advance(DAY_S)
    new_visit(core, services)  # which ends the visits of the day before

    assert services.visits.by_id(busy_visit.id).state == "not_returned"
    assert days.unclosed() == (MONDAY,)
    assert [thing.kind for thing in days.open_things(MONDAY)] == [
        "reading",
        "visit",
        "locker",
        "card",
    ]
    report = days.close(MONDAY, usual(days), by=OFFICER)

    assert days.unclosed() == ()
    assert days.open_things(MONDAY) == ()
    assert report.figures["visits"]["not_returned"] == 1


def test_before_the_first_report_only_the_last_day_is_asked_for(
    core, services, days, clock
) -> None:
    for _ in range(3):
        new_visit(core, services)
        clock.advance(DAY_S)

    assert days.unclosed() == (MONDAY + dt.timedelta(days=2),)
    days.close(MONDAY + dt.timedelta(days=2), usual(days, days.unclosed()[0]), by=OFFICER)
    assert days.unclosed() == ()


def test_what_changes_after_sealing_shows_and_may_be_sealed_again(core, services, days) -> None:
    first = days.close(MONDAY, {}, by=OFFICER)
    visit = new_visit(core, services)
    services.checkout.start(visit.id, by=OFFICER)

    changed = {change.name: (change.sealed, change.now) for change in days.changes(first)}
    assert changed["visits.registered"] == (0, 1)
    second = days.close(MONDAY, {}, by=OFFICER)

    assert (second.version, second.before) == (2, first.seal)
    assert days.changes(second) == ()
    assert [report.version for report in days.reports()] == [2, 1]


def test_a_locker_that_was_handed_out_anew_is_decided_anew(
    core, services, days, busy_visit, clock
) -> None:
    days.close(MONDAY, usual(days), by=OFFICER)
    clock.advance(60)
    services.lockers.release(busy_visit.id, by=OFFICER)
    other = new_visit(core, services)
    services.lockers.assign(other.id, by=OFFICER, number=1, without_card="petugas kantor")

    assert "locker-1" in {thing.field for thing in days.open_things(MONDAY)}


def test_every_seal_covers_the_day_before(core, services, days, clock) -> None:
    for _ in range(3):
        days.close(days.today(), {}, by=OFFICER)
        clock.advance(DAY_S)
    assert (days.verify().count, days.verify().is_sound) == (3, True)

    database = core.database.connection()
    for tampering in ("UPDATE day_report SET sealed_by = 'x'", "DELETE FROM day_report"):
        with pytest.raises(apsw.ConstraintError, match="sealed day"):
            database.execute(tampering)
    for trigger in ("day_report_stays", "day_report_remains"):
        database.execute(f"DROP TRIGGER {trigger}")
    database.execute("DELETE FROM day_report WHERE id = 2")
    assert days.verify().broken.id == 3
    database.execute("UPDATE day_report SET content = replace(content, '\"open\":0', '\"open\":1')")
    assert days.verify().broken.id == 1


def test_a_chain_that_was_sealed_anew_or_cut_off_is_given_away_by_the_journal(
    core, services, days, clock
) -> None:
    for _ in range(2):
        days.close(days.today(), {}, by=OFFICER)
        clock.advance(DAY_S)
    database = core.database.connection()
    for trigger in ("day_report_stays", "day_report_remains"):
        database.execute(f"DROP TRIGGER {trigger}")
    newest = days.reports()[0]
    text = newest.text.replace('"open":0', '"open":1')
    assert text != newest.text
    change = "UPDATE day_report SET content = ?, seal = ? WHERE id = ?"
    database.execute(change, (text, rules.seal(newest.before, text), newest.id))
    assert days.verify().broken.id == newest.id

    database.execute(change, (newest.text, newest.seal, newest.id))
    assert days.verify().is_sound
    for column in ("sealed_by = 'x'", "business_date = '2026-11-30'", "version = 7"):
        database.execute("SAVEPOINT tamper")
        database.execute(f"UPDATE day_report SET {column} WHERE id = {newest.id}")
        assert days.verify().broken.id == newest.id
        database.execute("ROLLBACK TO tamper")
        database.execute("RELEASE tamper")
    database.execute(f"DELETE FROM day_report WHERE id = {newest.id}")
    assert (days.verify().missing, days.verify().is_sound) == (newest.date, False)
    database.execute("DELETE FROM day_report")
    assert days.verify().missing == MONDAY


def test_a_day_is_closed_by_a_clock_that_is_set_and_not_in_advance(days, clock) -> None:
    with pytest.raises(Refused, match="belum tiba"):
        days.close(MONDAY + dt.timedelta(days=1), {}, by=OFFICER)
    with pytest.raises(Refused, match="terlalu lama"):
        days.close(MONDAY - dt.timedelta(days=32), {}, by=OFFICER)
    clock.set_quality(ClockQuality.UNSET)
    with pytest.raises(Refused, match="Jam peranti"):
        days.close(MONDAY, {}, by=OFFICER)


def test_a_report_names_nobody(core, services, days, busy_visit) -> None:
    core.writer.run(
        lambda: core.database.connection().execute(
            "INSERT OR REPLACE INTO guest (visit_id, name, phone) VALUES (?, 'Siti Rahma', '0812')",
            (busy_visit.id,),
        )
    )

    report = days.close(MONDAY, usual(days), by=OFFICER)

    told = report.text + str(core.journal.latest(50))
    assert "Siti" not in told
    assert "0812" not in told


def test_the_journal_is_vouched_for(core, days) -> None:
    core.writer.run(lambda: core.recorder.note("test", "x", by=SYSTEM))
    seq = core.journal.newest_seq()

    head = days.close(MONDAY, {}, by=OFFICER).content["journal"]

    assert head["seq"] == seq
    assert len(head["chain"]) == 64


def test_only_officers_are_named_in_a_report(days) -> None:
    boss = Actor.staff("kepala", "admin")

    assert days.close(MONDAY, {}, by=boss).content["sealed_by"] == "kepala"


def test_the_command_looks_over_the_seals(core, settings, days, clock, monkeypatch, capsys) -> None:
    monkeypatch.setenv("RUANGBACA_DATA", settings.data)
    monkeypatch.setenv("RUANGBACA_OFFICE", "dharmasraya")
    report = days.close(MONDAY, {}, by=OFFICER)

    assert run(["closing", "verify"]) == 0
    assert f"2026-11-23 {report.seal}" in capsys.readouterr().out

    database = core.database.connection()
    database.execute("DROP TRIGGER day_report_stays")
    database.execute("UPDATE day_report SET content = '{}'")
    assert run(["closing", "verify"]) == 1
    assert "2026-11-23" in capsys.readouterr().err
