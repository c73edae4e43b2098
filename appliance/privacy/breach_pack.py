"""Everything an office needs when data got out, in one archive made when it is asked for.

Nothing of it is kept: the archive is an unnamed temporary file, gone once it is closed, and no
name in it is a person's. Names and contacts are in it only when somebody asks for them.
"""

import csv
import io
import json
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from tempfile import TemporaryFile
from typing import IO

from appliance.actor import Actor
from appliance.free_text import inert
from appliance.journal import Journal
from appliance.journal.proof import GENESIS, Head, lines, link
from appliance.offices import Office
from appliance.privacy import breach_letters
from appliance.privacy.affected import Affected
from appliance.privacy.breaches import Breach, Breaches
from appliance.privacy.register import CATEGORIES
from appliance.record import Books
from appliance.storage import statements
from appliance.storage.models import Device, Staff, StaffSession, utc_text

_LINES_OF = "SELECT min(seq), max(seq) FROM journal WHERE at >= ? AND at < ?"
READ_FIRST = """\
Paket insiden {number}, {office}
Dibuat {made}. Masa kejadian: {began} sampai {ended}.
Diketahui {noticed}; pemilik data dan lembaga diberi tahu paling lambat {due}.

1-data-dan-jumlah-orang.csv  jenis data, isian yang terkena, dan berapa orang
2-kunjungan.csv              kunjungan yang terkena, tanpa nama
3-kontak.csv                 nama dan kontaknya; hanya bila diminta saat paket dibuat
4-jurnal.jsonl               baris jurnal pada masa itu, dengan mata rantai tiap baris
4-jurnal-bukti.json          mata rantai sebelum baris pertama, dan ujung rantai sekarang
5-sesi-petugas.csv           siapa masuk sebagai petugas pada masa itu, dari mana
6-surat-pemilik-data.txt     rancangan surat kepada pemilik data
7-surat-lembaga.txt          rancangan surat kepada lembaga

Memeriksa jurnal: mata rantai sebuah baris adalah SHA-256 dari mata rantai sebelumnya (byte) dan
JSON baris itu tanpa "chain": kunci terurut, tanpa spasi, UTF-8. Yang sebelum baris pertama ada di
4-jurnal-bukti.json. Paket ini memuat data tentang orang: simpan terkunci, hapus setelah selesai.
"""
Rows = Iterable[Sequence[object]]


class BreachPacks:
    """Makes archives, and each time says so in the journal. Reads the whole journal once."""

    def __init__(
        self, *, books: Books, journal: Journal, office: Office, breaches: Breaches
    ) -> None:
        self._writer = books.writer
        self._clock = books.clock
        self._recorder = books.recorder
        self._journal = journal
        self._office = office
        self._breaches = breaches

    def make(self, uuid: str, *, contacts: bool, by: Actor) -> IO[bytes]:
        """The archive of an incident; close it. Raises NotFound.

        With `contacts` it also says whom to write to. Staff see their own sign-ins in it.
        """
        breach = self._breaches.get(uuid)
        affected = Affected(breach)
        detail = {"contacts": contacts, "kinds": " ".join(breach.kinds)}
        # First: an archive that was made and not journalled must not be possible.
        self._writer.run(
            lambda: self._recorder.note("breach.packed", f"breach/{uuid}", by=by, detail=detail)
        )
        file = TemporaryFile()  # noqa: SIM115 - whoever sends it closes it
        try:
            with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
                self._fill(archive, breach, affected, contacts=contacts)
            file.seek(0)
        except BaseException:
            file.close()
            raise
        return file

    def _fill(
        self, archive: zipfile.ZipFile, breach: Breach, affected: Affected, *, contacts: bool
    ) -> None:
        counts = affected.counts()
        archive.writestr("0-baca-dahulu.txt", self._read_first(breach))
        _write_table(archive, "1-data-dan-jumlah-orang.csv", _counted(affected))
        _write_table(archive, "2-kunjungan.csv", _visits(affected))
        if contacts:
            _write_table(archive, "3-kontak.csv", _contacts(affected))
        self._write_journal(archive, breach)
        _write_table(archive, "5-sesi-petugas.csv", _sessions(breach))
        people = breach_letters.to_people(breach, self._office)
        archive.writestr("6-surat-pemilik-data.txt", people)
        authority = breach_letters.to_authority(breach, counts, self._office)
        archive.writestr("7-surat-lembaga.txt", authority)

    def _read_first(self, breach: Breach) -> str:
        def written(at: object) -> str:
            return breach_letters.written(at, self._office)  # type: ignore[arg-type]

        return READ_FIRST.format(
            number=breach.number,
            office=self._office.name,
            made=written(self._clock.now()),
            began=written(breach.began_at),
            ended=written(breach.ended_at),
            noticed=written(breach.noticed_at),
            due=written(breach.due_at),
        )

    def _write_journal(self, archive: zipfile.ZipFile, breach: Breach) -> None:
        """The lines of the period, and every line of the journal held against its chain."""
        bounds = (utc_text(breach.began_at), utc_text(breach.until))
        found = statements.first(_LINES_OF, bounds)
        first, last = found if found and found[0] is not None else (0, -1)
        chain, seq, broken_at, before = GENESIS, 0, None, GENESIS
        with archive.open("4-jurnal.jsonl", "w") as file:
            for row, kept in lines():
                if broken_at is None and (row["seq"] != seq + 1 or kept != link(chain, row)):
                    broken_at = int(row["seq"])
                if row["seq"] == first:
                    before = chain
                chain, seq = kept, int(row["seq"])
                if first <= seq <= last:
                    told = json.dumps(row | {"chain": kept.hex()}, ensure_ascii=False)
                    file.write(told.encode() + b"\n")
        proof = {
            "first": first,
            "last": last if found and found[0] is not None else 0,
            "chain_before_first": before.hex(),
            "head": Head(seq, chain.hex()).noted,
            "head_chain": chain.hex(),
            "lines": seq,
            "first_line_that_does_not_fit": broken_at,
        }
        archive.writestr("4-jurnal-bukti.json", json.dumps(proof, indent=1) + "\n")


