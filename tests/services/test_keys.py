"""The key log: who has a key, what a lost one does to its locker, and what it explains."""

import datetime as dt

import pytest

from appliance.actor import SYSTEM
from appliance.errors import Invalid, NotFound, Refused
from appliance.lockers.keys import explained_by_key
from tests.services.library import OFFICER, new_visit

HOLDER = {"holder": "Pak Dedi, teknisi"}
MONTHS_S = 400 * 24 * 3600


@pytest.fixture
def bank(services):
    services.lockers.sync_bank(dict.fromkeys((1, 2, 3), True), by=SYSTEM)
    return services


def test_every_key_is_here_until_somebody_takes_it(bank, clock) -> None:
    assert bank.keys.place(1) == "here"

    bank.keys.note(1, "handed_out", HOLDER, by=OFFICER)
    clock.advance(60)
    bank.keys.note(2, "handed_out", {"holder": "A-003"}, by=OFFICER)

    assert [(key.locker, key.holder) for key in bank.keys.out()] == [
        (1, "Pak Dedi, teknisi"),
        (2, "A-003"),
    ]
    bank.keys.note(1, "brought_back", {}, by=OFFICER)
    assert [key.locker for key in bank.keys.out()] == [2]
    assert [key.event for key in bank.keys.of_locker(1)] == ["brought_back", "handed_out"]


def test_a_mechanical_opening_moves_no_key(bank) -> None:
    bank.keys.note(1, "handed_out", HOLDER, by=OFFICER)

    bank.keys.note(1, "used", {"note": "listrik padam"}, by=OFFICER)

    assert bank.keys.place(1) == "out"
    assert [key.locker for key in bank.keys.out()] == [1]


@pytest.mark.parametrize(
    ("before", "word"),
    [
        ((), "brought_back"),
        ((), "found"),
        (("handed_out",), "handed_out"),
        (("handed_out",), "found"),
        (("handed_out",), "replaced"),
        (("lost",), "handed_out"),
        (("lost",), "lost"),
        (("lost",), "brought_back"),
    ],
)
def test_what_cannot_be_is_refused(bank, before, word) -> None:
    everything = HOLDER | {"note": "jatuh di parkiran"}
    for happened in before:
        bank.keys.note(1, happened, everything, by=OFFICER)
    lines = bank.keys.latest()

    with pytest.raises(Refused, match="Kunci loker 1"):
        bank.keys.note(1, word, everything, by=OFFICER)

    assert bank.keys.latest() == lines


@pytest.mark.parametrize(
    ("word", "missing"), [("used", "note"), ("handed_out", "holder"), ("lost", "note")]
)
def test_why_and_who_must_be_said(bank, word, missing) -> None:
    with pytest.raises(Invalid) as caught:
        bank.keys.note(1, word, {}, by=OFFICER)

    assert set(caught.value.problems) == {missing}
    assert bank.keys.latest() == ()


def test_nonsense_and_lockers_that_are_not_there(bank) -> None:
    with pytest.raises(Invalid):
        bank.keys.note(1, "melted", {}, by=OFFICER)
    with pytest.raises(NotFound):
        bank.keys.note(9, "used", {"note": "x"}, by=OFFICER)


def test_the_same_form_twice_is_one_line(bank) -> None:
    for _ in range(2):
        bank.keys.note(1, "handed_out", HOLDER, by=OFFICER, idempotency_key="k")

    assert len(bank.keys.latest()) == 1


def test_a_lost_key_takes_its_locker_out_of_use(bank, core) -> None:
    bank.keys.note(1, "lost", {"note": "tidak kembali sejak Jumat"}, by=OFFICER)

    assert (bank.lockers.tile(1).state, bank.keys.place(1)) == ("key_lost", "lost")
    assert 1 not in bank.lockers.free_numbers()
    assert [key.locker for key in bank.keys.lost()] == [1]


@pytest.mark.parametrize("word", ["found", "replaced"])
def test_it_comes_back_only_by_somebodys_word(bank, word) -> None:
    for number, is_usable in ((1, False), (2, True)):
        bank.keys.note(number, "lost", {"note": "hilang"}, by=OFFICER)
        bank.keys.note(number, word, {}, by=OFFICER, is_usable=is_usable)

    assert bank.lockers.tile(1).state == "key_lost"
    assert bank.lockers.tile(2).is_free
    assert bank.keys.lost() == ()


def test_a_found_key_opens_no_locker_that_holds_property(bank) -> None:
    bank.lockers.block_for_property(1, by=OFFICER, description="tas")
    bank.keys.note(1, "lost", {"note": "hilang"}, by=OFFICER)

    bank.keys.note(1, "found", {}, by=OFFICER, is_usable=True)

    assert (bank.lockers.tile(1).state, bank.lockers.tile(1).note) == (
        "blocked",
        "Barang tertinggal",
    )


def test_a_locker_that_broke_meanwhile_stays_broken(bank) -> None:
    bank.keys.note(1, "lost", {"note": "hilang"}, by=OFFICER)
    bank.lockers.set_condition(1, "broken", by=OFFICER, note="engsel")

    bank.keys.note(1, "found", {}, by=OFFICER, is_usable=True)

    assert bank.lockers.tile(1).state == "broken"


def test_a_door_opened_by_key_is_explained_for_a_while(bank, clock) -> None:
    opened_at = clock.now()
    clock.advance(300)  # hung back, then written down
    bank.keys.note(1, "used", {"note": "listrik padam"}, by=OFFICER)

    assert explained_by_key(1, opened_at)
    assert explained_by_key(1, clock.now() + dt.timedelta(minutes=9))
    assert not explained_by_key(2, opened_at)
    assert not explained_by_key(1, clock.now() + dt.timedelta(minutes=11))
    assert not explained_by_key(1, opened_at - dt.timedelta(minutes=6))
    bank.keys.note(2, "handed_out", HOLDER, by=OFFICER)
    assert not explained_by_key(2, clock.now())


def test_who_had_a_key_is_in_no_ledger_and_is_forgotten(bank, core, clock) -> None:
    new_visit(core, bank)
    for number in (1, 2):
        bank.keys.note(number, "handed_out", HOLDER, by=OFFICER)
    bank.keys.note(1, "brought_back", {}, by=OFFICER)
    told = "".join(f"{line.reason}{line.detail}" for line in core.journal.latest(500))
    assert "Dedi" not in told + b"".join(core.outbox.pending()).decode()

    clock.advance(MONTHS_S)
    bank.privacy.erase_due()

    assert [key.holder for key in bank.keys.of_locker(1)] == ["", ""]
    assert bank.keys.out()[0].holder == "Pak Dedi, teknisi"  # it still has to be asked for
