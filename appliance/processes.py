"""The four processes: what each opens, runs, and closes again."""

import faulthandler
import os
import signal
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager, suppress
from types import FrameType
from typing import TYPE_CHECKING

import apsw
import peewee

from appliance import __version__
from appliance.clock import SystemClock
from appliance.config import LINK_KEY, Settings, secret
from appliance.core import Core, open_core
from appliance.errors import Unavailable
from appliance.renewal import end_when_outdated, ends_when_outdated
from appliance.runtime import systemd
from appliance.runtime.logs import configure, get_logger
from appliance.runtime.memory import give_back, stay_small
from appliance.runtime.ownership import own
from appliance.runtime.wakeup import WakeSocket
from appliance.runtime.worker import WorkerLoop
from appliance.storage.models import ProcessState

if TYPE_CHECKING:
    from appliance.lockers.emergency_run import EmergencyRun
    from appliance.lockers.worker import LockerWorker
    from appliance.readers.post import ReaderPost
    from hardware.interfaces import LockerBank
    from hardware.reader_interfaces import EmergencyButton, PlacedReader

PREDECESSOR_WAIT_S = 6.0  # a stopping web process finishes its requests for up to 5 s
LAST_WORDS_S = 4.0
TRY_AGAIN_S = 1.0  # how soon a database that could not be used is tried again
log = get_logger("process")


@contextmanager
def process(name: str, settings: Settings) -> Iterator[Core]:
    """The surroundings of every process: log, lock, core, and a row that says it runs.

    Anything unexpected, on whatever thread, is logged and ends the process: a fresh one starts
    from the database. Raises Refused when the same process already runs on this data folder.
    """
    with _surroundings(name, settings), _data(name, settings) as core:
        yield core


@contextmanager
def _surroundings(name: str, settings: Settings) -> Iterator[None]:
    stay_small()
    configure(name, settings.log_level)
    faulthandler.enable()
    faulthandler.register(signal.SIGUSR1, all_threads=True)
    failures = _end_when_a_thread_fails()
    lock = own(settings.run_dir, name, wait_s=PREDECESSOR_WAIT_S)
    try:
        yield
    finally:
        lock.release()
        threading.excepthook = threading.__excepthook__
    if failures:
        raise failures[0]


@contextmanager
def _data(name: str, settings: Settings) -> Iterator[Core]:
    with closing(open_core(settings)) as core:
        core.writer.run(lambda: _say_started(core, name))
        log.info("started", version=__version__, office=settings.office, pid=os.getpid())
        yield core
    log.info("stopped")


def run_web(settings: Settings) -> None:
    """Serve the screens until SIGTERM or SIGINT. Raises web.server.CannotListen."""
    from appliance.bootstrap import build_services
    from web.announce import Announcer
    from web.app import create_app
    from web.server import serve

    with process("web", settings) as core:
        services = build_services(core)
        with suppress(Unavailable):  # a full card must not keep the room closed
            services.privacy.keep_notices()  # before anybody can agree to them
        app = create_app(services, settings)
        stopping = threading.Event()
        announcer = Announcer(app, enabled=settings.announce)

        def ready(address: str) -> None:
            host, _, port = address.rpartition(":")
            host = host.strip("[]")
            log.info("listening", address=address)
            announcer.start(host, int(port))
            systemd.notify("READY=1")
            _watch(host, int(port), stopping)
            end_when_outdated(core, stopping)

        try:
            serve(app, settings.host, settings.port, on_ready=ready)
        finally:
            systemd.notify("STOPPING=1")
            stopping.set()
            announcer.stop()
            services.reading_tally.keep()


