"""Files that answer requests are marked in the documents process, and told when they cannot be."""

import time

import pymupdf
import pytest

from appliance.actor import ANYONE
from appliance.requests.rules import RequestState
from appliance.requests.views import FileState
from appliance.runtime.wakeup import WakeSocket
from appliance.storage.models import RequestFile, SoftcopyRequest
from appliance.watermarks import rules
from appliance.watermarks.answers import AnswerMarker
from appliance.watermarks.inspection import FileInspector
from appliance.watermarks.rules import Problem
from appliance.watermarks.views import Verdict
from tests import copies_kit as kit
from tests.services.library import OFFICER, new_visit

FORM = {"wanted": "Rahasia Kenari", "purpose": "skripsi"}


@pytest.fixture
def wake(core):
    socket = WakeSocket(core.settings.run_dir, "documents")
    yield socket
    socket.close()


class NoChild(kit.SameProcess):
    """Fails the test that lets it begin."""

    def run(self, module, **order):
        raise AssertionError(f"{module} was started")


@pytest.fixture
def new_marker(core, wake):
    made = []

    def new(child) -> AnswerMarker:
        made.append(
            AnswerMarker(
                books=core.books,
                office=core.office,
                folder=core.settings.answers_dir,
                poke=wake.poke,
                child=child,
            )
        )
        return made[-1]

    yield new
    for marker in made:
        marker.stop()


@pytest.fixture
def marker(new_marker):
    return new_marker(kit.SameProcess())


@pytest.fixture
def made(core, services):
    visit = new_visit(core, services)
    return services.requests.make(visit.id, FORM, by=ANYONE)


def attach(services, made, path):
    with path.open("rb") as file:
        services.answer_files.add(made.id, file, by=OFFICER)


def decided(services, marker, wake, made):
    """Let the documents process work until the file is marked or refused."""
    deadline = time.monotonic() + kit.LONGEST_S
    while services.answer_files.of(made.id).is_pending:
        assert time.monotonic() < deadline, "it was never decided"
        marker.look()
        wake.wait(0.1)
    return services.answer_files.of(made.id)


def test_a_marked_answer_is_ready_and_can_be_verified(
    core, services, marker, wake, made, tmp_path
) -> None:
    attach(services, made, kit.publication(tmp_path / "a.pdf"))

    file = decided(services, marker, wake, made)

    assert file.state is FileState.READY
    assert services.requests.get(made.id).state is RequestState.READY
    services.answer_files.fetch(made.code, by=ANYONE)
    found = services.answer_files.file(made.code)
    seen = FileInspector()
    seen.feed(found.path.read_bytes())
    finding = services.copies.verify_file(seen)
    assert (finding.verdict, finding.number) == (Verdict.GENUINE, file.number)
    assert finding.title == "Data yang diminta"
    with pymupdf.open(found.path) as document:
        assert all(file.number in page.get_text() for page in document)
    assert [path.name for path in core.settings.answers_dir.iterdir()] == [found.path.name]


def test_what_cannot_be_marked_is_handed_out_only_by_a_person(
    services, marker, wake, made, tmp_path
) -> None:
    attach(services, made, kit.signed(tmp_path / "a.pdf"))

    file = decided(services, marker, wake, made)

    assert (file.state, file.problem) == (FileState.REFUSED, Problem.SIGNED)
    assert services.requests.get(made.id).state is RequestState.NEW
    for _ in range(2):  # a double tap
        released = services.answer_files.release(made.id, by=OFFICER)
        assert released.state is RequestState.READY


def test_a_file_taken_back_meanwhile_is_not_handed_out(
    core, services, wake, made, tmp_path, new_marker
) -> None:
    class TakenBack(kit.SameProcess):
        def run(self, module, **order):
            answer = super().run(module, **order)
            services.answer_files.take_back(made.id, by=OFFICER)
            return answer

    attach(services, made, kit.publication(tmp_path / "a.pdf"))
    new_marker(TakenBack()).look()
    deadline = time.monotonic() + kit.LONGEST_S
    while any(core.settings.answers_dir.iterdir()):
        assert time.monotonic() < deadline, "the marked file was kept"
        wake.wait(0.1)

    assert services.requests.get(made.id).state is RequestState.NEW
    assert services.answer_files.of(made.id) is None


@pytest.mark.parametrize("way", ["answered", "delivered", "before"])
def test_what_ends_without_its_file_is_not_marked_for_ever(
    core, services, marker, wake, made, tmp_path, way
) -> None:
    attach(services, made, kit.publication(tmp_path / "a.pdf"))

    if way == "answered":
        services.requests.answer(made.id, "Lihat tabel 3.1", by=OFFICER)
    elif way == "delivered":
        services.requests.deliver(made.id, by=OFFICER)
    else:  # as earlier versions left it
        at = SoftcopyRequest.created_at
        ended = SoftcopyRequest.update(state="answered", changed_at=at, changed_by="rina")
        core.writer.run(ended.execute)
    marker.look()
    deadline = time.monotonic() + kit.LONGEST_S
    while any(core.settings.answers_dir.iterdir()):
        assert time.monotonic() < deadline, "it is marked again and again"
        services.answer_files.delete_dropped()
        wake.wait(0.1)

    assert services.answer_files.of(made.id) is None


def test_no_child_begins_on_a_file_that_is_too_large(
    services, wake, made, tmp_path, new_marker, monkeypatch
) -> None:
    path = kit.publication(tmp_path / "a.pdf")
    attach(services, made, path)
    monkeypatch.setattr(rules, "MOST_BYTES", path.stat().st_size - 1)

    file = decided(services, new_marker(NoChild()), wake, made)

    assert (file.state, file.problem) == (FileState.REFUSED, Problem.TOO_BIG)


def test_what_an_earlier_process_began_is_begun_anew(
    core, services, marker, wake, made, tmp_path
) -> None:
    attach(services, made, kit.publication(tmp_path / "a.pdf"))
    core.writer.run(lambda: RequestFile.update(state=FileState.WORKING).execute())

    assert decided(services, marker, wake, made).state is FileState.READY
