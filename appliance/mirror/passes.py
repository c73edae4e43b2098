"""Passes over the lists: one page a transaction, together with where the pass stands.

Whatever ends the process between two pages, the next one goes on behind the last page that was
kept. Nothing is withdrawn but by a pass that saw as many records as the list has.
"""

import datetime as dt
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from typing import cast

from peewee import Expression

from appliance.actor import SYSTEM
from appliance.catalogue import index
from appliance.mirror import rules
from appliance.mirror.records import ListKey, Records, Tally, of_list
from appliance.mirror.shapes import ListPage
from appliance.mirror.trouble import SHAPE_WAIT_S, SourceTrouble
from appliance.record import Books
from appliance.source_settings import CatalogueSource, Model
from appliance.storage.models import MirrorList, MirrorRecord

_NEVER = dt.datetime.min.replace(tzinfo=dt.UTC)
MOST_TRIES = 3  # at one list that cannot be read while others can
BURIED_AT_ONCE = 200  # records a commit: others wait for the writer at most that long


@dataclass(frozen=True, slots=True)
class PageKept:
    """What became of one page; `is_complete` is None while the pass goes on."""

    key: ListKey
    page: int
    pages: int
    total: int
    is_complete: bool | None


class Passes:
    """Reads and writes where each list stands. One thread."""

    def __init__(self, *, books: Books, source: CatalogueSource, domains: Iterable[str]) -> None:
        self._writer = books.writer
        self._clock = books.clock
        self._recorder = books.recorder
        self._every = dt.timedelta(hours=source.every_hours)
        self._records = Records(books.clock, source.languages)
        self._tries: Counter[ListKey] = Counter()
        self._doubted: set[ListKey] = set()
        self._may_have_gone = True  # looking through a long list for nothing takes its time
        self.keys = tuple(
            ListKey(model, domain, lang)
            for model in source.models
            for domain in domains
            for lang in source.languages
        )

    def due(self, asked_at: dt.datetime | None) -> tuple[ListKey, int] | None:
        """The next page to ask for, if any: passes under way first, then lists whose time it is."""
        now = self._clock.now()
        rows = {_key(row): row for row in MirrorList.select()}
        able = [
            key
            for key in self.keys
            if key not in self._doubted and not _is_aside(rows.get(key), now, asked_at)
        ]
        begun = [key for key in able if key in rows and rows[key].next_page > 1]
        waiting = [key for key in able if self._is_due(rows.get(key), now, asked_at)]
        for key in (*begun, *waiting):
            return key, rows[key].next_page if key in rows else 1
        return None

    def is_asked(self, asked_at: dt.datetime | None) -> bool:
        """Whether some list was not read to its end since a person asked for it."""
        if asked_at is None:
            return False
        rows = {_key(row): row for row in MirrorList.select()}
        return any(key not in rows or _tried_at(rows[key]) < asked_at for key in self.keys)

    def incomplete(self) -> list[ListKey]:
        """The lists whose last pass did not see everything."""
        rows = {_key(row): row for row in MirrorList.select()}
        return [key for key in self.keys if key in rows and (rows[key].moves or rows[key].trouble)]

    def live(self) -> int:
        """How many records the lists have."""
        return int(MirrorRecord.select().where(MirrorRecord.gone_at.is_null()).count())

    def apply(self, key: ListKey, asked: int, page: ListPage) -> PageKept:
        """Keep a page and where the pass stands behind it, in one transaction."""
        self._tries.pop(key, None)
        return self._writer.run(lambda: self._apply(key, asked, page))

    def doubt(self, key: ListKey) -> bool:
        """Ask for other things first; whether it is this list alone that cannot be read."""
        self._doubted.add(key)
        self._tries[key] += 1
        return self._tries[key] >= MOST_TRIES

    def settle(self) -> None:
        """Something else was answered, so that what was doubted may have another try."""
        self._doubted.clear()

    def believe(self) -> bool:
        """Nothing else is to be asked for: doubt no list. Whether one was."""
        was_doubted = bool(self._doubted)
        self._doubted.clear()
        self._tries.clear()
        return was_doubted

    def set_aside(self, key: ListKey, error: SourceTrouble) -> None:
        """Leave a list alone for a while, where its pass stands; the others go on."""
        self._tries.pop(key, None)

        def write() -> None:
            if not MirrorList.select().where(_is(key)).exists():
                MirrorList.create(**key._asdict())
            self._save(
                key,
                {
                    "trouble": error.trouble,
                    "trouble_at": self._clock.now(),
                    "detail": error.detail,
                },
            )

        self._writer.run(write)

    def bury(self) -> int:
        """Withdraw some of what complete passes did not see any more; how many, 0 when done."""
        if not self._may_have_gone:
            return 0
        for row in list(MirrorList.select().where(MirrorList.gone_before > 0)):
            key = _key(row)
            if key in self.keys and (done := self._bury(key, row.gone_before)):
                return done
        self._may_have_gone = False
        return 0

    def restart(self) -> None:
        """Begin every pass anew and ask for every number again."""
        self._writer.run(self._restart)

    def _is_due(
        self, row: MirrorList | None, now: dt.datetime, asked_at: dt.datetime | None
    ) -> bool:
        if row is None or row.ended_at is None:
            return True
        if 0 < row.moves < rules.MOVES_IN_A_ROW:
            return True
        if asked_at is not None and row.ended_at < asked_at:
            return True
        return not dt.timedelta(0) <= now - row.ended_at < self._every

    def _apply(self, key: ListKey, asked: int, page: ListPage) -> PageKept:
        row = MirrorList.get_or_none(**key._asdict()) or MirrorList.create(**key._asdict())
        before = rules.Progress(row.next_page, row.pages, row.total, row.is_moved)
        if before.next_page != asked:
            raise RuntimeError("another process reads this list")
        tally = self._records.take(key, row.pass_, page.items)
        index.refresh()
        after = rules.advanced(before, page)
        values = self._values(row, after, tally, is_first=asked == 1)
        complete = None
        if after.is_over:
            self._may_have_gone = True
            seen = self._seen(key, row.pass_)
            complete = rules.is_complete(after, seen)
            values |= self._ended(key, row, seen, is_complete=complete)
            self._note_end(key, values, is_complete=complete)
        self._save(key, values)
        return PageKept(key, asked, after.pages, after.total, complete)

    def _values(
        self, row: MirrorList, after: rules.Progress, tally: Tally, *, is_first: bool
    ) -> dict[str, object]:
        return {
            "next_page": after.next_page,
            "pages": after.pages,
            "total": after.total,
            "is_moved": after.is_moved,
            "added": tally.added + (0 if is_first else row.added),
            "changed": tally.changed + (0 if is_first else row.changed),
            "began_at": self._clock.now() if is_first else row.began_at,
            "trouble": None,
            "trouble_at": None,
            "detail": "",
        }

    def _note_end(self, key: ListKey, values: dict[str, object], *, is_complete: bool) -> None:
        detail = {"list": str(key), "added": values["added"], "changed": values["changed"]}
        detail |= {"records": values["total"], "complete": is_complete}
        self._recorder.note("catalogue.mirrored", "catalogue", by=SYSTEM, detail=detail)

    def _ended(
        self, key: ListKey, row: MirrorList, seen: int, *, is_complete: bool
    ) -> dict[str, object]:
        now = self._clock.now()
        values: dict[str, object] = {"pass_": row.pass_ + 1, "next_page": 1, "ended_at": now}
        if not is_complete:
            return values | {"moves": row.moves + 1}
        values |= {"moves": 0, "completed_at": now, "complete_total": seen}
        known = MirrorRecord.select().where(of_list(key), MirrorRecord.gone_at.is_null()).count()
        if rules.is_doubtful(known - seen, known) and row.doubted_pass is None:
            return values | {"doubted_pass": row.pass_}
        return values | {"doubted_pass": None, "gone_before": row.pass_}

    def _bury(self, key: ListKey, before_pass: int) -> int:
        def bury() -> int:
            done = self._records.bury(key, before_pass, BURIED_AT_ONCE)
            index.refresh()
            if done:
                detail = {"list": str(key), "records": done}
                self._recorder.note("catalogue.withdrawn", "catalogue", by=SYSTEM, detail=detail)
            return done

        return self._writer.run(bury)

    def _restart(self) -> None:
        begun = MirrorList.next_page > 1
        MirrorList.update(pass_=MirrorList.pass_ + 1, next_page=1, moves=0, ended_at=None).where(
            begun
        ).execute()
        MirrorList.update(moves=0, ended_at=None).execute()
        MirrorRecord.update(viewed_at=None, view_tries=0).where(
            MirrorRecord.model == "publication", MirrorRecord.gone_at.is_null()
        ).execute()

    def _seen(self, key: ListKey, pass_number: int) -> int:
        seen = MirrorRecord.select().where(of_list(key), MirrorRecord.seen_pass == pass_number)
        return int(seen.count())

    @staticmethod
    def _save(key: ListKey, values: dict[str, object]) -> None:
        MirrorList.update(**values).where(_is(key)).execute()


def _is(key: ListKey) -> Expression:
    condition: Expression = (
        (MirrorList.model == key.model)
        & (MirrorList.domain == key.domain)
        & (MirrorList.lang == key.lang)
    )
    return condition


def _is_aside(row: MirrorList | None, now: dt.datetime, asked_at: dt.datetime | None) -> bool:
    """Whether a list is left alone after an answer that could not be used."""
    if row is None or row.trouble_at is None:
        return False
    since: dt.datetime = row.trouble_at
    if asked_at is not None and since < asked_at:
        return False
    return dt.timedelta(0) <= now - since < dt.timedelta(seconds=SHAPE_WAIT_S)


def _tried_at(row: MirrorList) -> dt.datetime:
    ended_at: dt.datetime = row.ended_at or _NEVER
    return max(ended_at, row.trouble_at or _NEVER)


def _key(row: MirrorList) -> ListKey:
    return ListKey(cast(Model, row.model), str(row.domain), str(row.lang))
