"""One person through the whole house, erased, and then looked for in every byte of it."""

import contextlib
import io
import shutil

import pytest

from appliance.actor import ANYONE, SYSTEM, Actor
from appliance.bootstrap import build_services, open_core
from appliance.config import MailSettings
from appliance.deposits.swaps import HERE, WITH_OTHER, WITH_OWNER
from appliance.health.upkeep import back_up, restore
from appliance.mail.copies import Copies
from appliance.mail.service import MailService
from appliance.ratings.questions import Element
from appliance.storage.models import Complaint, FoundProperty, JournalWords, KeyEvent, ScanJob
from tests.documents_kit import Station as Documents
from tests.documents_kit import TellableScanner, put_pdf
from tests.entries import filled
from tests.mail_kit import a_parcel
from tests.services.library import OFFICER, new_publication

pytestmark = pytest.mark.parametrize("office_name", ["dharmasraya"], indirect=True)
ADMIN = Actor.staff("admin", "admin")
STATION = Actor.staff("operator", "operator")
# Every word of theirs, and what officers write of them, has one of these in it.
NAME, EMAIL, PHONE = "Kenari Elokwati", "kenarimail@contoh.id", "0899 1234 5678"
TRACES = (b"kenari", b"elokwati", b"9912345678", b"99 1234 5678", b"99-1234-5678")
ANSWERS = {
    "name": NAME,
    "email": EMAIL,
    "phone": PHONE,
    "agency_name": "Kenariagency",
    "occupation_other": "Kenarioccupation",
    "agency_other": "Kenariotheragency",
    "purpose_other": "Kenaripurpose",
    "data_wanted": "Kenaridata",
    "guardian_name": "Kenari Walinya",
    "heads_2_1": "3",
}
CODES = {"services": ["1", "2"], "occupation": "7", "agency_category": "9", "purpose": "5"}
WISH = {"wanted": "Kenariwish", "purpose": "Kenariwhy", "area": "Kenariarea", "level": "4"}
SET = MailSettings(host="mail.contoh.id", sender="ruangbaca@bps.contoh.id")
FOURS = dict.fromkeys(map(str, Element), "4")


def arrive(house, key: str, **answers):
    form = filled(**answers)
    return house.guestbook_desk.register(form, language="id", key=key, by=OFFICER)


def at_the_desk(services, visit, clock) -> None:
    """Called, passed on, late and corrected, each time with a sentence about them."""
    services.queue.call(visit.id, by=OFFICER)
    clock.advance(3600)
    services.visits.serve(visit.id, by=OFFICER)
    services.promises.explain(visit.id, "other", "Kenari datang bersama rombongan", by=OFFICER)
    services.promises.correct(visit.id, "09:31", "Bu Kenari sudah duduk", by=OFFICER)


def at_the_lockers(services, visit, clock) -> None:
    services.lockers.sync_bank({1: True, 2: True, 3: True}, by=OFFICER)
    services.deposits.receive(visit.id, "KTP", by=OFFICER)
    services.lockers.assign(visit.id, by=OFFICER)
    services.lockers.open_for(2, by=OFFICER, reason=f"{NAME} lupa tasnya")
    services.keys.note(2, "handed_out", {"holder": "kenari  ELOKWATI"}, by=OFFICER)
    services.keys.note(2, "lost", {"note": f"hilang oleh {NAME}"}, by=OFFICER)
    services.lockers.set_condition(3, "blocked", by=OFFICER, note="kata 0899-1234-5678 macet")
    left = {"reason": "found_property", "description": f"map {NAME}"}
    services.lockers.release(visit.id, by=OFFICER, **left)
    number = FoundProperty.get().number
    given = {"handed_to": "Adik Kenari", "proof": "Kenariproof"}
    services.found_property.hand_over(number, given, by=OFFICER, locker_is_empty=True)


def what_was_read(services, visit) -> None:
    book = new_publication(services)
    services.reading.note(visit.id, title="Kenaribook", by=OFFICER)
    missing = services.reading.note(visit.id, title="Kenarilost", by=OFFICER)
    services.reading.not_returned(missing.id, reason="dibawa Kenari", by=OFFICER)
    services.catalogue_questions.ask(visit.id, "Kenariquestion", by=OFFICER)
    services.publication_ratings.rate(
        visit.id, book.id, {"stars": "4", "word": f"kata {NAME}"}, by=ANYONE
    )
    form = {"title": "Kenaricopy", "pages": "1"}
    services.photocopy.ask(visit.id, form, by=OFFICER)
    (trip,) = services.photocopy.of_visit(visit.id)
    services.photocopy.move(trip.id, "out", by=OFFICER)
    services.photocopy.lose(trip.id, "kata Kenari hilang", by=OFFICER)
    for note in services.reading.open_of_visit(visit.id):
        services.reading.give_back(note.id, by=OFFICER)


def what_was_written(core, services, visit, tmp_path) -> None:
    made = services.requests.make(visit.id, WISH | {"email": "kenarireq@contoh.id"}, by=OFFICER)
    services.answer_files.add(made.id, io.BytesIO(b"%PDF-1.7 (Kenarianswer) %%EOF"), by=OFFICER)
    services.rating_invitations.invite(visit.id, by=OFFICER)
    services.ratings.give(visit.id, FOURS, f"Salam, {NAME}", by=ANYONE)
    services.complaints.make(
        {"topic": "service", "body": f"Saya {NAME} menunggu.", "contact": EMAIL}, by=ANYONE
    )
    (complaint,) = services.complaints.inbox(by=ADMIN)
    services.complaints.note(complaint.id, "sudah menelepon +62 899 1234 5678", by=ADMIN)
    services.complaints.answer(complaint.id, f"Yth. {NAME}, maaf.", by=ADMIN)
    services.data_rights.ask(
        visit.id, {"kind": "correct", "words": "Kenariwords"}, by=Actor.visitor(visit.uuid)
    )
    mail = MailService(
        books=core.books, waker=core.waker, settings=SET, copies=Copies(core.settings.mail_dir)
    )
    for number in range(2):
        parcel = a_parcel(tmp_path / str(number), b"%PDF Kenarimail", about=f"job-{number}")
        mail.ask(parcel, f"kenari{number}@contoh.id", visit_id=visit.id, by=OFFICER)


