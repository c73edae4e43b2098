"""What every process stands on: settings -> database -> writer, journal, outbox.

Apart from bootstrap, so that a process which needs no services does not load them.
"""

from dataclasses import dataclass

from msgspec.structs import replace
from playhouse.apsw_ext import APSWDatabase

from appliance.clock import Clock, SystemClock
from appliance.config import OFFICE_KEY, Settings, secret
from appliance.errors import N_, NotFound
from appliance.journal import Journal
from appliance.offices import Office, load_office
from appliance.portal_settings import book, rules
from appliance.record import Books, Recorder
from appliance.runtime.wakeup import Waker
from appliance.storage import database as storage
from appliance.storage.ballast import Ballast
from appliance.storage.writer import Writer
from appliance.sync.outbox import Outbox, box_key
from appliance.sync.privacy import Privacy


@dataclass(frozen=True, slots=True)
class Core:
    """What every process stands on; close it last."""

    settings: Settings
    office: Office
    portal_settings: int
    """The number of the portal's settings that the office has; 0 without any."""
    clock: Clock
    database: APSWDatabase
    writer: Writer
    waker: Waker
    journal: Journal
    outbox: Outbox
    recorder: Recorder

    @property
    def books(self) -> Books:
        """What services write with."""
        return Books(self.writer, self.clock, self.recorder)

    def close(self) -> None:
        """Finish the writes and close this thread's connection."""
        self.writer.close()
        self.database.close()


def open_core(settings: Settings, *, clock: Clock | None = None) -> Core:
    """The database opened, checked and migrated, with what writes to it.

    Raises ConfigError for bad settings or an unknown office, Unavailable for a damaged database.
    """
    clock = clock or SystemClock()
    database = storage.open_database(settings.data_dir / storage.FILE_NAME)
    storage.migrate(database)
    storage.quick_check(database)
    settings.run_dir.mkdir(parents=True, exist_ok=True)
    taken = book.taken() if settings.portal else book.Taken()
    office = rules.applied(office_of(settings), taken.wishes)
    ballast = Ballast(settings.data_dir)
    ballast.take()
    journal, outbox = Journal(clock), Outbox(clock, privacy_of(settings, office))
    return Core(
        settings=settings,
        office=office,
        portal_settings=taken.version,
        clock=clock,
        database=database,
        writer=Writer(database, ballast),
        waker=Waker(settings.run_dir),
        journal=journal,
        outbox=outbox,
        recorder=Recorder(journal, outbox),
    )


def privacy_of(settings: Settings, office: Office) -> Privacy:
    """In which form what tells of a person may leave, by the office's policy."""
    return Privacy(
        office_key=lambda: secret(settings.data_dir, OFFICE_KEY),
        box_key=lambda: box_key(settings.portal),
        sealed=frozenset(office.notice.sealed),
    )


def office_of(settings: Settings) -> Office:
    """The settings' office; a demonstration promises something at every hour of the day."""
    office = load_office(settings.office)
    if not settings.demo:
        return office
    return replace(office, policy=replace(office.policy, promise_outside_hours=True))


def open_present_core(settings: Settings) -> Core:
    """As `open_core`, for tasks on data that must be there. Raises NotFound without a database."""
    file = settings.data_dir / storage.FILE_NAME
    if not file.is_file():
        raise NotFound(N_("Belum ada basis data di %(folder)s."), folder=settings.data_dir)
    return open_core(settings)
