"""Runs the four processes as children, starts again what dies, and ends all of them together."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from types import FrameType

from appliance.demo import place
from appliance.errors import N_, Refused, Unavailable
from appliance.offices import load_office
from appliance.runtime.ownership import own
from appliance.runtime.probe import healthz, reachable
from appliance.runtime.wakeup import OWNERS, Waker

READY_LINE = "Ruang Baca siap: http://{address}/"
LOOK_EVERY_S = 0.1
FIRST_PAUSE_S, LONGEST_PAUSE_S = 0.5, 5.0
HEALTHY_AFTER_S = 30.0
STOP_S = 4.0  # what is left then is killed: Ctrl-C ends everything within 5 s
HOPELESS = 5  # a process that dies so often before anything was ready will not get better


@dataclass(slots=True)
class Child:
    """One of the four processes, over all its lives."""

    name: str
    command: list[str]
    running: subprocess.Popen[bytes] | None = None
    started_s: float = 0.0
    pause_s: float = FIRST_PAUSE_S
    start_at_s: float = 0.0
    deaths: int = 0

    def start(self, now_s: float) -> None:
        # A session of its own: Ctrl-C in the terminal reaches the parent alone, which then ends
        # each child once. The child itself asks the kernel to end it with this parent.
        self.running = subprocess.Popen(
            self.command, stdin=subprocess.DEVNULL, start_new_session=True
        )
        self.started_s = now_s


class Supervisor:
    """Watches over children until told to stop. Everything happens on the calling thread."""

    def __init__(
        self,
        children: list[Child],
        say: Callable[[str], None],
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._children = children
        self._say = say
        self._monotonic = monotonic
        self._stopping = False

    @property
    def is_stopping(self) -> bool:
        return self._stopping

    def start(self) -> None:
        for child in self._children:
            child.start(self._monotonic())

    def stop(self) -> None:
        """Make `watch` return False from now on. Safe in a signal handler."""
        self._stopping = True

    def watch(self) -> bool:
        """Start again whatever has died and has paused long enough; False when to stop."""
        now_s = self._monotonic()
        for child in self._children:
            if child.running is None:
                if now_s >= child.start_at_s and not self._stopping:
                    child.start(now_s)
            elif (code := child.running.poll()) is not None:
                self._note_death(child, code, now_s)
            elif now_s - child.started_s >= HEALTHY_AFTER_S:
                child.pause_s, child.deaths = FIRST_PAUSE_S, 0
        return not self._stopping

    def hopeless(self) -> str | None:
        """The name of a process that keeps dying; None when all may yet come up."""
        return next((child.name for child in self._children if child.deaths >= HOPELESS), None)

    def end(self) -> None:
        """End every child: SIGTERM to all at once, SIGKILL to what is left after four seconds."""
        alive = [child.running for child in self._children if child.running is not None]
        for process in alive:
            if process.poll() is None:
                process.terminate()
        deadline_s = self._monotonic() + STOP_S
        for process in alive:
            try:
                process.wait(max(deadline_s - self._monotonic(), 0.01))
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()

    def _note_death(self, child: Child, code: int, now_s: float) -> None:
        reason = signal.Signals(-code).name if code < 0 else f"exit code {code}"
        child.running, child.deaths = None, child.deaths + 1
        child.start_at_s = now_s + child.pause_s
        if not self._stopping:
            self._say(f"{child.name} ended ({reason}); starting again in {child.pause_s:g} s")
        child.pause_s = min(child.pause_s * 2, LONGEST_PAUSE_S)


def run_demo(data: Path | None, host: str, port: int, office: str | None) -> None:
    """The whole demonstration; returns after Ctrl-C or SIGTERM.

    Raises Refused for a folder in use or with other data, Unavailable for a port in use or when
    a process cannot be brought up, ConfigError for an unknown office.
    """
    if office is not None:
        load_office(office)
    folder = (data or place.default_data_dir(office or place.DEFAULT_OFFICE)).absolute()
    try:
        lock = own(folder, "demo")
    except Refused:
        raise Refused(
            N_("Peragaan lain sudah berjalan pada folder %(folder)s."), folder=folder
        ) from None
    try:
        port = _free_port(host, port)
        settings = place.prepare(data, host, port, office)
        configuration = settings.data_dir / place.MARK
        supervisor = Supervisor([_child(name, configuration) for name in OWNERS], _say)
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, _handler(supervisor))
        if place.needs_seed(settings.data_dir):
            _say("preparing the data of the demonstration")
        _prepare(configuration, supervisor)
        _run(supervisor, host, port, Waker(settings.run_dir))
    finally:
        lock.release()


def _run(supervisor: Supervisor, host: str, port: int, waker: Waker) -> None:
    is_ready = False
    if supervisor.is_stopping:
        return
    try:
        supervisor.start()
        while supervisor.watch():
            if not is_ready and _is_up(host, port, waker):
                is_ready = True
                print(READY_LINE.format(address=_address(host, port)), flush=True)
            elif not is_ready and (name := supervisor.hopeless()):
                raise Unavailable(
                    N_("Proses '%(name)s' tidak dapat dijalankan; lihat baris di atas."), name=name
                )
            time.sleep(LOOK_EVERY_S)
    finally:
        supervisor.end()


def _is_up(host: str, port: int, waker: Waker) -> bool:
    workers = [name for name in OWNERS if name != "web"]
    return all(map(waker.is_listening, workers)) and healthz(host, port) is not None


def _child(name: str, configuration: Path) -> Child:
    ruangbaca = [sys.executable, "-m", "appliance", f"--config={configuration}"]
    return Child(name, [*ruangbaca, f"--with-parent={os.getpid()}", name])


def _prepare(configuration: Path, supervisor: Supervisor) -> None:
    # In a process of its own, so that this one, which lives as long as the demo, stays small.
    command = [sys.executable, "-m", "appliance.demo.prepare", str(configuration), str(os.getpid())]
    preparing = subprocess.Popen(command, stdin=subprocess.DEVNULL, start_new_session=True)
    while preparing.poll() is None:
        if supervisor.is_stopping:
            preparing.kill()  # whatever it has done is done again at the next start
        time.sleep(LOOK_EVERY_S)
    if preparing.returncode != 0 and not supervisor.is_stopping:
        raise Unavailable(N_("Data peragaan tidak dapat disiapkan; lihat baris di atas."))


def _free_port(host: str, port: int) -> int:
    """The port to listen on, tried before anything is started. Raises Unavailable."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        with socket.socket(family, socket.SOCK_STREAM) as trial:
            trial.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            trial.bind((host, port))
            return int(trial.getsockname()[1])
    except OSError as error:
        raise Unavailable(
            N_(
                "Tidak dapat mendengarkan di %(host)s:%(port)s (%(reason)s). Hentikan program "
                "yang memakainya, atau pilih alamat lain dengan --listen."
            ),
            host=host,
            port=port,
            reason=error.strerror or error,
        ) from error


def _address(host: str, port: int) -> str:
    """An address that a person can open: on all interfaces, the one towards the room."""
    shown = _towards_the_room() if reachable(host) != host else host
    return f"[{shown}]:{port}" if ":" in shown else f"{shown}:{port}"


def _towards_the_room() -> str:
    # Choosing a route sends nothing; 192.0.2.1 is reserved for documentation (RFC 5737).
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(("192.0.2.1", 9))
        except OSError:
            return "127.0.0.1"
        return str(probe.getsockname()[0])


def _handler(supervisor: Supervisor) -> Callable[[int, FrameType | None], None]:
    def handle(_number: int, _frame: FrameType | None) -> None:
        supervisor.stop()

    return handle


def _say(text: str) -> None:
    print(f"ruangbaca demo: {text}", file=sys.stderr, flush=True)
