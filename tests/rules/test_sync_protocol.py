"""Heads and problems of the protocol, as they stand on the wire."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from appliance.sync import protocol
from appliance.sync.protocol import Head


@given(st.integers(0, 10**18 - 1), st.binary(min_size=32, max_size=32))
def test_a_head_survives_its_entity_tag(sequence, chain) -> None:
    assert protocol.head_of(Head(sequence, chain).etag) == (sequence, chain)


@pytest.mark.parametrize(
    "text", ["", "*", "1-" + "0" * 64, f'W/"1-{"0" * 64}"', f'"01-{"0" * 64}"', f'"1-{"g" * 64}"']
)
def test_nothing_else_is_a_head(text) -> None:
    assert protocol.head_of(text) is None


def test_every_problem_has_a_name_of_its_own() -> None:
    slugs = [kind.slug for kind in protocol.PROBLEMS]

    assert len(set(slugs)) == len(slugs) >= 19
    assert all(400 <= kind.status < 600 for kind in protocol.PROBLEMS)
