"""Softcopy requests: made by a visitor, answered in every way, picked up by code, forgotten."""

import io
import os

import pytest

from appliance.actor import ANYONE, Actor
from appliance.bootstrap import clean
from appliance.clock import ClockQuality
from appliance.errors import Invalid, NotFound, Refused
from appliance.requests.rules import RequestState
from appliance.storage import database
from appliance.storage.database import migrate, open_database
from appliance.storage.models import Guest, RequestFile
from appliance.storage.models import Outbox as OutboxRow
from tests.entries import filled
from tests.services.library import OFFICER, new_publication, new_visit

FORM = {"wanted": "Pasaman Dalam Angka 2024", "purpose": "skripsi", "email": "siti@contoh.id"}
PDF = b"%PDF-1.7 jawaban"
DAY_S = 24 * 3600
unmarked = pytest.mark.parametrize("office_name", ["dharmasraya"], indirect=True)


@pytest.fixture
def visit(core, services):
    return new_visit(core, services)


def make(services, visit, key: str = "", **changes: str):
    me = Actor.visitor(visit.uuid)
    return services.requests.make(visit.id, FORM | changes, by=me, idempotency_key=key)


def answered(services, visit, content: bytes = PDF):
    made = make(services, visit)
    return services.answer_files.add(made.id, io.BytesIO(content), by=OFFICER)


def actions(core) -> list[str]:
    return [entry.action for entry in core.journal.latest()]


def on_disk(core) -> list[bytes]:
    return [path.read_bytes() for path in core.settings.answers_dir.glob("*")]


def test_it_is_kept_with_a_code_and_recorded(services, visit, core) -> None:
    made = make(services, visit)

    assert services.requests.of_visit(visit.id) == (made,)
    assert (made.wanted, made.email, made.state) == (
        "Pasaman Dalam Angka 2024",
        "siti@contoh.id",
        RequestState.NEW,
    )
    assert services.requests.by_code(made.code.lower()) == made
    assert actions(core)[0] == "request.made"


def test_what_leaves_is_codes_and_nothing_that_was_written(services, visit, core) -> None:
    make(services, visit, level="4", area="Bonjol", year_from="2020", source="tabulation")
    services.requests.refuse(1, "other", "Rahasia", by=OFFICER)

    told = b"".join(row.payload for row in OutboxRow.select())
    assert b'"level":"4"' in told
    assert b'"state":"refused"' in told
    written = repr(core.journal.latest()).encode() + told
    for text in (b"siti", b"skripsi", b"Pasaman Dalam", b"Bonjol", b"Rahasia"):
        assert text not in written


def test_who_asks_by_phone_still_waits_for_an_officer(services, visit) -> None:
    make(services, visit)

    assert [entry.visit.id for entry in services.visits.queue()] == [visit.id]


def test_a_publication_fills_in_its_title_and_tells_its_numbers(services, visit) -> None:
    book = new_publication(services, "Bonjol Dalam Angka 2023", catalogue_number="1102001.1309")
    me = Actor.visitor(visit.uuid)

    made = services.requests.make(visit.id, {"purpose": "tugas"}, by=me, publication_id=book.id)

    assert (made.publication_id, made.wanted) == (book.id, "Bonjol Dalam Angka 2023")
    assert made.email == ""
    assert b"1102001.1309" in OutboxRow.select().order_by(OutboxRow.id.desc()).first().payload


def test_an_unknown_publication_is_not_found(services, visit) -> None:
    with pytest.raises(NotFound):
        services.requests.make(visit.id, FORM, by=OFFICER, publication_id=999)


def test_only_who_plans_for_the_nation_is_asked_whether_it_is_for_that(core, services) -> None:
    asked = [new_visit(core, services, agency_category=category) for category in ("4", "8")]

    assert [make(services, visit, national="1").national for visit in asked] == ["1", ""]


def test_every_problem_is_named_at_once(services, visit) -> None:
    with pytest.raises(Invalid) as caught:
        make(services, visit, wanted=" ", purpose="", email="siti@")

    assert set(caught.value.problems) == {"wanted", "purpose", "email"}
    assert services.requests.of_visit(visit.id) == ()


def test_the_same_key_makes_one_and_only_of_this_visit(core, services, visit) -> None:
    other = new_visit(core, services)

    assert make(services, visit, "k") == make(services, visit, "k")
    assert make(services, other, "k").visit_id == other.id
    assert len(services.requests.of_visit(visit.id)) == 1


def test_nobody_asks_after_the_visit_or_without_end(services, visit) -> None:
    for _ in range(20):
        make(services, visit)
    with pytest.raises(Refused, match="paling banyak"):
        make(services, visit)
    services.visits.close(visit.id, by=OFFICER)

    with pytest.raises(Refused, match="sudah ditutup"):
        make(services, visit)


