"""Lock-control boards that exist only in memory, at the far end of a pseudo-terminal.

The driver is the real `BoardLockerBank` on a real terminal device; a thread plays the board byte
for byte, and the lockers behind it are those of `simulated_room`. To make things go wrong::

    bank = SimulatedBoardBank("cu16", BoardWiring(channels={3: 1, 4: 2}))
    bank.world.locker(3).jam()         and what else `simulated_room` can do to a locker
    bank.world.vanish()                the adapter is unplugged, until come_back()
    bank.world.faults.drop = 2         the next two replies are lost; -1: all of them
    bank.world.faults.garble = 1       the next reply has a wrong byte
    bank.world.faults.cut = 1          the next reply ends in the middle
    bank.world.faults.late_s = 0.3     replies come that much later
"""

import os
import select
import shutil
import tempfile
import time
import tty
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from threading import Thread

from hardware.board_kinds import BOARD_KINDS
from hardware.board_wiring import BoardWiring
from hardware.interfaces import DoorState
from hardware.lockers_board import BoardLockerBank
from hardware.serial_line import SerialLine
from hardware.simulated_firmware import FIRMWARE, BoardState
from hardware.simulated_room import CoilTrace, Room, RoomTiming, SimulatedLocker

STOP_TIMEOUT_S = 5.0
REQUESTS_KEPT = 1000
"""A board is asked four times a second; a demonstration runs for weeks."""


