"""The real `systemd/ruangbaca-lockers.service` under the real systemd, on the kernel's own lines.

The guest runs this machine's systemd as process 1 on this machine's root (see `start`); our unit
and the sandbox of all our units are installed as they are, users and folders made by our own
sysusers.d and tmpfiles.d. What differs is in 90-guest.conf, with the reasons. The kernel has no
network or host name namespaces, no BPF and no device cgroup: PrivateNetwork=, ProtectHostname=,
IPAddressDeny= and DevicePolicy= do nothing here and are not tried. The rest of the sandbox holds,
system call filters included. There is no udev: the chip is given to its group by the test.
"""

import signal
import time

import pytest

from tests.hardware.kernel.doors_process import COILS, PULSE_S
from tests.hardware.kernel.under_systemd.unit import COIL, LockersUnit

pytestmark = pytest.mark.under_systemd
LONGER_THAN_A_RESTART_TAKES_TO_BEGIN_S = 3.0


@pytest.fixture(scope="module")
def installed(header) -> LockersUnit:
    return LockersUnit(header)


@pytest.fixture
def unit(installed) -> LockersUnit:
    """The unit, running."""
    installed.start()
    installed.forget()
    return installed


def written(flight) -> set[int]:
    """Every level that any line was given."""
    return {entry.value for entry in flight.entries() if entry.what == "set"}


def test_the_unit_is_ready_after_every_solenoid_was_switched_off(flight, installed):
    installed.start()

    assert installed.says("ActiveState") == "active"
    assert installed.starts() == ["lockers safe", "lockers"]
    assert {entry.line for entry in flight.entries() if entry.what == "out"} == set(COILS)
    assert written(flight) == {0}


@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGSTOP])
def test_an_end_in_mid_pulse_leaves_no_coil_on_and_the_next_run_opens_nothing(
    header, flight, unit, how
):
    unit.begin_pulse()
    process = unit.send(how)
    unit.until(lambda: bool(flight.widths_s(COIL)), "the coil stays on")
    (width_s,) = flight.widths_s(COIL)
    flight.forget()
    unit.run_again_after(process)

    # A process stopped in a pulse is killed by its guard, long before the watchdog would.
    assert unit.starts() == ["lockers safe signal", "lockers safe", "lockers"]
    assert width_s <= 2 * PULSE_S
    assert unit.result() == "interrupted"
    report = unit.finds("SELECT cause FROM start_report ORDER BY id DESC LIMIT 1")
    assert report == [("killed",)]
    assert written(flight) == {0}
    assert [header.line(line).level for line in COILS] == [0, 0, 0]


def test_a_process_that_hangs_outside_a_pulse_is_killed_and_started_again(flight, unit):
    process = unit.send(signal.SIGSTOP)

    unit.run_again_after(process)

    assert unit.starts() == ["lockers safe watchdog", "lockers safe", "lockers"]
    assert written(flight) == {0}


def test_stopping_the_unit_in_mid_pulse_switches_off_and_starts_nothing(header, flight, unit):
    unit.begin_pulse()
    unit.do("stop", "ruangbaca-lockers")

    assert unit.starts() == ["lockers safe success"]
    assert len(flight.widths_s(COIL)) == 1
    assert [header.line(line).level for line in COILS] == [0, 0, 0]
    time.sleep(LONGER_THAN_A_RESTART_TAKES_TO_BEGIN_S)
    assert unit.says("ActiveState") == "inactive"
    assert unit.starts() == ["lockers safe success"]
