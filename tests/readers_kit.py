"""An office whose policy can be told, with a reader at every place and doors without a bank."""

import dataclasses

from msgspec.structs import replace

from appliance.actor import SYSTEM
from appliance.bootstrap import Core, build_services
from appliance.codes import CodeKind, barcode
from appliance.lockers.outcomes import DoorOutcomes
from appliance.services import Services
from appliance.storage.models import DoorCommand
from tests.fakes import FakeClock
from tests.services.library import OFFICER, new_visit


class House:
    """The services of an office with this policy, and a reader at every place."""

    def __init__(self, core: Core, clock: FakeClock, policy: dict[str, bool]) -> None:
        office = replace(core.office, policy=replace(core.office.policy, **policy))
        self.core = dataclasses.replace(core, office=office)
        self.services: Services = build_services(self.core)
        self.clock = clock
        self.services.lockers.sync_bank(dict.fromkeys((1, 2, 3), True), by=SYSTEM)

    def read(self, text: str, place: str = "lockers", *, after_s: float = 2.0):
        """One look at a code, so long after the one before that it is no bounce."""
        self.clock.advance(after_s)
        return self.services.readers.read(f"pembaca-{place}", place, text)

    def visit(self, locker: int | None = None):
        made = new_visit(self.core, self.services)
        if locker is not None:
            self.services.lockers.assign(made.id, by=OFFICER, number=locker)
            self.carry_out()
            self.clock.advance(120)
        return made

    def carry_out(self) -> int | None:
        """What the lockers process does, without doors; the number of the opened locker."""
        outcomes = DoorOutcomes(books=self.core.books)
        claimed = outcomes.claim_next()
        if claimed is None:
            return None
        outcomes.pulsed(claimed.id)
        outcomes.seen_open(claimed.id)
        self.clock.advance(2)  # the coil rests
        return claimed.number


def ticket(visit) -> str:
    return barcode(CodeKind.TICKET, visit.code)


def commands() -> int:
    """How many doors were asked for so far."""
    return DoorCommand.select().count()
