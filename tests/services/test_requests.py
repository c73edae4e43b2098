"""Softcopy requests: made by a visitor, answered in words, refused; what leaves the house."""

import pytest

from appliance.actor import Actor
from appliance.errors import Invalid, NotFound, Refused
from appliance.requests.rules import RequestState
from appliance.storage import database
from appliance.storage.database import migrate, open_database
from appliance.storage.models import Outbox as OutboxRow
from tests.services.library import OFFICER, new_publication, new_visit

FORM = {"wanted": "Pasaman Dalam Angka 2024", "purpose": "skripsi", "email": "siti@contoh.id"}


@pytest.fixture
def visit(core, services):
    return new_visit(core, services)


def make(services, visit, key: str = "", **changes: str):
    me = Actor.visitor(visit.uuid)
    return services.requests.make(visit.id, FORM | changes, by=me, idempotency_key=key)


def actions(core) -> list[str]:
    return [entry.action for entry in core.journal.latest()]


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


def test_the_same_wish_once_more_is_the_same_request_until_it_is_over(services, visit) -> None:
    book = new_publication(services, "Bonjol Dalam Angka 2023")
    me = Actor.visitor(visit.uuid)

    def ask(**said: str):
        form = {"purpose": "tugas"} | said
        return services.requests.make(visit.id, form, by=me, publication_id=book.id)

    first, described = ask(), make(services, visit, "one")
    assert ask().id == first.id
    assert make(services, visit, "two", wanted=" pasaman dalam  angka 2024 ").id == described.id
    assert make(services, visit, area="Bonjol").id != described.id
    assert ask(email="siti@contoh.id", purpose="skripsi").email == "siti@contoh.id"
    assert services.requests.get(first.id).purpose == "skripsi"

    services.requests.cancel(first.id, by=me)
    assert ask().id != first.id


def test_another_visit_asks_for_itself_and_a_changed_request_is_journalled(
    core, services, visit
) -> None:
    made, other = make(services, visit), make(services, new_visit(core, services))
    make(services, visit, email="")

    assert made.id != other.id
    newest = core.journal.latest()[0]
    assert (newest.action, newest.detail) == ("request.changed", '{"fields": ["email"]}')


def test_nobody_asks_after_the_visit_or_without_end(services, visit) -> None:
    for year in range(2000, 2020):
        make(services, visit, year_from=str(year))
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
    for year in ("2020", "2021", "2022", "2023"):
        ids.append(make(services, visit, year_from=year).id)
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
