"""The mirror at work: in the sync process beside its loop, or in the foreground for a command."""

import contextlib
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from appliance.errors import Refused, Unavailable
from appliance.mirror.client import WebApi, read_key
from appliance.mirror.files import Files
from appliance.mirror.numbers import Numbers
from appliance.mirror.passes import Passes
from appliance.mirror.puller import Done, Pace, Puller, SetAside
from appliance.mirror.state import PullState, mark_of
from appliance.mirror.trouble import SourceTrouble, Stopped
from appliance.offices import Office
from appliance.record import Books
from appliance.runtime.logs import get_logger
from appliance.runtime.ownership import own
from appliance.runtime.side_thread import SideThread
from appliance.source_settings import CatalogueSource

LOCK = "mirror"
TURN_S = 20.0  # then others, such as the command, may have the source
REST_S = 0.3  # several looks of somebody who waits for the lock
COMMAND_WAIT_S = 60.0  # a turn, and an answer that takes its time
log = get_logger("mirror")


class Mirroring:
    """One at a time on this data folder, whichever process it is in.

    `look` and `stop` belong on the thread of a process's loop, `pull` on any other.
    """

    def __init__(
        self,
        *,
        books: Books,
        source: CatalogueSource,
        office: Office,
        data_dir: Path,
        run_dir: Path,
        poke: Callable[[], object],
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._source = source
        self._office = office
        self._clock = books.clock
        self._run_dir = run_dir
        self._monotonic = monotonic
        self._stopping = threading.Event()
        self._pace = Pace(source.requests_per_s, self._stopping)
        self._thread = SideThread("mirror", poke)
        self._api: WebApi | None = None
        self._is_idle = False
        self.state = PullState(books)
        self.passes = Passes(books=books, source=source, domains=source.domains or (office.domain,))
        self._numbers = Numbers(books=books, source=source)
        self._files = Files(books=books, source=source, data_dir=data_dir, numbers=self._numbers)

    def look(self) -> None:
        """Go on with the mirror for a while, when it is time; returns at once.

        Raises what the thread did not expect.
        """
        if self._thread.is_busy():
            return
        is_idle, self._is_idle = self._is_idle, False
        if not is_idle and self._may_go():  # after an idle turn the loop's own pace is enough
            self._thread.start(self._turn)

    def stop(self) -> None:
        """End the request under way; what it would have brought is asked for again."""
        self._stopping.set()
        if self._api is not None:
            self._api.abort()
        self._thread.stop()

    def pull(self, tell: Callable[[Done], None], *, anew: bool = False) -> None:
        """Everything that the source has and we want, now; `anew` forgets where passes stand.

        Raises SourceTrouble, Refused when another process is at it and does not come to an end.
        """
        with self._alone(COMMAND_WAIT_S):
            if anew:
                self.passes.restart()
            self.state.ask()
            self._go_on(tell, is_over=lambda: False)

    def _may_go(self) -> bool:
        return self._is_wanted() and self.state.may_ask(self._key_mark())

    def _is_wanted(self) -> bool:
        """Whether it is the time of the day for it, or somebody wants it whatever the time."""
        local = self._clock.now().astimezone(self._office.zone)
        return self._source.is_open(local) or self.passes.is_asked(self.state.standing().asked_at)

    def _turn(self) -> None:
        """On the side thread. Whatever the source does, the process goes on."""
        until_s = self._monotonic() + TURN_S
        try:
            with self._alone(0.0):
                self._is_idle = self._go_on(
                    _log_odd,
                    is_over=lambda: self._monotonic() > until_s or not self._is_wanted(),
                )
        except SourceTrouble:
            self._is_idle = True
        except Refused:
            self._is_idle = True  # the command has it
        except Stopped:
            return
        except (Unavailable, OSError) as error:
            log.error("the mirror could not write", exc_info=error)
            self._is_idle = True
        self._stopping.wait(REST_S)

    def _go_on(self, tell: Callable[[Done], None], *, is_over: Callable[[], bool]) -> bool:
        """True when nothing is left to do. Raises SourceTrouble, which is noted, and Stopped."""
        mark = self._key_mark()
        try:
            with self._opened() as api:
                puller = Puller(
                    api=api,
                    state=self.state,
                    passes=self.passes,
                    numbers=self._numbers,
                    files=self._files,
                )
                while not is_over():
                    done = puller.step()
                    if done is None:
                        return True
                    tell(done)
        except SourceTrouble as error:
            wait_s = self.state.failed(error, mark)
            log.warning(
                "the source cannot be used",
                trouble=error.trouble,
                detail=error.detail,
                wait_s=round(wait_s),
            )
            raise
        return False

    @contextlib.contextmanager
    def _opened(self) -> Iterator[WebApi]:
        api = WebApi(self._source, read_key(Path(self._source.key_file)), pace=self._pace)
        self._api = api
        try:
            yield api
        finally:
            self._api = None
            api.close()

    @contextlib.contextmanager
    def _alone(self, wait_s: float) -> Iterator[None]:
        lock = own(self._run_dir, LOCK, wait_s=wait_s)
        try:
            yield
        finally:
            lock.release()

    def _key_mark(self) -> str:
        return mark_of(Path(self._source.key_file))


def _log_odd(done: Done) -> None:
    if isinstance(done, SetAside):
        trouble, detail = done.error.trouble, done.error.detail
        log.warning("a list cannot be used", list=str(done.key), trouble=trouble, detail=detail)
