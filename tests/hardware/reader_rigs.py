"""What stands before each reader driver in the tests: a module, a keyboard, a card, a person."""

import errno
import os
import pty
import select
import socket
import time
import tty
from abc import ABC, abstractmethod
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from threading import Thread

from gpiozero.pins.mock import MockFactory

from hardware.gm65 import ASK_MODE, LOOK_NOW
from hardware.input_devices import EVENT
from hardware.key_codes import ENTER, LAYOUTS
from hardware.key_text import EV_KEY, EV_SYN, SYN_DROPPED, SYN_REPORT
from hardware.reader_interfaces import BadRead, CodeReader
from hardware.reader_options import HidReaderOptions, SerialReaderOptions, WiegandReaderOptions
from hardware.readers_hid import HidCodeReader
from hardware.readers_serial import SerialCodeReader
from hardware.readers_wiegand import WiegandCodeReader
from hardware.simulated_reader import SimulatedCodeReader
from hardware.wiegand_frames import FRAME_END_S

Clock = Callable[[], float]
F1 = 59
LONG = "7" * 10_000
FLOOD_LINES = 30_000


class Rig(ABC):
    """One reader and the world before it."""

    codes = ("T-7K3M-9", "978-602-438")
    can_be_bad: tuple[BadRead, ...] = (BadRead.TOO_LONG, BadRead.UNREADABLE, BadRead.CUT_OFF)

    def __init__(self, folder: Path, clock: Clock) -> None:
        self.folder = folder
        self.clock = clock
        self.reader: CodeReader = self.build()

    @abstractmethod
    def build(self) -> CodeReader: ...

    @abstractmethod
    def send(self, text: str) -> None:
        """Let the reader read this code."""

    @abstractmethod
    def read_badly(self, why: BadRead) -> None:
        """Let it read something that is bad for this reason, one of `can_be_bad`."""

    def flood(self) -> None:
        for number in range(FLOOD_LINES):
            self.send(f"F{number:05}")

    def close(self) -> None:
        self.reader.close()


class PluggableRig(Rig):
    """One whose reader hangs on a cable."""

    @abstractmethod
    def unplug(self) -> None: ...

    @abstractmethod
    def plug(self) -> None: ...


class SerialRig(PluggableRig):
    """A module on a pseudo-terminal, which is unplugged by closing its far end."""

    can_be_bad = (BadRead.TOO_LONG, BadRead.UNREADABLE)
    model = "plain"

    def build(self) -> CodeReader:
        self.port = self.folder / "port"
        self.plug()
        return self.reader_of(self.options())

    def reader_of(self, options: SerialReaderOptions) -> CodeReader:
        return SerialCodeReader(options, clock=self.clock)

    def options(self) -> SerialReaderOptions:
        return SerialReaderOptions(name="serial", port=str(self.port), model=self.model)

    def plug(self) -> None:
        self.master, self.slave = pty.openpty()
        tty.setraw(self.slave)
        self.port.symlink_to(os.ttyname(self.slave))

    def unplug(self) -> None:
        self.port.unlink()
        os.close(self.slave)
        os.close(self.master)

    def raw(self, data: bytes) -> None:
        while data:
            data = data[os.write(self.master, data) :]

    def send(self, text: str) -> None:
        self.raw(text.encode() + b"\r\n")

    def read_badly(self, why: BadRead) -> None:
        self.send(LONG if why is BadRead.TOO_LONG else "A\x1dB")

    def flood(self) -> None:
        for first in range(0, FLOOD_LINES, 500):
            self.raw(b"".join(b"F%05d\r" % number for number in range(first, first + 500)))

    def close(self) -> None:
        super().close()
        if self.port.is_symlink():
            self.unplug()


class Gm65Rig(SerialRig):
    """A GM65 byte for byte: answers, and reads `shown` when it is told to look."""

    model = "gm65"
    mode = 0x01

    def plug(self) -> None:
        super().plug()
        self.shown = ""
        self.heard: list[bytes] = []
        self._stop_here, self._stop_there = os.pipe()
        self._module = Thread(target=self._play, name="gm65-module", daemon=True)
        self._module.start()

    def unplug(self) -> None:
        os.write(self._stop_there, b"x")
        self._module.join()
        os.close(self._stop_here)
        os.close(self._stop_there)
        super().unplug()

    def _play(self) -> None:
        command = b""
        while True:
            ready, _, _ = select.select([self.master, self._stop_here], [], [])
            if self._stop_here in ready:
                return
            command += os.read(self.master, 64)
            while len(command) >= 9:
                self.heard.append(command[:9])
                self._answer(command[:9])
                command = command[9:]

    def _answer(self, command: bytes) -> None:
        if command == ASK_MODE:
            self.raw(bytes.fromhex("02 00 00 01") + bytes([self.mode]) + b"\x23\x10")
        elif command == LOOK_NOW:
            self.raw(bytes.fromhex("02 00 00 01 00 33 31") + self.shown.encode() + b"\r")


