"""Copies from the wish to the file: prepared by the documents process, served, verified."""

import errno
import hashlib
import shutil
from pathlib import Path
from types import SimpleNamespace

import pytest

from appliance.actor import Actor
from appliance.bootstrap import build_services
from appliance.documents import files
from appliance.documents.child import Child
from appliance.errors import Invalid, NotFound, Refused, Unavailable
from appliance.storage.models import MarkedCopy, Outbox, PreparedCopy, Publication
from appliance.watermarks import prepared_file, rules
from appliance.watermarks.inspection import FileInspector
from appliance.watermarks.rules import CopyState, Problem
from appliance.watermarks.views import Verdict
from tests import copies_kit as kit
from tests.running_demo import wait_until
from tests.services.library import new_visit

PURPOSE = "4"


@pytest.fixture
def preparer(core, attended):
    made = kit.new_preparer(core, attended)
    yield made
    made.stop()


@pytest.fixture
def book(core, services):
    return kit.add_book(core, services, kit.publication)


@pytest.fixture
def visit(core, services):
    return new_visit(core, services)


def copy_of(services, visit, book, key=""):
    me = Actor.visitor(visit.uuid)
    return services.copies.make(visit.id, book.id, PURPOSE, by=me, idempotency_key=key)


def content(services, visit, number) -> bytes:
    found = services.copies.file(visit.id, number)
    with found.file:
        return found.file.read()


def looked_through(data: bytes, piece: int = 1000) -> FileInspector:
    seen = FileInspector()
    for start in range(0, len(data), piece):
        seen.feed(data[start : start + piece])
    return seen


def test_a_copy_is_the_prepared_file_with_the_visitors_part(
    core, services, preparer, attended, book, visit
):
    assert kit.prepared(services, preparer, attended, book).state is CopyState.READY

    note = copy_of(services, visit, book)

    data = content(services, visit, note.number)
    row = MarkedCopy.get()
    assert (row.sha256, row.size_bytes) == (hashlib.sha256(data).hexdigest(), len(data))
    (core.settings.data_dir / "copy.pdf").write_bytes(data)
    before = kit.shown(core.settings.data_dir / f"{book.id}.pdf", 2)
    assert kit.changed_share(before, kit.shown(core.settings.data_dir / "copy.pdf", 2)) > 0.01
    name = services.copies.file(visit.id, note.number).download_name
    assert name == f"pasaman-dalam-angka-2024-{note.number}.pdf".lower()


def test_a_part_of_a_copy_can_be_read_across_the_seam(services, preparer, attended, book, visit):
    kit.prepared(services, preparer, attended, book)
    note = copy_of(services, visit, book)
    whole = content(services, visit, note.number)
    seam = PreparedCopy.get().size_bytes

    with services.copies.file(visit.id, note.number).file as file:
        for start, length in ((seam - 10, 20), (seam, 5), (0, 9), (len(whole) - 3, 50)):
            file.seek(start)
            assert b"".join(iter(lambda: file.read(7), b""))[:length] == whole[start:][:length]
        assert file.size_bytes == len(whole)


def test_it_is_prepared_once_for_everybody(core, services, preparer, attended, book, visit):
    kit.prepared(services, preparer, attended, book)
    other = new_visit(core, services)

    notes = [copy_of(services, who, book) for who in (visit, other)]

    assert PreparedCopy.select().count() == 1
    assert len({note.number for note in notes}) == 2
    assert not core.settings.prepared_dir.joinpath("1.pdf.part").exists()


def test_nobody_else_fetches_a_copy(core, services, preparer, attended, book, visit):
    kit.prepared(services, preparer, attended, book)
    note = copy_of(services, visit, book)
    other = new_visit(core, services)

    with pytest.raises(NotFound):
        services.copies.file(other.id, note.number)


@pytest.mark.parametrize(
    "harm", [Path.unlink, lambda path: path.write_bytes(path.read_bytes()[::-1])]
)
def test_a_prepared_file_that_the_card_lost_or_changed_is_made_anew(
    core, services, preparer, attended, book, visit, harm
):
    kit.prepared(services, preparer, attended, book)
    first = copy_of(services, visit, book)
    harm(core.settings.prepared_dir / "1.pdf")

    with pytest.raises(NotFound):
        services.copies.file(visit.id, first.number)
    with pytest.raises(Refused, match="masih disiapkan"):
        copy_of(services, visit, book)
    assert services.copies.offer(book.id).is_pending
    kit.prepared(services, preparer, attended, book)
    again = copy_of(services, visit, book)

    finding = services.copies.verify_file(looked_through(content(services, visit, again.number)))
    assert finding.verdict is Verdict.GENUINE


def test_the_ledger_and_the_outbox_hold_no_person(core, services, preparer, attended, book, visit):
    kit.prepared(services, preparer, attended, book)

    note = copy_of(services, visit, book)

    fact = Outbox.select().order_by(Outbox.id.desc()).get()
    assert fact.type.endswith("copy.made.v1")
    assert visit.uuid not in str(fact.__data__)
    assert services.copies.of_visit(visit.id) == (note,)


