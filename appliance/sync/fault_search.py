"""Finding the one event that the portal stumbles over, by halves. Pure."""

FAILURES_BEFORE_SPLIT = 3  # of one batch: a hiccup is not the batch's fault


class FaultSearch:
    """Knows up to which number of one stream an event is at fault; forgets once that is passed.

    A single event is tried as it is and with the plea to keep it aside in turns: when the portal
    merely was ill, the event is stored like any other.
    """

    def __init__(self) -> None:
        self._failures = 0
        self._epoch, self._until = "", 0
        self._pleads = False

    def most(self, epoch: str, head: int, usual: int) -> int:
        """How many events the next batch may have: half of those among which the fault lies."""
        if epoch != self._epoch or head >= self._until:
            self._until = 0
            return usual
        return min(usual, max((self._until - head) // 2, 1))

    @property
    def pleads(self) -> bool:
        """Whether the single event that comes next should be kept aside unread."""
        return self._pleads

    def stored(self) -> None:
        """The last batch was not at fault."""
        self._failures, self._pleads = 0, False

    def failed(self, epoch: str, first: int, last: int, *, is_hiccup: bool) -> bool:
        """The batch with these numbers was not stored. Whether the next may follow at once."""
        self._failures += 1
        if is_hiccup and self._failures < FAILURES_BEFORE_SPLIT:
            return False
        self._epoch, self._until = epoch, last
        if first < last:
            return True
        self._pleads = not self._pleads
        return self._pleads
