"""Erasure because somebody asked for it: everywhere at once, with a receipt that names nobody."""

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from peewee import Model, fn

from appliance.actor import Actor
from appliance.errors import N_, NotFound, Refused
from appliance.offices import Office
from appliance.privacy import tombstones
from appliance.privacy.rights import end_requests
from appliance.privacy.wiping import let_go_elsewhere, wipe
from appliance.record import Books
from appliance.storage.models import (
    Consent,
    Deposit,
    Erasure,
    LockerSession,
    MailMessage,
    Photocopy,
    Reading,
    ScanJob,
    SoftcopyRequest,
    Visit,
)

NOT_FOUND = N_("Kunjungan itu tidak ada.")
IS_OPEN = N_("Belum bisa dihapus: %(things)s masih terbuka. Selesaikan dahulu di meja.")
OPEN_CARDS = ("held", "left_behind", "sealed", "swapped")
OPEN_WORDS = {
    "visit": N_("kunjungan"),
    "locker": N_("loker"),
    "card": N_("kartu"),
    "book": N_("bacaan"),
    "photocopy": N_("fotokopi"),
    "scan": N_("pindaian"),
}
KIND_WORDS = {
    "identity": N_("Nama, kontak, instansi"),
    "answers": N_("Isian bebas buku tamu"),
    "requests": N_("Permintaan softcopy dan berkasnya"),
    "scans": N_("Hasil pindai"),
    "mails": N_("Kiriman email dan salinannya"),
}


@dataclass(frozen=True, slots=True)
class Receipt:
    """What the person takes home; `kinds` are keys of KIND_WORDS."""

    number: str
    uuid: str
    at: dt.datetime
    by: str
    kinds: tuple[str, ...]


class Erasures:
    """Any thread may call it.

    `throw_away` is told the id of a visit whose files must go; `checkpoint` takes the old text
    out of the log of the database.
    """

    def __init__(
        self,
        *,
        books: Books,
        office: Office,
        folders: tuple[Path, ...],
        throw_away: Callable[[int, Actor], None],
        checkpoint: Callable[[], object],
    ) -> None:
        self._writer = books.writer
        self._clock = books.clock
        self._recorder = books.recorder
        self._office = office
        self._folders = folders
        self._throw_away = throw_away
        self._checkpoint = checkpoint

    def obstacles(self, visit_id: int) -> tuple[str, ...]:
        """What is still open of this visit: keys of OPEN_WORDS; empty when it may be erased."""
        return tuple(what for what, rows in _open_things(visit_id) if rows)

    def erase(self, visit_id: int, *, by: Actor) -> Receipt:
        """Take out of tables and files who the visit was of; once more gets the first receipt.

        Raises NotFound, Refused while the visit or anything it has of ours is open.
        """
        receipt = self._writer.run(lambda: self._erase(visit_id, by))
        self._throw_away(visit_id, by)
        self.keep_list()
        self._checkpoint()
        return receipt

    def receipt(self, number: str) -> Receipt:
        """The receipt of this number. Raises NotFound."""
        row = Erasure.get_or_none(Erasure.number == number)
        if row is None:
            raise NotFound(N_("Tanda terima itu tidak ada."))
        return _receipt(row)

    def of_visit(self, visit_id: int) -> Receipt | None:
        """The receipt of a visit's erasure, if it was asked for."""
        visit = Visit.get_or_none(Visit.id == visit_id)
        row = Erasure.get_or_none(Erasure.uuid == visit.uuid) if visit else None
        return None if row is None else _receipt(row)

    def keep_list(self) -> None:
        """Write the list of erasures that outlives this database."""
        tombstones.keep(*(folder for folder in self._folders if folder.is_dir()))

    # Inside a function of the writer --------------------------------------------------------

    def _erase(self, visit_id: int, by: Actor) -> Receipt:
        visit = Visit.get_or_none(Visit.id == visit_id)
        if visit is None:
            raise NotFound(NOT_FOUND)
        done = Erasure.get_or_none(Erasure.uuid == visit.uuid)
        if done is not None:
            return _receipt(done)
        if things := self.obstacles(visit_id):
            raise Refused(IS_OPEN, things=", ".join(OPEN_WORDS[one] for one in things))
        now = self._clock.now()
        kinds = _kinds(visit_id)
        self._withdraw_consent(visit_id, now)
        end_requests([visit_id], self._recorder, now, by=by)
        let_go_elsewhere([visit_id])
        wipe([visit_id], now)
        row = Erasure.create(
            number=self._number(now), uuid=visit.uuid, at=now, by=str(by), kinds=" ".join(kinds)
        )
        self._recorder.fact("person.erased", f"visit/{visit.uuid}", by=by)
        return _receipt(row)

    def _withdraw_consent(self, visit_id: int, now: dt.datetime) -> None:
        given = Consent.select().where(Consent.visit == visit_id).order_by(Consent.id.desc())
        first = given.first()
        if first is not None and first.action == "given":
            Consent.create(
                visit=visit_id,
                notice_version=first.notice_version,
                text_hash=first.text_hash,
                language=first.language,
                channel="desk",
                action="withdrawn",
                at=now,
            )

    def _number(self, now: dt.datetime) -> str:
        year = self._office.business_date(now).year
        mine = Erasure.number.startswith(f"H-{year}-")
        newest = Erasure.select(fn.MAX(Erasure.number)).where(mine).scalar()
        count = int(newest.rpartition("-")[2]) if newest else 0
        return f"H-{year}-{count + 1:04d}"


def _open_things(visit_id: int) -> tuple[tuple[str, bool], ...]:
    def has(table: type[Model], *conditions: object) -> bool:
        return bool(table.select().where(table.visit == visit_id, *conditions).exists())  # type: ignore[attr-defined]

    is_open = (Visit.id == visit_id) & Visit.closed_at.is_null()
    return (
        ("visit", Visit.select().where(is_open).exists()),
        ("locker", has(LockerSession, LockerSession.ended_at.is_null())),
        ("card", has(Deposit, Deposit.state.in_(OPEN_CARDS), Deposit.kind != "none")),
        ("book", has(Reading, Reading.returned_at.is_null())),
        ("photocopy", has(Photocopy, Photocopy.state == "out")),
        ("scan", has(ScanJob, ScanJob.state == "finishing")),  # its files are being made
    )


def _kinds(visit_id: int) -> tuple[str, ...]:
    found = ["identity", "answers"]
    for kind, table in (("requests", SoftcopyRequest), ("scans", ScanJob), ("mails", MailMessage)):
        if table.select().where(table.visit == visit_id).exists():
            found.append(kind)
    return tuple(found)


def _receipt(row: Erasure) -> Receipt:
    return Receipt(row.number, row.uuid, row.at, row.by, tuple(row.kinds.split()))