@dataclass(slots=True)
class LineFaults:
    """What the line does to replies; counts fall as they are used up, -1 never does."""

    drop: int = 0
    garble: int = 0
    cut: int = 0
    late_s: float = 0.0

    def spoil(self, reply: bytes) -> bytes:
        """What arrives of this reply."""
        if self._use("drop"):
            return b""
        if self._use("garble"):
            middle = len(reply) // 2
            reply = reply[:middle] + bytes([reply[middle] ^ 0x5A]) + reply[middle + 1 :]
        if self._use("cut"):
            reply = reply[: len(reply) // 2]
        return reply

    def _use(self, name: str) -> bool:
        left: int = getattr(self, name)
        if left > 0:
            setattr(self, name, left - 1)
        return left != 0


class BoardCoil(CoilTrace):
    """The coil of one channel, which the board itself switches off again."""

    def __init__(self, room: Room) -> None:
        super().__init__()
        self._room = room

    def fire(self, on_s: float) -> None:
        """Switch on, and off after this time."""
        with self._room.lock:
            if not self.is_on:
                self._room.after(on_s, self.cut)
                self.energise(on=True)

    def cut(self) -> None:
        """Switch off now."""
        with self._room.lock:
            if not self.is_stuck:
                self.energise(on=False)


class BoardContact:
    """The contact of one door; without its cable it reads open."""

    def __init__(self) -> None:
        self._closed = True
        self._connected = True

    @property
    def reads_closed(self) -> bool:
        """What the board's input sees."""
        return self._closed and self._connected

    def set_contact(self, *, closed: bool) -> None:
        """Move it with the door."""
        self._closed = closed

    def set_connected(self, *, connected: bool) -> None:
        """Cut or mend its cable."""
        self._connected = connected


class SimulatedBoard(Room):
    """One board and its lockers; `port` is the path to open, and stays the same for ever."""

    def __init__(
        self,
        like: str,
        channels: dict[int, int],
        *,
        address: int,
        pulse_s: float,
        closed_value: int = 1,
        timing: RoomTiming | None = None,
    ) -> None:
        super().__init__(timing)
        self.like = like
        self.numbers = tuple(sorted(channels))
        self.faults = LineFaults()
        self.requests: deque[bytes] = deque(maxlen=REQUESTS_KEPT)
        coils = {channel: BoardCoil(self) for channel in channels.values()}
        contacts = {channel: BoardContact() for channel in channels.values()}
        self._firmware = FIRMWARE[like](BoardState(coils, contacts, address, pulse_s, closed_value))
        self._lockers = {
            number: SimulatedLocker(number, coils[channel], contacts[channel], self)
            for number, channel in channels.items()
        }
        self._folder = Path(tempfile.mkdtemp(prefix="ruangbaca-board-"))
        self._master: int | None = None
        self._slave = -1
        self._wake_read, self._wake_write = os.pipe()
        self._late: list[tuple[float, bytes]] = []
        self._ended = False
        self.come_back()
        self._thread = Thread(target=self._serve, name=f"simulated-{like}", daemon=True)
        self._thread.start()

    @property
    def port(self) -> str:
        """The path of the serial line."""
        return str(self._folder / "port")

    @property
    def is_present(self) -> bool:
        """False after `vanish`."""
        return self._master is not None

    def locker(self, number: int) -> SimulatedLocker:
        """Return one locker; KeyError for a number not on the board."""
        return self._lockers[number]

    def doors(self) -> dict[int, DoorState]:
        """Where every door really is."""
        return {number: locker.state for number, locker in self._lockers.items()}

    def vanish(self) -> None:
        """Unplug the adapter: the port hangs up, and its path leads nowhere."""
        with self.lock:
            if self._master is None:
                return
            Path(self.port).unlink()
            os.close(self._master)
            os.close(self._slave)
            self._master = None
            self._late.clear()
        self._wake()

    def come_back(self) -> None:
        """Undo `vanish`: another device appears under the same path."""
        with self.lock:
            if self._master is not None or self._ended:
                return
            self._master, self._slave = os.openpty()
            os.set_blocking(self._master, False)
            tty.setraw(self._slave)
            Path(self.port).symlink_to(os.ttyname(self._slave))
        self._wake()

    def say(self, data: bytes) -> None:
        """Put bytes on the line unasked."""
        with self.lock:
            if self._master is not None and data:
                os.write(self._master, data)

    def stop(self) -> None:
        """Unplug for good and end the thread and every timer."""
        super().stop()
        with self.lock:
            if self._ended:
                return
            self._ended = True
        self.vanish()
        self._wake()
        self._thread.join(STOP_TIMEOUT_S)
        os.close(self._wake_read)
        os.close(self._wake_write)
        shutil.rmtree(self._folder, ignore_errors=True)

    def _wake(self) -> None:
        os.write(self._wake_write, b"!")

    def _serve(self) -> None:
        while not self._ended:
            with self.lock:
                master, due = self._master, [at_s for at_s, _ in self._late]
            wait_s = max(0.0, min(due) - time.monotonic()) if due else None
            sources = [self._wake_read] if master is None else [self._wake_read, master]
            try:
                ready, _, _ = select.select(sources, [], [], wait_s)
                if self._wake_read in ready:
                    os.read(self._wake_read, 64)
                if master in ready:
                    self._hear(master)
                self._say_late()
            except (OSError, ValueError):  # unplugged in the middle of this round
                continue

    def _hear(self, master: int | None) -> None:
        with self.lock:
            if master is None or master != self._master:
                return
            data = os.read(master, 256)
        for request, reply in self._firmware.take(data):
            self.requests.append(request)
            arrives = self.faults.spoil(reply) if reply else b""
            if self.faults.late_s > 0:
                self._late.append((time.monotonic() + self.faults.late_s, arrives))
            else:
                self.say(arrives)

    def _say_late(self) -> None:
        now_s = time.monotonic()
        for entry in [entry for entry in self._late if entry[0] <= now_s]:
            self._late.remove(entry)
            self.say(entry[1])


class SimulatedBoardBank(BoardLockerBank):
    """The real driver on a simulated board, which `world` lets one disturb."""

    def __init__(
        self,
        like: str,
        wiring: BoardWiring,
        timing: RoomTiming | None = None,
        *,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        kind = BOARD_KINDS[like]
        board = kind.build(kind.address, max(wiring.channels.values()))
        self.world = SimulatedBoard(
            like,
            dict(wiring.channels),
            address=kind.address,
            pulse_s=wiring.pulse_s,
            closed_value=wiring.closed_value,
            timing=timing,
        )
        try:
            super().__init__(wiring, board, SerialLine(self.world.port, kind.baud), clock=clock)
        except BaseException:
            self.world.stop()
            raise

    def close(self) -> None:
        """Close the driver, then stop the world."""
        super().close()
        self.world.stop()
