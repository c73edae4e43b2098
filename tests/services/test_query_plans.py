"""What screens and workers ask all day must not get slower with every visit that has been."""

from itertools import pairwise

import pytest

from appliance.actor import Actor
from appliance.codes import CodeKind, barcode
from appliance.config import MailSettings
from appliance.documents.handing_out import HandingOut
from appliance.documents.worker import DocumentsWorker
from appliance.errors import Unavailable
from appliance.lockers.alarm_rules import AlarmKind
from appliance.lockers.emergency_table import EmergencyTable
from appliance.lockers.keys import explained_by_key
from appliance.lockers.outcomes import DoorOutcomes
from appliance.mail.copies import Copies
from appliance.mail.sending import MailSending
from appliance.mail.service import MailService
from appliance.ratings.questions import Element
from appliance.ratings.rules import How
from appliance.storage.models import Visit
from tests.documents_kit import TellableScanner
from tests.entries import filled
from tests.mail_kit import a_parcel
from tests.services.library import new_publication

# An office that has everything: cards for lockers, and photocopies.
pytestmark = pytest.mark.parametrize("office_name", ["dharmasraya"], indirect=True)

OFFICER = Actor.staff("rina", "officer")
# Tables that grow with every visit; the others hold a room's worth of rows.
GROWING = frozenset(
    [
        "visit",
        "guest",
        "group_member",
        "visitor",
        "visitor_visit",
        "consent",
        "locker_session",
        "locker_move",
        "door_command",
        "door_alarm",
        "closing_look",
        "found_property",
        "key_event",
        "start_line",
        "book_copy",
        "publication",
        "catalogue_code",
        "roll_call",
        "deposit",
        "deposit_contact",
        "card_swap",
        "day_decision",
        "day_report",
        "reading",
        "softcopy_request",
        "request_file",
        "rating",
        "rating_answer",
        "rating_count",
        "skd_reply",
        "skd_answer",
        "skd_asked",
        "rating_invitation",
        "publication_rating",
        "publication_rating_tie",
        "portal_account",
        "photocopy",
        "scan_job",
        "scan_page",
        "scan_hand_out",
        "mail_message",
        "marked_copy",
        "journal",
        "outbox",
        "staff_session",
        "login_failure",
        "idempotency",
        "code_read",
    ]
)


class Asked:
    """Every SELECT that goes through the database, with its parameters and its plan."""

    def __init__(self, database, monkeypatch):
        self._database = database
        self._execute = database.execute_sql
        self.statements: dict[str, tuple] = {}
        monkeypatch.setattr(database, "execute_sql", self._listen)

    def _listen(self, sql, params=None, *args, **options):
        if sql.lstrip().startswith("SELECT"):
            self.statements[sql] = tuple(params or ())
        return self._execute(sql, params, *args, **options)

    def read_whole_tables(self) -> list[str]:
        """The statements that look at every row of a growing table."""
        return [
            f"{table}: {sql}"
            for sql, params in self.statements.items()
            for table in self._scanned(sql, params)
        ]

    def _scanned(self, sql, params) -> list[str]:
        connection = self._database.connection()
        names = _tables_by_alias(sql)
        found = []
        for *_, detail in connection.execute(f"EXPLAIN QUERY PLAN {sql}", params):
            words = detail.split()
            table = names.get(words[1], words[1]) if words[0] == "SCAN" else ""
            # A walk along a partial index, or back from the newest row, ends early.
            if table in GROWING and len(words) == 2 and not _from_the_newest(sql):
                found.append(table)
        return found


def _tables_by_alias(sql: str) -> dict[str, str]:
    words = sql.replace('"', "").replace("(", " ").replace(")", " ").replace(" AS ", " ").split()
    return {alias: table for table, alias in pairwise(words) if table in GROWING}


def _from_the_newest(sql: str) -> bool:
    return "DESC LIMIT" in sql.replace('"', "") and "WHERE" not in sql


@pytest.fixture
def visit(services):
    """A served visitor with a locker, a card, a book, a scan and two forms."""
    made = services.guestbook.register(
        filled(), channel="phone", language="id", idempotency_key="one"
    )
    services.deposits.receive(made.id, "KTP", by=OFFICER)
    services.lockers.sync_bank({1: True, 2: True}, by=OFFICER)
    services.lockers.assign(made.id, by=OFFICER)
    services.reading.note(made.id, by=OFFICER, title="Pasaman Dalam Angka")
    services.documents.open_job(made.id, "document", by=OFFICER)
    services.requests.make(made.id, {"wanted": "PDRB", "purpose": "Skripsi"}, by=OFFICER)
    services.photocopy.ask(made.id, {"title": "Padi", "pages": "1"}, by=OFFICER)
    return made


