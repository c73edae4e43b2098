"""Lines of the journal as a file: a table for people, or every field for another program."""

import csv
import io
import json
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from tempfile import TemporaryFile
from typing import IO

from appliance.actor import Actor
from appliance.errors import N_, Refused
from appliance.free_text import inert
from appliance.journal.book import Journal
from appliance.journal.line import JournalEntry
from appliance.journal.reading import Wanted
from appliance.storage.writer import Writer

MOST_LINES = 100_000  # a file of about 40 MB
AT_ONCE = 1000
_HEADS = ("nomor", "waktu", "siapa", "apa", "tentang", "alasan", "rincian")


class Format(StrEnum):
    """How lines are handed out."""

    CSV = "csv"
    JSON_LINES = "jsonl"


CONTENT_TYPES = {Format.CSV: "text/csv", Format.JSON_LINES: "application/jsonl"}


@dataclass(frozen=True, slots=True)
class JournalFile:
    """An unnamed temporary file, gone once it is closed, and how many lines are in it."""

    file: IO[bytes]
    lines: int


class JournalExport:
    """Writes lines into files, and each time says so in the journal."""

    def __init__(self, journal: Journal, writer: Writer) -> None:
        self._journal = journal
        self._writer = writer

    def make(self, wanted: Wanted, form: Format, *, by: Actor) -> JournalFile:
        """The lines that are wanted, the newest first; close the file.

        Raises Refused for more than MOST_LINES of them.
        """
        file = TemporaryFile()  # noqa: SIM115 - handed on open
        try:
            write = _write_csv if form is Format.CSV else _write_json_lines
            count = write(self._lines(wanted), file)
            file.seek(0)
        except BaseException:
            file.close()
            raise
        detail: dict[str, object] = {"format": str(form), "lines": count}
        subject = "journal"
        if count:  # else nothing vouches for what was typed, which may be somebody's name
            detail |= {"who": wanted.who, "kind": wanted.kind}
            subject = wanted.subject or subject
        self._writer.run(
            lambda: self._journal.append("journal.exported", subject, by=by, detail=detail)
        )
        return JournalFile(file, count)

    def _lines(self, wanted: Wanted) -> Iterator[JournalEntry]:
        before, count = None, 0
        while some := self._journal.page(wanted, AT_ONCE, before):
            count += len(some)
            if count > MOST_LINES:
                raise Refused(
                    N_("Lebih dari %(most)s baris. Pilih rentang hari yang lebih pendek."),
                    most=MOST_LINES,
                )
            yield from some
            before = some[-1].seq


def _write_csv(lines: Iterator[JournalEntry], file: IO[bytes]) -> int:
    text = io.TextIOWrapper(file, encoding="utf-8-sig", newline="")
    rows, count = csv.writer(text, lineterminator="\r\n", quoting=csv.QUOTE_ALL), 0
    rows.writerow(_HEADS)
    for line in lines:
        count += 1
        told = (line.actor, line.action, line.subject, line.reason, line.detail)
        rows.writerow([line.seq, line.at.isoformat(), *map(inert, told)])
    text.flush()
    text.detach()
    return count


def _write_json_lines(lines: Iterator[JournalEntry], file: IO[bytes]) -> int:
    count = 0
    for line in lines:
        count += 1
        row = {
            "seq": line.seq,
            "at": line.at.isoformat(),
            "actor": line.actor,
            "action": line.action,
            "subject": line.subject,
            "reason": line.reason,
            "detail": json.loads(line.detail),
        }
        file.write(json.dumps(row, ensure_ascii=False).encode() + b"\n")
    return count
