"""What people ask about their data: timed, answered, restricted, and taken away whole."""

import hashlib
import json

import pytest

from appliance.actor import Actor
from appliance.errors import Invalid, NotFound, Refused
from appliance.privacy import my_data, register
from appliance.storage.models import Consent, NoticeText, PrivacyRequest
from tests.entries import filled
from tests.services.library import OFFICER

ADMIN = Actor.staff("admin", "admin")
HOUR_S = 3600
WISH = {"wanted": "PDRB", "purpose": "Skripsi", "email": "siti@contoh.id"}


@pytest.fixture
def visit(services):
    return register_one(services, "one")


def register_one(services, key: str, **answers):
    return services.guestbook.register(
        filled(**answers), channel="phone", language="id", idempotency_key=key
    )


def ask(services, visit, kind: str, words: str = ""):
    me = Actor.visitor(visit.uuid)
    return services.data_rights.ask(visit.id, {"kind": kind, "words": words}, by=me)


def test_the_timer_counts_72_hours_on_the_wall(services, clock, visit) -> None:
    made = ask(services, visit, "access")
    clock.advance(71 * HOUR_S)
    assert not services.data_rights.waiting()[0].is_late

    clock.advance(HOUR_S + 1)

    late = services.data_rights.waiting()[0]
    assert (late.uuid, late.is_late, late.left_s) == (made.uuid, True, -1)


def test_asking_the_same_again_is_the_same_request(services, visit) -> None:
    first = ask(services, visit, "correct", "Nama saya Siti.")

    assert ask(services, visit, "correct", "Lagi.").uuid == first.uuid
    assert len(services.data_rights.of_visit(visit.id)) == 1


@pytest.mark.parametrize(
    ("form", "field"),
    [({}, "kind"), ({"kind": "sell"}, "kind"), ({"kind": "correct", "words": " "}, "words")],
)
def test_a_request_that_says_nothing_is_not_taken(services, visit, form, field) -> None:
    with pytest.raises(Invalid) as invalid:
        services.data_rights.ask(visit.id, form, by=OFFICER)

    assert list(invalid.value.problems) == [field]


def test_an_answer_shows_and_stays(services, visit) -> None:
    made = ask(services, visit, "correct", "Nama saya Siti.")
    with pytest.raises(Invalid):
        services.data_rights.answer(made.uuid, {"answer": ""}, by=OFFICER)

    services.data_rights.answer(made.uuid, {"answer": "Sudah."}, by=OFFICER)
    services.data_rights.answer(made.uuid, {"answer": "Tidak."}, by=OFFICER, refused=True)

    told = services.data_rights.of_visit(visit.id)[0]
    assert (told.state, told.answer, told.is_late) == ("done", "Sudah.", False)
    assert services.data_rights.waiting() == ()
    with pytest.raises(NotFound):
        services.data_rights.answer("none", {"answer": "x"}, by=OFFICER)


def test_what_was_only_said_to_be_done_is_not_done(services, visit) -> None:
    for kind in ("restrict", "erase"):
        made = ask(services, visit, kind)
        with pytest.raises(Invalid):
            services.data_rights.answer(made.uuid, {"answer": "Sudah."}, by=OFFICER)
        assert services.data_rights.of_visit(visit.id)[0].is_open

    said = {"answer": "Kartu masih di sini."}
    services.data_rights.answer(made.uuid, said, by=OFFICER, refused=True)
    services.data_rights.restrict(visit.id, by=OFFICER)

    states = {one.kind: one.state for one in services.data_rights.of_visit(visit.id)}
    assert states == {"erase": "refused", "restrict": "done"}


def test_the_journal_tells_of_a_request_and_not_what_was_written(core, services, visit) -> None:
    made = ask(services, visit, "correct", "Kenariwords")
    services.data_rights.answer(made.uuid, {"answer": "Kenarianswer"}, by=OFFICER)

    lines = [line for line in core.journal.latest(20) if line.action.startswith("data.")]
    assert [line.action for line in lines] == ["data.answered", "data.asked"]
    assert [line for line in lines if "kenari" in f"{line}".lower()] == []


def test_restricted_data_is_kept_out_of_sight_until_it_is_lifted(services, visit) -> None:
    ask(services, visit, "restrict")
    services.data_rights.restrict(visit.id, by=OFFICER)
    services.data_rights.restrict(visit.id, by=OFFICER)

    assert services.visits.by_id(visit.id).name is None
    assert services.guestbook.person(visit.id).phone is None
    assert services.data_rights.withheld(visit.id, by=OFFICER) == {}
    assert services.data_rights.withheld(visit.id, by=ADMIN)["name"] == "Siti Rahmawati"
    assert services.data_rights.of_visit(visit.id)[0].state == "done"

    services.data_rights.lift(visit.id, by=OFFICER)
    services.data_rights.lift(visit.id, by=OFFICER)

    assert services.visits.by_id(visit.id).name == "Siti Rahmawati"


