"""What a door takes, beside the bare floor of the same run: ``python -m tests.bench.bench_doors``.

POST to pin is an officer's real form over HTTP, through the database and the wake-up, until the
coil rises in the lockers process; its floor is an empty answer by the same server. Pulses are timed
on mock pins, where Python keeps the time, and, where the test kernel is built, on the kernel's own
lines. Absolute budgets are the project's; on a busy machine read the floor beside them.
"""

import argparse
import contextlib
import http.client
import json
import os
import statistics
import sys
import tempfile
import threading
import time
import urllib.parse
from contextlib import closing
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from tests.bench.doors_rig import DOORS, HOST, Rig

BESIDE = 4  # CPU-bound requests that run all the time
FLOOD_LINES_PER_S, FLOOD_S, CALM_S = 10_000, 10.0, 5.0
IDLE_S = 20.0
SOON_S = 62.0  # a ticket read earlier after an opening is a question
PULSES = 20
REST_S = 0.6  # the pulse ends, the door opens


def main() -> None:
    """Measure and print one line a figure; exit code 1 when a budget is broken."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--posts", type=int, default=200)
    parser.add_argument("--only", choices=("idle", "posts", "scans", "flood", "pulses"))
    arguments = parser.parse_args()
    print(f"load average {os.getloadavg()[0]:.1f} on {os.cpu_count()} processors")
    table = Table()
    measures = {
        "idle": measure_idle,
        "posts": partial(measure_posts, posts=arguments.posts),
        "scans": measure_scans,
        "flood": measure_flood,
    }
    wanted = [name for name in measures if arguments.only in (None, name)]
    if wanted:
        with tempfile.TemporaryDirectory() as folder, closing(Rig(Path(folder))) as rig:
            for name in wanted:
                measures[name](rig, table)
    if arguments.only in (None, "pulses"):
        measure_pulses(table)
        measure_kernel_pulses(table)
    sys.exit(table.is_broken)


class Table:
    """Prints figures as they come, and remembers whether one was over its budget."""

    def __init__(self) -> None:
        self.is_broken = False
        print(f"{'figure':34} {'ours':>9} {'floor':>9} {'ratio':>7} {'budget':>9}")

    def line(self, name: str, ours: float, budget: float, unit: str, floor: float = 0.0) -> None:
        """One figure; the budget is for what we add to the floor."""
        is_over = ours - floor > budget
        self.is_broken |= is_over
        ratio = f"{ours / floor:7.1f}" if floor else f"{'-':>7}"
        print(
            f"{name:34} {ours:9.2f} {floor:9.2f} {ratio} {budget:9.2f} {unit:4}"
            f" {'OVER' if is_over else 'ok'}",
            flush=True,
        )


def measure_idle(rig: Rig, table: Table) -> None:
    before_s = cpu_s(rig.lockers_pid)
    time.sleep(IDLE_S)
    used = (cpu_s(rig.lockers_pid) - before_s) / IDLE_S
    table.line("lockers idle CPU", used * 100, 1.0, "%")
    statm = Path(f"/proc/{rig.lockers_pid}/statm").read_text().split()
    table.line("lockers idle memory", int(statm[1]) * os.sysconf("SC_PAGE_SIZE") / 1e6, 40.0, "MB")


def measure_posts(rig: Rig, table: Table, posts: int) -> None:
    headers, fields = rig.signed_in()
    idle = in_turns(rig, headers, fields, posts)
    table.line("POST to pin p50, idle", mid(idle.pin), 10.0, "ms", mid(idle.bare))
    table.line("POST to pin p99, idle", high(idle.pin), 10.0, "ms", high(idle.bare))
    print(f"  of it until the answer p50 {mid(idle.answer):.2f} ms")
    with busy_requests(rig, headers):
        busy = in_turns(rig, headers, fields, posts // 2)
    table.line("POST to pin p50, 4 busy requests", mid(busy.pin), 20.0, "ms", mid(busy.bare))
    print(f"  of it until the answer p50 {mid(busy.answer):.2f} ms")


def measure_scans(rig: Rig, table: Table) -> None:
    tickets = rig.tickets()
    time.sleep(SOON_S)
    times = []
    for ticket in tickets:
        read_s = rig.read(ticket)
        risen_s = rig.rise_after(read_s)
        if risen_s is not None:
            times.append((risen_s - read_s) * 1000)
        time.sleep(REST_S)
    print(f"{len(times)} of {len(tickets)} scans opened a door")
    table.line("scan to pulse p50", mid(times), 50.0, "ms")
    table.line("scan to pulse p99", high(times), 50.0, "ms")
    table.line("scans that opened nothing", len(tickets) - len(times), 0, "")


def measure_flood(rig: Rig, table: Table) -> None:
    """Codes as wrong as can be: tickets with one symbol changed, and lines cut anywhere."""
    before = len(rig.changes())
    sent = flood(rig.pty)
    print(f"{sent} lines of the flood were taken from the line in {FLOOD_S:.0f} s")
    time.sleep(1.0)
    used_s = cpu_s(rig.lockers_pid)
    time.sleep(CALM_S)
    used = (cpu_s(rig.lockers_pid) - used_s) / CALM_S
    table.line("wrong doors in a reader flood", (len(rig.changes()) - before) / 2, 0, "")
    table.line("lockers CPU after the flood", used * 100, 20.0, "%")


def measure_pulses(table: Table) -> None:
    """The pulse of the demonstration's pins, which a Python timer ends: no coil hangs there."""
    from hardware.simulated import SimulatedLockerBank, simulated_wiring
    from hardware.simulated_room import RoomTiming

    bank = SimulatedLockerBank(simulated_wiring(2, pulse_s=0.2), RoomTiming(), clock=Leaps())
    try:
        for name, spinners in (("idle", 0), ("4 busy threads", 4)):
            with spinning(spinners):
                for _ in range(PULSES):
                    bank.pulse(1)
            widths = [end - start for start, end in bank.world.locker(1).pulses()[-PULSES:]]
            errors = [abs(width - 0.2) * 1000 for width in widths]
            print(f"  simulated pulses of 200 ms, {name}: worst error {max(errors):.1f} ms")
    finally:
        bank.close()


