"""One request after the other, in the order in which they are worth most."""

import datetime as dt
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass

from appliance.mirror.client import WebApi
from appliance.mirror.files import Fetched, Files
from appliance.mirror.numbers import Numbered, Numbers
from appliance.mirror.passes import PageKept, Passes
from appliance.mirror.records import ListKey
from appliance.mirror.state import PullState
from appliance.mirror.trouble import OF_ONE_THING, OF_WHOM, SourceTrouble, Stopped


@dataclass(frozen=True, slots=True)
class SetAside:
    """A list whose answer could not be used, while the others could."""

    key: ListKey
    error: SourceTrouble


@dataclass(frozen=True, slots=True)
class Buried:
    """How many records of a list were found gone."""

    records: int


Done = PageKept | SetAside | Buried | Numbered | Fetched


class Pace:
    """Call before every request: returns when it may go, or raises Stopped."""

    def __init__(
        self,
        per_s: float,
        stopping: threading.Event,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._gap_s = 1 / per_s
        self._stopping = stopping
        self._monotonic = monotonic
        self._next_s = float("-inf")

    def __call__(self) -> None:
        wait_s = self._next_s - self._monotonic()
        if self._stopping.wait(max(wait_s, 0.0)):
            raise Stopped
        self._next_s = self._monotonic() + self._gap_s


class Puller:
    """Lists first, then what is gone, then numbers, then files. One thread."""

    def __init__(
        self, *, api: WebApi, state: PullState, passes: Passes, numbers: Numbers, files: Files
    ) -> None:
        self._api = api
        self._state = state
        self._passes = passes
        self._numbers = numbers
        self._files = files

    def step(self) -> Done | None:
        """What one more request brought; None when nothing is left to ask for now.

        Raises SourceTrouble for an answer that cannot be used, of which nothing was kept.
        """
        done = self._next()
        if done is None and self._passes.believe():
            done = self._next()
        if isinstance(done, PageKept | Numbered) or (isinstance(done, Fetched) and done.is_here):
            self._passes.settle()
            self._numbers.settle()
        return done

    def _next(self) -> Done | None:
        asked_at = self._state.standing().asked_at
        return (
            self._page(asked_at)
            or self._gone()
            or self._numbers.step(self._api, self._state)
            or self._files.step(self._api)
        )

    def _page(self, asked_at: dt.datetime | None) -> PageKept | SetAside | None:
        due = self._passes.due(asked_at)
        if due is None:
            return None
        key, number = due
        try:
            page = self._api.page(key.model, domain=key.domain, lang=key.lang, page=number)
        except SourceTrouble as error:
            is_its_own = error.trouble in OF_WHOM and self._passes.doubt(key)
            if error.trouble not in OF_ONE_THING and not is_its_own:
                raise
            self._passes.set_aside(key, error)
            return SetAside(key, error)
        kept = self._passes.apply(key, number, page)
        self._state.answered(f"{key.model}.{name}" for name in page.new_fields)
        return kept

    def _gone(self) -> Buried | None:
        done = self._passes.bury()
        return Buried(done) if done else None
