"""Covers, PDFs, tables and spreadsheets: fetched, kept within their budgets, given up again."""

import contextlib
import datetime as dt
import hashlib
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

from appliance.actor import SYSTEM
from appliance.documents.reserve import has_reserve
from appliance.mirror import rules, shelf
from appliance.mirror.client import WebApi
from appliance.mirror.download import Download, Downloaded, Unfinished, Unfit
from appliance.mirror.links import Links
from appliance.mirror.numbers import Numbers
from appliance.mirror.shelf import KINDS, Plan, Shelf, Want
from appliance.mirror.trouble import OF_ONE_THING, SourceTrouble, Trouble
from appliance.record import Books
from appliance.source_settings import CatalogueSource
from appliance.storage.files import sync_to_disk, write_whole
from appliance.storage.models import MirrorFile, Publication

FOLDER = "mirror"
PLAN_S = 600.0  # how long a plan of what to fetch holds
PARTS_IN_A_ROW = 20  # goes at one file whose connection is cut again and again
OF_THE_FILE = (*OF_ONE_THING, Trouble.CUT, Trouble.SLOW, Trouble.REDIRECTED)
"""Troubles of one file alone; any other is the source's, and nothing else need be tried.

Twice at the same file it is the file's after all: a host that is gone, a page in its place.
"""


@dataclass(frozen=True, slots=True)
class Fetched:
    """What came of one file; `problem` is empty when it is here."""

    publication_id: int
    what: str
    size_bytes: int = 0
    problem: str = ""

    @property
    def is_here(self) -> bool:
        return not self.problem


