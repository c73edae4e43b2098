"""A voice for the room: speech by espeak-ng, played by aplay, each a child with a time limit."""

import subprocess
import threading
from dataclasses import dataclass
from typing import Protocol

from hardware.interfaces import DeviceFault, DeviceUnavailable

SPEECH_LIMIT_S = 8.0  # a Pi Zero 2 needs about one second for a sentence
PLAY_LIMIT_S = 15.0  # the longest sentence takes about six
MESSAGE_CHARS = 200


@dataclass(frozen=True, slots=True)
class SpeakerOptions:
    """What a voice is made of.

    `device` is ALSA's name, as `aplay -L` lists it. The programs may be others that take the same
    arguments.
    """

    device: str = "default"
    voice: str = "id"
    words_per_minute: int = 130
    speech_program: str = "espeak-ng"
    player_program: str = "aplay"


class Speaker(Protocol):
    """Says sentences aloud, one after the other."""

    def say(self, text: str) -> None:
        """Return when it was said; blocks for seconds, so it belongs on a thread of its own.

        Raises DeviceUnavailable when a program or the sound device is not there, DeviceFault when
        it did not do what it was told or took too long.
        """
        ...

    def close(self) -> None:
        """Cut off what is being said; nothing is said any more. Any thread."""
        ...


class EspeakSpeaker:
    """The real one. Nothing is opened before the first word."""

    def __init__(self, options: SpeakerOptions) -> None:
        self._options = options
        self._lock = threading.Lock()
        self._child: subprocess.Popen[bytes] | None = None
        self._is_closed = False

    def say(self, text: str) -> None:
        wanted = self._options
        speech = self._run(
            [
                *(wanted.speech_program, "-v", wanted.voice),
                *("-s", str(wanted.words_per_minute), "--stdout"),
                text,
            ],
            b"",
            SPEECH_LIMIT_S,
        )
        if not speech.startswith(b"RIFF"):
            raise DeviceFault(f"{wanted.speech_program} gave no sound")
        player = [wanted.player_program, "-q", "-D", wanted.device, "-"]
        self._run(player, speech, PLAY_LIMIT_S)

    def close(self) -> None:
        with self._lock:
            self._is_closed = True
            if self._child is not None:
                self._child.kill()

    def _run(self, command: list[str], given: bytes, limit_s: float) -> bytes:
        child = self._begin(command)
        try:
            said, problem = child.communicate(given, timeout=limit_s)
        except subprocess.TimeoutExpired:
            child.kill()
            child.communicate()
            raise DeviceFault(f"{command[0]} took longer than {limit_s:g} s") from None
        finally:
            with self._lock:
                self._child = None
        if child.returncode:
            message = problem.decode(errors="replace").strip()[-MESSAGE_CHARS:]
            raise DeviceUnavailable(f"{command[0]} ended with {child.returncode}: {message}")
        return said

    def _begin(self, command: list[str]) -> subprocess.Popen[bytes]:
        pipe = subprocess.PIPE
        with self._lock:
            if self._is_closed:
                raise DeviceUnavailable("the voice is being closed")
            try:
                self._child = subprocess.Popen(command, stdin=pipe, stdout=pipe, stderr=pipe)
            except OSError as error:
                raise DeviceUnavailable(f"{command[0]} cannot be started: {error}") from None
            return self._child


class SimulatedSpeaker:
    """Records what is said in `said`; `trouble` set to an error makes every sentence raise it."""

    def __init__(self) -> None:
        self.said: list[str] = []
        self.trouble: Exception | None = None

    def say(self, text: str) -> None:
        if self.trouble is not None:
            raise self.trouble
        self.said.append(text)

    def close(self) -> None:
        pass
