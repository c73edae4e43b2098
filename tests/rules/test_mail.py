"""What becomes of a message: nothing is lost, nothing heard of is sent again."""

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from appliance.errors import Refused
from appliance.mail import answers, rules
from appliance.mail.answers import Kind, Problem, Step, silence, verdict
from appliance.mail.rules import UNHEARD_LIMIT, MailState, Progress

NOW = dt.datetime(2026, 11, 23, 2, 0, tzinfo=dt.UTC)
TALK = (Step.GREETING, Step.HELLO, Step.TLS, Step.LOGIN, Step.SENDER, Step.RECIPIENT, Step.DATA)


# One try: where the server's last answer came, what it was, and whether our process was killed
# before that answer was written down. Code 0 stands for silence.
TRIES = st.tuples(
    st.sampled_from([*TALK, *[Step.END] * 7]),
    st.sampled_from([0, 0, 0, -1, 250, 354, 421, 450, 452, 530, 535, 550, 552, 554, 999]),
    st.booleans(),
)


@given(st.lists(TRIES, max_size=12), st.integers(-1, 12))
def test_no_sequence_of_answers_loses_or_doubles_a_message(tries, cancelled_before):
    """A mailbox that knows Message-IDs has it once at most, and what is said of it is true."""
    now, mailbox, unheard, heard = Progress(MailState.WAITING), 0, 0, False
    for number, (step, code, is_killed) in enumerate(tries):
        if not now.is_pending:
            break
        assert not heard, "sent again although its acceptance was heard"
        if number == cancelled_before:
            now = rules.withdrawn(now)
            continue
        now = rules.begun(now)
        goes_to_the_end = step is Step.END or verdict(step, code) is None
        found = verdict(step, code) if code else silence(step)
        if goes_to_the_end:
            now = rules.handed_over(now)
            found = (verdict(Step.END, code) if code else None) or silence(Step.END)
            mailbox += found.kind in (Kind.SENT, Kind.UNHEARD)  # silence: it may have it
        unheard += goes_to_the_end and (is_killed or found.kind is Kind.UNHEARD)
        if is_killed:
            now = rules.interrupted(now)
            continue
        heard = found.kind is Kind.SENT
        now = rules.after(now, found, NOW, was_handed_over=goes_to_the_end)

    assert mailbox - heard <= UNHEARD_LIMIT
    assert now.unheard == unheard
    assert (now.state is MailState.SENT) == heard
    if now.state in (MailState.REFUSED, MailState.CANCELLED, MailState.EXPIRED):
        assert mailbox == 0, "said not to be sent, and yet it may have arrived"
    if mailbox and not heard:
        assert now.state in (MailState.WAITING, MailState.UNCLEAR)


@given(TRIES)
def test_every_answer_of_every_step_has_a_meaning_and_a_sentence(one):
    step, code, _ = one

    found = verdict(step, code)

    if found is not None and found.kind is not Kind.SENT:
        assert answers.sentence(found.problem)


@pytest.mark.parametrize(
    ("step", "code", "kind", "problem"),
    [
        (Step.RECIPIENT, 550, Kind.REFUSED, Problem.RECIPIENT),
        (Step.RECIPIENT, 451, Kind.LATER, Problem.POSTPONED),
        (Step.SENDER, 553, Kind.OFFLINE, Problem.SENDER),
        (Step.SENDER, 552, Kind.REFUSED, Problem.TOO_LARGE),
        (Step.LOGIN, 535, Kind.OFFLINE, Problem.LOGIN),
        (Step.RECIPIENT, 530, Kind.OFFLINE, Problem.LOGIN),
        (Step.END, 554, Kind.REFUSED, Problem.CONTENT),
        (Step.END, 452, Kind.LATER, Problem.POSTPONED),
        (Step.END, 421, Kind.OFFLINE, Problem.BUSY),
        (Step.GREETING, 554, Kind.OFFLINE, Problem.UNREACHABLE),
        (Step.GREETING, 421, Kind.OFFLINE, Problem.BUSY),
    ],
)
def test_only_what_was_said_of_a_message_ends_it(step, code, kind, problem):
    found = verdict(step, code)

    assert (found.kind, found.problem, found.reply) == (kind, problem, code)


@pytest.mark.parametrize("step", TALK)
def test_silence_before_the_last_byte_never_counts_as_handed_over(step):
    assert silence(step).kind in (Kind.OFFLINE, Kind.LATER)
    assert silence(Step.END).kind is Kind.UNHEARD


def test_waits_grow_to_a_quarter_of_an_hour_and_start_there_for_a_wrong_password():
    waits = [rules.back_off_s(tries, Problem.UNREACHABLE) for tries in (0, 1, 2, 3, 4, 5, 500)]

    assert waits == [60, 60, 120, 240, 480, 900, 900]
    assert rules.back_off_s(1, Problem.LOGIN) == 900


def test_a_clock_that_ran_ahead_delays_no_try_for_long():
    assert rules.is_due(None, NOW)
    assert rules.is_due(NOW, NOW)
    assert not rules.is_due(NOW + dt.timedelta(minutes=10), NOW)
    assert rules.is_due(NOW + dt.timedelta(days=400), NOW)


def test_a_visit_a_house_and_a_disk_have_their_limits():
    rules.check_size(15_000_000, 15)
    rules.check_share(2, 3, 59)
    rules.check_room(280_000_000, 20_000_000, 300)
    for check in (
        lambda: rules.check_size(15_000_001, 15),
        lambda: rules.check_share(3, 3, 0),
        lambda: rules.check_share(0, 3, rules.PER_HOUR),
        lambda: rules.check_room(280_000_001, 20_000_000, 300),
    ):
        with pytest.raises(Refused):
            check()
