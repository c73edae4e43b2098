"""Records and their copies out of a file: added or changed, line by line, in small steps.

What is there is known again (known_again.py). Empty fields of the file leave it as it is, nothing
is ever removed, and the same file once more changes nothing.
"""

import contextlib
import dataclasses
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice

from appliance.actor import Actor
from appliance.catalogue import copy_rules, copy_table, index, record_table, rules
from appliance.catalogue.import_words import KNOWN
from appliance.catalogue.known_again import same_copy, same_record
from appliance.catalogue.rules import Kind, Record
from appliance.errors import N_, Invalid
from appliance.free_text import one_line
from appliance.record import Books
from appliance.storage.undo import undone_if_it_fails

Line = tuple[int, Mapping[str, object]]
IMPORT_CHUNK = 100  # lines a commit: others wait for the writer at most that long
PROBLEM = "problem"  # what is wrong with a record that could not be read
NEW_KIND = "new_kind"  # of a record that is new, where the file does not tell kinds
COPIES = "items"  # several copies of one record, as MARC has them
MOST_LEFT_OUT = 20  # columns of which the name is told
LONGEST_NAME = 40
_OF_COPIES = frozenset({*copy_rules.FIELDS, "copies", COPIES})
NO_COPIES = N_("Eksemplar harus berupa daftar objek, misalnya barcode dan rak.")
TOO_MANY = N_("Satu rekaman paling banyak 999 eksemplar.")


@dataclass(frozen=True, slots=True)
class ImportProblem:
    """One field of one line that could not be kept."""

    line: int
    field: str
    message: str


@dataclass(frozen=True, slots=True)
class ImportResult:
    """What an import did, or would do in a dry run. Lines with problems are left out.

    `left_out` are columns that are filled in somewhere and that we have no place for.
    """

    added: int
    changed: int
    unchanged: int
    problems: tuple[ImportProblem, ...]
    left_out: tuple[str, ...] = ()