@pytest.fixture
def asked(core, visit, monkeypatch) -> Asked:
    return Asked(core.database, monkeypatch)


def test_the_visitors_page_looks_up_only_what_is_its_own(services, visit, asked):
    services.visits.by_token(visit.token)
    services.visits.queue()
    services.lockers.of_visit(visit.id)
    services.lockers.version()
    services.deposits.of_visit(visit.id)
    services.checkout.checklist(visit.id)
    services.documents.of_visit(visit.id)
    services.reading.of_visit(visit.id)
    services.requests.of_visit(visit.id)
    services.photocopy.of_visit(visit.id)
    services.portal_account.of_visit(visit.id)
    services.publication_ratings.of_visit(visit.id)
    services.publication_ratings.summary(1)
    services.publication_ratings.words(1)
    services.copies.of_visit(visit.id)
    services.mail.of_visit(visit.id)
    services.guestbook.person(visit.id)
    services.journal.newest_seq()

    assert asked.read_whole_tables() == []


def test_the_desk_looks_up_only_what_is_open(services, visit, asked):
    services.visits.room()
    services.visits.still_open()
    services.lockers.wall()
    services.lockers.free_numbers()
    services.lockers.numbers_by_visit()
    services.deposits.held()
    services.deposits.free_slots()
    services.photocopy.open_trips()
    services.photocopy.overdue()
    services.photocopy.lost()
    services.photocopy.figures(services.clock.now(), services.clock.now())
    services.photocopy.of_form(1)
    services.requests.waiting()
    services.requests.waiting_to_be_fetched()
    services.requests.unanswered()
    services.requests.ready()
    services.requests.ended()
    services.requests.by_code(services.requests.unanswered()[0].code)
    services.answer_files.of(1)
    services.reports.today()

    assert asked.read_whole_tables() == []


def test_the_wall_and_one_door_look_only_at_what_is_open(services, visit, asked):
    services.lockers.tile(1)
    services.lockers.history(1)
    services.lockers.free()
    services.alarms.by_locker()
    services.emergency.open()
    services.emergency.latest()
    services.start_report.latest()

    assert asked.read_whole_tables() == []


def test_closing_time_looks_only_at_what_is_open(services, visit, asked):
    services.closing.start("every", by=OFFICER)
    services.closing.current()
    services.closing.stops()
    services.closing.in_use()
    services.closing.taken_home()
    services.found_property.kept()
    services.found_property.by_locker()
    services.keys.latest()
    services.keys.of_locker(1)
    services.keys.place(1)
    services.keys.out()
    services.deposits.owed()
    services.deposits.just_returned()
    services.uncollected.all()
    services.swaps.open()
    services.swaps.of_deposit(1)
    services.swaps.candidates(1)
    today = services.days.today()
    services.days.open_things(today)
    services.days.unclosed()
    services.days.is_waiting()
    services.days.report(today)
    services.days.reports()

    assert asked.read_whole_tables() == []


def test_a_door_that_moves_looks_only_at_its_own(core, services, visit, asked):
    services.alarms.raise_(1, AlarmKind.LEFT_OPEN)
    services.alarms.end(1, AlarmKind.LEFT_OPEN)
    services.alarms.doubted()
    services.alarms.recent()
    explained_by_key(1, core.clock.now())
    EmergencyTable(books=core.books, visits=services.visits).open_row()

    assert asked.read_whole_tables() == []


def test_a_registration_does_not_look_at_the_visits_of_other_days(services, visit, asked):
    services.guestbook.register(filled(), channel="kiosk", language="id", idempotency_key="two")

    assert asked.read_whole_tables() == []


