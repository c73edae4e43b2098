"""Walks an electrician from door to door: open, look, shut, next."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

from appliance.actor import Actor, Role
from appliance.commands.door_report import DoorLine, Verdict
from appliance.errors import Refused
from appliance.lockers.rules import CommandView, LockerTile, Outcome, Said
from appliance.services import Services

T = TypeVar("T")
TECHNICIAN = Actor(Role.SYSTEM, "teknisi")
LOOK_EVERY_S = 0.1
OUTCOME_S = 20.0  # three tries and their judgement, on a busy machine
BUSY_S = 10.0
SHUT_S = 60.0


@dataclass(frozen=True, slots=True)
class DoorWalk:
    """Tests doors one by one. `ask` puts a yes-or-no question; None when nobody is to be asked.

    `occupied` is the reason to open lockers in use as well; empty leaves them alone.
    """

    services: Services
    say: Callable[[str], None]
    ask: Callable[[str], bool] | None
    occupied: str = ""
    shut_s: float = SHUT_S

    def test(self, number: int) -> DoorLine:
        """Open one door and tell what became of it. Raises NotFound for a door there is not."""
        tile = self.services.lockers.tile(number)
        if tile.visit_id is not None and not self.occupied:
            return DoorLine(number, Verdict.SKIPPED, note="dipakai / in use")
        self.say(f"Loker {number:02d}: membuka... / opening...")
        command = self._open(tile)
        if command is None:
            return DoorLine(number, Verdict.NO_ANSWER)
        if command.outcome is Outcome.OPENED:
            return self._shut(number, command)
        if command.outcome is Outcome.SENT:
            return self._asked(number)
        if command.outcome is Outcome.OPEN_NOT_DETECTED:
            return self._not_seen(number)
        return DoorLine(number, Verdict.NO_ANSWER, note=str(command.outcome))

    # Inside -------------------------------------------------------------------------------

    def _open(self, tile: LockerTile) -> CommandView | None:
        reason = self.occupied if tile.visit_id is not None else "uji teknisi"
        end_s = time.monotonic() + BUSY_S
        while True:
            try:
                self.services.lockers.open_for(tile.number, by=TECHNICIAN, reason=reason)
                break
            except Refused:  # its coil rests, or somebody else opens it just now
                if time.monotonic() >= end_s:
                    raise
                time.sleep(LOOK_EVERY_S)

        def finished() -> CommandView | None:
            command = self.services.lockers.tile(tile.number).command
            return command if command and not command.outcome.is_running else None

        return _wait(finished, OUTCOME_S)

    def _shut(self, number: int, command: CommandView) -> DoorLine:
        seen_at = command.open_seen_at or command.at
        open_ms = round((seen_at - command.at).total_seconds() * 1000)
        self.say(f"  terlihat terbuka setelah {open_ms} ms. Tutuplah. / open; please shut it.")
        began_s = time.monotonic()
        is_shut = _wait(lambda: self.services.lockers.tile(number).door == "closed", self.shut_s)
        if not is_shut:
            return DoorLine(number, Verdict.NOT_SHUT, open_ms)
        return DoorLine(number, Verdict.PASSED, open_ms, time.monotonic() - began_s)

    def _asked(self, number: int) -> DoorLine:
        note = "tanpa sensor / no sensor"
        if self.ask is None:
            return DoorLine(number, Verdict.NOT_SEEN, note=note)
        is_open = self.ask(f"  Tanpa sensor. Pintu {number:02d} terbuka? / Did it open?")
        self.services.witness.say(number, _said(is_open), by=TECHNICIAN)
        return DoorLine(number, Verdict.PASSED if is_open else Verdict.NOT_OPENED, note=note)

    def _not_seen(self, number: int) -> DoorLine:
        if self.ask is None:
            return DoorLine(number, Verdict.NOT_OPENED)
        is_open = self.ask(f"  Sensor tidak melihatnya. Pintu {number:02d} terbuka? / Is it open?")
        self.services.witness.say(number, _said(is_open), by=TECHNICIAN)
        return DoorLine(number, Verdict.SENSOR_WRONG if is_open else Verdict.NOT_OPENED)


def _said(is_open: bool) -> Said:
    return Said.OPENED if is_open else Said.NOT_OPENED


def _wait(what: Callable[[], T], limit_s: float) -> T:
    """What it says as soon as that is true, or what it said last."""
    end_s = time.monotonic() + limit_s
    while not (found := what()) and time.monotonic() < end_s:
        time.sleep(LOOK_EVERY_S)
    return found
