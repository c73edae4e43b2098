"""Whether the source may be asked now, what went wrong last, and who wants it read."""

import datetime as dt
import random
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

from appliance.mirror.trouble import KEY_WAIT_S, SourceTrouble, Trouble, wait_s
from appliance.record import Books
from appliance.storage.models import MirrorState

MOST_NEW_FIELDS = 30
ANSWERED_EVERY_S = 60.0  # how exactly the last good answer is known: each note is a commit


@dataclass(frozen=True, slots=True)
class Standing:
    """How we stand with the source; `trouble` is that of the last answer, None when it was good."""

    asked_at: dt.datetime | None = None
    next_at: dt.datetime | None = None
    tries: int = 0
    trouble: Trouble | None = None
    trouble_at: dt.datetime | None = None
    detail: str = ""
    answered_at: dt.datetime | None = None
    key_mark: str = ""
    new_fields: tuple[str, ...] = ()


class PullState:
    """The one row of it. Reads from any thread; writes through the writer."""

    def __init__(self, books: Books, chance: Callable[[], float] = random.random) -> None:
        self._writer = books.writer
        self._clock = books.clock
        self._chance = chance

    def standing(self) -> Standing:
        """How it is just now; all defaults before anything was asked."""
        row = MirrorState.get_or_none(MirrorState.id == 1)
        if row is None:
            return Standing()
        return Standing(
            asked_at=row.asked_at,
            next_at=row.next_at,
            tries=row.tries,
            trouble=Trouble(row.trouble) if row.trouble else None,
            trouble_at=row.trouble_at,
            detail=row.detail,
            answered_at=row.answered_at,
            key_mark=row.key_mark,
            new_fields=tuple(row.new_fields.split()),
        )

    def may_ask(self, key_mark: str) -> bool:
        """Whether the wait that the last trouble wants is over; another key file ends it."""
        found = self.standing()
        if found.next_at is None:
            return True
        if found.trouble in (Trouble.BAD_KEY, Trouble.NO_KEY) and found.key_mark != key_mark:
            return True
        left_s = (found.next_at - self._clock.now()).total_seconds()
        return not 0 < left_s <= KEY_WAIT_S  # a longer wait was written by a clock that ran ahead

    def ask(self) -> None:
        """A person wants every list read now, whatever went wrong before."""
        self._writer.run(lambda: self._save(asked_at=self._clock.now(), next_at=None, tries=0))

    def failed(self, error: SourceTrouble, key_mark: str) -> float:
        """Note what went wrong; seconds until the next try."""

        def note() -> float:
            tries = self.standing().tries + 1
            seconds = wait_s(error.trouble, tries, self._chance(), error.retry_after_s)
            now = self._clock.now()
            self._save(
                next_at=now + dt.timedelta(seconds=seconds),
                tries=tries,
                trouble=error.trouble,
                trouble_at=now,
                detail=error.detail,
                key_mark=key_mark,
            )
            return seconds

        return self._writer.run(note)

    def answered(self, new_fields: Iterable[str] = ()) -> None:
        """An answer could be used. Belongs inside a function given to the writer, or not."""
        found = self.standing()
        names = dict.fromkeys((*found.new_fields, *new_fields))
        told = tuple(names)[:MOST_NEW_FIELDS]
        is_told = told == found.new_fields and found.trouble is None and found.tries == 0
        if is_told and found.answered_at is not None:
            since_s = (self._clock.now() - found.answered_at).total_seconds()
            if 0 <= since_s < ANSWERED_EVERY_S:
                return
        self._writer.run(
            lambda: self._save(
                answered_at=self._clock.now(),
                next_at=None,
                tries=0,
                trouble=None,
                trouble_at=None,
                detail="",
                new_fields=" ".join(told),
            )
        )

    @staticmethod
    def _save(**values: object) -> None:
        MirrorState.insert(id=1, **values).on_conflict(
            conflict_target=[MirrorState.id], update=values
        ).execute()


def mark_of(key_file: Path) -> str:
    """What tells one key file from the next; nothing of the key itself."""
    try:
        found = key_file.stat()
    except OSError:
        return "missing"
    return f"{found.st_mtime_ns}:{found.st_size}:{found.st_mode & 0o777:o}"