def test_the_same_form_twice_is_one_copy(services, preparer, attended, book, visit):
    kit.prepared(services, preparer, attended, book)

    first, second = (copy_of(services, visit, book, "key") for _ in range(2))

    assert first == second
    assert MarkedCopy.select().count() == 1


def test_a_purpose_of_the_list_is_asked_for(services, preparer, attended, book, visit):
    kit.prepared(services, preparer, attended, book)

    with pytest.raises(Invalid):
        services.copies.make(visit.id, book.id, "Siti", by=Actor.visitor(visit.uuid))


def test_a_visit_has_no_end_of_copies(services, preparer, attended, book, visit, monkeypatch):
    kit.prepared(services, preparer, attended, book)
    monkeypatch.setattr(rules, "MOST_COPIES", 2)
    for _ in range(2):
        copy_of(services, visit, book)

    with pytest.raises(Refused, match="paling banyak 2"):
        copy_of(services, visit, book)


def test_a_copy_waits_for_its_file(services, attended, book, visit):
    with pytest.raises(Refused, match="disiapkan"):
        copy_of(services, visit, book)


def test_nobody_prepares_while_the_process_is_away(services, book):
    with pytest.raises(Unavailable):
        services.copies.ask(book.id)


@pytest.mark.parametrize(
    ("maker", "problem"),
    [
        (kit.signed, Problem.SIGNED),
        (lambda path: path.write_bytes(b"%PDF-1.7 nothing"), Problem.DAMAGED),
        (
            lambda path: kit.publication(path, encryption=4, user_pw="x", owner_pw="y"),
            Problem.ENCRYPTED,
        ),
    ],
)
def test_a_refusal_is_told_and_remembered(
    core, services, preparer, attended, maker, problem, visit
):
    book = kit.add_book(core, services, maker)

    offer = kit.prepared(services, preparer, attended, book)

    assert (offer.state, offer.problem) == (CopyState.REFUSED, problem)
    services.copies.ask(book.id)
    assert PreparedCopy.select().count() == 1
    with pytest.raises(Refused, match=offer.sentence[:20]):
        copy_of(services, visit, book)


def test_what_was_refused_is_tried_again_once_the_file_is_another(
    core, services, preparer, attended
):
    book = kit.add_book(core, services, kit.signed)
    assert kit.prepared(services, preparer, attended, book).state is CopyState.REFUSED

    kit.publication(core.settings.data_dir / f"{book.id}.pdf")

    assert services.copies.offer(book.id).state is None
    assert kit.prepared(services, preparer, attended, book).state is CopyState.READY


def test_a_replaced_file_is_prepared_anew(core, services, preparer, attended, book, visit):
    kit.prepared(services, preparer, attended, book)
    note = copy_of(services, visit, book)

    kit.publication(core.settings.data_dir / f"{book.id}.pdf", pages=7)
    kit.prepared(services, preparer, attended, book)

    assert [row.pages for row in PreparedCopy.select().order_by(PreparedCopy.id)] == [3, 7]
    assert {path.name for path in core.settings.prepared_dir.iterdir()} == {"2.pdf"}
    with pytest.raises(NotFound):
        services.copies.file(visit.id, note.number)


def test_a_missing_file_is_told_and_may_come_back(core, services, preparer, attended, book):
    file = core.settings.data_dir / f"{book.id}.pdf"
    kept = file.read_bytes()
    file.unlink()

    assert services.copies.offer(book.id).problem is Problem.MISSING
    file.write_bytes(kept)
    assert kit.prepared(services, preparer, attended, book).state is CopyState.READY


def test_a_path_out_of_the_data_folder_is_no_softcopy(core, services, book):
    core.writer.run(lambda: Publication.update(softcopy_path="../../etc/passwd").execute())

    assert services.copies.offer(book.id).problem is Problem.MISSING


def test_the_longest_unused_file_makes_room(
    core, services, preparer, attended, book, clock, monkeypatch
):
    other = kit.add_book(core, services, kit.publication, "Buku lain")
    kit.prepared(services, preparer, attended, book)
    clock.advance(60)
    monkeypatch.setattr(rules, "budget_bytes", lambda total: 2000)

    kit.prepared(services, preparer, attended, other)

    # Room is made behind the one that is ready.
    wait_until(lambda: {path.name for path in core.settings.prepared_dir.iterdir()} == {"2.pdf"})
    assert services.copies.offer(book.id).state is None
    assert services.copies.offer(other.id).state is CopyState.READY


def test_a_nearly_full_disk_refuses_for_now(core, services, preparer, attended, book, monkeypatch):
    with monkeypatch.context() as full:
        full.setattr(shutil, "disk_usage", lambda _: SimpleNamespace(total=1 << 40, free=9))
        assert kit.prepared(services, preparer, attended, book).problem == Problem.DISK_FULL

    assert kit.prepared(services, preparer, attended, book).state is CopyState.READY