def what_was_scanned(core, services, visit) -> str:
    job = services.documents.open_job(visit.id, "document", by=STATION)
    put_pdf(core, job.uuid, b"%PDF-1.7 (Kenariscan)")
    folder = core.settings.scans_dir / job.uuid
    for name in ("page.jpg", "page.view.jpg", "page.words.json"):
        (folder / name).write_bytes(b"Kenaripage")
    return str(job.uuid)


def swapped_cards(services, visit) -> None:
    other = arrive(services, "other", name="Budi Santoso", email="", phone="")
    mine = services.deposits.of_visit(visit.id)
    theirs = services.deposits.receive(other.id, "SIM", by=OFFICER)
    swap = services.swaps.note(
        mine.id, theirs.id, (WITH_OTHER, HERE), by=OFFICER, note="KTP Kenari di Budi"
    )
    services.swaps.put_right(swap.id, mine.id, WITH_OWNER, by=OFFICER)


def through_the_whole_house(core, services, clock, tmp_path):
    visit = arrive(services, "canary", **ANSWERS, **CODES)
    at_the_desk(services, visit, clock)
    at_the_lockers(services, visit, clock)
    what_was_read(services, visit)
    what_was_written(core, services, visit, tmp_path)
    what_was_scanned(core, services, visit)
    swapped_cards(services, visit)
    services.visits.close(visit.id, by=OFFICER, state="closed_by_staff", reason="Kenari dijemput")
    return services.visits.by_id(visit.id)


def traces(core) -> dict[str, list[bytes]]:
    """File -> what of them its raw bytes still tell; copies of the database aside."""
    found = {}
    for path in core.settings.data_dir.rglob("*"):
        if path.is_file() and path.parent.name not in ("backups", "set-aside"):
            content = path.read_bytes().lower()
            told = [trace for trace in TRACES if trace in content or trace in path.name.encode()]
            if told:
                found[str(path)] = told
    return found


def erase_all(core, services, visit) -> None:
    """With the documents process, which throws away what was scanned."""
    station = Documents(core, TellableScanner())
    services.erasures.erase(visit.id, by=OFFICER)
    (job,) = ScanJob.select().where(ScanJob.visit == visit.id)
    station.run_until(lambda: not (core.settings.scans_dir / job.uuid).exists())
    station.stop()


def test_nothing_in_the_house_tells_who_it_was(
    core, services, clock, listening, tmp_path, capfd, caplog
) -> None:
    visit = through_the_whole_house(core, services, clock, tmp_path)
    names = [path.rsplit("/", 1)[-1] for path in traces(core)]
    assert len(names) >= 8, names
    folder = core.settings.data_dir / "backups"
    copied = back_up(core.database, core.writer, core.recorder, folder, clock.now())
    copies = shutil.copytree(folder, tmp_path / "stick")

    erase_all(core, services, visit)

    assert traces(core) == {}
    logged = "".join((*capfd.readouterr(), caplog.text)).lower().encode()
    assert [trace for trace in TRACES if trace in logged] == []
    assert core.journal.first_broken_link() is None
    after = back_up(core.database, core.writer, core.recorder, folder, clock.now())
    assert [trace for trace in TRACES if trace in after.path.read_bytes().lower()] == []
    # What others said, and what is counted, is there without the name.
    assert services.visits.by_id(visit.id).persons == 4
    assert Complaint.get().body == "Saya – menunggu."
    core.close()
    restore(copies / copied.path.name, core.settings.data_dir, core.settings.run_dir, clock)
    with contextlib.closing(open_core(core.settings, clock=clock)) as again:
        again_services = build_services(again)
        assert again_services.erasures.of_visit(visit.id) is not None
        assert traces(again) == {}


def test_who_has_the_same_name_keeps_what_is_theirs(core, services, listening) -> None:
    """A name alone says nothing when two people have it: no receipt, no key, no sentence goes."""
    services.lockers.sync_bank({1: True, 2: True}, by=SYSTEM)
    mine = arrive(services, "mine", name=NAME, email=EMAIL, phone=PHONE)
    arrive(
        services, "other", name="KENARI elokwati", email="lain@contoh.id", phone="0812 3456 7890"
    )
    services.keys.note(1, "handed_out", {"holder": NAME}, by=OFFICER)
    services.keys.note(1, "brought_back", {}, by=OFFICER)
    services.lockers.set_condition(2, "blocked", by=OFFICER, note=f"kata {NAME} macet")
    thing = services.found_property.register(
        {"description": "payung", "kept_at": "meja"}, by=OFFICER
    )
    services.found_property.hand_over(
        thing.number, {"handed_to": NAME, "proof": "SIM"}, by=OFFICER, locker_is_empty=True
    )
    services.visits.close(mine.id, by=OFFICER)

    services.erasures.erase(mine.id, by=OFFICER)

    assert FoundProperty.get().handed_to == NAME
    assert {row.holder for row in KeyEvent.select()} == {NAME, ""}
    assert [row.words for row in JournalWords.select()] == [f"kata {NAME} macet"]
