"""Found property: numbered, kept, given back only to somebody named, and its locker after that."""

import zoneinfo

import pytest

from appliance.actor import SYSTEM
from appliance.errors import Invalid, NotFound, Refused
from tests.services.library import OFFICER, new_visit

OWNER = {"handed_to": "Siti Aminah", "proof": "menyebut isi tas dan nomor tiket"}
WIB = zoneinfo.ZoneInfo("Asia/Jakarta")
MONTHS_S = 400 * 24 * 3600


@pytest.fixture
def bank(services, listening):
    """Three lockers, and somebody who hears what their doors are told."""
    services.lockers.sync_bank(dict.fromkeys((1, 2, 3), True), by=SYSTEM)
    return services


@pytest.fixture
def left(core, bank):
    """A bag in locker 1, whose visitor is gone: BT-0001."""
    visit = new_visit(core, bank)
    bank.lockers.assign(visit.id, by=OFFICER)
    bank.lockers.release(
        visit.id, by=OFFICER, reason="found_property", description="tas punggung hitam"
    )
    return bank.found_property.get(1)


def events(core, prefix: str = "property") -> list[str]:
    lines = reversed(core.journal.latest(500))
    return [line.action for line in lines if line.action.startswith(prefix)]


def test_what_is_left_in_a_locker_gets_a_number_and_blocks_it(bank, core, left) -> None:
    assert (left.label, left.locker, left.description) == ("BT-0001", 1, "tas punggung hitam")
    assert left.is_in_locker
    assert left.visit_label == "A-001"
    assert (bank.lockers.tile(1).state, bank.lockers.tile(1).note) == (
        "blocked",
        "Barang tertinggal",
    )
    assert events(core) == ["property.found"]


@pytest.mark.parametrize("description", ["", "   ", "x" * 201, "tas \u202emerah"])
def test_nothing_ends_without_a_description(bank, core, description) -> None:
    visit = new_visit(core, bank)
    bank.lockers.assign(visit.id, by=OFFICER)

    with pytest.raises(Invalid) as caught:
        bank.lockers.release(visit.id, by=OFFICER, reason="found_property", description=description)

    assert "description" in caught.value.problems
    assert bank.lockers.of_visit(visit.id).number == 1
    assert bank.found_property.kept() == ()


def test_a_locker_with_property_is_not_given_out_again(bank, left) -> None:
    with pytest.raises(Refused, match="BT-0001"):
        bank.lockers.set_condition(1, "usable", by=OFFICER)

    assert bank.lockers.tile(1).state == "blocked"
    bank.lockers.set_condition(1, "broken", by=OFFICER, note="engsel lepas")


def test_property_in_a_locker_nobody_uses(bank, core) -> None:
    number = bank.lockers.block_for_property(2, by=OFFICER, description="botol minum")

    assert bank.found_property.get(number).visit_id is None
    assert bank.found_property.by_locker()[2].label == "BT-0001"
    visit = new_visit(core, bank)
    bank.lockers.assign(visit.id, by=OFFICER, number=1)
    with pytest.raises(Refused, match="sedang dipakai"):
        bank.lockers.block_for_property(1, by=OFFICER, description="tas")
    with pytest.raises(NotFound):
        bank.lockers.block_for_property(9, by=OFFICER, description="tas")


def test_the_owner_gets_it_and_the_locker_waits_for_somebodys_word(bank, left) -> None:
    done = bank.found_property.hand_over(1, OWNER, by=OFFICER, locker_is_empty=False)

    assert (done.state, done.handed_to, done.ended_by) == ("handed_over", "Siti Aminah", "petugas")
    assert bank.lockers.tile(1).state == "blocked"
    bank.lockers.set_condition(1, "usable", by=OFFICER)
    assert bank.lockers.tile(1).is_free


def test_with_that_word_the_locker_is_free_at_once(bank, left) -> None:
    bank.found_property.hand_over(1, OWNER, by=OFFICER, locker_is_empty=True)

    assert bank.lockers.tile(1).is_free
    assert bank.found_property.kept() == ()
    assert [thing.label for thing in bank.found_property.ended()] == ["BT-0001"]


def test_a_second_thing_in_the_same_locker_keeps_it_blocked(bank, left) -> None:
    bank.lockers.block_for_property(1, by=OFFICER, description="payung")

    bank.found_property.hand_over(1, OWNER, by=OFFICER, locker_is_empty=True)

    assert bank.lockers.tile(1).state == "blocked"
    bank.found_property.hand_over(2, OWNER, by=OFFICER, locker_is_empty=True)
    assert bank.lockers.tile(1).is_free


def test_what_is_found_in_a_broken_locker_does_not_mend_it(bank) -> None:
    bank.lockers.set_condition(3, "broken", by=OFFICER, note="engsel lepas")

    thing = bank.found_property.register_in_locker(3, "payung", by=OFFICER)
    assert bank.lockers.tile(3).state == "broken"
    with pytest.raises(Refused):
        bank.lockers.set_condition(3, "usable", by=OFFICER)
    bank.found_property.hand_over(thing.number, OWNER, by=OFFICER, locker_is_empty=True)

    assert (bank.lockers.tile(3).state, bank.lockers.tile(3).note) == ("broken", "engsel lepas")


def test_a_broken_locker_stays_broken_when_it_is_emptied(bank, left) -> None:
    bank.lockers.set_condition(1, "broken", by=OFFICER, note="engsel lepas")

    bank.found_property.hand_over(1, OWNER, by=OFFICER, locker_is_empty=True)

    assert bank.lockers.tile(1).state == "broken"


