"""Slows down those who guess codes or flood a form, never a room behind one address.

Of look-ups only the misses count, never ordinary use. Flask-Limiter's memory store keeps its
windows by the wall clock, so a Pi whose clock is set back would refuse people for as long as the
jump was; this one counts by the monotonic clock.
"""

import hashlib
import ipaddress
import threading
import time
from collections import OrderedDict, deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from flask import Flask, current_app, request, session

from appliance.errors import NotFound

WINDOW_S = 600
MISSES_PER_BROWSER = 10
MISSES_PER_ADDRESS = 200  # a whole room may share one: twenty people who all mistype
KEYS_KEPT = 4096  # about 1 MB when somebody changes addresses all day
EXTENSION = "ruangbaca-misses"


@dataclass(frozen=True, slots=True)
class Allowance:
    """How often in ten minutes: one browser, and all the browsers of one address together.

    `per_house` is for all addresses together: whoever tries numbers can change theirs.
    """

    per_browser: int
    per_address: int
    per_house: int | None = None


GUESSES = Allowance(MISSES_PER_BROWSER, MISSES_PER_ADDRESS)
# Names and numbers of people are found by trying: a room mistypes less often than this.
PEOPLE = Allowance(MISSES_PER_BROWSER, per_address=60, per_house=120)


class TooManyMisses(Exception):
    """Raised when this browser, or its address, has used up what it is allowed (429)."""

    def __init__(self, retry_after_s: int) -> None:
        super().__init__(f"too many misses, retry in {retry_after_s} s")
        self.retry_after_s = retry_after_s

    @property
    def minutes(self) -> int:
        """How long to wait, as people are told: at least one minute."""
        return max(1, round(self.retry_after_s / 60))


class MissCounter:
    """Misses by key in a sliding window. Any thread may call it; it never blocks for long."""

    def __init__(self, *, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._monotonic = monotonic
        self._misses: OrderedDict[str, deque[float]] = OrderedDict()
        self._lock = threading.Lock()

    def add(self, key: str, limit: int) -> None:
        """Count one miss; never more than `limit` are remembered for a key."""
        with self._lock:
            times = self._misses.setdefault(key, deque(maxlen=limit))
            times.append(self._monotonic())
            self._misses.move_to_end(key)
            if len(self._misses) > KEYS_KEPT:
                self._misses.popitem(last=False)

    def wait_s(self, key: str, limit: int) -> int:
        """Seconds until this key is below its limit again; 0 when it is."""
        with self._lock:
            times = self._misses.get(key, ())
            oldest_allowed = self._monotonic() - WINDOW_S
            recent = [at for at in times if at > oldest_allowed]
        return 0 if len(recent) < limit else max(1, int(recent[0] - oldest_allowed) + 1)


def init_app(app: Flask, *, monotonic: Callable[[], float] = time.monotonic) -> None:
    """Give the app a counter of its own."""
    app.extensions[EXTENSION] = MissCounter(monotonic=monotonic)


def refuse_guessers(purpose: str, allowed: Allowance = GUESSES) -> None:
    """Return while this browser and its address may try. Raises TooManyMisses."""
    counter: MissCounter = current_app.extensions[EXTENSION]
    wait_s = max(counter.wait_s(key, limit) for key, limit in _keys(purpose, allowed))
    if wait_s:
        raise TooManyMisses(wait_s)


def count_miss(purpose: str, allowed: Allowance = GUESSES) -> None:
    """Count one try against this browser and its address."""
    counter: MissCounter = current_app.extensions[EXTENSION]
    for key, limit in _keys(purpose, allowed):
        counter.add(key, limit)


@contextmanager
def counting_misses(purpose: str, allowed: Allowance = GUESSES) -> Iterator[None]:
    """Around the look-up of a guessable code: what is not found counts.

    Raises TooManyMisses before the look-up, and NotFound as it came out of it.
    """
    refuse_guessers(purpose, allowed)
    try:
        yield
    except NotFound:
        count_miss(purpose, allowed)
        raise


def _keys(purpose: str, allowed: Allowance) -> list[tuple[str, int]]:
    here = address()
    browser = session.get("csrf_token")
    house = [] if allowed.per_house is None else [(f"{purpose}:house", allowed.per_house)]
    if not browser:  # without our cookie all of an address share one count of the small limit
        return [(f"{purpose}:bare:{here}", allowed.per_browser), *house]
    name = hashlib.sha256(str(browser).encode()).hexdigest()[:16]
    return [
        (f"{purpose}:browser:{name}", allowed.per_browser),
        (f"{purpose}:address:{here}", allowed.per_address),
        *house,
    ]


def address() -> str:
    """Where the request comes from; of IPv6 the network, of which one device has all addresses."""
    try:
        found = ipaddress.ip_address(request.remote_addr or "")
    except ValueError:
        return "unknown"
    if found.version == 6:  # one device has a whole /64 to choose from
        return str(ipaddress.ip_network((found, 64), strict=False))
    return str(found)
