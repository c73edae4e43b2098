"""The power goes in the middle of a pulse of the real unit: the next boot has it run, and tells."""

import pytest

from tests.hardware.kernel.power_cut import cut_off, next_start

pytestmark = [pytest.mark.boots, pytest.mark.slow]
GUEST = "tests.hardware.kernel.under_systemd.power_cut_guest"


def test_after_a_power_cut_the_unit_runs_and_opens_nothing(kernel, disk, tmp_path):
    cut_off(kernel, disk, tmp_path, said="coil on", after_s=0.2, module=GUEST, systemd=True)

    found = next_start(kernel, disk, tmp_path, module=GUEST, systemd=True)

    assert found == {
        "state": "active",
        "restarts": "0",
        "levels": [0],
        "commands": [[1, "interrupted"]],
        "report": [["power_cut"]],
    }
