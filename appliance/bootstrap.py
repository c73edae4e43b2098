"""The one place that wires: settings -> database -> services -> processes."""

from dataclasses import dataclass

from playhouse.apsw_ext import APSWDatabase

from appliance.catalogue.service import CatalogueService
from appliance.checkout.service import CheckoutService
from appliance.clock import Clock, SystemClock
from appliance.complaints.service import ComplaintService
from appliance.config import Settings, secret
from appliance.deposits.service import DepositService
from appliance.documents.service import DocumentsService
from appliance.errors import N_, NotFound
from appliance.guestbook.service import GuestbookService
from appliance.health.checks import HealthService
from appliance.journal import Journal
from appliance.lockers.commands import DoorCommands
from appliance.lockers.service import LockerService
from appliance.offices import Office, load_office
from appliance.photocopy.service import PhotocopyService
from appliance.ratings.service import RatingService
from appliance.reading.service import ReadingService
from appliance.record import Recorder
from appliance.reports.service import ReportService
from appliance.requests.service import RequestService
from appliance.runtime.wakeup import Waker
from appliance.services import Services
from appliance.staff.passwords import Passwords
from appliance.staff.service import StaffService
from appliance.storage import database as storage
from appliance.storage.writer import Writer
from appliance.sync.export import EventExport
from appliance.sync.outbox import Outbox
from appliance.sync.status import SyncStatus
from appliance.visits.archive import VisitArchive
from appliance.visits.service import VisitService


@dataclass(frozen=True, slots=True)
class Core:
    """What every process stands on; close it last."""

    settings: Settings
    office: Office
    clock: Clock
    database: APSWDatabase
    writer: Writer
    waker: Waker
    journal: Journal
    outbox: Outbox
    recorder: Recorder

    def close(self) -> None:
        """Finish the writes and close this thread's connection."""
        self.writer.close()
        self.database.close()


def open_core(settings: Settings, *, clock: Clock | None = None) -> Core:
    """The database opened, checked and migrated, with what writes to it.

    Raises ConfigError for bad settings or an unknown office, Unavailable for a damaged database.
    """
    clock = clock or SystemClock()
    office = load_office(settings.office)
    database = storage.open_database(settings.data_dir / storage.FILE_NAME)
    storage.migrate(database)
    storage.quick_check(database)
    settings.run_dir.mkdir(parents=True, exist_ok=True)
    journal, outbox = Journal(clock), Outbox(clock)
    return Core(
        settings=settings,
        office=office,
        clock=clock,
        database=database,
        writer=Writer(database),
        waker=Waker(settings.run_dir),
        journal=journal,
        outbox=outbox,
        recorder=Recorder(journal, outbox),
    )


def open_present_core(settings: Settings) -> Core:
    """As `open_core`, for tasks on data that must be there. Raises NotFound without a database."""
    file = settings.data_dir / storage.FILE_NAME
    if not file.is_file():
        raise NotFound(N_("Belum ada basis data di %(folder)s."), folder=settings.data_dir)
    return open_core(settings)


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
        checkout=checkout,
        requests=requests,
        photocopy=photocopy,
        complaints=ComplaintService(writer=core.writer, clock=core.clock, recorder=core.recorder),
        archive=VisitArchive(writer=core.writer, recorder=core.recorder, visits=visits),
    )


def _build_visits(core: Core) -> VisitService:
    return VisitService(
        writer=core.writer,
        clock=core.clock,
        recorder=core.recorder,
        office=core.office,
        link_key=secret(core.settings.data_dir, "links"),
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