class CatalogueImport:
    """Takes the lines of one file. A trial does everything and undoes it, chunk by chunk."""

    def __init__(self, *, books: Books, is_trial: bool = False) -> None:
        self._writer = books.writer
        self._clock = books.clock
        self._recorder = books.recorder
        self._is_trial = is_trial
        self._tally = dict.fromkeys(("added", "changed", "unchanged"), 0)
        self._problems: list[ImportProblem] = []
        self._left_out: dict[str, None] = {}
        # What a trial has undone, by what it is known again by: a later line may belong to it.
        self._undone: dict[str, list[Line]] = defaultdict(list)

    def run(
        self,
        records: Iterable[Line],
        *,
        by: Actor,
        tell: Callable[[int], None] = lambda _lines: None,
    ) -> ImportResult:
        """Take every line; `tell` hears after each step how many were looked at."""
        lines, looked_at = iter(records), 0
        while chunk := list(islice(lines, IMPORT_CHUNK)):
            self._take(chunk)
            self._note_left_out(chunk)
            looked_at += len(chunk)
            tell(looked_at)
        if not self._is_trial:
            detail = {**self._tally, "problems": len(self._problems)}
            self._writer.run(
                lambda: self._recorder.note("catalogue.imported", "catalogue", by=by, detail=detail)
            )
        left_out = tuple(name[:LONGEST_NAME] for name in self._left_out)
        return ImportResult(**self._tally, problems=tuple(self._problems), left_out=left_out)

    def _note_left_out(self, chunk: Sequence[Line]) -> None:
        for _, values in chunk:
            for name, value in values.items():
                if len(self._left_out) == MOST_LEFT_OUT:
                    return
                if name not in KNOWN and name != NEW_KIND and one_line(value):
                    self._left_out[name] = None

    def _take(self, chunk: Sequence[Line]) -> None:
        def keep() -> None:
            for line in self._before(chunk):
                with contextlib.suppress(Invalid), undone_if_it_fails():
                    self._one(line[1])
            for number, values in chunk:
                try:
                    with undone_if_it_fails():
                        done = self._one(values)
                except Invalid as invalid:
                    for field, message in invalid.problems.items():
                        self._problems.append(ImportProblem(number, field, message))
                    continue
                self._tally[done] += 1
                if self._is_trial and done != "unchanged":
                    for key in _known_by(values):
                        self._undone[key].append((number, values))
            if self._is_trial:
                raise _TrialError  # the writer undoes everything, and nothing had to be guessed
            index.refresh()

        with contextlib.suppress(_TrialError):
            self._writer.run(keep)

    def _before(self, chunk: Sequence[Line]) -> list[Line]:
        """The lines that a trial has undone and that lines of this chunk build upon."""
        found: dict[int, Line] = {}
        keys = {key for _, values in chunk for key in _known_by(values)}
        seen: set[str] = set()
        while keys:
            seen |= keys
            more = [line for key in keys for line in self._undone.get(key, ())]
            keys = {key for _, values in more for key in _known_by(values)} - seen
            found |= {line[0]: line for line in more}
        return [found[number] for number in sorted(found)]

    def _one(self, values: Mapping[str, object]) -> str:
        given = {name: value for name, value in values.items() if one_line(value)}
        if PROBLEM in given:
            raise Invalid({"record": one_line(given[PROBLEM])})
        items, problems = _items(given)
        if items:
            given = {name: value for name, value in given.items() if name not in _OF_COPIES}
        record = _checked(given, problems)
        now = self._clock.now()
        row = same_record(record, items, is_kind_told="kind" in given)
        if row is None:
            if record.shelf and "copies" not in given:  # what has a shelf is there
                record = dataclasses.replace(record, copies=1)
            if NEW_KIND in given and "kind" not in given:
                record = dataclasses.replace(record, kind=Kind(str(given[NEW_KIND])))
            self._keep_items(record_table.insert(record, now), record, items)
            return "added"
        before = row.record
        least = {"copies": max(before.copies, record.copies)}
        after = record_table.valid(dataclasses.asdict(before) | given | least)
        changed = record_table.update(row.id, before, after, now)
        if changed:
            record_table.complete(row.id)
        is_held_anew = self._keep_items(row.id, after, items)
        return "changed" if is_held_anew or changed else "unchanged"

    def _keep_items(
        self, row_id: int, record: Record, items: Sequence[Mapping[str, object]]
    ) -> bool:
        """Add or change the copies that a line names; whether anything had to be."""
        copies = copy_table.of(row_id) if items else ()
        taken: set[int] = set()
        is_changed = False
        for item in items:
            copy = same_copy(row_id, item, [one for one in copies if one.id not in taken])
            if copy is None:
                wanted = copy_table.valid(item)
                code = "" if copies or taken else copy_table.free_barcode(record.publication_number)
                wanted = dataclasses.replace(wanted, barcode=wanted.barcode or code)
                taken.add(copy_table.insert(row_id, wanted, self._clock.now()))
                is_changed = True
                continue
            taken.add(copy.id)
            wanted = copy_table.valid(dataclasses.asdict(copy.values) | dict(item))
            is_changed = bool(copy_table.update(copy, wanted)) or is_changed
        return is_changed


class _TrialError(Exception):
    """Raised at the end of a trial's chunk so that the writer undoes it."""


def _items(given: Mapping[str, object]) -> tuple[list[dict[str, object]], dict[str, str]]:
    """The copies that a line names, and what is wrong with them.

    A line that tells a barcode, an inventory number or a state is about one copy; one with a
    shelf or a number of copies alone is about all of them.
    """
    listed = given.get(COPIES)
    if isinstance(listed, list) and not all(isinstance(item, Mapping) for item in listed):
        return [], {COPIES: NO_COPIES}
    if isinstance(listed, list) and len(listed) > rules.MOST_COPIES:
        return [], {COPIES: TOO_MANY}  # a line is one step of the writer, for which others wait
    if isinstance(listed, list):
        items = [{k: v for k, v in item.items() if one_line(v)} for item in listed]
    elif {"barcode", "inventory_number", "state", "note"} & given.keys() and not _counts(given):
        items = [{name: given[name] for name in copy_rules.FIELDS if name in given}]
    else:
        items = []
    problems: dict[str, str] = {}
    for item in items:
        problems |= copy_rules.checked(item)[1]
    return items, problems


def _counts(given: Mapping[str, object]) -> bool:
    count = one_line(given.get("copies"))
    return bool(count) and count != "1"


def _checked(given: Mapping[str, object], found: Mapping[str, str]) -> Record:
    record, problems = rules.checked(given)
    if record is None or found:
        raise Invalid({**problems, **found})
    return record


def _known_by(values: Mapping[str, object]) -> set[str]:
    """What a line's record and copies can be known again by."""
    items, _ = _items(values)
    told = [("s", values.get("source_id")), ("n", values.get("publication_number"))]
    told += [("t", values.get("title"))]
    told += [("b", item.get("barcode")) for item in (*items, values)]
    return {f"{kind}:{one_line(text).casefold()}" for kind, text in told if one_line(text)}
