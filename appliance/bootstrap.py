"""The one place that wires: settings -> database -> services -> processes."""

from dataclasses import dataclass

from playhouse.apsw_ext import APSWDatabase

from appliance.clock import Clock, SystemClock
from appliance.config import Settings, secret
from appliance.errors import N_, NotFound
from appliance.guestbook.service import GuestbookService
from appliance.health.checks import HealthService
from appliance.journal import Journal
from appliance.offices import Office, load_office
from appliance.record import Recorder
from appliance.runtime.wakeup import Waker
from appliance.services import Services
from appliance.staff.passwords import Passwords
from appliance.staff.service import StaffService
from appliance.storage import database as storage
from appliance.storage.writer import Writer
from appliance.sync.export import EventExport
from appliance.sync.outbox import Outbox
from appliance.sync.status import SyncStatus
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
    link_key = secret(core.settings.data_dir, "links")
    visits = VisitService(
        writer=core.writer,
        clock=core.clock,
        recorder=core.recorder,
        office=core.office,
        link_key=link_key,
    )
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
    )