def _counted(affected: Affected) -> Iterator[Sequence[object]]:
    yield ("jenis data", "isian", "orang", "kunjungan", "catatan lain", "disimpan berapa lama")
    for one in affected.counts():
        kind, fields = CATEGORIES[one.kind], "; ".join(breach_letters.fields_of(one.kind))
        yield (kind.title, fields, one.people, one.visits, one.records, kind.kept)


def _visits(affected: Affected) -> Iterator[Sequence[object]]:
    yield ("id", "tanggal", "nomor", "jenis data", "anak", "identitas sudah dihapus")
    for one in affected.visits():
        kinds = "; ".join(CATEGORIES[kind].title for kind in one.kinds)
        child, gone = (("ya" if claim else "") for claim in (one.is_child, one.is_erased))
        yield (one.id, one.business_date, one.number, kinds, child, gone)


def _contacts(affected: Affected) -> Iterator[Sequence[object]]:
    yield ("id", "nama", "email", "nomor handphone", "instansi", "pendamping")
    names = ("name", "email", "phone", "agency_name", "guardian_name")
    for visit_id, told in affected.contacts():
        texts = {name: told[name] or "" for name in names}
        texts["phone"] = _spaced(texts["phone"])
        yield (visit_id, *texts.values())


def _spaced(phone: str) -> str:
    """A number in groups of four: a spreadsheet would take its leading zero away."""
    return " ".join(phone[start : start + 4] for start in range(0, len(phone), 4))


def _sessions(breach: Breach) -> Iterator[Sequence[object]]:
    yield (
        *("pengguna", "peran", "mulai", "terakhir dipakai", "berakhir", "sebab"),
        *("alamat", "peramban", "layar", "dengan PIN"),
    )
    names: dict[int | None, str] = {row.id: row.name for row in Device.select()}
    is_then = (StaffSession.created_at < breach.until) & (
        (StaffSession.ended_at >= breach.began_at) | StaffSession.ended_at.is_null()
    )
    rows = StaffSession.select(StaffSession, Staff).join(Staff).where(is_then)
    for row in rows.order_by(StaffSession.created_at):
        yield (
            *(row.staff.username, row.staff.role, utc_text(row.created_at)),
            *(utc_text(row.seen_at), utc_text(row.ended_at) if row.ended_at else ""),
            *(row.end_reason or "", row.client, row.browser),
            *(names.get(row.device_id, ""), "ya" if row.by_pin else ""),
        )


def _write_table(archive: zipfile.ZipFile, name: str, rows: Rows) -> None:
    with archive.open(name, "w") as file:
        text = io.TextIOWrapper(file, encoding="utf-8-sig", newline="")
        table = csv.writer(text, lineterminator="\r\n", quoting=csv.QUOTE_ALL)
        for row in rows:
            table.writerow([inert(cell) if isinstance(cell, str) else cell for cell in row])
        text.flush()
        text.detach()
