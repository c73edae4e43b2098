"""Readers behind a file descriptor: reading in chunks, silence, and sitting out a flood."""

import os
import time
from abc import abstractmethod
from collections.abc import Callable, Iterator
from typing import Protocol

from hardware.interfaces import DeviceUnavailable
from hardware.reader_core import ReaderCore
from hardware.reader_intake import Allowance
from hardware.reader_interfaces import BadRead

CHUNK_BYTES = 4096
FLOOD_LOOK_S = 0.1
"""Between two looks whether a flood is over; nothing is parsed meanwhile."""
FLOOD_READS = 64
"""Chunks thrown away at one look, so that a flood costs the same however fast it is."""
FLOOD_OVER_LOOKS = 2
"""So many looks without a byte end a flood."""


class Collector(Protocol):
    """Makes codes of what arrives, which may be in the middle of one."""

    @property
    def is_pending(self) -> bool:
        """Whether a code has begun and not ended."""
        ...

    def end(self) -> Iterator[str | BadRead]:
        """End what is pending, since nothing more comes of it."""
        ...

    def forget(self) -> None:
        """Drop what is pending."""
        ...


class StreamReader(ReaderCore):
    """Reads `_fd` into `collector`, and ends what is pending after `idle_s` of silence.

    Above `bytes_per_s`, which no person's codes reach, all is thrown away unread.
    A flood ends with a silence: what comes after it starts at the beginning of a code, so no
    code is ever put together from the halves of two.
    """

    def __init__(
        self,
        name: str,
        collector: Collector,
        *,
        idle_s: float,
        bytes_per_s: int,
        max_per_s: int = 10,
        clock: Callable[[], float] = time.monotonic,
        release: Callable[[], None] = lambda: None,
    ) -> None:
        super().__init__(name, max_per_s=max_per_s, clock=clock, release=release)
        self._fd = -1
        self._collector = collector
        self._idle_s = idle_s
        self._bytes = Allowance(bytes_per_s, 2 * bytes_per_s, clock)

    @abstractmethod
    def _take(self, data: bytes) -> None:
        """Make codes of what arrived."""

    def _deliver(self, code: str | BadRead) -> None:
        """Hand on a code that has ended."""
        self._intake.take(code)

    def _silence(self) -> None:
        """End what is pending: nothing came for `_patience_s`."""
        for code in self._collector.end():
            self._deliver(code)

    def _forget(self) -> None:
        """Drop what is pending without a word."""
        self._collector.forget()

    def _patience_s(self) -> float | None:
        """How long to wait for the next byte before `_silence`; None: for ever."""
        return self._idle_s if self._collector.is_pending else None

    def _let_go(self) -> None:
        if self._collector.is_pending and not self._stopping.is_set():
            self._intake.bad(BadRead.CUT_OFF)
        self._forget()

    def _act(self) -> None:
        """Do what another thread asked for with `_wake`."""

    def _read(self) -> None:
        os.set_blocking(self._fd, False)
        while not self._stopping.is_set():
            self._act()
            patience_s = self._patience_s()
            waits_from_s = time.monotonic()
            if self._wait(self._fd, patience_s):
                data = self._chunk()
                if self._bytes.take(len(data)):
                    self._take(data)
                else:
                    self._sit_out_flood()
            elif patience_s is not None and time.monotonic() - waits_from_s >= patience_s:
                self._silence()

    def _chunk(self) -> bytes:
        """What arrived, after `_wait` said so. Raises DeviceUnavailable when the end did."""
        data = self._waiting()
        if not data:
            raise DeviceUnavailable(f"{self.name} has gone")
        return data

    def _waiting(self) -> bytes:
        """What waits to be read; empty also at the end, as serial lines say both alike."""
        try:
            return os.read(self._fd, CHUNK_BYTES)
        except BlockingIOError:
            return b""
        except OSError as error:
            raise DeviceUnavailable(f"{self.name} has gone: {error}") from error

    def _sit_out_flood(self) -> None:
        quiet_looks = 0
        while quiet_looks < FLOOD_OVER_LOOKS:
            self._intake.bad(BadRead.TOO_FAST)
            if self._stopping.wait(FLOOD_LOOK_S):
                return
            quiet_looks = 0 if self._throw_away() else quiet_looks + 1
        self._forget()

    def _throw_away(self) -> bool:
        """Read without looking, a bounded number of chunks; tell whether there was any."""
        for chunks in range(FLOOD_READS):
            if not self._waiting():
                return chunks > 0
        return True