def run_lockers(settings: Settings) -> None:
    """Own the locker doors until SIGTERM or SIGINT.

    With an emergency button, a database that cannot be opened or written does not end this
    process: the button opens every door all the same, and the rest waits.
    """
    from appliance.devices import open_emergency_button

    _exit_on_sigterm()
    with (
        _surroundings("lockers", settings),
        owned_doors(settings, guarded=True) as (bank, run),
        closing(open_emergency_button(settings.lockers.emergency)) as button,
    ):
        button.on_press = run.start_all
        has_button = settings.lockers.emergency.is_fitted
        while not _serve_doors(settings, bank, run, button, outlast=has_button):
            _exit_on_sigterm()
            systemd.notify("READY=1")  # the button is
            time.sleep(TRY_AGAIN_S)
            systemd.notify("WATCHDOG=1")


@contextmanager
def owned_doors(
    settings: Settings, *, guarded: bool = False
) -> Iterator[tuple["LockerBank", "EmergencyRun"]]:
    """The bank of lockers, and what opens all of it; everything off and closed at the end."""
    from appliance.devices import open_lockers
    from appliance.lockers.emergency_run import EmergencyRun

    with closing(open_lockers(settings.lockers, settings.reader, guarded=guarded)) as bank:
        run = EmergencyRun(bank, now=SystemClock().now)
        try:
            yield bank, run
        finally:
            run.stop()
            bank.all_off()


def door_worker(
    core: Core, bank: "LockerBank", run: "EmergencyRun", poke: Callable[[], object]
) -> "LockerWorker":
    """What carries out door commands over this bank."""
    from appliance.lockers.worker import LockerWorker
    from appliance.visits.directory import VisitDirectory

    settings = core.settings
    return LockerWorker(
        books=core.books,
        visits=VisitDirectory(
            clock=core.clock, office=core.office, link_key=secret(settings.data_dir, LINK_KEY)
        ),
        bank=bank,
        sizes=settings.lockers.sizes,
        run=run,
        poke=poke,
        open_timeout_s=settings.lockers.open_timeout_s,
        left_open_s=settings.lockers.left_open_s,
    )


def _serve_doors(
    settings: Settings,
    bank: "LockerBank",
    run: "EmergencyRun",
    button: "EmergencyButton",
    *,
    outlast: bool,
) -> bool:
    """Serve until told to stop; False when `outlast` and the database does not allow it now."""
    from appliance.lockers.worker import POLL_S

    try:
        with (
            _data("lockers", settings) as core,
            _wake(settings, "lockers") as wake,
            closing(_reader_post(core, wake)) as post,
            _voice(core, wake) as speak,
            _panel(settings, bank, post.readers, button),
        ):
            worker = door_worker(core, bank, run, wake.poke)
            button.on_press = worker.press

            def step() -> None:
                if not worker.is_emergency:
                    post.step()  # first, so that the door a code asks for is opened in this step
                worker.step()
                if not worker.is_emergency:
                    speak()

            try:
                post.start()
                _run(WorkerLoop(wake, step, poll_s=POLL_S))
                with suppress(Unavailable):
                    worker.stopped()
            finally:
                button.on_press = run.start_all
                worker.close()
    except (Unavailable, peewee.DatabaseError, apsw.Error) as error:
        if not outlast:
            raise
        log.error("only the emergency button works", exc_info=error)
        return False
    return True


def run_documents(settings: Settings) -> None:
    """Own the scanners and every PDF until SIGTERM or SIGINT."""
    from appliance.paperwork import POLL_S, Paperwork

    with process("documents", settings) as core, _wake(settings, "documents") as wake:
        paperwork = Paperwork(core, wake.poke)
        try:
            _run_while_up_to_date(core, wake, paperwork.step, POLL_S, is_busy=paperwork.is_scanning)
        finally:
            paperwork.stop()


def run_sync(settings: Settings) -> None:
    """Own what goes to the portal and comes from BPS until SIGTERM or SIGINT."""
    from appliance.upstream import POLL_S, Upstream

    with process("sync", settings) as core, _wake(settings, "sync") as wake:
        upstream = Upstream(core, wake.poke)
        try:
            _run_while_up_to_date(core, wake, upstream.step, POLL_S)
        finally:
            upstream.stop()


