"""What the sync process does, wired to the core; loads nothing of the other processes."""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from appliance.anchors.service import AnchorBook
from appliance.catalogue import index
from appliance.core import Core
from appliance.mail.copies import Copies
from appliance.mail.sending import MailSending
from appliance.requests.book import RequestBook
from appliance.sync.backlog import Backlog
from appliance.sync.shedding import Shedding
from appliance.sync.status import SyncStatus
from appliance.sync.worker import POLL_S, SyncWorker

if TYPE_CHECKING:
    from appliance.mirror.mirroring import Mirroring
    from appliance.sync.enrol_file import EnrolFile
    from appliance.sync.enrolment import Enrolment
    from appliance.sync.sending import Sending

__all__ = ["POLL_S", "Upstream", "build_mirroring"]


class Upstream:
    """The watch over the outbox, e-mail; the portal and the catalogue's mirror where they are set.

    `step` and `stop` belong on one thread; `poke` wakes its loop when something has ended.
    """

    def __init__(self, core: Core, poke: Callable[[], object]) -> None:
        self._writer = core.writer
        self._anchors = AnchorBook(books=core.books, office=core.office)
        self._outbox = SyncWorker(SyncStatus(core.outbox, core.clock, core.settings.portal))
        self._mail = MailSending(
            books=core.books,
            settings=core.settings.mail,
            office=core.office,
            copies=Copies(core.settings.mail_dir),
            poke=poke,
            answer_sent=RequestBook(books=core.books, office=core.office).mailed,
        )
        self._shedding = Shedding(
            writer=core.writer,
            clock=core.clock,
            notes=core.recorder,
            data_dir=core.settings.data_dir,
        )
        self._enrol_file = build_enrol_file(core) if core.settings.portal else None
        self._sending = build_sending(core, poke) if core.settings.portal else None
        has_source = core.settings.catalogue_source.is_set
        self._mirroring = build_mirroring(core, poke) if has_source else None

    def step(self) -> None:
        """Look once; returns within a second. Raises what must end this process."""
        self._anchors.look()
        self._outbox.step()
        if index.is_behind():  # after an upgrade: nobody who searches should have to wait for it
            self._writer.run(index.refresh)
        if self._enrol_file is not None:
            self._enrol_file.look()
        if self._sending is None or not self._sending.is_busy():
            self._shedding.look()
        if self._sending is not None:
            self._sending.look()
        self._mail.look()
        if self._mirroring is not None:
            self._mirroring.look()

    def stop(self) -> None:
        """End what is under way within seconds; the next process goes on with it."""
        self._mail.stop()
        if self._sending is not None:
            self._sending.stop()
        if self._mirroring is not None:
            self._mirroring.stop()


def build_mirroring(core: Core, poke: Callable[[], object] = lambda: None) -> "Mirroring":
    """The mirror that the settings name. Raises ConfigError when they name none."""
    from appliance.mirror.mirroring import Mirroring  # speaks TLS, which takes some megabytes

    return Mirroring(
        books=core.books,
        source=core.settings.catalogue_source.checked(),
        office=core.office,
        data_dir=core.settings.data_dir,
        run_dir=core.settings.run_dir,
        poke=poke,
    )


def build_sending(core: Core, poke: Callable[[], object]) -> "Sending":
    """What talks to the portal that the settings name."""
    from appliance.mirror.portal_catalogue import PortalCatalogue
    from appliance.sync.commands import CommandErrand
    from appliance.sync.config_errand import ConfigErrand
    from appliance.sync.health_report import HealthReport
    from appliance.sync.portal import Address  # speaks TLS, which takes some megabytes
    from appliance.sync.sending import Sending
    from appliance.sync.standing import StandingBook

    settings = core.settings
    enrolment = build_enrolment(core)
    return Sending(
        address=Address(settings.portal, settings.portal_ca_file, settings.portal_proxy),
        enrolment=enrolment,
        backlog=Backlog(core.clock),
        writer=core.writer,
        clock=core.clock,
        poke=poke,
        reports=[
            HealthReport(
                outbox=core.outbox,
                standing=StandingBook(core.writer, core.clock),
                clock=core.clock,
                data_dir=settings.data_dir,
                heard=AnchorBook(books=core.books, office=core.office).heard,
            )
        ],
        errands=[
            CommandErrand(writer=core.writer, notes=core.recorder, enrolment=enrolment),
            ConfigErrand(
                writer=core.writer, clock=core.clock, notes=core.recorder, enrolment=enrolment
            ),
            PortalCatalogue(books=core.books, data_dir=settings.data_dir),
        ],
    )


def build_enrolment(core: Core) -> "Enrolment":
    """Who this device is at the portal that the settings name."""
    from appliance.sync.enrolment import Enrolment

    settings = core.settings
    return Enrolment(
        writer=core.writer, clock=core.clock, portal=settings.portal, data_dir=settings.data_dir
    )


def build_enrol_file(core: Core) -> "EnrolFile":
    """What takes a claim code from the card: where its unit puts it, or where the settings say."""
    from appliance.sync.enrol_file import NAME, EnrolFile

    named = core.settings.portal_enrol_file
    return EnrolFile(
        files=[core.settings.data_dir / NAME, *([Path(named)] if named else [])],
        portal=core.settings.portal,
        enrolment=build_enrolment(core),
        writer=core.writer,
        notes=core.recorder,
    )
