"""What an electrician types while the lockers process is stopped."""

import json
from pathlib import Path

import pytest

from tests.running_demo import run

SIMULATED = {"driver": "simulated", "doors": "1-2"}
HEADER = {"driver": "gpio", "doors": "3-4", "coils": [12, 13]}
SHIFT = {
    "driver": "shift_register",
    "doors": "5-6",
    "data_pin": 16,
    "clock_pin": 17,
    "latch_pin": 18,
    "enable_pin": 19,
}
CONTACTS = {"sensors": [4, 5], "sensor_chip": "mcp23017"}


def lockers(data: Path, word: str, *banks: dict[str, object]) -> tuple[int, str, str]:
    env = {"RUANGBACA_DATA": str(data), "RUANGBACA_LOCKERS__BANK": json.dumps(banks)}
    done = run("lockers", word, **env)
    assert "Traceback" not in done.stderr
    return done.returncode, done.stdout, done.stderr


def test_safe_tries_every_bank_and_tells_in_one_line_which_refused(tmp_path: Path) -> None:
    code, out, err = lockers(tmp_path, "safe", HEADER, SIMULATED, SHIFT)

    assert (code, out, err.count("\n")) == (1, "", 1)
    assert "bank 1: no gpiochip of a Raspberry Pi header" in err
    assert "bank 3: no gpiochip of a Raspberry Pi header" in err
    assert "bank 2" not in err


def test_safe_has_nothing_to_do_without_lockers(tmp_path: Path) -> None:
    assert lockers(tmp_path, "safe")[:2] == (
        0,
        "Semua solenoid mati. / Every solenoid is off (0).\n",
    )


def test_the_wiring_is_printed_without_touching_a_device(tmp_path: Path) -> None:
    code, out, err = lockers(tmp_path, "wiring", HEADER, SHIFT)

    assert (code, err) == (0, "")
    assert "3      M       GPIO 12" in out
    assert "gpio=12,13,16,17,18,19=op,dl" in out


@pytest.mark.parametrize(
    ("bank", "problem"),
    [
        ({**HEADER, "coils": [12, 4]}, "GPIO 4 would fire at boot"),
        ({**HEADER, "coils": [12, 17]}, "GPIO 17 dipakai dua kali"),
        ({**HEADER, "sensors": [2, 3], "chip": "mcp23017", "sensor_chip": ""}, None),
        (
            {**HEADER, "sensors": [3, 4]},
            "GPIO 3 dipakai dua kali: oleh lockers.bank 3-4 dan oleh I2C",
        ),
    ],
)
def test_a_wiring_that_cannot_be_is_told_after_the_table(
    tmp_path: Path, bank: dict[str, object], problem: str | None
) -> None:
    code, out, err = lockers(tmp_path, "wiring", bank, {**SHIFT, **CONTACTS})

    assert out.startswith("Pintu  Ukuran  Solenoid")
    assert code == (1 if problem else 0)
    assert (problem or "") in err
