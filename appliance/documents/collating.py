"""Both sides of a stack through a feeder that reads only one: fronts first, then all the backs."""

from collections.abc import Sequence
from itertools import groupby
from typing import Protocol, TypeVar

from appliance.documents.rules import FEEDER
from appliance.errors import N_, Refused

T = TypeVar("T")


class Sheet(Protocol):
    """A page and where it came from; `batch` is None when it was not fed with others."""

    @property
    def batch(self) -> str | None: ...

    @property
    def source(self) -> str: ...


S = TypeVar("S", bound=Sheet)


def last_stacks(pages: Sequence[S]) -> tuple[list[S], list[S]]:
    """The stack that was fed last, and the one right before it; either may be empty."""
    runs = [list(run) for _, run in groupby(pages, key=lambda page: page.batch)]
    is_stack = [run[0].batch is not None and run[0].source == FEEDER for run in runs]
    last = runs[-1] if runs and is_stack[-1] else []
    before = runs[-2] if last and len(runs) > 1 and is_stack[-2] else []
    return last, before


def interleaved(fronts: Sequence[T], backs: Sequence[T]) -> list[T]:
    """Front, back, front, back: the turned stack was read from its last sheet to its first.

    Raises Refused when the two do not have the same number of sheets.
    """
    if len(fronts) != len(backs):
        raise Refused(
            N_(
                "Sisi depan %(fronts)s lembar, sisi belakang %(backs)s lembar: tidak sama. Hapus "
                "yang lebih atau pindai ulang satu sisi, lalu coba lagi."
            ),
            fronts=len(fronts),
            backs=len(backs),
        )
    return [page for pair in zip(fronts, reversed(backs), strict=True) for page in pair]