def measure_kernel_pulses(table: Table) -> None:
    """The pulse of lgpio's own thread, by the kernel's record in the guest."""
    from tests.hardware.kernel import image
    from tests.hardware.kernel.machine import run_in_guest

    kernel = image.find()
    if kernel is None:
        print(f"no pulses on kernel lines: {image.how_to_get()}")
        return
    program = Path(__file__).parents[1] / "hardware" / "kernel" / "pulse_figures.py"
    for line in run_in_guest(kernel, program, timeout_s=120):
        if line.startswith("figures: "):
            for name, errors in json.loads(line.removeprefix("figures: ")).items():
                budget = 5.0 if name == "idle" else 20.0
                table.line(f"kernel pulse error median, {name}", mid(errors), budget, "ms")
                table.line(f"kernel pulse error worst, {name}", max(errors), 200.0, "ms")


class Leaps:
    """A clock whose every look is a minute later, so that no coil has to rest."""

    def __init__(self) -> None:
        self._now_s = 0.0

    def __call__(self) -> float:
        self._now_s += 60.0
        return self._now_s


class spinning:  # noqa: N801 - reads as what goes on
    """So many Python threads that do nothing but compute."""

    def __init__(self, count: int) -> None:
        self._over = threading.Event()
        self._threads = [threading.Thread(target=self._spin) for _ in range(count)]

    def __enter__(self) -> None:
        for thread in self._threads:
            thread.start()

    def __exit__(self, *_: object) -> None:
        self._over.set()
        for thread in self._threads:
            thread.join()

    def _spin(self) -> None:
        while not self._over.is_set():
            sum(range(1000))


class busy_requests(spinning):  # noqa: N801 - reads as what goes on
    """So many browsers that ask for the locker wall, one page after another."""

    def __init__(self, rig: Rig, headers: dict[str, str]) -> None:
        super().__init__(BESIDE)
        self._port, self._headers = rig.port, headers

    def _spin(self) -> None:
        while not self._over.is_set():
            connection = http.client.HTTPConnection(HOST, self._port, timeout=60)
            connection.request("GET", "/staff/lockers", headers=self._headers)
            connection.getresponse().read()
            connection.close()


@dataclass(frozen=True)
class Posts:
    """Milliseconds of the floor, until our answer, and until the coil rose."""

    bare: list[float]
    answer: list[float]
    pin: list[float]


def in_turns(rig: Rig, headers: dict[str, str], fields: dict[str, str], count: int) -> Posts:
    """The floor and ours one after the other; opens one door after another."""
    found = Posts([], [], [])
    for turn in range(count):
        found.bare.append(post(rig.bare_port, "/", headers, fields)[1])
        path = f"/staff/lockers/{turn % DOORS + 1}/open"
        sent_s, took_ms = post(rig.port, path, headers, fields)
        risen_s = rig.rise_after(sent_s)
        assert risen_s is not None, f"{path} opened nothing"
        found.answer.append(took_ms)
        found.pin.append((risen_s - sent_s) * 1000)
        time.sleep(REST_S)
    return found


def post(
    port: int, path: str, headers: dict[str, str], fields: dict[str, str]
) -> tuple[float, float]:
    """When it was sent, and the milliseconds until it was answered."""
    body = urllib.parse.urlencode(fields)
    connection = http.client.HTTPConnection(HOST, port, timeout=60)
    connection.connect()
    sent_s = time.monotonic()
    connection.request("POST", path, body, headers)
    answer = connection.getresponse()
    answer.read()
    took_ms = (time.monotonic() - sent_s) * 1000
    connection.close()
    assert answer.status == 303, f"{path}: {answer.status}"
    return sent_s, took_ms


def flood(line: int) -> int:
    """Write as many lines as the other end takes, at most FLOOD_LINES_PER_S; returns how many."""
    os.set_blocking(line, False)
    burst = b"".join(b"RBT-0000%04d\r" % number for number in range(FLOOD_LINES_PER_S // 100))
    written, until_s = 0, time.monotonic() + FLOOD_S
    while time.monotonic() < until_s:
        with contextlib.suppress(BlockingIOError):
            written += os.write(line, burst)
        time.sleep(0.01)
    return written * FLOOD_LINES_PER_S // 100 // len(burst)


def cpu_s(pid: int) -> float:
    """CPU seconds that the process has used."""
    words = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(words[11]) + int(words[12])) / os.sysconf("SC_CLK_TCK")


def mid(times: list[float]) -> float:
    return statistics.median(times)


def high(times: list[float]) -> float:
    return statistics.quantiles(times, n=100)[98]


if __name__ == "__main__":
    main()
