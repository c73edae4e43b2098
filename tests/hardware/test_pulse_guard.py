"""The guard ends the process whose pulse takes too long, and nothing else."""

import os
import select
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hardware import pulse_guard
from hardware.interfaces import DeviceUnavailable
from hardware.pulse_guard import PulseGuard, limit_s
from hardware.simulated import SimulatedLockerBank, simulated_wiring
from tests.hardware.conftest import wait_until_gone
from tests.hardware.guarded_process import GuardedProcess

PULSE_S = 0.7
LATE_S = 5.0
"""How late a busy machine may be to end a process, and we to see it; the limit itself is exact."""


@pytest.fixture
def guard() -> Iterator[PulseGuard]:
    """A guard of this very process: only pulses that cannot be late may be under it."""
    started = PulseGuard()
    yield started
    started.close()


def is_still_there(pid: int, seconds: float) -> bool:
    """Watch a process for a while; True when it does not end."""
    handle = os.pidfd_open(pid)
    try:
        return not select.select([handle], [], [], seconds)[0]
    finally:
        os.close(handle)


@given(st.floats(0.02, 1.0))
def test_the_limit_lies_between_the_pulse_and_twice_of_it(pulse_s: float) -> None:
    assert 1.5 * pulse_s <= limit_s(pulse_s) <= 1.75 * pulse_s


@pytest.mark.parametrize("like", ["gpio", "shift_register"])
def test_a_process_stopped_in_mid_pulse_is_dead_before_twice_the_pulse(like: str) -> None:
    with GuardedProcess(like, PULSE_S) as process:
        process.ask(1)
        on_s = process.rise_s()
        os.kill(process.pid, signal.SIGSTOP)

        code, ended_s = process.ended()

        assert code == -signal.SIGKILL
        assert PULSE_S < ended_s - on_s < 2 * PULSE_S + LATE_S
        assert wait_until_gone(process.guard_pid)


def test_a_process_stopped_between_pulses_is_left_alone() -> None:
    with GuardedProcess("gpio", 0.3) as process:
        process.ask(1)
        process.rise_s()
        process.line()
        os.kill(process.pid, signal.SIGSTOP)

        assert is_still_there(process.pid, 2 * 0.3)

        os.kill(process.pid, signal.SIGCONT)
        process.ask(2)
        assert process.rise_s() > 0
        assert process.line().startswith("off")


def test_after_its_guard_was_killed_the_next_pulse_has_another() -> None:
    with GuardedProcess("gpio", PULSE_S) as process:
        os.kill(process.guard_pid, signal.SIGKILL)
        assert wait_until_gone(process.guard_pid)

        process.ask(1)
        on_s = process.rise_s()
        os.kill(process.pid, signal.SIGSTOP)
        code, ended_s = process.ended()

        assert code == -signal.SIGKILL
        assert ended_s - on_s < 2 * PULSE_S + LATE_S


def test_a_guard_killed_in_mid_pulse_hands_the_rest_of_the_pulse_on() -> None:
    with GuardedProcess("gpio", 1.0, "tell guards") as process:
        guard_pid, is_over = process.guard_pid, True
        while is_over:  # on a busy machine the pulse may end before the new guard comes
            process.ask(1)
            on_s = process.rise_s()
            os.kill(guard_pid, signal.SIGKILL)
            is_over = (said := process.line()).startswith("off")
            guard_pid = int((process.line() if is_over else said).removeprefix("guard "))
        os.kill(process.pid, signal.SIGSTOP)

        code, ended_s = process.ended()

        assert code == -signal.SIGKILL
        assert ended_s - on_s < 2.0 + LATE_S


def test_the_guard_goes_with_a_process_killed_in_mid_pulse() -> None:
    with GuardedProcess("gpio", PULSE_S) as process:
        process.ask(1)
        process.rise_s()

        os.kill(process.pid, signal.SIGKILL)

        assert wait_until_gone(process.guard_pid)


def test_closing_the_bank_sends_the_guard_away() -> None:
    with GuardedProcess("gpio", 0.3) as process:
        assert process.end() == 0
        assert wait_until_gone(process.guard_pid)


def test_the_guard_shares_no_session_and_no_descriptor(guard: PulseGuard, tmp_path: Path) -> None:
    with (tmp_path / "open").open("wb") as file:
        os.set_inheritable(file.fileno(), True)
        other = PulseGuard()
    descriptors = Path(f"/proc/{other.pid}/fd")

    assert os.getsid(guard.pid) == guard.pid
    assert {int(entry.name) for entry in descriptors.iterdir()} == {0, 1, 2, 3}
    assert "pidfd" in os.readlink(descriptors / "3")
    other.close()


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_the_guard_outlasts_what_ends_its_parent(guard: PulseGuard, number: int) -> None:
    before = guard.pid

    os.kill(before, number)

    with guard.over(60):
        assert guard.pid == before


def test_a_guard_that_does_not_answer_is_replaced(guard: PulseGuard) -> None:
    stopped = guard.pid
    os.kill(stopped, signal.SIGSTOP)

    with guard.over(60):
        assert guard.pid != stopped
    assert wait_until_gone(stopped)


def test_nothing_is_driven_without_a_guard(monkeypatch: pytest.MonkeyPatch) -> None:
    guard = PulseGuard()
    bank = SimulatedLockerBank(simulated_wiring(1), guard=guard)
    monkeypatch.setattr(pulse_guard, "PROGRAM", Path("/nonexistent"))
    monkeypatch.setattr(pulse_guard, "START_S", 0.3)
    os.kill(guard.pid, signal.SIGKILL)

    with pytest.raises(DeviceUnavailable, match="nothing is driven"):
        bank.pulse(1)

    assert bank.world.locker(1).pulses() == ()
    bank.close()


def test_a_guard_that_cannot_be_started_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pulse_guard, "PROGRAM", Path("/nonexistent"))

    with pytest.raises(DeviceUnavailable, match="cannot be started"):
        PulseGuard()


def test_closing_twice_does_nothing(guard: PulseGuard) -> None:
    guard.close()
    guard.close()
