"""The files that answer softcopy requests: brought, picked up by code, forgotten in time."""

import io
import os

import pytest

from appliance.actor import ANYONE, Actor
from appliance.bootstrap import clean
from appliance.clock import ClockQuality
from appliance.errors import Invalid, NotFound, Refused
from appliance.requests.rules import RequestState
from appliance.storage.models import Guest, RequestFile
from tests.entries import filled
from tests.rules.test_requests import spreadsheet
from tests.services.library import OFFICER, new_publication, new_visit

FORM = {"wanted": "Pasaman Dalam Angka 2024", "purpose": "skripsi", "email": "siti@contoh.id"}
PDF = b"%PDF-1.7 jawaban"
DAY_S = 24 * 3600
unmarked = pytest.mark.parametrize("office_name", ["dharmasraya"], indirect=True)


@pytest.fixture
def visit(core, services):
    return new_visit(core, services)


def make(services, visit, **changes: str):
    me = Actor.visitor(visit.uuid)
    return services.requests.make(visit.id, FORM | changes, by=me)


def answered(services, visit, content: bytes = PDF):
    made = make(services, visit)
    return services.answer_files.add(made.id, io.BytesIO(content), by=OFFICER)


def actions(core) -> list[str]:
    return [entry.action for entry in core.journal.latest()]


def today(core) -> str:
    return str(core.office.business_date(core.clock.now()))


def on_disk(core) -> list[bytes]:
    return [path.read_bytes() for path in core.settings.answers_dir.glob("*")]


@unmarked
def test_a_file_is_picked_up_with_the_code_again_and_again(core, services, visit) -> None:
    ready = answered(services, visit)
    services.visits.close(visit.id, by=OFFICER)

    assert ready.state is RequestState.READY
    assert services.requests.waiting_to_be_fetched() == 1
    with pytest.raises(NotFound):
        services.answer_files.file(ready.code)
    for _ in range(2):
        services.answer_files.fetch(ready.code, by=ANYONE)
        found = services.answer_files.file(ready.code)
        assert found.path.read_bytes() == PDF

    assert found.download_name == f"softcopy-bps-{services.office.domain}-{today(core)}.pdf"
    assert services.requests.get(ready.id).state is RequestState.DELIVERED
    assert services.requests.waiting_to_be_fetched() == 0


@unmarked
def test_a_better_file_takes_the_place_of_the_first(core, services, visit) -> None:
    ready = answered(services, visit)

    services.answer_files.add(ready.id, io.BytesIO(b"%PDF-1.7 lebih baik"), by=OFFICER)

    assert on_disk(core) == [b"%PDF-1.7 lebih baik"]
    assert services.answer_files.of(ready.id).size_bytes == 19


@unmarked
def test_a_wrong_file_is_taken_back_before_anybody_has_it(core, services, visit) -> None:
    ready = answered(services, visit)

    services.answer_files.take_back(ready.id, by=OFFICER)

    assert services.requests.get(ready.id).state is RequestState.WAITING
    assert services.answer_files.of(ready.id) is None
    assert on_disk(core) == []
    with pytest.raises(Refused, match="belum siap"):
        services.answer_files.fetch(ready.code, by=ANYONE)


@unmarked
def test_a_wrong_file_is_taken_back_from_who_fetched_it(core, services, visit) -> None:
    ready = answered(services, visit)
    services.answer_files.fetch(ready.code, by=ANYONE)

    for _ in range(2):  # a double tap
        again = services.answer_files.take_back(ready.id, by=OFFICER)

    assert (again.state, again.keeps_until) == (RequestState.WAITING, None)
    assert on_disk(core) == []
    with pytest.raises(NotFound):
        services.answer_files.file(ready.code)
    services.answer_files.add(ready.id, io.BytesIO(PDF), by=OFFICER)
    services.answer_files.fetch(ready.code, by=ANYONE)
    assert services.answer_files.file(ready.code).path.read_bytes() == PDF


@unmarked
def test_what_was_handed_over_without_a_file_has_none_to_take_back(services, visit) -> None:
    made = make(services, visit)
    services.requests.deliver(made.id, by=OFFICER)

    with pytest.raises(Refused):
        services.answer_files.take_back(made.id, by=OFFICER)


@unmarked
def test_what_is_no_answer_leaves_nothing_behind(core, services, visit) -> None:
    made = make(services, visit)

    with pytest.raises(Invalid):
        services.answer_files.add(made.id, io.BytesIO(b"MZ"), by=OFFICER)
    services.requests.cancel(made.id, by=OFFICER)
    with pytest.raises(Refused):
        services.answer_files.add(made.id, io.BytesIO(PDF), by=OFFICER)

    assert not core.settings.answers_dir.exists()