def test_ratings_look_only_at_what_they_are_about(services, visit, asked):
    ratings, forms = services.ratings, services.rating_invitations
    services.rating_tablets.register("Tablet", by=OFFICER)
    (tablet,) = services.rating_tablets.all()
    form = forms.invite(visit.id, by=OFFICER, tablet=tablet)
    Visit.update(persons=3).where(Visit.id == visit.id).execute()
    forms.invite_members(visit.id, "2", by=OFFICER)
    forms.on_tablet(tablet)
    forms.of_visit(visit.id)
    forms.of_members(visit.id)
    forms.by_code(form.code)
    forms.give(form.token, dict.fromkeys(map(str, Element), "4"), how=How())
    forms.give_skd(form.token, {"overall": "8"})
    forms.forget_due()
    ratings.index("2026-01", "2026-11")
    ratings.users("2026-11")
    ratings.channels("2026-11")
    ratings.comments_to_read("2026-11")
    services.skd.figures("2026-11")
    ratings.shuffle()
    services.skd.shuffle()

    assert asked.read_whole_tables() == []


def test_a_sign_in_looks_only_at_what_its_client_got_wrong(services, visit, asked):
    with pytest.raises(ValueError, match="isian"):
        services.staff.login("siapa", "bukan-kata-sandi", client="10.0.0.7")

    assert asked.read_whole_tables() == []


def test_the_readers_look_only_at_the_ticket_before_them(services, visit, asked):
    ticket = barcode(CodeKind.TICKET, visit.code)
    for place in ("lockers", "desk", "station"):
        services.readers.read(f"pembaca {place}", place, ticket)
        services.readers.version(place)
    services.readers.forget_old()

    assert asked.read_whole_tables() == []


def test_the_locker_worker_looks_only_at_what_waits(core, asked):
    DoorOutcomes(books=core.books).claim_next()

    assert asked.read_whole_tables() == []


def test_a_scanned_book_is_looked_up_and_not_looked_for(services, visit, asked):
    book = new_publication(services, publication_number="13090.2401", issn="1234-5679")
    copy = services.holdings.of(book.id)[0]
    asked.statements.clear()
    for code in (copy.barcode, "13090.2401", "9771234567003", "B000", "00012/BPS/2019"):
        services.holdings.find(code)
        services.readers.read("pembaca desk", "desk", code)
    services.reading.note(visit.id, copy_id=copy.id, by=OFFICER)
    services.reading.open_notes()
    services.reading.give_back_copy(copy.id, by=OFFICER)
    services.reading.give_back_all(visit.id, by=OFFICER)
    services.holdings.to_complete()

    assert asked.read_whole_tables() == []


def test_the_documents_worker_looks_only_at_what_is_not_done(core, services, settings, asked):
    worker = DocumentsWorker(
        books=core.books,
        visits=services.visits,
        office=core.office,
        scanners={"pemindai": TellableScanner()},
        scans_dir=settings.scans_dir,
        poke=lambda: None,
    )
    handing_out = HandingOut(
        books=core.books,
        visits=services.visits,
        station=settings.station,
        scans_dir=settings.scans_dir,
        run_dir=settings.run_dir,
        poke=lambda: None,
    )
    worker.step()  # the first one also puts right what a predecessor left
    handing_out.look()
    asked.statements.clear()

    worker.step()
    worker.stop()
    handing_out.look()
    handing_out.stop()

    assert asked.read_whole_tables() == []


def test_the_station_looks_only_at_its_own_job(services, visit, asked):
    job = services.documents.open_job_of(visit.id)
    services.documents.job(job.uuid)
    services.hand_outs.of(job.uuid)
    with pytest.raises(Unavailable):  # nobody serves the scanner here
        services.scan_pages.ask_page(job.uuid, by=OFFICER)

    assert asked.read_whole_tables() == []


def test_the_outbox_looks_only_at_what_waits(core, services, settings, visit, asked, tmp_path):
    account = MailSettings(host="mail.contoh.id", sender="a@contoh.id")
    copies = Copies(settings.mail_dir)
    mail = MailService(books=core.books, waker=core.waker, settings=account, copies=copies)
    sending = MailSending(
        books=core.books, settings=account, office=core.office, copies=copies, poke=lambda: None
    )
    sending.look()  # the first one also puts right what a predecessor left
    asked.statements.clear()
    made = mail.ask(a_parcel(tmp_path), "b@contoh.id", visit_id=visit.id, by=OFFICER)
    mail.cancel(made.uuid, by=OFFICER)

    sending.look()
    sending.stop()
    services.sync.report()
    mail.report()
    mail.about("job-1")

    assert asked.read_whole_tables() == []