class Files:
    """Brings one file a step, the most wanted first. One thread."""

    def __init__(
        self,
        *,
        books: Books,
        source: CatalogueSource,
        data_dir: Path,
        numbers: Numbers,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._writer = books.writer
        self._clock = books.clock
        self._recorder = books.recorder
        self._data_dir = data_dir
        self._dir = data_dir / FOLDER
        self._links = Links(books=books, numbers=numbers)
        self._shelf = Shelf(source)
        self._monotonic = monotonic
        self._wants: deque[Want] = deque()
        self._doubted: set[tuple[int, str]] = set()
        self._present_plan = Plan()
        self._planned_s = float("-inf")

    def step(self, api: WebApi) -> Fetched | None:
        """None when everything that is wanted is here. Raises SourceTrouble, Stopped."""
        if self._monotonic() - self._planned_s > PLAN_S:
            self._plan()
        if not self._wants:
            return None
        want = self._wants.popleft()
        what, *others = want.whats
        if others:
            self._wants.appendleft(replace(want, whats=tuple(others)))
        return self._fetch(api, replace(want, whats=(what,)), what)

    def _plan(self) -> None:
        for folder in (self._dir, *(self._dir / name for name in (*KINDS, "part"))):
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._tidy()
        self._present_plan = self._shelf.plan()
        missing = (self._missing(want) for want in self._present_plan.wants)
        self._wants = deque(want for want in missing if want is not None)
        self._planned_s = self._monotonic()

    def _missing(self, want: Want) -> Want | None:
        """What of it has to be fetched; None when all of it is here, or not to be tried now."""
        whats = tuple(what for what in want.whats if self._is_missing(want, what))
        return replace(want, whats=whats) if whats else None

    def _is_missing(self, want: Want, what: str) -> bool:
        row = _row(want.publication_id, what)
        if row is None:
            return True
        if row.next_at is not None:
            left = row.next_at - self._clock.now()
            if dt.timedelta(0) < left <= dt.timedelta(seconds=rules.FILE_WAIT_S[1]):
                return False
        return row.path is None or row.updated_on != want.updated_on

    def _fetch(self, api: WebApi, want: Want, what: str) -> Fetched:
        has_link = False
        try:
            if what == "table":
                found = self._table(api, want)
            else:
                url = self._link(api, want, what)
                has_link = True
                found = self._download(api, want, what, url)
            self._keep(want, what, found)
        except Unfit as unfit:
            self._part(want, what).unlink(missing_ok=True)
            return self._failed(want, what, unfit.problem)
        except SourceTrouble as trouble:
            if not self._is_of_the_file(want, what, trouble.trouble, has_link=has_link):
                self._wants.append(want)  # behind the others, which may come all the same
                raise
            return self._failed(want, what, trouble.trouble)
        self._doubted.discard((want.publication_id, what))
        return Fetched(want.publication_id, what, found.size_bytes)

    def _is_of_the_file(self, want: Want, what: str, trouble: Trouble, *, has_link: bool) -> bool:
        if trouble in OF_THE_FILE:
            return True
        if not has_link and trouble is not Trouble.NOT_JSON:
            return False  # the source itself could not be asked
        is_again = (want.publication_id, what) in self._doubted
        self._doubted.add((want.publication_id, what))
        return is_again

    def _link(self, api: WebApi, want: Want, what: str) -> str:
        """Where the file is just now: links are signed, and good for a while only."""
        url = self._links.read(api, want, what)
        if not url:
            raise Unfit("no_link")
        return url

    def _table(self, api: WebApi, want: Want) -> Downloaded:
        """The table as it is in the record's own answer, under the name of its part."""
        content = self._links.table(api, want)
        self._make_room(want.publication_id, "table", len(content))
        write_whole(self._part(want, "table"), content)
        return Downloaded(len(content), hashlib.sha256(content).hexdigest(), "json")

    def _download(self, api: WebApi, want: Want, what: str, url: str) -> Downloaded:
        """Goes on where it was cut, as long as every go brings more of it."""
        for _ in range(PARTS_IN_A_ROW):
            known = self._known(want, what)
            download = Download(
                what,
                self._part(want, what),
                keep=lambda found: self._note(want, what, found),
                make_room=lambda size: self._make_room(want.publication_id, what, size),
            )
            try:
                return download.run(api, url, known)
            except SourceTrouble as trouble:
                is_more = self._known(want, what).safe_bytes > known.safe_bytes
                if trouble.trouble is not Trouble.CUT or not (is_more or known.safe_bytes):
                    raise
        raise SourceTrouble(Trouble.CUT, "again and again")

    def _known(self, want: Want, what: str) -> Unfinished:
        row = _row(want.publication_id, what)
        if row is None:
            return Unfinished()
        return Unfinished(row.validator, row.part_bytes, row.told_bytes)

    def _note(self, want: Want, what: str, found: Unfinished) -> None:
        self._save(
            want.publication_id,
            what,
            validator=found.validator,
            part_bytes=found.safe_bytes,
            told_bytes=found.told_bytes,
        )

    def _keep(self, want: Want, what: str, found: Downloaded) -> None:
        """Give the file its name, then its row: a file without a row is fetched once more."""
        path = self._dir / what / f"{want.publication_id}.{found.suffix}"
        self._part(want, what).replace(path)
        sync_to_disk(path.parent)
        relative = str(path.relative_to(self._data_dir))

        def write() -> None:
            self._put(
                want.publication_id,
                what,
                path=relative,
                size_bytes=found.size_bytes,
                sha256=found.sha256,
                fetched_at=self._clock.now(),
                updated_on=want.updated_on,
                validator="",
                part_bytes=0,
                told_bytes=None,
                tries=0,
                next_at=None,
                problem=None,
            )
            if what == "pdf":
                self._note_softcopy(want.publication_id, relative, found)

        before = _row(want.publication_id, what)
        self._writer.run(write)
        if before is not None and before.path and before.path != relative:
            (self._data_dir / before.path).unlink(missing_ok=True)

    def _note_softcopy(self, publication_id: int, path: str, found: Downloaded) -> None:
        Publication.update(softcopy_path=path).where(Publication.id == publication_id).execute()
        detail = {"size_bytes": found.size_bytes, "sha256": found.sha256}
        subject = f"publication/{publication_id}"
        self._recorder.note("softcopy.mirrored", subject, by=SYSTEM, detail=detail)

    def _failed(self, want: Want, what: str, problem: str) -> Fetched:
        row = _row(want.publication_id, what)
        tries = 1 if row is None else row.tries + 1
        wait = dt.timedelta(seconds=rules.file_wait_s(tries))
        self._save(
            want.publication_id,
            what,
            tries=tries,
            next_at=self._clock.now() + wait,
            problem=str(problem),
        )
        return Fetched(want.publication_id, what, problem=str(problem))

    def _make_room(self, publication_id: int, what: str, size_bytes: int) -> None:
        """Give up what is not wanted any more. Raises Unfit when there is still no room."""
        budget = self._shelf.budget_bytes[what]
        here = shelf.on_disk(what)
        others = [row for row in here if row.publication_id != publication_id]
        used = shelf.used_bytes(others)
        unwanted = self._present_plan.unwanted(others, what)
        while used + size_bytes > budget and unwanted:
            row = unwanted.pop()
            used -= row.size_bytes or 0
            self._give_up(row)
        if used + size_bytes > budget:
            raise Unfit("no_room")
        while not has_reserve(self._dir, size_bytes) and unwanted:
            self._give_up(unwanted.pop())
        if not has_reserve(self._dir, size_bytes):
            raise Unfit(Trouble.DISK_FULL)

    def _give_up(self, row: MirrorFile) -> None:
        """The row first: nobody is offered a file that is being deleted."""

        def forget() -> None:
            self._put(row.publication_id, row.what, path=None, sha256=None, size_bytes=None)
            Publication.update(softcopy_path=None).where(
                Publication.id == row.publication_id, Publication.softcopy_path == row.path
            ).execute()
            if row.what == "pdf":
                subject = f"publication/{row.publication_id}"
                self._recorder.note("softcopy.given_up", subject, by=SYSTEM)

        self._writer.run(forget)
        (self._data_dir / str(row.path)).unlink(missing_ok=True)

    def _tidy(self) -> None:
        """Files without a row, which an end between two steps left; rows without a file."""
        rows = {row.path: row for what in KINDS for row in shelf.on_disk(what)}
        for what in KINDS:
            for path in (self._dir / what).iterdir():
                if str(path.relative_to(self._data_dir)) not in rows:
                    path.unlink()
        for relative, row in rows.items():
            if not (self._data_dir / str(relative)).is_file():
                self._give_up(row)
        parts = {f"{row.publication_id}.{row.what}" for row in _unfinished()}
        for path in (self._dir / "part").iterdir():
            if path.name not in parts:
                with contextlib.suppress(FileNotFoundError):
                    path.unlink()

    def _part(self, want: Want, what: str) -> Path:
        return self._dir / "part" / f"{want.publication_id}.{what}"

    def _save(self, publication_id: int, what: str, **values: object) -> None:
        self._writer.run(lambda: self._put(publication_id, what, **values))

    @staticmethod
    def _put(publication_id: int, what: str, **values: object) -> None:
        MirrorFile.insert(publication=publication_id, what=what, **values).on_conflict(
            conflict_target=[MirrorFile.publication, MirrorFile.what], update=values
        ).execute()


def _row(publication_id: int, what: str) -> MirrorFile | None:
    return MirrorFile.get_or_none(MirrorFile.publication == publication_id, MirrorFile.what == what)


def _unfinished() -> list[MirrorFile]:
    return list(MirrorFile.select().where(MirrorFile.part_bytes > 0))
