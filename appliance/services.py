"""The services that screens and workers are given, one attribute per feature."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from appliance.catalogue.editions import Editions
from appliance.catalogue.holdings import HoldingsService
from appliance.catalogue.import_desk import ImportDesk
from appliance.catalogue.questions import CatalogueQuestions
from appliance.catalogue.service import CatalogueService
from appliance.checkout.service import CheckoutService
from appliance.clock import Clock
from appliance.complaints.keeping import ComplaintKeeping
from appliance.complaints.service import ComplaintService
from appliance.config import Settings
from appliance.day_closing.service import DayClosing
from appliance.deposits.service import DepositService
from appliance.deposits.swaps import CardSwaps
from appliance.deposits.uncollected import UncollectedCards
from appliance.documents.hand_outs import HandOuts
from appliance.documents.presets import ScanPresets
from appliance.documents.scan_files import ScanFiles
from appliance.documents.scan_pages import ScanPages
from appliance.documents.scan_texts import ScanTexts
from appliance.documents.scanners import Scanners
from appliance.documents.service import DocumentsService
from appliance.guestbook.desk import GuestbookDesk
from appliance.guestbook.guardians import Guardians
from appliance.guestbook.service import GuestbookService
from appliance.guestbook.visitors import Visitors
from appliance.health.checks import HealthService
from appliance.health.retention import Retention
from appliance.journal import Journal
from appliance.journal.export import JournalExport
from appliance.lockers.alarms import DoorAlarms
from appliance.lockers.closing_walk import ClosingWalkService
from appliance.lockers.emergency import EmergencyService
from appliance.lockers.found_property import FoundPropertyService
from appliance.lockers.keys import KeyLog
from appliance.lockers.service import LockerService
from appliance.lockers.start_report import StartReport
from appliance.lockers.witness import DoorWitness
from appliance.mail.service import MailService
from appliance.mirror.portal_report import PortalCatalogueStatus
from appliance.mirror.service import MirrorService
from appliance.offices import Office
from appliance.page_images.covers import Covers
from appliance.page_images.finding import BookSearch
from appliance.page_images.service import PageImageService
from appliance.page_images.tally import ReadingTally
from appliance.photocopy.service import PhotocopyService
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
from appliance.readers.service import ReaderService
from appliance.reading.service import ReadingService
from appliance.reports.ledger import ReportLedger
from appliance.reports.service import ReportService
from appliance.requests.files import AnswerFiles
from appliance.requests.keeping import RequestKeeping
from appliance.requests.mailing import AnswerMail
from appliance.requests.service import RequestService
from appliance.simulation.panel import SimulationPanel
from appliance.staff.service import StaffService
from appliance.sync.desk import PortalDesk
from appliance.sync.export import EventExport
from appliance.sync.outbox import Outbox
from appliance.sync.status import SyncStatus
from appliance.visits.archive import VisitArchive
from appliance.visits.calls import CallBoard
from appliance.visits.promise_desk import PromiseDesk
from appliance.visits.queue import QueueDesk
from appliance.visits.service import VisitService
from appliance.watermarks.service import CopyService

if TYPE_CHECKING:
    from appliance.sync.carried_file import CarriedFile


@dataclass(frozen=True, slots=True)
class Services:
    """Everything a screen may call. Built by bootstrap, never changed."""

    settings: Settings
    office: Office
    clock: Clock
    journal: Journal
    journal_export: JournalExport
    outbox: Outbox
    sync: SyncStatus
    exports: EventExport
    carried: Callable[[], "CarriedFile"]  # made for each file: a page does not need its parts
    portal: PortalDesk
    mirror: MirrorService
    portal_catalogue: PortalCatalogueStatus
    health: HealthService
    visits: VisitService
    queue: QueueDesk
    calls: CallBoard
    promises: PromiseDesk
    guestbook: GuestbookService
    staff: StaffService
    documents: DocumentsService
    guestbook_desk: GuestbookDesk
    guardians: Guardians
    visitors: Visitors
    scan_pages: ScanPages
    scan_files: ScanFiles
    scanners: Scanners
    scan_presets: ScanPresets
    copies: CopyService
    scan_texts: ScanTexts
    hand_outs: HandOuts
    mail: MailService
    catalogue: CatalogueService
    holdings: HoldingsService
    imports: ImportDesk
    catalogue_questions: CatalogueQuestions
    reading: ReadingService
    page_images: PageImageService
    book_search: BookSearch
    covers: Covers
    reading_tally: ReadingTally
    editions: Editions
    readers: ReaderService
    ratings: RatingService
    skd: SkdService
    rating_invitations: RatingInvitations
    rating_tablets: RatingTablets
    paper_ratings: PaperForms
    publication_ratings: PublicationRatingService
    portal_account: PortalAccountService
    reports: ReportService
    report_ledger: ReportLedger
    deposits: DepositService
    uncollected: UncollectedCards
    swaps: CardSwaps
    lockers: LockerService
    alarms: DoorAlarms
    witness: DoorWitness
    emergency: EmergencyService
    start_report: StartReport
    found_property: FoundPropertyService
    keys: KeyLog
    closing: ClosingWalkService
    days: DayClosing
    checkout: CheckoutService
    archive: VisitArchive
    requests: RequestService
    answer_files: AnswerFiles
    answer_mail: AnswerMail
    request_keeping: RequestKeeping
    photocopy: PhotocopyService
    complaints: ComplaintService
    complaint_keeping: ComplaintKeeping
    privacy: PrivacyService
    retention: Retention
    erasures: Erasures
    data_rights: DataRights
    my_data: MyData
    consents: Consents
    breaches: Breaches
    breach_packs: BreachPacks
    simulation: SimulationPanel
