"""Calls said aloud: the sentence, the programs that say it, and what becomes of a call."""

import os
import shutil
import stat
import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from appliance.actor import Actor
from appliance.device_settings import SoundSettings
from appliance.devices import open_speaker
from appliance.health.checks import State
from appliance.storage.models import QueueCall
from appliance.visits.speaking import CallSpeaker
from appliance.visits.spoken import call_sentence, number_words
from hardware.interfaces import DeviceFault, DeviceUnavailable
from hardware.speaker import EspeakSpeaker, SimulatedSpeaker, SpeakerOptions
from tests.services.library import new_visit

RINA = Actor.staff("rina", "officer")
PATIENCE_S = 30


@pytest.mark.parametrize(
    ("number", "said"),
    [
        (("A", 12, "1"), "Nomor antrean A, nol satu dua. Silakan ke meja satu."),
        (("B", 7, "Meja 21"), "Nomor antrean B, nol nol tujuh. Silakan ke meja dua puluh satu."),
        (("A", 1000, "C 3"), "Nomor antrean A, satu nol nol nol. Silakan ke meja c tiga."),
        (("A", 1, ""), "Nomor antrean A, nol nol satu. Silakan ke meja petugas."),
    ],
)
def test_a_number_is_said_digit_by_digit_and_a_desk_in_words(number, said: str) -> None:
    assert call_sentence(*number) == said


def test_numbers_in_words() -> None:
    words = {10: "sepuluh", 11: "sebelas", 15: "lima belas", 40: "empat puluh", 100: "seratus"}

    assert {number: number_words(number) for number in words} == words
    assert number_words(342) == "tiga ratus empat puluh dua"
    assert len({number_words(number) for number in range(1000)}) == 1000


# What becomes of a call


@pytest.fixture
def voice() -> SimulatedSpeaker:
    return SimulatedSpeaker()


@pytest.fixture
def calls(core, voice):
    poked = threading.Event()
    worker = CallSpeaker(books=core.books, speaker=voice, poke=poked.set)
    yield worker, poked
    worker.close()


def call(core, services) -> int:
    visit = new_visit(core, services)
    services.queue.call(visit.id, by=RINA, desk="1")
    return int(QueueCall.select(QueueCall.id).order_by(QueueCall.id.desc()).scalar())


def result(calls: tuple[CallSpeaker, threading.Event], call_id: int) -> str:
    """What became of a call, once the worker has been stepped as often as it asked to be."""
    worker, poked = calls
    while True:
        poked.clear()
        worker.step()
        if (found := QueueCall.get_by_id(call_id).result) is not None:
            return str(found)
        assert poked.wait(PATIENCE_S), "nothing became of the call"


def test_calls_are_said_in_their_order(core, services, calls, voice) -> None:
    first, second = call(core, services), call(core, services)

    assert [result(calls, one) for one in (first, second)] == ["spoken", "spoken"]
    assert voice.said == [call_sentence("A", 1, "1"), call_sentence("A", 2, "1")]


def test_what_nobody_could_hear_in_time_is_never_said(core, services, calls, voice, clock) -> None:
    stale = call(core, services)
    clock.advance(21)
    of_this_boot = call(core, services)
    clock.reboot()
    fresh = call(core, services)

    assert [result(calls, one) for one in (stale, of_this_boot, fresh)] == [
        "expired",
        "expired",
        "spoken",
    ]
    assert len(voice.said) == 1


def test_a_voice_that_is_gone_is_told_on_the_health_page_and_comes_back(
    core, services, calls, voice, build_health
) -> None:
    voice.trouble = DeviceUnavailable("aplay ended with 1: no such device")
    assert result(calls, call(core, services)) == "no_device"
    assert build_health() == (State.DEGRADED, "no such device")

    voice.trouble = DeviceFault("aplay took longer than 15 s")
    assert result(calls, call(core, services)) == "failed"

    voice.trouble = None
    assert result(calls, call(core, services)) == "spoken"
    assert build_health()[0] is State.OK


