"""Cards whose owners have gone, and cards in the wrong hands."""

import pytest

from appliance.deposits.swaps import HERE, WITH_OTHER, WITH_OWNER
from appliance.errors import Invalid, NotFound, Refused
from tests.services.library import OFFICER, new_visit

pytestmark = pytest.mark.parametrize("office_name", ["dharmasraya"], indirect=True)
DAY_S = 24 * 3600


@pytest.fixture
def taken(core, services):
    """A card, and its visit."""

    def take(card_type: str = "KTP"):
        visit = new_visit(core, services)
        return services.deposits.receive(visit.id, card_type, by=OFFICER), visit

    return take


@pytest.fixture
def forgotten(services, taken, clock):
    """A card whose owner went home yesterday without a word."""
    card, _visit = taken()
    clock.advance(DAY_S)
    services.visits.close_day()
    return card


def test_who_is_still_in_the_room_is_on_no_list(services, taken) -> None:
    taken()

    assert services.uncollected.all() == ()


def test_what_was_forgotten_gets_older_until_something_is_due(services, forgotten, clock) -> None:
    seen = []
    for _ in range(30):
        line = services.uncollected.all()[0]
        seen.append((line.days, line.should_be_sealed, line.should_be_handed_over))
        clock.advance(DAY_S)

    assert seen[0] == (1, False, False)
    assert seen[1] == (2, False, False)
    assert seen[2] == (3, True, False)
    assert seen[-1] == (30, True, True)


def test_tries_to_reach_the_owner_are_kept_with_whoever_made_them(services, forgotten) -> None:
    services.uncollected.note_contact(forgotten.id, "called", "no_answer", by=OFFICER)
    services.uncollected.note_contact(
        forgotten.id, "messaged", "will_come", "datang besok pagi", by=OFFICER
    )

    tries = services.uncollected.all()[0].contacts
    assert [(one.way, one.outcome, one.note, one.by) for one in tries] == [
        ("messaged", "will_come", "datang besok pagi", "petugas"),
        ("called", "no_answer", "", "petugas"),
    ]
    with pytest.raises(Invalid) as caught:
        services.uncollected.note_contact(forgotten.id, "x", "y", by=OFFICER)
    assert set(caught.value.problems) == {"way", "outcome"}


def test_an_envelope_has_a_number_and_frees_the_slot(services, forgotten, taken) -> None:
    for _ in range(2):
        sealed = services.uncollected.seal(forgotten.id, by=OFFICER)
    assert (sealed.state, sealed.envelope_label) == ("sealed", "AM-0001")
    assert taken()[0].tray_slot == forgotten.tray_slot

    assert services.deposits.give_back(forgotten.visit_id, by=OFFICER).state == "returned"
    assert services.uncollected.all() == ()


def test_nothing_is_sealed_or_handed_over_while_its_owner_is_here(services, taken) -> None:
    card, _visit = taken()

    with pytest.raises(Refused, match="masih tercatat di ruangan"):
        services.uncollected.seal(card.id, by=OFFICER)
    with pytest.raises(Refused, match="masih tercatat di ruangan"):
        services.uncollected.hand_over(card.id, "police", by=OFFICER)


def test_a_hand_over_has_a_receipt_and_no_name(services, core, forgotten) -> None:
    with pytest.raises(Invalid):
        services.uncollected.hand_over(forgotten.id, "tetangga", by=OFFICER)
    for _ in range(2):
        handed = services.uncollected.hand_over(
            forgotten.id, "disdukcapil", by=OFFICER, note="loket Pulau Punjung"
        )

    assert (handed.state, handed.receipt_label) == ("handed_over", "BK-0001")
    assert services.deposits.held() == ()
    # The portal must not hear that its owner has it.
    assert core.journal.latest(1)[0].action == "deposit.handed_over"
    with pytest.raises(NotFound):
        services.deposits.give_back(forgotten.visit_id, by=OFFICER)


# Swapped


def test_both_have_the_other_ones_card_until_both_are_put_right(services, taken) -> None:
    (a, _), (b, _) = taken(), taken()
    for card in (a, b):
        services.deposits.give_back(card.visit_id, by=OFFICER)

    swap = services.swaps.note(a.id, b.id, (WITH_OTHER, WITH_OTHER), by=OFFICER)
    assert [one.state for one in swap.deposits] == ["swapped", "swapped"]
    assert {one.id for one in services.deposits.owed()} == {a.id, b.id}

    swap = services.swaps.put_right(swap.id, a.id, WITH_OWNER, by=OFFICER)
    assert swap.settled_at is None
    swap = services.swaps.put_right(swap.id, b.id, HERE, by=OFFICER)

    assert swap.settled_by == "petugas"
    assert services.swaps.open() == ()
    assert [one.state for one in swap.deposits] == ["returned", "left_behind"]