def test_restricted_data_goes_with_an_erasure(core, services, visit) -> None:
    ask(services, visit, "erase", "Kenariwords")
    services.data_rights.restrict(visit.id, by=OFFICER)
    services.visits.close(visit.id, by=OFFICER)

    services.erasures.erase(visit.id, by=OFFICER)

    assert not services.data_rights.is_restricted(visit.id)
    services.data_rights.lift(visit.id, by=OFFICER)
    assert services.visits.by_id(visit.id).name is None
    told = services.data_rights.of_visit(visit.id)[0]
    assert (told.state, told.words) == ("done", "")


def test_my_data_is_all_of_mine_and_nobody_elses(core, services, visit) -> None:
    register_one(services, "other", name="Kenariother", email="kenari@contoh.id")
    services.requests.make(visit.id, WISH, by=OFFICER)
    ask(services, visit, "correct", "Nama saya Siti.")

    text = services.my_data.export(visit.id, by=OFFICER).decode()

    told = json.loads(text)
    assert "kenari" not in text.lower()
    assert told["kept"]["guest"][0]["name"] == "Siti Rahmawati"
    assert told["kept"]["softcopy_request"][0]["wanted"] == "PDRB"
    assert told["kept"]["privacy_request"][0]["words"] == "Nama saya Siti."
    assert told["consent"][0]["action"] == "given"
    assert core.journal.latest(1)[0].action == "data.exported"


def test_my_data_knows_every_table_that_an_erasure_empties() -> None:
    goes = {
        table
        for table, kinds in register.COLUMNS.items()
        if any(register.CATEGORIES[kind].goes for kind in kinds)
    }

    assert set(my_data.TABLES) == goes


def test_a_dry_run_counts_what_would_go_and_erases_nothing(services, clock, visit) -> None:
    services.visits.close(visit.id, by=OFFICER)
    assert services.privacy.would_erase() == {"identity": 0, "complaint": 0, "receiver": 0}
    clock.advance(366 * 24 * HOUR_S)

    assert services.privacy.would_erase() == {"identity": 1, "complaint": 0, "receiver": 0}
    assert services.privacy.would_erase()["identity"] == services.privacy.erase_due()
    assert PrivacyRequest.select().count() == 0


def test_the_hash_of_a_consent_finds_the_words_that_were_shown(services, visit) -> None:
    assert services.privacy.keep_notices() == 4
    assert services.privacy.keep_notices() == 0

    given = Consent.get(Consent.visit == visit.id)
    kept = NoticeText.get(NoticeText.text_hash == given.text_hash)
    assert hashlib.sha256(kept.text.encode()).hexdigest() == given.text_hash
    assert (kept.version, kept.language) == (given.notice_version, given.language)


def test_what_is_restricted_takes_no_writing_by_any_address(services, visit) -> None:
    services.data_rights.restrict(visit.id, by=OFFICER)

    with pytest.raises(Refused):
        services.guestbook_desk.answers(visit.id)
    with pytest.raises(Refused):
        services.guestbook_desk.amend(visit.id, filled(name="Budi"), by=OFFICER, reason="typed")
    services.data_rights.lift(visit.id, by=OFFICER)

    assert services.guestbook_desk.answers(visit.id)["name"] == "Siti Rahmawati"


def test_the_address_of_a_request_rests_with_its_visitor(services, visit) -> None:
    made = services.requests.make(visit.id, WISH, by=OFFICER)
    services.data_rights.restrict(visit.id, by=OFFICER)

    shown = services.requests.by_code(made.code)
    assert (shown.email, shown.wanted) == ("", "PDRB")
    services.data_rights.lift(visit.id, by=OFFICER)

    assert services.requests.by_code(made.code).email == "siti@contoh.id"


def test_what_can_have_no_sensible_end_is_not_asked(services, visit) -> None:
    with pytest.raises(Refused):
        ask(services, visit, "lift")
    services.data_rights.restrict(visit.id, by=OFFICER)
    with pytest.raises(Refused):
        ask(services, visit, "restrict")
    services.visits.close(visit.id, by=OFFICER)
    services.erasures.erase(visit.id, by=OFFICER)

    for kind in ("access", "restrict", "erase"):
        with pytest.raises(Refused):
            ask(services, visit, kind)
    with pytest.raises(Refused):
        services.data_rights.restrict(visit.id, by=OFFICER)


def test_what_is_open_when_the_time_is_over_ends_with_the_data(services, clock, visit) -> None:
    ask(services, visit, "correct", "Nama saya Siti.")
    ask(services, visit, "erase")
    services.visits.close(visit.id, by=OFFICER)
    clock.advance(400 * 24 * HOUR_S)

    services.privacy.erase_due()

    told = {one.kind: (one.state, one.words) for one in services.data_rights.of_visit(visit.id)}
    assert told == {"correct": ("ended", ""), "erase": ("done", "")}
    assert services.data_rights.waiting() == ()


def test_what_is_open_when_somebody_is_erased_ends_with_the_data(core, services, visit) -> None:
    ask(services, visit, "correct", "Nama saya Siti.")
    ask(services, visit, "erase")
    services.visits.close(visit.id, by=OFFICER)

    services.erasures.erase(visit.id, by=OFFICER)

    told = {one.kind: one.state for one in services.data_rights.of_visit(visit.id)}
    assert told == {"correct": "ended", "erase": "done"}
    lines = [line.action for line in core.journal.latest(10)]
    assert lines.count("data.answered") == 2
