"""When the portal is asked again, how much is sent at once, and what its answers mean."""

import datetime as dt

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from appliance.retry_after import retry_after_s
from appliance.sync import answers, pacing, protocol
from appliance.sync.answers import Kind, Reply
from appliance.sync.pacing import BatchSize
from appliance.sync.protocol import Head

NOW = dt.datetime(2026, 11, 23, 2, 0, tzinfo=dt.UTC)
HEAD = Head(7, bytes(range(32)))


@given(st.integers(0, 10**6), st.floats(0, 1))
def test_waits_are_bounded_and_never_none(tries, chance) -> None:
    assert 1 <= pacing.wait_s(tries, chance) <= pacing.LONGEST_WAIT_S


def test_waits_double() -> None:
    assert [pacing.wait_s(tries, 1.0) for tries in (1, 2, 3, 4, 20)] == [5, 10, 20, 40, 900]


@given(st.integers(1, 50), st.floats(0, 1), st.floats(0, 10**7))
def test_what_the_portal_asks_for_is_obeyed_for_a_day_at_most(tries, chance, asked) -> None:
    found = pacing.asked_wait_s(tries, chance, asked)

    assert found >= min(asked, pacing.LONGEST_OBEYED_S)
    assert found <= max(pacing.LONGEST_OBEYED_S * 1.1, pacing.LONGEST_WAIT_S)


def test_offices_spread_over_ten_minutes_after_an_outage_only() -> None:
    waits = [pacing.spread_s(f"device-{number}", 3) for number in range(514)]

    assert pacing.spread_s("device-1", 2) == 0
    assert max(waits) < 600
    assert all(30 < sum(low <= wait < low + 60 for wait in waits) < 80 for low in range(0, 600, 60))


@given(st.lists(st.sampled_from(["good", "slow", "half", "limit", "wish", "no wish"])))
def test_a_batch_is_never_empty_and_never_too_large(happenings) -> None:
    size, limit = BatchSize(), pacing.LARGEST_BATCH
    for happening in happenings:
        if happening == "half":
            size = size.halved()
        elif happening == "limit" and size.events > 1:
            limit = size.events // 2
            size = size.limited(limit)
        elif happening in ("wish", "no wish"):
            size = size.hinted(50 if happening == "wish" else 0).after(0.1)
        else:
            size = size.after(60.0 if happening == "slow" else 0.1)
        assert 1 <= size.events <= limit


def problem(kind: protocol.ProblemKind, **headers: str) -> Reply:
    body = protocol.Problem(kind.uri, kind.title, kind.status, head=HEAD.etag)
    found = {"content-type": "application/problem+json", **headers}
    return Reply(kind.status, found, msgspec.json.encode(body))


@pytest.mark.parametrize(
    ("kind", "wanted"),
    [
        (protocol.HEAD_MISMATCH, Kind.HEAD),
        (protocol.UNKNOWN_STREAM, Kind.UNKNOWN),
        (protocol.REVOKED, Kind.REVOKED),
        (protocol.SUSPENDED, Kind.SUSPENDED),
        (protocol.BAD_SIGNATURE, Kind.REFUSED),
        (protocol.UNKNOWN_KEY, Kind.REFUSED),
        (protocol.TOO_OLD, Kind.VERSION),
        (protocol.TOO_LARGE, Kind.LARGE),
        (protocol.SLOW_DOWN, Kind.LOAD),
        (protocol.UNAVAILABLE, Kind.LOAD),
        (protocol.INTERNAL, Kind.FAILED),
        (protocol.BAD_REQUEST, Kind.UNREADABLE),
        (protocol.HEAD_REQUIRED, Kind.UNREADABLE),
    ],
)
def test_every_problem_has_its_meaning(kind, wanted) -> None:
    assert answers.judge(problem(kind), NOW).kind is wanted


def test_a_mismatch_brings_the_head() -> None:
    assert answers.judge(problem(protocol.HEAD_MISMATCH), NOW).head == HEAD


@pytest.mark.parametrize(
    ("status", "media", "wanted"),
    [
        (200, "text/html", Kind.OFFLINE),
        (302, "text/html", Kind.OFFLINE),
        (403, "text/html", Kind.OFFLINE),
        (404, "text/html", Kind.OFFLINE),
        (407, "text/html", Kind.OFFLINE),
        (401, "text/html", Kind.REFUSED),
        (413, "text/html", Kind.LARGE),
        (429, "text/html", Kind.LOAD),
        (502, "text/html", Kind.LOAD),
        (503, "", Kind.LOAD),
        (500, "text/html", Kind.FAILED),
        (500, "application/problem+json", Kind.OFFLINE),
    ],
)
def test_what_others_answer_in_the_place_of_the_portal(status, media, wanted) -> None:
    assert answers.judge(Reply(status, {"content-type": media}, b"<p>"), NOW).kind is wanted


@given(
    st.integers(100, 599),
    st.dictionaries(
        st.sampled_from(["content-type", "etag", "retry-after", "date"]), st.text(max_size=40)
    ),
    st.binary(max_size=80),
)
def test_garbage_is_judged_too(status, headers, body) -> None:
    for media in ("", protocol.JSON_TYPE, protocol.PROBLEM_TYPE):
        reply = Reply(status, {**headers, "content-type": media}, body)
        assert answers.judge(reply, NOW).kind in Kind
        assert answers.appended(reply) is None
        answers.clock_offset_s(reply, NOW)


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("120", 120.0),
        ("Mon, 23 Nov 2026 02:01:00 GMT", 60.0),
        ("Mon, 23 Nov 2020 02:01:00 GMT", 0.0),
        ("-5", None),
        ("soon", None),
        ("", None),
        ("9" * 40, None),
    ],
)
def test_retry_after_is_seconds_or_a_date(text, wanted) -> None:
    assert retry_after_s(text, NOW) == wanted


def test_the_clock_of_the_portal_is_told_by_its_date() -> None:
    reply = Reply(200, {"date": "Mon, 23 Nov 2026 03:00:00 GMT"}, b"")

    assert answers.clock_offset_s(reply, NOW) == 3600