@unmarked
def test_the_softcopy_of_this_house_answers_at_once(core, services, visit) -> None:
    book = new_publication(services)
    file = core.settings.data_dir / "buku.pdf"
    file.write_bytes(b"%PDF-1.7 buku")
    core.writer.run(
        lambda: core.database.execute_sql(
            "UPDATE publication SET softcopy_path = 'buku.pdf' WHERE id = ?", (book.id,)
        )
    )
    made = services.requests.make(visit.id, FORM, by=OFFICER, publication_id=book.id)

    assert services.answer_files.add_softcopy(made.id, by=OFFICER).state is RequestState.READY
    assert on_disk(core) == [b"%PDF-1.7 buku"]
    called = services.answer_files.file_of(made.id).download_name
    assert called == (
        f"kabupaten-pasaman-dalam-angka-2024-{services.office.domain}-{today(core)}.pdf"
    )
    with pytest.raises(NotFound):
        services.answer_files.add_softcopy(make(services, visit).id, by=OFFICER)


def test_a_pdf_waits_for_its_mark_and_a_spreadsheet_for_nothing(services, visit) -> None:
    marked = answered(services, visit)
    plain = make(services, visit, wanted="Tabel kemiskinan")
    plain = services.answer_files.add(plain.id, spreadsheet(), by=OFFICER)

    assert (marked.state, services.answer_files.of(marked.id).is_pending) == ("new", True)
    assert plain.state is RequestState.READY


@unmarked
def test_the_answer_is_judged_once_by_who_has_the_code(services, visit) -> None:
    ready = answered(services, visit)

    with pytest.raises(Refused):
        services.requests.judge(ready.code, {"outcome": "1", "quality": "9"}, by=ANYONE)
    services.answer_files.fetch(ready.code, by=ANYONE)
    for _ in range(2):  # a double tap
        judged = services.requests.judge(ready.code, {"outcome": "1", "quality": "9"}, by=ANYONE)

    assert (judged.outcome, judged.quality) == ("1", 9)
    with pytest.raises(Refused):
        services.requests.judge(ready.code, {"outcome": "3"}, by=ANYONE)


@unmarked
def test_nobody_fetched_it_in_time(core, services, visit, clock) -> None:
    ready = answered(services, visit)
    services.visits.close(visit.id, by=OFFICER)
    clock.advance(13 * DAY_S)
    assert clean(core)["requests"] == 0
    clock.advance(2 * DAY_S)

    assert clean(core)["requests"] == 1

    gone = services.requests.get(ready.id)
    assert gone.state is RequestState.EXPIRED
    assert (gone.wanted, gone.purpose, gone.email, gone.code) == ("", "", "", "")
    assert gone.is_forgotten
    assert on_disk(core) == []
    assert RequestFile.get().name is None
    assert actions(core)[0] == "request.forgotten"
    with pytest.raises(NotFound):
        services.requests.by_code(ready.code)
    assert clean(core)["requests"] == 0


@unmarked
def test_the_time_counts_from_the_answer_and_a_publication_stays_named(
    core, services, visit, clock
) -> None:
    book = new_publication(services, "Bonjol Dalam Angka 2023")
    made = services.requests.make(visit.id, FORM, by=OFFICER, publication_id=book.id)
    clock.advance(20 * DAY_S)
    clean(core)
    assert services.requests.get(made.id).code
    services.requests.refuse(made.id, "not_published", "Terbit Desember.", by=OFFICER)
    clock.advance(15 * DAY_S)

    assert clean(core)["requests"] == 1

    gone = services.requests.get(made.id)
    assert (gone.state, gone.note, gone.wanted) == ("refused", "", "Bonjol Dalam Angka 2023")


@unmarked
def test_a_clock_that_is_wrong_forgets_nothing(core, services, visit, clock) -> None:
    clock.set_quality(ClockQuality.UNSET)
    ready = answered(services, visit)
    assert ready.keeps_until is None
    clock.advance(30 * DAY_S)
    clean(core)
    clock.set_quality(ClockQuality.SYNCED)

    assert clean(core)["requests"] == 0
    assert (
        services.requests.get(ready.id).keeps_until == clock.now() + services.office.requests.kept
    )


def test_what_a_killed_process_left_is_swept_a_day_later(core, services, clock) -> None:
    folder = core.settings.answers_dir
    folder.mkdir()
    for name, age_s in (("lama.pdf", 2 * DAY_S), ("baru.pdf", 60)):
        (folder / name).write_bytes(PDF)
        at = clock.now().timestamp() - age_s
        os.utime(folder / name, (at, at))

    clean(core)

    assert [path.name for path in folder.iterdir()] == ["baru.pdf"]


@unmarked
def test_a_person_who_is_erased_asks_for_nothing_any_more(core, services, clock) -> None:
    visit = services.guestbook.register(
        filled(), channel="phone", language="id", idempotency_key=""
    )
    made = make(services, visit, area="Bonjol")
    services.visits.close(visit.id, by=OFFICER)
    clock.advance(366 * DAY_S)

    clean(core)

    assert Guest.get(Guest.visit == visit.id).erased_at is not None
    gone = services.requests.get(made.id)
    assert (gone.state, gone.email, gone.area, gone.code) == (RequestState.EXPIRED, "", "", "")
    assert services.requests.waiting() == 0
