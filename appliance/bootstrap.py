"""The one place that wires the services to the core."""

from appliance.catalogue.service import CatalogueService
from appliance.checkout.service import CheckoutService
from appliance.complaints.service import ComplaintService
from appliance.config import LINK_KEY, secret
from appliance.core import Core, open_core, open_present_core
from appliance.deposits.service import DepositService
from appliance.documents.service import DocumentsService
from appliance.guestbook.service import GuestbookService
from appliance.health.checks import HealthService
from appliance.health.upkeep import maintain
from appliance.lockers.closing_walk import ClosingWalkService
from appliance.lockers.commands import DoorCommands
from appliance.lockers.found_property import FoundPropertyService
from appliance.lockers.keys import KeyLog
from appliance.lockers.service import LockerService
from appliance.photocopy.service import PhotocopyService
from appliance.privacy.service import PrivacyService
from appliance.ratings.service import RatingService
from appliance.reading.service import ReadingService
from appliance.reports.service import ReportService
from appliance.requests.service import RequestService
from appliance.services import Services
from appliance.simulation.panel import SimulationPanel
from appliance.staff.passwords import Passwords
from appliance.staff.service import StaffService
from appliance.sync.export import EventExport
from appliance.sync.status import SyncStatus
from appliance.visits.archive import VisitArchive
from appliance.visits.service import VisitService

__all__ = ["Core", "build_services", "clean", "open_core", "open_present_core"]


def build_services(core: Core) -> Services:
    """Every service, wired to the core."""
    visits = _build_visits(core)
    guestbook = GuestbookService(
        writer=core.writer,
        clock=core.clock,
        recorder=core.recorder,
        office=core.office,
        visits=visits,
    )
    staff = StaffService(
        writer=core.writer,
        clock=core.clock,
        recorder=core.recorder,
        passwords=Passwords(),
        is_demo=core.settings.demo,
    )
    health = HealthService(
        database=core.database, data_dir=core.settings.data_dir, clock=core.clock, waker=core.waker
    )
    documents = DocumentsService(
        writer=core.writer,
        clock=core.clock,
        recorder=core.recorder,
        waker=core.waker,
        office=core.office,
        visits=visits,
        scans_dir=core.settings.scans_dir,
        scanner=core.settings.scanner.device or "none",
    )
    catalogue = CatalogueService(writer=core.writer, clock=core.clock, recorder=core.recorder)
    reading = ReadingService(
        writer=core.writer,
        clock=core.clock,
        recorder=core.recorder,
        visits=visits,
        catalogue=catalogue,
    )
    ratings = RatingService(
        writer=core.writer,
        clock=core.clock,
        recorder=core.recorder,
        office=core.office,
        visits=visits,
    )
    reports = ReportService(
        writer=core.writer,
        clock=core.clock,
        recorder=core.recorder,
        office=core.office,
        visits=visits,
        ratings=ratings,
    )
    deposits = _build_deposits(core, visits)
    lockers = _build_lockers(core, visits, deposits)
    requests = RequestService(
        writer=core.writer,
        clock=core.clock,
        recorder=core.recorder,
        visits=visits,
        catalogue=catalogue,
    )
    photocopy = PhotocopyService(
        writer=core.writer,
        clock=core.clock,
        recorder=core.recorder,
        office=core.office,
        visits=visits,
    )
    checkout = CheckoutService(
        writer=core.writer,
        visits=visits,
        lockers=lockers,
        deposits=deposits,
        reading=reading,
        photocopies=photocopy.counts,
    )
    found_property = FoundPropertyService(
        writer=core.writer, clock=core.clock, recorder=core.recorder, lockers=lockers
    )
    return Services(
        settings=core.settings,
        office=core.office,
        clock=core.clock,
        journal=core.journal,
        outbox=core.outbox,
        sync=SyncStatus(core.outbox, core.clock, core.settings.portal),
        exports=EventExport(core.outbox, core.writer, core.recorder),
        health=health,
        visits=visits,
        guestbook=guestbook,
        staff=staff,
        documents=documents,
        catalogue=catalogue,
        reading=reading,
        ratings=ratings,
        reports=reports,
        deposits=deposits,
        lockers=lockers,
        found_property=found_property,
        keys=KeyLog(writer=core.writer, clock=core.clock, recorder=core.recorder, lockers=lockers),
        closing=ClosingWalkService(
            writer=core.writer,
            clock=core.clock,
            recorder=core.recorder,
            office=core.office,
            visits=visits,
            lockers=lockers,
            found_property=found_property,
            settle=lambda visit_id, by: checkout.settle(visit_id, by=by),
        ),
        checkout=checkout,
        requests=requests,
        photocopy=photocopy,
        complaints=ComplaintService(writer=core.writer, clock=core.clock, recorder=core.recorder),
        archive=VisitArchive(writer=core.writer, recorder=core.recorder, visits=visits),
        privacy=PrivacyService(
            writer=core.writer,
            clock=core.clock,
            recorder=core.recorder,
            journal=core.journal,
            office=core.office,
        ),
        simulation=SimulationPanel(core.settings.run_dir),
    )


def clean(core: Core) -> dict[str, int]:
    """The daily cleaning with every feature's part in it; how much each of them found."""
    services = build_services(core)
    # Erasing first: what closing a day writes into the journal would vouch for a wrong clock.
    hooks = [("privacy", services.privacy.erase_due), ("visits", services.visits.close_day)]
    return maintain(core.database, core.writer, core.clock, hooks)


def _build_visits(core: Core) -> VisitService:
    return VisitService(
        writer=core.writer,
        clock=core.clock,
        recorder=core.recorder,
        office=core.office,
        link_key=secret(core.settings.data_dir, LINK_KEY),
    )


def _build_deposits(core: Core, visits: VisitService) -> DepositService:
    return DepositService(
        writer=core.writer,
        clock=core.clock,
        recorder=core.recorder,
        office=core.office,
        visits=visits,
    )


def _build_lockers(core: Core, visits: VisitService, deposits: DepositService) -> LockerService:
    return LockerService(
        writer=core.writer,
        clock=core.clock,
        recorder=core.recorder,
        commands=DoorCommands(
            writer=core.writer, clock=core.clock, recorder=core.recorder, waker=core.waker
        ),
        visits=visits,
        deposits=deposits,
    )