@pytest.fixture
def build_health(core, services) -> Callable[[], tuple[State, str]]:
    """Call for the state of the voice as the health page tells it, and what it names."""
    from appliance.health.checks import HealthService

    service = HealthService(
        database=core.database,
        data_dir=core.settings.data_dir,
        clock=core.clock,
        waker=core.waker,
        scanners=(),
        has_voice=True,
    )

    def ask() -> tuple[State, str]:
        [check] = [check for check in service.report().checks if check.name == "voice"]
        return check.state, str(check.values.get("problem", "")).rpartition(": ")[2]

    return ask


# The programs


@pytest.fixture
def script(tmp_path: Path) -> Callable[[str, str], str]:
    """script(name, body) makes a program and gives its path; it runs in the test's folder."""

    def make(name: str, body: str) -> str:
        path = tmp_path / name
        path.write_text(f"#!/bin/sh\ncd {tmp_path}\n{body}\n")
        path.chmod(path.stat().st_mode | stat.S_IXUSR)
        return str(path)

    return make


def test_words_go_from_one_program_to_the_other(script, tmp_path: Path) -> None:
    speech = script("speech", 'printf "%s\\n" "$@" > words; printf RIFFsound')
    player = script("player", 'printf "%s\\n" "$@" > device; cat > heard')
    options = SpeakerOptions(device="plughw:1", speech_program=speech, player_program=player)

    EspeakSpeaker(options).say("Nomor antrean A, nol satu dua.")

    words = (tmp_path / "words").read_text().splitlines()
    assert words == ["-v", "id", "-s", "130", "--stdout", "Nomor antrean A, nol satu dua."]
    assert (tmp_path / "device").read_text().split() == ["-q", "-D", "plughw:1", "-"]
    assert (tmp_path / "heard").read_text() == "RIFFsound"


def test_each_way_to_fail_has_its_error(script, monkeypatch) -> None:
    good = script("good", "printf RIFFsound")
    silent = script("silent", ":")
    broken = script("broken", "echo 'no such device' >&2; exit 1")
    endless = script("endless", "exec sleep 600")
    monkeypatch.setattr("hardware.speaker.SPEECH_LIMIT_S", 0.2)

    for speech, player, error, told in (
        ("/nowhere/espeak-ng", good, DeviceUnavailable, "cannot be started"),
        (broken, good, DeviceUnavailable, "no such device"),
        (good, broken, DeviceUnavailable, "no such device"),
        (silent, good, DeviceFault, "gave no sound"),
        (endless, good, DeviceFault, "took longer"),
    ):
        options = SpeakerOptions(speech_program=speech, player_program=player)
        with pytest.raises(error, match=told):
            EspeakSpeaker(options).say("satu")


def test_closing_cuts_a_sentence_off(core, services, script, tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "begun")
    player = script("player", "echo > begun; exec sleep 600")
    options = SpeakerOptions(speech_program=script("speech", "printf RIFF"), player_program=player)
    worker = CallSpeaker(books=core.books, speaker=EspeakSpeaker(options), poke=lambda: None)
    call_id = call(core, services)
    worker.step()
    (tmp_path / "begun").read_text()  # returns once the player runs

    worker.close()

    assert QueueCall.get_by_id(call_id).result == "no_device"


def test_the_settings_name_the_voice() -> None:
    assert isinstance(open_speaker(SoundSettings(driver="simulated")), SimulatedSpeaker)
    assert isinstance(open_speaker(SoundSettings(driver="espeak")), EspeakSpeaker)
    assert not SoundSettings().is_fitted


@pytest.mark.skipif(shutil.which("espeak-ng") is None, reason="espeak-ng is not installed")
def test_espeak_says_it_in_indonesian(script, tmp_path: Path) -> None:
    player = script("player", "cat > heard")

    EspeakSpeaker(SpeakerOptions(player_program=player)).say(call_sentence("A", 12, "1"))

    heard = (tmp_path / "heard").read_bytes()
    rate = int.from_bytes(heard[24:28], "little")
    samples = memoryview(heard[44:][: (len(heard) - 44) // 2 * 2]).cast("h")
    assert (heard[:4], heard[8:12]) == (b"RIFF", b"WAVE")
    assert 2 < len(samples) / rate < 15
    assert max(samples) > 8000  # a voice, and no silence
