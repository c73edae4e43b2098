"""The one place that wires the services to the core."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from appliance.catalogue.editions import Editions
from appliance.catalogue.import_desk import ImportDesk
from appliance.catalogue.questions import CatalogueQuestions
from appliance.complaints.keeping import ComplaintKeeping
from appliance.complaints.service import ComplaintService
from appliance.config import LINK_KEY, secret
from appliance.core import Core, open_core, open_present_core
from appliance.day_closing.left import left_overnight
from appliance.day_closing.open_things import OpenThings
from appliance.day_closing.service import DayClosing
from appliance.deposits.swaps import CardSwaps
from appliance.deposits.uncollected import UncollectedCards
from appliance.documents.hand_outs import HandOuts
from appliance.documents.presets import ScanPresets
from appliance.documents.scan_files import ScanFiles
from appliance.documents.scan_pages import ScanPages
from appliance.documents.scan_room import ScanRoom
from appliance.documents.scan_texts import ScanTexts
from appliance.documents.scanners import Scanners
from appliance.documents.service import DocumentsService
from appliance.guestbook.desk import GuestbookDesk
from appliance.guestbook.entries import EntryBook
from appliance.guestbook.guardians import Guardians
from appliance.guestbook.service import GuestbookService
from appliance.guestbook.visitors import Visitors
from appliance.health.checks import HealthService
from appliance.health.portal import portal_check
from appliance.health.retention import Retention
from appliance.health.upkeep import drop_set_aside, empty_log, maintain
from appliance.journal.export import JournalExport
from appliance.journal.index import JournalIndex
from appliance.lockers.alarms import DoorAlarms
from appliance.lockers.closing_walk import ClosingWalkService
from appliance.lockers.emergency import EmergencyService
from appliance.lockers.found_property import FoundPropertyService
from appliance.lockers.keys import KeyLog
from appliance.lockers.start_report import StartReport
from appliance.lockers.witness import DoorWitness
from appliance.mail.copies import Copies
from appliance.mail.service import MailService
from appliance.mirror.portal_report import PortalCatalogueStatus
from appliance.mirror.service import MirrorService
from appliance.page_images.covers import Covers
from appliance.page_images.finding import BookSearch
from appliance.page_images.service import PageImageService
from appliance.page_images.tally import ReadingTally
from appliance.portal_account.service import PortalAccountService
from appliance.privacy.breach_pack import BreachPacks
from appliance.privacy.breaches import Breaches
from appliance.privacy.consents import Consents
from appliance.privacy.erasing import Erasures
from appliance.privacy.my_data import MyData
from appliance.privacy.rights import DataRights
from appliance.privacy.service import PrivacyService
from appliance.publication_ratings.service import PublicationRatingService
from appliance.ratings.invitations import RatingInvitations
from appliance.ratings.paper import PaperForms
from appliance.ratings.service import RatingService
from appliance.ratings.skd_service import SkdService
from appliance.ratings.tablets import RatingTablets
from appliance.reports.counting import PeriodCounter
from appliance.reports.ledger import ReportLedger
from appliance.reports.service import ReportService
from appliance.requests.erasing import FilesOfVisit
from appliance.requests.files import AnswerFiles
from appliance.requests.keeping import RequestKeeping
from appliance.requests.mailing import AnswerMail
from appliance.requests.service import RequestService
from appliance.room import build_door_commands, build_room
from appliance.services import Services
from appliance.simulation.panel import SimulationPanel
from appliance.staff.passwords import Passwords
from appliance.staff.service import StaffService
from appliance.sync.desk import PortalDesk
from appliance.sync.enrolment import Enrolment
from appliance.sync.export import EventExport
from appliance.sync.status import SyncStatus
from appliance.visits.archive import VisitArchive
from appliance.visits.calls import CallBoard
from appliance.visits.promise_desk import PromiseDesk
from appliance.visits.queue import QueueDesk
from appliance.watermarks.service import CopyService

if TYPE_CHECKING:
    from appliance.sync.carried_file import CarriedFile

__all__ = ["Core", "build_services", "clean", "open_core", "open_present_core"]


def build_services(core: Core) -> Services:
    """Every service, wired to the core."""
    room, books = build_room(core), core.books
    visits = room.visits
    visitors = Visitors(books=books, visits=visits)
    rights = DataRights(books=books)
    guardians = Guardians(books=books, office=core.office, rights=rights)
    book = EntryBook(
        books=books, office=core.office, visits=visits, visitors=visitors, guardians=guardians
    )
    guestbook = GuestbookService(office=core.office, book=book, visitors=visitors)
    staff = StaffService(books=books, passwords=Passwords(), is_demo=core.settings.demo)
    portal = PortalDesk(
        writer=core.writer,
        clock=core.clock,
        notes=core.recorder,
        waker=core.waker,
        enrolment=Enrolment(
            writer=core.writer,
            clock=core.clock,
            portal=core.settings.portal,
            data_dir=core.settings.data_dir,
        ),
        settings_version=core.portal_settings,
    )
    health = HealthService(
        database=core.database,
        data_dir=core.settings.data_dir,
        clock=core.clock,
        waker=core.waker,
        scanners=[one.name for one in core.settings.scanners if one.driver != "none"],
        has_voice=core.settings.sound.is_fitted,
        portal=(
            (lambda: portal_check(portal.report(), core.clock.now()))
            if core.settings.portal
            else None
        ),
    )
    mail = MailService(
        books=books,
        waker=core.waker,
        settings=core.settings.mail,
        copies=Copies(core.settings.mail_dir),
    )
    scan_presets = ScanPresets(books=books)
    scanners = Scanners(books=books, waker=core.waker, settings=core.settings.scanners)
    documents = DocumentsService(
        books=books,
        waker=core.waker,
        office=core.office,
        visits=visits,
        presets=scan_presets,
        thrown_away=mail.withdraw_about,
    )
    scan_pages = ScanPages(
        books=books,
        waker=core.waker,
        visits=visits,
        scanners=scanners,
        presets=scan_presets,
        room=ScanRoom(office=core.office, scans_dir=core.settings.scans_dir),
    )
    copies = CopyService(
        books=books,
        office=core.office,
        waker=core.waker,
        visits=visits,
        catalogue=room.catalogue,
        data_dir=core.settings.data_dir,
        prepared_dir=core.settings.prepared_dir,
    )
    mirror = MirrorService(
        books=books,
        waker=core.waker,
        source=core.settings.catalogue_source,
        office=core.office,
        data_dir=core.settings.data_dir,
    )
    page_images = PageImageService(data_dir=core.settings.data_dir, run_dir=core.settings.run_dir)
    ratings = RatingService(books=books, office=core.office, visits=visits)
    skd = SkdService(books=books, office=core.office, visits=visits)
    counter = PeriodCounter(clock=core.clock, office=core.office, ratings=ratings, skd=skd)
    reports = ReportService(books=books, office=core.office, visits=visits, counter=counter)
    invitations = RatingInvitations(
        books=books,
        visits=visits,
        ratings=ratings,
        skd=skd,
        link_key=secret(core.settings.data_dir, LINK_KEY),
    )
    answer_files = AnswerFiles(
        books=books,
        office=core.office,
        waker=core.waker,
        mail=mail,
        data_dir=core.settings.data_dir,
        folder=core.settings.answers_dir,
    )
    requests = RequestService(
        books=books,
        office=core.office,
        visits=visits,
        catalogue=room.catalogue,
        files=answer_files,
    )
    request_keeping = RequestKeeping(
        books=books, office=core.office, journal=core.journal, files=answer_files
    )
    found_property = FoundPropertyService(books=books, lockers=room.lockers)
    alarms = DoorAlarms(books=books)
    keys = KeyLog(books=books, lockers=room.lockers, explain=alarms.explained_by_key)
    people = PrivacyService(books=books, journal=core.journal, office=core.office)
    breaches = Breaches(books=books, office=core.office)
    return Services(
        settings=core.settings,
        office=core.office,
        clock=core.clock,
        journal=core.journal,
        journal_export=JournalExport(core.journal, core.writer),
        outbox=core.outbox,
        sync=SyncStatus(core.outbox, core.clock, core.settings.portal),
        exports=EventExport(core.outbox, core.writer, core.recorder),
        carried=lambda: _carried_file(core),
        portal=portal,
        mirror=mirror,
        portal_catalogue=PortalCatalogueStatus(),
        health=health,
        visits=visits,
        queue=QueueDesk(books=books, office=core.office, visits=visits, waker=core.waker),
        calls=CallBoard(clock=core.clock, office=core.office),
        promises=PromiseDesk(books=books, office=core.office, visits=visits),
        guestbook=guestbook,
        guestbook_desk=GuestbookDesk(
            books=books,
            office=core.office,
            visits=visits,
            visitors=visitors,
            book=book,
            guardians=guardians,
        ),
        guardians=guardians,
        visitors=visitors,
        staff=staff,
        documents=documents,
        scan_pages=scan_pages,
        scan_files=ScanFiles(books=books, visits=visits, scans_dir=core.settings.scans_dir),
        scanners=scanners,
        scan_presets=scan_presets,
        copies=copies,
        scan_texts=ScanTexts(books=books, waker=core.waker, office=core.office),
        hand_outs=HandOuts(
            books=books, waker=core.waker, visits=visits, station=core.settings.station
        ),
        mail=mail,
        catalogue=room.catalogue,
        catalogue_questions=CatalogueQuestions(books=books, visits=visits),
        holdings=room.holdings,
        imports=ImportDesk(books=books, folder=core.settings.data_dir / "imports"),
        reading=room.reading,
        page_images=page_images,
        book_search=BookSearch(page_images),
        covers=Covers(page_images, mirror.cover),
        reading_tally=ReadingTally(books=books, office=core.office),
        editions=Editions(core.office),
        ratings=ratings,
        skd=skd,
        rating_invitations=invitations,
        rating_tablets=RatingTablets(books=books),
        paper_ratings=PaperForms(books=books, office=core.office, ratings=ratings, skd=skd),
        publication_ratings=PublicationRatingService(
            books=books, visits=visits, catalogue=room.catalogue
        ),
        portal_account=PortalAccountService(books=books, office=core.office, visits=visits),
        reports=reports,
        report_ledger=ReportLedger(
            books=books, office=core.office, waker=core.waker, folder=core.settings.reports_dir
        ),
        deposits=room.deposits,
        uncollected=UncollectedCards(
            books=books, office=core.office, visits=visits, deposits=room.deposits
        ),
        swaps=CardSwaps(books=books, visits=visits, deposits=room.deposits),
        lockers=room.lockers,
        alarms=alarms,
        witness=DoorWitness(books=books, commands=build_door_commands(core), alarms=alarms),
        emergency=EmergencyService(books=books, waker=core.waker, visits=visits),
        start_report=StartReport(books=books, visits=visits),
        found_property=found_property,
        keys=keys,
        closing=ClosingWalkService(
            books=books,
            office=core.office,
            visits=visits,
            lockers=room.lockers,
            found_property=found_property,
            settle=lambda visit_id, by: room.checkout.settle(visit_id, by=by),
        ),
        days=DayClosing(
            books=books,
            office=core.office,
            visits=visits,
            things=OpenThings(
                visits=visits,
                lockers=room.lockers,
                deposits=room.deposits,
                reading=room.reading,
                photocopy=room.photocopy,
                checkout=room.checkout,
            ),
            left=lambda: left_overnight(room.lockers, room.deposits, keys, found_property),
        ),
        checkout=room.checkout,
        requests=requests,
        answer_files=answer_files,
        answer_mail=AnswerMail(mail=mail, files=answer_files),
        request_keeping=request_keeping,
        photocopy=room.photocopy,
        complaints=ComplaintService(books=books, office=core.office),
        complaint_keeping=ComplaintKeeping(books=books, office=core.office, journal=core.journal),
        archive=VisitArchive(books=books, visits=visits),
        privacy=people,
        retention=Retention(
            clock=core.clock,
            office=core.office,
            privacy=people,
            visits=visits,
            data_dir=core.settings.data_dir,
        ),
        data_rights=rights,
        my_data=MyData(books=books),
        consents=Consents(office=core.office),
        breaches=breaches,
        breach_packs=BreachPacks(
            books=books, journal=core.journal, office=core.office, breaches=breaches
        ),
        erasures=Erasures(
            books=books,
            office=core.office,
            folders=(core.settings.data_dir, core.settings.data_dir / "backups"),
            throw_away=FilesOfVisit(documents, mail, request_keeping),
            checkpoint=lambda: empty_log(core.database),
        ),
        readers=room.readers,
        simulation=SimulationPanel(core.settings.run_dir),
    )


def _carried_file(core: Core) -> "CarriedFile":
    """Loaded when a file is carried: a small Pi shows the page without its parts."""
    from appliance.carrying import build_carried_file

    return build_carried_file(core)


def clean(core: Core) -> dict[str, int]:
    """The daily cleaning with every feature's part in it; how much each of them found."""
    services = build_services(core)
    # Erasing first: what closing a day writes into the journal would vouch for a wrong clock.
    hooks: list[tuple[str, Callable[[], object]]] = [
        ("privacy", services.privacy.erase_due),
        ("complaints", services.complaint_keeping.forget_due),
        ("complaints-closed", services.complaint_keeping.close_due),
        ("visits", services.visits.close_day),
        ("promises", services.visits.keep_promises),
    ]
    hooks.append(("requests", services.request_keeping.forget_due))
    hooks.append(("codes", services.readers.forget_old))
    hooks.append(("sessions", services.staff.sessions.forget_old))
    hooks.append(("notices", services.privacy.keep_notices))
    hooks.append(("erasures", services.erasures.keep_list))
    hooks.append(("set-aside", lambda: drop_set_aside(core.settings.data_dir, core.clock.now())))
    hooks.append(("hand-overs", services.staff.hand_overs.forget_old))
    hooks.append(("journal", JournalIndex(core.writer).catch_up))
    hooks.append(("search", services.catalogue.mend_index))
    hooks.append(("ratings", services.ratings.shuffle))
    hooks.append(("skd", services.skd.shuffle))
    hooks.append(("rating_forms", services.rating_invitations.forget_due))
    return maintain(core.database, core.writer, core.clock, hooks)
