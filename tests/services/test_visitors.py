"""People who come again: found by number and name or by a card, and shown to nobody in full."""

import pytest

from appliance.actor import Actor
from appliance.codes import parse_card_code
from appliance.errors import Invalid, NotFound, Refused
from appliance.storage.models import Visitor, VisitorVisit
from tests.entries import filled

OFFICER = Actor.staff("rina", "officer")
YEAR_S = 366 * 24 * 3600
PHONE = "0812 3456 7890"


@pytest.fixture
def arrive(services):
    """Call with changes of the form: a new visit of a phone."""

    def make(key: str = "", returning: str = "", **changes: str):
        return services.guestbook.register(
            filled(**changes),
            channel="phone",
            language="id",
            idempotency_key=key,
            returning=returning,
        )

    return make


def persons() -> int:
    return Visitor.select().count()


def test_the_same_number_and_name_is_one_person(services, arrive) -> None:
    first = arrive()
    again = arrive(phone="+62 812-3456-7890", name="siti  RAHMAWATI")

    known = services.visitors.by_contact("Siti Rahmawati", "081234567890")

    assert (persons(), known.visits) == (1, 2)
    assert (known.masked_name, known.masked_phone) == ("S••• R•••", "•••• 7890")
    assert [visit.id for visit in services.visitors.visits_of(known.id)] == [again.id, first.id]
    assert "Siti" not in repr(known)


@pytest.mark.parametrize(
    ("name", "phone"),
    [("Siti Rahmawati", "0812 3456 7891"), ("Budi", PHONE), ("Siti", ""), ("", PHONE), ("x", "y")],
)
def test_half_of_it_finds_nobody(services, arrive, name: str, phone: str) -> None:
    arrive()

    with pytest.raises(NotFound):
        services.visitors.by_contact(name, phone)


def test_a_family_with_one_telephone_stays_two_people(services, arrive) -> None:
    arrive()
    arrive(name="Budi Rahman")

    assert persons() == 2
    assert services.visitors.by_contact("budi rahman", PHONE).masked_name == "B••• R•••"


def test_two_records_of_one_name_and_number_are_found_by_nobody(services, arrive) -> None:
    one, other = arrive(), arrive(phone="0813 1111 2222")
    twin = arrive(phone="")
    services.guestbook_desk.amend(twin.id, filled(), by=OFFICER, reason="told")

    with pytest.raises(NotFound):
        services.visitors.by_contact("Siti Rahmawati", PHONE)
    assert persons() == 3
    assert services.visitors.of_visit(arrive().id).id not in {
        services.visitors.of_visit(visit.id).id for visit in (one, other, twin)
    }


def test_who_comes_again_leaves_the_lasting_answers_out(services, arrive) -> None:
    first = arrive(occupation="7", occupation_other="Nelayan")
    known = services.visitors.of_visit(first.id)
    today = {"services": ["8"], "channels": ["1"], "purpose": "4", "consent": "1"}

    visit = services.guestbook.register(
        today | {"agency_name": "Dinas Perikanan"},
        channel="kiosk",
        language="id",
        idempotency_key="again",
        returning=known.uuid,
    )

    person = services.guestbook.person(visit.id)
    assert (person.name, person.phone) == ("Siti Rahmawati", "081234567890")
    assert person.agency_name == "Dinas Perikanan"
    assert visit.statistics.occupation_other == "Nelayan"
    assert (visit.statistics.purpose, visit.services) == ("4", ("8",))
    assert services.guestbook.person(first.id).agency_name == "Universitas Andalas"
    assert services.visitors.of_visit(visit.id).visits == 2


def test_whoever_says_to_be_nobody_known_fills_everything_in(services) -> None:
    with pytest.raises(Invalid) as caught:
        services.guestbook.register(
            {"consent": "1"}, channel="phone", language="id", idempotency_key="", returning="x"
        )

    assert "name" in caught.value.problems


def test_a_card_finds_its_holder_until_it_is_void(core, services, arrive) -> None:
    known = services.visitors.of_visit(arrive().id)

    first = services.visitors.issue_card(known.id, by=OFFICER)
    second = services.visitors.issue_card(known.id, by=OFFICER)

    assert services.visitors.by_card(f" {second.lower()} ").id == known.id
    with pytest.raises(NotFound):
        services.visitors.by_card(first)
    assert second.removeprefix("RBV") not in str(
        core.database.execute_sql("SELECT card_hash FROM visitor").fetchall()
    )
    services.visitors.revoke_card(known.id, by=OFFICER)
    with pytest.raises(NotFound):
        services.visitors.by_card(second)
    with pytest.raises(Refused):
        services.visitors.revoke_card(known.id, by=OFFICER)


@pytest.mark.parametrize("text", ["", "RBV", "RBV" + "0" * 15, "RBTABCDEFGH", "é" * 16, "1" * 16])
def test_what_is_no_card_is_none(text: str) -> None:
    assert parse_card_code(text) is None


def test_two_records_become_one_and_one_visit_is_taken_out_again(core, services, arrive) -> None:
    kept, other = arrive(), arrive(phone="", name="Siti R.")
    kept_id = services.visitors.of_visit(kept.id).id
    other_id = services.visitors.of_visit(other.id).id
    card = services.visitors.issue_card(other_id, by=OFFICER)

    with pytest.raises(Invalid):
        services.visitors.merge(kept_id, other_id, by=OFFICER, reason="Siti itu Ani")
    with pytest.raises(Refused):
        services.visitors.merge(kept_id, kept_id, by=OFFICER, reason="twice")
    merged = services.visitors.merge(kept_id, other_id, by=OFFICER, reason="twice")

    assert (merged.visits, merged.has_card, persons()) == (2, True, 1)
    assert services.visitors.by_card(card).id == kept_id
    assert services.guestbook.person(other.id).name == "Siti R."
    note = core.journal.latest(1)[0]
    assert (note.action, note.actor) == ("visitor.merged", "officer:rina")
    assert "Siti" not in note.detail

    parted = services.visitors.part(other.id, by=OFFICER)
    assert (parted.id != kept_id, parted.visits) == (True, 1)
    with pytest.raises(Refused):
        services.visitors.part(other.id, by=OFFICER)


def test_twins_are_offered_by_their_number(services, arrive) -> None:
    one, other = arrive(), arrive(name="Siti R.")

    (twin,) = services.visitors.twins(services.visitors.of_visit(one.id).id)

    assert twin.id == services.visitors.of_visit(other.id).id


def test_erasing_the_last_visit_forgets_the_person_and_the_card(services, clock, arrive) -> None:
    visit = arrive()
    known = services.visitors.of_visit(visit.id)
    services.visitors.issue_card(known.id, by=OFFICER)
    services.visits.close(visit.id, by=OFFICER)
    clock.advance(YEAR_S)
    later = arrive(name="Budi")

    services.privacy.erase_due()

    assert VisitorVisit.select().count() == persons() == 1
    assert services.visitors.of_visit(visit.id) is None
    assert services.visitors.of_visit(later.id).visits == 1
