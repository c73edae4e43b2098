"""The services that doors and readers need, wired to the core; loads nothing of the others.

The lockers process stands on these alone, so that it stays small; bootstrap adds the rest.
"""

from dataclasses import dataclass

from appliance.catalogue.holdings import HoldingsService
from appliance.catalogue.service import CatalogueService
from appliance.checkout.service import CheckoutService
from appliance.config import LINK_KEY, secret
from appliance.core import Core
from appliance.deposits.service import DepositService
from appliance.lockers.commands import DoorCommands
from appliance.lockers.service import LockerService
from appliance.photocopy.returns import PhotocopyReturns
from appliance.photocopy.service import PhotocopyService
from appliance.readers.service import ReaderService
from appliance.reading.service import ReadingService
from appliance.staff.badges import Badges
from appliance.visits.service import VisitService


@dataclass(frozen=True, slots=True)
class Room:
    """What a visitor in the room is served with."""

    visits: VisitService
    deposits: DepositService
    lockers: LockerService
    catalogue: CatalogueService
    holdings: HoldingsService
    reading: ReadingService
    photocopy: PhotocopyService
    checkout: CheckoutService
    readers: ReaderService


def build_room(core: Core) -> Room:
    """The services of the room, wired to the core."""
    books = core.books
    visits = VisitService(
        books=books, office=core.office, link_key=secret(core.settings.data_dir, LINK_KEY)
    )
    deposits = DepositService(books=books, office=core.office, visits=visits)
    lockers = LockerService(
        books=books,
        commands=build_door_commands(core),
        visits=visits,
        deposits=deposits,
        per_group=core.office.policy.lockers_per_group,
    )
    catalogue = CatalogueService(books=books)
    holdings = HoldingsService(books=books, catalogue=catalogue)
    reading = ReadingService(
        books=books,
        visits=visits,
        holdings=holdings,
        came_back=PhotocopyReturns(books=books).came_back,
    )
    photocopy = PhotocopyService(
        books=books, office=core.office, visits=visits, holdings=holdings, reading=reading
    )
    checkout = CheckoutService(
        writer=core.writer,
        visits=visits,
        lockers=lockers,
        deposits=deposits,
        reading=reading,
        photocopies=photocopy.counts,
    )
    readers = ReaderService(
        books=books,
        office=core.office,
        visits=visits,
        lockers=lockers,
        deposits=deposits,
        checkout=checkout,
        holdings=holdings,
        reading=reading,
        badges=Badges(books=books),
    )
    return Room(
        visits, deposits, lockers, catalogue, holdings, reading, photocopy, checkout, readers
    )


def build_door_commands(core: Core) -> DoorCommands:
    """Door commands, which refuse a door whose coil must rest as its settings say."""
    return DoorCommands(books=core.books, waker=core.waker, rests_s=core.settings.lockers.rests_s)
