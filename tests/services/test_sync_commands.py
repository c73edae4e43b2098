"""`ruangbaca sync enrol | status | now`: what they say, change and refuse."""

import contextlib

import pytest

from appliance import codes
from appliance.__main__ import run
from appliance.actor import SYSTEM
from appliance.config import load_settings
from appliance.core import open_core
from appliance.storage.models import Enrolment, Journal
from appliance.sync.answers import Judgement, Kind
from appliance.sync.standing import StandingBook
from appliance.upstream import build_enrolment

PORTAL = "https://hub.example"


@pytest.fixture
def data(tmp_path, monkeypatch):
    """The environment of an appliance with a portal and one event; `opened()` looks into it."""
    monkeypatch.setenv("RUANGBACA_DATA", str(tmp_path / "data"))
    monkeypatch.setenv("RUANGBACA_PORTAL", PORTAL)
    with opened() as core:
        data = {"locker": 1, "end_reason": "visitor"}
        core.writer.run(lambda: core.recorder.fact("locker.released", "locker/1", data, by=SYSTEM))


def opened():
    return contextlib.closing(open_core(load_settings()))


def test_enrolling_keeps_the_code_and_says_when_nobody_sends_it(data, capsys) -> None:
    code = codes.new_card_code()

    assert run(["sync", "enrol", code]) == 0

    said = capsys.readouterr()
    assert "The code is kept" in said.out
    assert "The sync process does not run." in said.err
    with opened() as core:
        assert build_enrolment(core).has_claim()
        [line] = Journal.select().where(Journal.action == "portal.enrol_asked")
        assert code not in line.detail


@pytest.mark.parametrize("wrong", ["1234", "ZZZZ-ZZZZ-ZZZZ-ZZZZ"])
def test_what_is_no_code_is_refused(data, capsys, wrong) -> None:
    assert run(["sync", "enrol", wrong]) == 1

    assert "16 huruf dan angka" in capsys.readouterr().err


def test_without_a_portal_nobody_can_be_enrolled(data, capsys, monkeypatch) -> None:
    monkeypatch.delenv("RUANGBACA_PORTAL")

    assert run(["sync", "enrol", codes.new_card_code()]) == 1
    assert "Portal belum diatur" in capsys.readouterr().err
    assert run(["sync", "status"]) == 0
    assert "none set" in capsys.readouterr().out


def test_sending_now_is_for_who_is_enrolled(data, capsys) -> None:
    assert run(["sync", "now"]) == 1
    assert "belum terdaftar" in capsys.readouterr().err
    enrolled()

    assert run(["sync", "now"]) == 0

    with opened() as core:
        assert StandingBook(core.writer, core.clock).standing().asked_at is not None


def test_the_status_tells_what_waits_and_why(data, capsys) -> None:
    enrolled()
    with opened() as core:
        StandingBook(core.writer, core.clock).failed(
            Judgement(Kind.REFUSED, "HTTP 401 unknown-key"), tries=3, wait_s=3600
        )

    assert run(["sync", "status"]) == 0

    said = capsys.readouterr().out
    for words in (
        PORTAL,
        "enrolled for: 1309",
        "state: blocked",
        "Hubungi pengelola portal",
        "HTTP 401 unknown-key",
        "waiting: 1;",
        "tried again: 20",
    ):
        assert words in said, words


def enrolled() -> None:
    with opened() as core:
        core.writer.run(
            lambda: Enrolment.create(
                id=1, portal=PORTAL, key_id="k1", office="1309", state="active"
            )
        )
