"""When to ask the portal again, and how much to send at once. Pure."""

import hashlib
from dataclasses import dataclass, replace

FIRST_WAIT_S, LONGEST_WAIT_S = 5.0, 15 * 60.0
HOURLY_S = 3600.0  # what only a person can mend is still looked at
LONGEST_OBEYED_S = 24 * 3600.0  # of what the portal asks for
SPREAD_S = 600  # over which offices come back after an outage
OUTAGE_TRIES = 3  # failures in a row that make an outage of a hiccup
FIRST_BATCH, LARGEST_BATCH = 100, 500
BATCH_BYTES = 256 * 1024  # of events before packing
AIM_S = 10.0  # of one request


def wait_s(tries: int, chance: float) -> float:
    """Seconds until the next try after `tries` failures in a row; `chance` is 0 to 1.

    Full jitter: anything up to a bound that doubles, so that offices which failed together do
    not come back together; never less than a second.
    """
    bound_s = min(LONGEST_WAIT_S, FIRST_WAIT_S * (1 << min(max(tries, 1) - 1, 10)))
    return max(1.0, bound_s * chance)


def asked_wait_s(tries: int, chance: float, retry_after_s: float | None) -> float:
    """As `wait_s`, but at least what the portal asks for, and up to a tenth more."""
    own_s = wait_s(tries, chance)
    if retry_after_s is None:
        return own_s
    return max(own_s, min(retry_after_s, LONGEST_OBEYED_S) * (1 + chance / 10))


def spread_s(device_id: str, tries: int) -> float:
    """How long this device lets others go first when the portal is back after an outage."""
    if tries < OUTAGE_TRIES:
        return 0.0
    return int.from_bytes(hashlib.sha256(device_id.encode()).digest()[:4], "big") % SPREAD_S


@dataclass(frozen=True, slots=True)
class BatchSize:
    """How many events go at once. Grows while requests are quick, shrinks when told to."""

    events: int = FIRST_BATCH
    most: int = LARGEST_BATCH  # what anything on the way has ever taken
    wished: int = 0  # what the portal would like; 0: no wish

    def after(self, took_s: float) -> "BatchSize":
        """The next size after a request that was answered well."""
        if took_s > AIM_S:
            return self.halved()
        most = min(self.most, self.wished or self.most)
        return replace(self, events=min(self.events * 2, most))

    def halved(self) -> "BatchSize":
        """Half as many; never none."""
        return replace(self, events=max(self.events // 2, 1))

    def limited(self, most: int) -> "BatchSize":
        """Never more than this again: something on the way takes no larger body."""
        return replace(self, events=most, most=most)

    def hinted(self, events: int) -> "BatchSize":
        """With the portal's present wish; anything below one is none."""
        return replace(self, wished=max(events, 0))
