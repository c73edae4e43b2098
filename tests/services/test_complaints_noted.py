"""Complaints on paper, by telephone or by letter; and complaints that end by themselves."""

import datetime as dt

import pytest

from appliance.actor import ANYONE
from appliance.clock import ClockQuality
from appliance.complaints import figures
from appliance.complaints.rules import Channel, ComplaintState
from appliance.errors import Invalid
from tests.services.library import OFFICER

FORM = {"kind": "complaint", "topic": "service", "body": "Antrean lama.", "contact": "0812"}
DAY_S = 24 * 3600


def make(services):
    return services.complaints.make(FORM, by=ANYONE)


def enter(services, by=OFFICER, **changes: str):
    form = FORM | {"channel": "letter", "received_on": "2026-11-20"} | changes
    return services.complaints.enter(form, by=by)


def test_a_letter_counts_from_the_day_it_came(services, core) -> None:
    letter = enter(services)

    zone = services.office.zone
    assert letter.created_at.astimezone(zone).date() == dt.date(2026, 11, 20)
    assert letter.first_due_at.astimezone(zone).date() == dt.date(2026, 11, 25)
    assert (letter.channel, letter.entered_by) == (Channel.LETTER, "petugas")
    assert services.complaints.by_code(letter.code) == letter
    newest = core.journal.latest(limit=1)[0]
    assert (newest.action, newest.actor) == ("complaint.made", "officer:petugas")
    assert '"received_on":"2026-11-20"' in newest.detail.replace(" ", "")
    assert "Antrean" not in repr(newest)


def test_what_was_said_today_came_this_moment(services, clock) -> None:
    assert enter(services, channel="phone", received_on="").created_at == clock.now()


@pytest.mark.parametrize("day", ["2026-11-24", "2026-08-24", "besok", "20-11-2026", "0000-00-00"])
def test_no_letter_comes_tomorrow_or_long_ago(services, day) -> None:
    with pytest.raises(Invalid) as caught:
        enter(services, received_on=day, channel="box", topic="palsu", kind="palsu")

    assert set(caught.value.problems) == {"received_on", "channel", "topic", "kind"}


def test_answered_and_forgotten_it_closes_by_itself_and_can_be_opened_still(
    services, core, clock
) -> None:
    made, other = make(services), make(services)
    services.complaints.answer(made.id, "Sudah.", by=OFFICER)
    closes_at = services.complaints.closes_at(services.complaints.by_code(made.code))
    assert services.complaints.closes_at(other) is None

    clock.advance((closes_at - clock.now()).total_seconds())
    assert services.complaint_keeping.close_due() == 0
    clock.advance(1)
    assert services.complaint_keeping.close_due() == 1
    assert services.complaint_keeping.close_due() == 0

    closed = services.complaints.by_code(made.code)
    assert (closed.state, closed.closed_at) == (ComplaintState.CLOSED, clock.now())
    newest = core.journal.latest(limit=1)[0]
    assert (newest.action, newest.actor) == ("complaint.closed", "system:ruangbaca")
    assert services.complaints.by_code(other.code).state is ComplaintState.NEW
    assert services.complaints.reopen(made.code, "Belum.").state is ComplaintState.IN_HAND
    assert services.complaints.closes_at(services.complaints.by_code(made.code)) is None


def test_it_closes_after_ten_working_days_of_the_office(services) -> None:
    made = make(services)
    services.complaints.answer(made.id, "Sudah.", by=OFFICER)

    answered = services.complaints.by_code(made.code)
    last = services.complaints.closes_at(answered).astimezone(services.office.zone).date()

    first = answered.answered_at.astimezone(services.office.zone).date()
    assert last == services.office.opening.working_days_after(first, 10)


def test_a_clock_that_may_be_wrong_closes_nothing(services, clock) -> None:
    made = make(services)
    services.complaints.answer(made.id, "Sudah.", by=OFFICER)
    clock.advance(90 * DAY_S)
    clock.set_quality(ClockQuality.UNSET)

    assert services.complaint_keeping.close_due() == 0


def test_first_answers_and_channels_are_counted(services, clock) -> None:
    start = clock.now() - dt.timedelta(days=30)
    late, taken = enter(services, received_on="2026-11-02"), make(services)
    services.complaints.take(taken.id, by=OFFICER)
    services.complaints.answer(late.id, "Maaf.", by=OFFICER)
    services.complaints.close(late.id, by=OFFICER)

    (found,) = services.complaints.figures(start, clock.now() + dt.timedelta(seconds=1))

    assert (found.made, found.seen_in_time, found.seen_late, found.closed) == (2, 1, 1, 1)
    counted = figures.channels(start, clock.now() + dt.timedelta(seconds=1))
    assert counted == {"box": 1, "letter": 1}
