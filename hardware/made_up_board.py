"""A board whose lines are simply numbered, for chips that gpiozero's list of Pi models lacks."""

from collections.abc import Iterator

from gpiozero.pins import PinInfo


class NumberedLines:
    """What gpiozero asks of a board, for a chip with lines 0 to `count` - 1."""

    def __init__(self, count: int) -> None:
        self._pins = {number: _pin(number) for number in range(count)}

    def find_pin(self, name: object) -> Iterator[tuple[None, PinInfo]]:
        """Find the line of this number; there is no header it could be on."""
        if isinstance(name, int) and name in self._pins:
            yield None, self._pins[name]


def _pin(number: int) -> PinInfo:
    return PinInfo(
        number=number,
        name=f"GPIO{number}",  # gpiozero reads the line's number from it
        names=frozenset({number}),
        pull="",
        row=number,
        col=1,
        interfaces=frozenset({"gpio"}),
    )