def test_the_name_of_the_receiver_is_in_no_ledger(bank, core, left) -> None:
    bank.found_property.hand_over(1, OWNER, by=OFFICER, locker_is_empty=True)

    told = "".join(f"{line.reason}{line.detail}" for line in core.journal.latest(500))
    sent = b"".join(core.outbox.pending()).decode()
    assert "Siti" not in told + sent
    assert "nomor tiket" not in told + sent
    assert "tas punggung" not in sent
    assert '"number":1' in sent.replace(" ", "")


def test_handing_over_twice_is_once(bank, core, left) -> None:
    for _ in range(2):
        bank.found_property.hand_over(1, OWNER, by=OFFICER, locker_is_empty=True)
    assert events(core).count("property.handed_over") == 1

    with pytest.raises(Refused, match="sudah diserahkan"):
        bank.found_property.hand_over(
            1, OWNER | {"handed_to": "Budi"}, by=OFFICER, locker_is_empty=True
        )
    with pytest.raises(Refused):
        bank.found_property.pass_on(1, {"handed_to": "Polsek"}, by=OFFICER, locker_is_empty=True)
    with pytest.raises(Refused):
        bank.found_property.move(1, {"kept_at": "lemari"}, by=OFFICER, locker_is_empty=True)


def test_nobody_gets_anything_without_name_and_proof(bank, left) -> None:
    with pytest.raises(Invalid) as caught:
        bank.found_property.hand_over(1, {}, by=OFFICER, locker_is_empty=True)

    assert set(caught.value.problems) == {"handed_to", "proof"}
    assert bank.found_property.get(1).is_kept


def test_moved_to_a_cupboard_it_leaves_its_locker(bank, left) -> None:
    moved = bank.found_property.move(
        1, {"kept_at": "lemari arsip"}, by=OFFICER, locker_is_empty=True
    )

    assert (moved.kept_at, moved.is_in_locker, moved.is_kept) == ("lemari arsip", False, True)
    assert bank.lockers.tile(1).is_free
    bank.found_property.pass_on(
        1, {"handed_to": "Polsek Bonjol", "note": "surat 12"}, by=OFFICER, locker_is_empty=True
    )
    assert bank.found_property.get(1).state == "passed_on"


def test_found_elsewhere_in_the_room(bank) -> None:
    form = {"description": "kacamata", "kept_at": "laci meja"}
    first = bank.found_property.register(form, by=OFFICER, idempotency_key="k")
    again = bank.found_property.register(form, by=OFFICER, idempotency_key="k")
    other = bank.found_property.register(form, by=OFFICER, idempotency_key="l")

    assert (first.number, again.number, other.number) == (1, 1, 2)
    assert (first.locker, first.is_in_locker) == (None, False)
    with pytest.raises(Invalid) as caught:
        bank.found_property.register({"description": "topi"}, by=OFFICER)
    assert set(caught.value.problems) == {"kept_at"}


def test_a_number_that_was_never_given(bank) -> None:
    with pytest.raises(NotFound):
        bank.found_property.get(7)


def test_reading_a_receivers_name_and_taking_the_register_out_are_journalled(
    bank, core, left
) -> None:
    bank.found_property.read(1, by=OFFICER)
    assert "property.read" not in events(core)
    bank.found_property.hand_over(1, OWNER, by=OFFICER, locker_is_empty=True)

    bank.found_property.read(1, by=OFFICER)
    taken = bank.found_property.export(zone=WIB, by=OFFICER)

    assert events(core)[-2:] == ["property.read", "property.exported"]
    assert b"BT-0001" in taken
    assert b"Siti" not in taken


def test_the_file_has_the_offices_words_and_the_offices_time(bank, clock) -> None:
    form = {"description": "botol", "kept_at": "laci"}
    thing = bank.found_property.register(form, by=OFFICER)
    bank.found_property.hand_over(thing.number, OWNER, by=OFFICER, locker_is_empty=False)

    line = bank.found_property.export(zone=WIB, by=OFFICER).decode().splitlines()[1]

    at = f"{clock.now().astimezone(WIB):%Y-%m-%d %H:%M}"
    assert line == f"{thing.label},{at},,botol,laci,diserahkan,{at}"


def test_no_spreadsheet_takes_a_description_for_a_formula(bank) -> None:
    form = {"description": '=HYPERLINK("x")', "kept_at": "laci"}
    bank.found_property.register(form, by=OFFICER)

    assert b"'=HYPERLINK" in bank.found_property.export(zone=WIB, by=OFFICER)


def test_the_receiver_is_forgotten_with_everybody_else(bank, core, clock, left) -> None:
    waiting = bank.found_property.register(
        {"description": "kacamata", "kept_at": "laci"}, by=OFFICER
    )
    bank.found_property.hand_over(1, OWNER, by=OFFICER, locker_is_empty=True)
    clock.advance(3600)
    assert bank.privacy.erase_due() == 0

    clock.advance(MONTHS_S)
    bank.privacy.erase_due()

    gone = bank.found_property.get(1)
    assert (gone.handed_to, gone.proof, gone.note) == ("", "", "")
    assert gone.description == "tas punggung hitam"
    assert bank.found_property.get(waiting.number).is_kept
    assert events(core)[-1] == "property.receiver_erased"
    newest = core.journal.newest_seq()
    bank.privacy.erase_due()
    assert core.journal.newest_seq() == newest