def _reader_post(core: Core, wake: WakeSocket) -> "ReaderPost":
    """What answers the readers, which are opened last: nobody closes them before it is there."""
    from appliance.devices import open_readers
    from appliance.readers.post import ReaderPost
    from appliance.room import build_room

    service = build_room(core).readers
    return ReaderPost(service=service, readers=open_readers(core.settings.reader), poke=wake.poke)


@contextmanager
def _voice(core: Core, wake: WakeSocket) -> Iterator[Callable[[], None]]:
    """What says the calls of the queue, to be stepped; nothing in a room without a voice."""
    if not core.settings.sound.is_fitted:
        yield lambda: None
        return
    from appliance.devices import open_speaker
    from appliance.visits.speaking import CallSpeaker

    speaker = open_speaker(core.settings.sound)
    with closing(CallSpeaker(books=core.books, speaker=speaker, poke=wake.poke)) as calls:
        yield calls.step


@contextmanager
def _panel(
    settings: Settings,
    bank: "LockerBank",
    readers: Sequence["PlacedReader"],
    button: "EmergencyButton",
) -> Iterator[None]:
    """In the demonstration, let its panel disturb the simulated devices."""
    if not settings.demo:
        yield
        return
    from appliance.simulation.room import SimulatedRoom

    with closing(SimulatedRoom(bank, readers, button).serve(settings.run_dir)):
        yield


def _wake(settings: Settings, name: str) -> closing[WakeSocket]:
    return closing(WakeSocket(settings.run_dir, name))


def _run_while_up_to_date(
    core: Core,
    wake: WakeSocket,
    step: Callable[[], None],
    poll_s: float,
    *,
    is_busy: Callable[[], bool] = lambda: False,
) -> None:
    def end() -> None:
        loop.stop()

    look = ends_when_outdated(core, step, end, is_busy=is_busy)
    loop = WorkerLoop(wake, look, poll_s=poll_s)
    _run(loop)


def _run(loop: WorkerLoop) -> None:
    give_back()  # what the start needed alone
    loop.stop_on_signals()
    loop.run()


def _exit_on_sigterm() -> None:
    """While no loop runs: leave by an exception, so that everything is closed in order."""

    def leave(number: int, frame: FrameType | None) -> None:
        raise SystemExit(0)

    signal.signal(signal.SIGTERM, leave)


def _say_started(core: Core, name: str) -> None:
    stamp = core.clock.stamp()
    row = {"pid": os.getpid(), "boot_id": stamp.boot_id, "started_at": stamp.at}
    ProcessState.insert(name=name, **row).on_conflict(
        conflict_target=[ProcessState.name], update=row
    ).execute()


def _end_when_a_thread_fails() -> list[BaseException]:
    """Make an unexpected exception on any thread end the process, which is told it in the list."""
    failures: list[BaseException] = []

    def hook(arguments: threading.ExceptHookArgs) -> None:
        error = arguments.exc_value
        if error is None:
            return
        failures.append(error)
        thread = arguments.thread.name if arguments.thread else "?"
        log.critical("a thread failed", thread=thread, exc_info=error)
        # The main thread closes devices in order; should it hang, the clock ends it.
        faulthandler.dump_traceback_later(LAST_WORDS_S, exit=True)
        os.kill(os.getpid(), signal.SIGTERM)

    threading.excepthook = hook
    return failures


def _watch(host: str, port: int, stopping: threading.Event) -> None:
    """Tell systemd that this process lives as long as it answers its own door."""
    interval_s = systemd.watchdog_interval_s()
    if interval_s is None:
        return

    def loop() -> None:
        while not stopping.wait(interval_s / 2):
            if _answers(host, port, timeout_s=interval_s):
                systemd.notify("WATCHDOG=1")

    threading.Thread(target=loop, name="watchdog", daemon=True).start()


def _answers(host: str, port: int, *, timeout_s: float) -> bool:
    from appliance.runtime.probe import healthz

    return healthz(host, port, timeout_s=timeout_s) is not None