def test_a_disk_that_fails_ends_no_process(services, preparer, attended, book, monkeypatch):
    def full(part, target):
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as failing:
        failing.setattr(files, "put_in_place", full)
        assert kit.prepared(services, preparer, attended, book).problem == Problem.DISK_FULL

    assert kit.prepared(services, preparer, attended, book).state is CopyState.READY


def test_what_a_killed_process_left_is_put_right(core, services, attended, book, visit):
    first = kit.new_preparer(core, attended, Child())
    services.copies.ask(book.id)
    first.look()
    first.stop()
    assert PreparedCopy.get().state in (CopyState.WORKING, CopyState.READY)
    folder = core.settings.prepared_dir
    (folder / "99.pdf").write_bytes(b"nobody's")
    (folder / "1.pdf.part").write_bytes(b"half")

    again = kit.new_preparer(core, attended, Child())
    assert kit.prepared(services, again, attended, book).state is CopyState.READY
    again.stop()

    assert {path.name for path in folder.iterdir()} == {"1.pdf"}


def test_another_look_prepares_anew(core, services, preparer, attended, book, monkeypatch):
    kit.prepared(services, preparer, attended, book)
    preparer.stop()
    monkeypatch.setattr(rules, "VERSION", rules.VERSION + 1)
    later = build_services(core)

    again = kit.new_preparer(core, attended)
    assert kit.prepared(later, again, attended, book).state is CopyState.READY
    again.stop()

    assert {path.name for path in core.settings.prepared_dir.iterdir()} == {"2.pdf"}


@pytest.mark.parametrize(
    ("code", "complaint", "problem"),
    [
        (3, "warning: x\nsigned\n", Problem.SIGNED),
        (-14, "", Problem.TOO_HEAVY),
        (-9, "no answer within 130 s", Problem.TOO_HEAVY),
        (1, "MemoryError", Problem.TOO_HEAVY),
        (-11, "", Problem.DAMAGED),
        (1, "OSError: [Errno 28] No space left on device", Problem.DISK_FULL),
        (1, "", Problem.FAILED),
    ],
)
def test_every_end_of_the_child_is_a_problem_with_a_sentence(code, complaint, problem):
    assert prepared_file.problem_of(code, complaint) is problem
    assert rules.sentence(problem)


@pytest.mark.parametrize("office_name", ["dharmasraya"], indirect=True)
def test_an_office_without_marks_hands_out_the_file_itself(core, services, book, visit):
    offer = services.copies.offer(book.id)

    for _ in range(3):  # however often it is tapped
        services.copies.note_unmarked(visit.id, book.id, by=Actor.visitor(visit.uuid))
    found = services.copies.unmarked_file(book.id)

    with found.file:
        assert found.file.read() == (core.settings.data_dir / f"{book.id}.pdf").read_bytes()
    assert offer.is_ready
    assert MarkedCopy.select().count() == 0
    assert sum(b"copy.made" in row.payload for row in Outbox.select()) == 1


def test_verifying_tells_genuine_changed_cut_and_unknown_apart(
    core, services, preparer, attended, book, visit
):
    kit.prepared(services, preparer, attended, book)
    note = copy_of(services, visit, book)
    data = content(services, visit, note.number)
    base = (core.settings.prepared_dir / "1.pdf").read_bytes()
    foreign = data.replace(note.number.encode(), b"1309-2026-00000000")

    def verdict(seen: bytes) -> Verdict:
        return services.copies.verify_file(looked_through(seen)).verdict

    assert verdict(data) is Verdict.GENUINE
    assert verdict(data[:500] + b"x" + data[501:]) is Verdict.CHANGED
    assert verdict(data + b"\n%signed later") is Verdict.CHANGED
    assert verdict(base) is Verdict.CUT
    assert verdict(base + b"x") is Verdict.UNKNOWN
    assert verdict(foreign) is Verdict.FOREIGN_NUMBER
    assert verdict(b"") is Verdict.UNKNOWN
    found = services.copies.verify_file(looked_through(data, piece=1))
    assert (found.number, found.title, found.purpose) == (note.number, book.title, PURPOSE)


def test_a_number_is_found_however_it_is_typed(services, preparer, attended, book, visit):
    kit.prepared(services, preparer, attended, book)
    number = copy_of(services, visit, book).number

    for typed in (
        number,
        number.lower(),
        number.replace("-", " "),
        f" {number[:12]}{number[12:]} ",
    ):
        assert services.copies.verify_number(typed).verdict is Verdict.KNOWN_NUMBER
    for typed in ("", "1309-2026-00000000", number[:-1], number + "0", "x" * 9000):
        with pytest.raises(NotFound):
            services.copies.verify_number(typed)


def test_an_erased_visit_leaves_the_copy_to_be_verified(services, preparer, attended, book, visit):
    kit.prepared(services, preparer, attended, book)
    number = copy_of(services, visit, book).number
    MarkedCopy.update(visit=None).execute()

    assert services.copies.verify_number(number).title == book.title
