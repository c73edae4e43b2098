"""The power goes in the middle of a door command: the next start explains it and opens nothing.

The guest is killed between two of its instructions, so whatever it had not brought to its disk is
lost. What a real disk does with its own cache is not tried here.
"""

import random

import pytest

from tests.hardware.kernel.power_cut import cut_off, next_start

pytestmark = [pytest.mark.boots, pytest.mark.slow]


def test_a_cut_in_mid_pulse_leaves_a_command_nobody_carries_on(kernel, disk, tmp_path):
    cut_off(kernel, disk, tmp_path, said="coil on", after_s=0.2)

    found = next_start(kernel, disk, tmp_path)

    assert found["integrity"] == [["ok"]]
    assert found["commands"] == [[1, "interrupted"]]
    assert found["report"] == [["power_cut"]]
    assert ["interrupted"] in found["lines"]
    assert found["levels"] == [0]


@pytest.mark.parametrize("round_", range(2))
def test_a_cut_at_any_moment_of_a_command_ends_in_a_known_state(kernel, disk, tmp_path, round_):
    chance = random.Random(round_)
    cut_off(kernel, disk, tmp_path, said="asking", after_s=chance.uniform(0.0, 1.5))

    found = next_start(kernel, disk, tmp_path)

    assert found["integrity"] == [["ok"]]
    assert found["commands"] in ([], [[0, "expired"]], [[1, "interrupted"]], [[1, "sent"]])
    assert found["report"] == [["power_cut"]]
    assert found["levels"] == [0]
