"""Wiegand bits -> cards."""

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hardware.reader_interfaces import BadRead
from hardware.wiegand_frames import FRAME_END_S, card_text, frames

HALVES = {26: (8, 16, 13), 34: (16, 16, 17), 37: (16, 19, 19)}


def encoded(length: int, facility: int, number: int) -> list[int]:
    facility_bits, number_bits, covers = HALVES[length]
    body = [int(b) for b in f"{facility:0{facility_bits}b}{number:0{number_bits}b}"]
    return [sum(body[: covers - 1]) % 2, *body, 1 - sum(body[-(covers - 1) :]) % 2]


@st.composite
def cards(draw: st.DrawFn) -> tuple[int, int, int]:
    length = draw(st.sampled_from(sorted(HALVES)))
    facility_bits, number_bits, _ = HALVES[length]
    return (
        length,
        draw(st.integers(0, 2**facility_bits - 1)),
        draw(st.integers(0, 2**number_bits - 1)),
    )


@given(cards())
def test_every_card_is_read_as_its_facility_and_number(card: tuple[int, int, int]) -> None:
    text = card_text(encoded(*card))

    assert isinstance(text, str)
    kind, facility, number = text.split(":")
    assert (int(kind[1:]), int(facility), int(number)) == card
    assert len(text) == len(card_text(encoded(card[0], 0, 0)))


@given(cards(), st.data())
def test_one_wrong_bit_is_always_seen(card: tuple[int, int, int], data) -> None:
    bits = encoded(*card)
    bits[data.draw(st.integers(0, len(bits) - 1))] ^= 1

    # The middle bit of 37 lies in both parities, so both fail; every other fails one.
    assert card_text(bits) is BadRead.UNREADABLE


@given(cards(), st.data())
def test_a_lost_bit_is_never_another_card(card: tuple[int, int, int], data) -> None:
    bits = encoded(*card)
    del bits[data.draw(st.integers(0, len(bits) - 1))]

    assert card_text(bits) is BadRead.UNREADABLE


@given(st.lists(st.integers(0, 1), max_size=80))
def test_no_bits_are_an_error(bits: list[int]) -> None:
    assert card_text(bits) is None or isinstance(card_text(bits), str)


@pytest.mark.parametrize("length", [0, 1, 2, 3, 4, 8])
def test_keypads_and_noise_are_no_cards(length: int) -> None:
    assert card_text([1] * length) is None


def test_a_card_known_from_its_print_is_read_so() -> None:
    assert card_text(encoded(26, 45, 1234)) == "W26:045:01234"
    assert card_text(encoded(34, 7, 9)) == "W34:00007:00009"
    assert card_text(encoded(37, 7, 9)) == "W37:00007:000009"


@given(st.lists(cards(), min_size=1, max_size=4), st.randoms(use_true_random=False))
def test_edges_heard_in_the_wrong_order_are_sorted_by_the_kernels_times(
    read: list[tuple[int, int, int]], chance: random.Random
) -> None:
    edges = []
    at_s = 0.0
    for card in read:
        for bit in encoded(*card):
            at_s += 0.002
            edges.append((at_s, bit))
        at_s += 2 * FRAME_END_S
    chance.shuffle(edges)

    assert [card_text([bit for _, bit in frame]) for frame in frames(edges)] == [
        card_text(encoded(*card)) for card in read
    ]