def test_it_waits_for_the_line_is_passed_on_and_answered_after_the_visit(services, visit) -> None:
    made = make(services, visit)
    services.visits.close(visit.id, by=OFFICER)

    assert services.requests.wait_for_line(made.id, by=OFFICER).state is RequestState.WAITING
    assert services.requests.pass_on(made.id, by=OFFICER).state is RequestState.SENT
    assert services.requests.waiting() == 1
    done = services.requests.answer(made.id, "Lihat halaman 45.", by=OFFICER)

    assert (done.state, done.note) == (RequestState.ANSWERED, "Lihat halaman 45.")
    assert services.requests.waiting() == 0
    assert services.requests.by_code(made.code) == done


def test_a_refusal_has_a_reason_and_another_one_words(services, visit) -> None:
    made = make(services, visit)

    with pytest.raises(Invalid) as caught:
        services.requests.refuse(made.id, "other", "  ", by=OFFICER)
    assert caught.value.problems == {"note": "Tulis alasan penolakan."}
    done = services.requests.refuse(made.id, "confidential", by=OFFICER)

    assert done.state is RequestState.REFUSED
    assert "dilindungi undang-undang" in done.refusal


def test_handled_twice_alike_is_once_and_otherwise_refused(services, visit, core) -> None:
    made = make(services, visit)

    services.requests.deliver(made.id, by=OFFICER)
    services.requests.deliver(made.id, by=OFFICER)
    with pytest.raises(Refused, match="sudah ditangani"):
        services.requests.refuse(made.id, "not_ours", by=OFFICER)

    assert actions(core).count("request.handled") == 1


def test_two_officers_see_who_looks_after_it(services, visit) -> None:
    made, other = make(services, visit), Actor.staff("rina", "officer")

    assert services.requests.take(made.id, seen="", by=OFFICER).taken_by == "petugas"
    assert services.requests.take(made.id, seen="", by=OFFICER).taken_by == "petugas"
    with pytest.raises(Refused, match="Sudah diambil oleh petugas"):
        services.requests.take(made.id, seen="", by=other)
    assert services.requests.take(made.id, seen="petugas", by=other).taken_by == "rina"


def test_each_list_has_its_own_the_longest_waiting_first(core, services, visit, clock) -> None:
    ids = []
    for _ in range(4):
        ids.append(make(services, visit).id)
        clock.advance(60)
    services.requests.deliver(ids[0], by=OFFICER)
    clock.advance(60)
    services.requests.deliver(ids[2], by=OFFICER)

    assert [made.id for made in services.requests.unanswered()] == [ids[1], ids[3]]
    assert [made.id for made in services.requests.ended()] == [ids[2], ids[0]]


def test_a_look_at_an_address_is_journalled(services, visit, core) -> None:
    made = make(services, visit)

    assert services.requests.look_at(made.id, by=OFFICER) == made

    newest = core.journal.latest(limit=1)[0]
    assert (newest.action, newest.actor) == ("request.read", "officer:petugas")


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

    assert found.download_name == f"softcopy-{ready.code.lower()}.pdf"
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
    with pytest.raises(NotFound):
        services.answer_files.add_softcopy(make(services, visit).id, by=OFFICER)


def test_a_pdf_waits_for_its_mark_and_a_spreadsheet_for_nothing(services, visit) -> None:
    from tests.rules.test_requests import spreadsheet

    marked = answered(services, visit)
    plain = make(services, visit)
    plain = services.answer_files.add(plain.id, spreadsheet(), by=OFFICER)

    assert (marked.state, services.answer_files.of(marked.id).is_pending) == ("new", True)
    assert plain.state is RequestState.READY


@unmarked
def test_the_answer_is_judged_once_by_who_has_the_code(services, visit) -> None:
    ready = answered(services, visit)

    with pytest.raises(Refused):
        services.requests.judge(ready.code, {"outcome": "1", "quality": "9"}, by=ANYONE)
    services.answer_files.fetch(ready.code, by=ANYONE)
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


def test_requests_of_before_come_along(tmp_path, monkeypatch) -> None:
    everything = database._scripts()
    data = open_database(tmp_path / "old.db")
    monkeypatch.setattr(database, "_scripts", lambda: [one for one in everything if one[0] < 14])
    migrate(data)
    connection = data.connection()
    connection.execute("PRAGMA foreign_keys = 0")
    for state, handled in (("new", "NULL"), ("sent", "'then'"), ("refused", "'then'")):
        connection.execute(
            "INSERT INTO softcopy_request (uuid, visit_id, wanted, state, created_at, handled_at,"
            f" handled_by, note) VALUES ('{state}', 1, 'w', '{state}', 'then', {handled},"
            f" {handled}, 'sebab')"
        )
    monkeypatch.setattr(database, "_scripts", lambda: everything)

    migrate(data)

    found = connection.execute("SELECT uuid, state, reason, note FROM softcopy_request ORDER BY id")
    assert list(found) == [
        ("new", "new", "", "sebab"),
        ("sent", "delivered", "", "sebab"),
        ("refused", "refused", "other", "sebab"),
    ]
    data.close()


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