class HidRig(PluggableRig):
    """A keyboard whose events come through a pair of sockets instead of the kernel."""

    def build(self) -> CodeReader:
        self.at_s = 100.0
        self.refusal: OSError | None = None
        self.keys = {
            text: (code, shifted)
            for code, pair in LAYOUTS["us"].items()
            for shifted, text in enumerate(pair)
            if code < 55 or code == 57
        }
        self.plug()
        options = HidReaderOptions(name="hid", device="Scanner")
        return HidCodeReader(options, clock=self.clock, open_device=self._open)

    def plug(self) -> None:
        self.far, self.near = socket.socketpair()

    def unplug(self) -> None:
        self.far.close()
        self.near.close()

    def events(self, *events: tuple[int, int, int]) -> None:
        self.at_s += 0.004
        whole, part = int(self.at_s), int(self.at_s % 1 * 1e6)
        self.far.sendall(b"".join(EVENT.pack(whole, part, *event) for event in events))

    def press(self, code: int, *, shifted: bool = False) -> None:
        report = (EV_SYN, SYN_REPORT, 0)
        shift = [(EV_KEY, 42, 1), report] if shifted else []
        unshift = [(EV_KEY, 42, 0), report] if shifted else []
        self.events(*shift, (EV_KEY, code, 1), report, (EV_KEY, code, 0), report, *unshift)

    def type(self, text: str) -> None:
        for character in text:
            code, shifted = self.keys[character]
            self.press(code, shifted=bool(shifted))

    def send(self, text: str) -> None:
        self.type(text)
        self.press(ENTER)

    def read_badly(self, why: BadRead) -> None:
        if why is BadRead.TOO_LONG:
            self.type("7" * 129)
        elif why is BadRead.UNREADABLE:
            self.press(F1)
        else:
            self.type("T-7")
            self.events((EV_SYN, SYN_DROPPED, 0), (EV_KEY, ENTER, 1), (EV_SYN, SYN_REPORT, 0))
            self.type("9")
        self.press(ENTER)

    def flood(self) -> None:
        for number in range(800):
            self.send(f"F{number:05}")

    def close(self) -> None:
        super().close()
        self.unplug()

    def _open(self, device: str) -> int:
        assert device == "Scanner"
        if self.refusal is not None:
            raise self.refusal
        if self.near.fileno() < 0:
            raise FileNotFoundError(errno.ENOENT, device)
        return os.dup(self.near.fileno())


class WiegandRig(Rig):
    """A card reader on mock pins; nothing tells whether it is plugged in."""

    codes = ("W26:045:01234", "W26:045:01235")
    can_be_bad = (BadRead.UNREADABLE,)
    last_bit_s = 0.0

    def build(self) -> CodeReader:
        self.factory = MockFactory()
        options = WiegandReaderOptions(name="wiegand", data0_pin=22, data1_pin=23)
        return WiegandCodeReader(options, self.factory, clock=self.clock)

    def bits(self, bits: list[int]) -> None:
        while time.monotonic() - self.last_bit_s < 2 * FRAME_END_S:
            time.sleep(0.005)  # as every reader pauses between cards
        self._edges(bits)

    def _edges(self, bits: list[int]) -> None:
        for bit in bits:
            pin = self.factory.pin((22, 23)[bit])
            pin.drive_low()
            pin.drive_high()
        self.last_bit_s = time.monotonic()

    def send(self, text: str) -> None:
        self.bits(framed(text))

    def read_badly(self, why: BadRead) -> None:
        first, *rest = framed(self.codes[0])
        self.bits([1 - first, *rest])

    def flood(self) -> None:
        # A mock pin looks twice at its listener, which the driver takes away in between.
        for _ in range(1_000):
            with suppress(TypeError):
                self._edges([0, 1])


class SimulatedRig(PluggableRig):
    """The reader of the demonstration, which brings its own world."""

    def build(self) -> CodeReader:
        return SimulatedCodeReader("simulated", clock=self.clock)

    def send(self, text: str) -> None:
        self.reader.read(text)

    def read_badly(self, why: BadRead) -> None:
        self.reader.read_badly(why)

    def unplug(self) -> None:
        self.reader.unplug()

    def plug(self) -> None:
        self.reader.plug()

    def flood(self) -> None:
        self.reader.flood(FLOOD_LINES)


RIGS: dict[str, type[Rig]] = {
    "serial": SerialRig,
    "gm65": Gm65Rig,
    "hid": HidRig,
    "wiegand": WiegandRig,
    "simulated": SimulatedRig,
}


def framed(text: str) -> list[int]:
    """The 26 bits of a text such as ``W26:045:01234``."""
    _, facility, number = text.split(":")
    body = [int(bit) for bit in f"{int(facility):08b}{int(number):016b}"]
    return [sum(body[:12]) % 2, *body, (sum(body[12:]) + 1) % 2]