def test_the_card_that_was_noted_as_returned_is_found_in_the_tray(services, taken) -> None:
    """The officer gave B's card to A: A's is still here, and B waits at the desk."""
    (a, _), (b, visit_b) = taken(), taken()
    services.deposits.give_back(a.visit_id, by=OFFICER)

    services.swaps.note(a.id, b.id, (HERE, WITH_OTHER), by=OFFICER, note="map tertukar")

    assert services.deposits.get(a.id).state == "left_behind"
    assert services.deposits.get(a.id).tray_slot == a.tray_slot
    assert services.deposits.get(b.id).state == "swapped"
    assert services.checkout.checklist(visit_b.id).get("card").is_excepted


def test_a_swap_says_of_two_different_cards_where_they_are(services, taken) -> None:
    (a, _), (b, _) = taken(), taken()

    for other, places in (
        (None, (WITH_OTHER, WITH_OTHER)),
        (a.id, (WITH_OTHER, WITH_OTHER)),
        (b.id, (HERE, WITH_OWNER)),
        (b.id, ("", WITH_OTHER)),
    ):
        with pytest.raises(Invalid):
            services.swaps.note(a.id, other, places, by=OFFICER)
    services.swaps.note(a.id, b.id, (WITH_OTHER, WITH_OTHER), by=OFFICER)
    with pytest.raises(Refused, match="sudah tercatat"):
        services.swaps.note(b.id, a.id, (WITH_OTHER, WITH_OTHER), by=OFFICER)


def test_the_other_card_is_looked_for_among_those_of_the_day(services, taken, forgotten) -> None:
    (a, _), (b, _) = taken(), taken()
    services.deposits.give_back(b.visit_id, by=OFFICER)

    assert {one.id for one in services.swaps.candidates(a.id)} == {b.id, forgotten.id}


def test_a_plain_return_of_a_swapped_card_ends_the_swap(services, taken) -> None:
    (a, _), (b, _) = taken(), taken()
    services.deposits.give_back(b.visit_id, by=OFFICER)
    swap = services.swaps.note(a.id, b.id, (WITH_OTHER, WITH_OTHER), by=OFFICER)

    services.deposits.give_back(a.visit_id, by=OFFICER)
    assert [one.id for one in services.swaps.open()] == [swap.id]
    services.deposits.give_back(b.visit_id, by=OFFICER)

    assert services.swaps.open() == ()
    assert services.swaps.of_deposit(a.id)[0].settled_by == "petugas"


# Noted as returned by mistake


def test_a_return_by_mistake_is_undone_and_check_out_asks_for_the_card_again(
    services, taken, core
) -> None:
    card, visit = taken()
    services.deposits.give_back(visit.id, by=OFFICER)
    other, _ = taken()  # which gets the slot that became free
    assert other.tray_slot == card.tray_slot
    assert [one.id for one in services.deposits.just_returned()] == [card.id]

    kept = services.deposits.undo_return(visit.id, by=OFFICER)

    assert (kept.id, kept.state, kept.returned_at) == (card.id, "held", None)
    assert kept.tray_slot not in (None, other.tray_slot)
    assert services.deposits.undo_return(visit.id, by=OFFICER) == kept
    said = [entry.action for entry in core.journal.latest()]
    assert said.count("deposit.return_undone") == 1
    assert not services.checkout.start(visit.id, by=OFFICER).is_settled
    services.checkout.card_returned(visit.id, by=OFFICER)
    assert not services.visits.by_id(visit.id).is_open


def test_of_a_visit_that_has_ended_it_is_left_behind(services, taken) -> None:
    card, visit = taken()
    services.checkout.start(visit.id, by=OFFICER)
    services.checkout.card_returned(visit.id, by=OFFICER)

    kept = services.deposits.undo_return(visit.id, by=OFFICER)

    assert (kept.state, kept.tray_slot) == ("left_behind", card.tray_slot)
    assert [one.deposit.id for one in services.uncollected.all()] == [card.id]


def test_out_of_an_envelope_it_goes_into_it_again(services, forgotten) -> None:
    sealed = services.uncollected.seal(forgotten.id, by=OFFICER)
    services.deposits.give_back(forgotten.visit_id, by=OFFICER)

    kept = services.deposits.undo_return(forgotten.visit_id, by=OFFICER)

    assert (kept.state, kept.envelope) == ("sealed", sealed.envelope)


def test_on_a_later_day_nothing_is_undone(services, taken, clock) -> None:
    card, visit = taken()
    services.deposits.give_back(visit.id, by=OFFICER)
    clock.advance(DAY_S)

    assert services.deposits.just_returned() == ()
    with pytest.raises(Refused):
        services.deposits.undo_return(visit.id, by=OFFICER)
    assert services.deposits.get(card.id).state == "returned"
