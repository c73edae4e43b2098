"""When a contact counts as pressed: made for long enough, and once until it comes back. Pure."""


class HeldContact:
    """Judges samples of a contact. A sample that is not pressed begins the time anew.

    `start_hold_s` is for a contact that is pressed at the very first sample.
    """

    def __init__(self, hold_s: float, start_hold_s: float) -> None:
        self._hold_s = hold_s
        self._needs_s = start_hold_s
        self._since_s: float | None = None
        self._fired = False

    def sample(self, *, pressed: bool, at_s: float) -> bool:
        """Tell whether this sample makes it a press; True once a press."""
        if not pressed:
            self._since_s = None
            self._fired = False
            self._needs_s = self._hold_s
            return False
        if self._since_s is None:
            self._since_s = at_s
        if self._fired or at_s - self._since_s < self._needs_s:
            return False
        self._fired = True
        return True
