"""How far a pass over a list is, what it proves, and what a person's word outlives."""

import hashlib
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from appliance.mirror.shapes import ListPage

Value = str | int | None
MOVES_IN_A_ROW = 3  # passes over a list that changes all the time, before it has to wait its turn
FEW_GONE = 10  # records that may vanish at once without a second look,
GONE_SHARE = 4  # and beyond them one in so many
DIGEST_CHARS = 8
FILE_WAIT_S = (3600.0, 7 * 24 * 3600.0)  # after the first failure of one file, and at most


@dataclass(frozen=True, slots=True)
class Progress:
    """Where a pass stands. `is_moved`: the list changed meanwhile, so nothing is proved by it."""

    next_page: int = 1
    pages: int = 0
    total: int = 0
    is_moved: bool = False
    is_over: bool = False


def advanced(before: Progress, page: "ListPage") -> Progress:
    """The pass after this answer to the question for `before.next_page`.

    A page that is not the one asked for, one beyond the end, or another total: the list has
    shifted, and records may have slipped past between two pages.
    """
    is_first = before.next_page == 1
    is_other = not is_first and (page.total, page.pages) != (before.total, before.pages)
    is_wrong = page.page != before.next_page
    is_last = is_wrong or before.next_page >= page.pages
    return replace(
        before,
        next_page=before.next_page + 1,
        pages=page.pages,
        total=page.total,
        is_moved=is_wrong or is_other or (before.is_moved and not is_first),
        is_over=is_last,
    )


def is_complete(progress: Progress, seen: int) -> bool:
    """Whether a pass that is over has seen every record that the list has."""
    return not progress.is_moved and seen == progress.total


def is_doubtful(gone: int, known: int) -> bool:
    """Whether so much would vanish that it looks like a mistake of theirs."""
    return gone > FEW_GONE and gone * GONE_SHARE > known


def chosen(sizes: Iterable[tuple[int, int]], budget_bytes: int) -> set[int]:
    """Which files fit: pairs of key and size, the most wanted first. Smaller ones may fill gaps."""
    kept: set[int] = set()
    left = budget_bytes
    for key, size in sizes:
        if size <= left:
            kept.add(key)
            left -= size
    return kept


def file_wait_s(tries: int) -> float:
    """Seconds until one file that failed so often is tried again."""
    first, longest = FILE_WAIT_S
    return min(first * (1 << min(max(tries, 1) - 1, 20)), longest)


def digest(value: Value) -> str:
    """What a value is known by later, without keeping it."""
    text = "" if value is None else str(value)
    return hashlib.blake2b(text.encode(), digest_size=DIGEST_CHARS // 2).hexdigest()


def merged(
    here: Mapping[str, Value], said: Mapping[str, Value], known: Mapping[str, Collection[str]]
) -> tuple[dict[str, Value], tuple[str, ...]]:
    """The fields to write, and those that stay because a person wrote them.

    `here` is what is kept, `said` what the source says now, `known` the digests of what it has
    said before. A field that is empty here, or still as the source once said it, follows.
    """
    changes: dict[str, Value] = {}
    held = []
    for name, value in said.items():
        present = here[name]
        if (present or None) == (value or None):
            continue
        if not present or digest(present) in known.get(name, ()):
            changes[name] = value
        elif value:  # of what the source is silent about nobody contradicts it
            held.append(name)
    return changes, tuple(held)
