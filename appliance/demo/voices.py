"""What people wrote and left behind in a past month: complaints, requests, found things."""

import datetime as dt
import uuid as uuids
from collections.abc import Iterator
from dataclasses import dataclass

from peewee import Model

from appliance import codes
from appliance.complaints import rules
from appliance.complaints.rules import ComplaintKind
from appliance.demo.desk_work import OFFICER_NAME, Rows
from appliance.demo.past import PastVisit, made_up_uuid
from appliance.offices import Office
from appliance.storage.models import Complaint, ComplaintNote, FoundProperty, SoftcopyRequest

STAFF = "petugas"
ANSWER = "Terima kasih. Sudah kami tindak lanjuti. (Data contoh.)"


@dataclass(frozen=True, slots=True)
class Voice:
    """One complaint or suggestion, and how far it is; `days` ago."""

    days: int
    kind: ComplaintKind
    topic: str
    body: str
    state: str
    is_reopened: bool = False
    needs_check: bool = False


VOICES = (
    Voice(30, ComplaintKind.COMPLAINT, "facility", "AC di ruang baca tidak dingin.", "closed"),
    Voice(24, ComplaintKind.SUGGESTION, "time", "Tolong buka juga pada hari Sabtu.", "closed"),
    Voice(20, ComplaintKind.QUESTION, "product", "Kapan publikasi 2026 terbit?", "answered"),
    Voice(16, ComplaintKind.COMPLAINT, "time", "Saya menunggu terlalu lama.", "in_hand", True),
    Voice(
        12, ComplaintKind.COMPLAINT, "product", "Data kecamatan tidak ada.", "in_hand", False, True
    ),
    Voice(9, ComplaintKind.QUESTION, "procedure", "Bagaimana meminta data mikro?", "new"),
    Voice(6, ComplaintKind.APPRECIATION, "service", "Petugasnya sabar sekali.", "answered"),
    Voice(2, ComplaintKind.COMPLAINT, "facility", "Satu kursi patah.", "new"),
    Voice(1, ComplaintKind.COMPLAINT, "integrity", "Ada yang menawarkan jasa urus data.", "new"),
)
# State, words wanted, officer's reason and note; each of a visit of its own, the newest last.
REQUESTS = (
    ("expired", "Tabel harga konsumen 2019", "", ""),
    ("refused", "Data mikro Susenas", "not_published", "Ajukan lewat portal PST."),
    ("answered", "Jumlah penduduk per nagari", "", "Lihat Kecamatan Dalam Angka, tabel 3.1."),
    ("sent", "Peta wilayah kerja statistik", "", ""),
    ("waiting", "Seri PDRB menurut pengeluaran", "", ""),
    ("new", "Daftar nama sekolah 2025", "", ""),
)
FOUND = (
    (19, "Payung lipat biru", "handed_over"),
    (8, "Pengisi daya telepon, kabel putih", "kept"),
    (1, "Botol minum hijau", "kept"),
)


def voices(
    office: Office, visits: dict[int, PastVisit], now: dt.datetime
) -> Iterator[tuple[type[Model], Rows]]:
    """Complaints of every kind and state, requests of softcopies, and found things."""
    yield Complaint, [_complaint(office, number, one, now) for number, one in _numbered()]
    notes = [number for number, one in _numbered() if one.needs_check]
    yield ComplaintNote, [_note(number, now) for number in notes]
    served = [(key, visit) for key, visit in visits.items() if visit.served_at is not None]
    asked = served[-len(REQUESTS) * 3 :: 3]
    yield (
        SoftcopyRequest,
        [
            _request(office, key, visit, *request)
            for (key, visit), request in zip(asked, REQUESTS, strict=False)
        ],
    )
    yield FoundProperty, [_found(number, *thing, now) for number, thing in enumerate(FOUND, 1)]


def _numbered() -> list[tuple[int, Voice]]:
    return list(enumerate(VOICES, start=1))


def _complaint(office: Office, number: int, one: Voice, now: dt.datetime) -> dict[str, object]:
    made = now - dt.timedelta(days=one.days)
    days = rules.answer_days(one.kind, needs_check=one.needs_check)
    is_answered = one.state in ("answered", "closed")
    taken = one.state != "new"
    answered = made + dt.timedelta(days=3)
    return {
        "id": number,
        "uuid": str(uuids.uuid4()),
        "code": codes.new_short_code(),
        "kind": str(one.kind),
        "topic": one.topic,
        "body": f"{one.body} (Data contoh.)",
        "state": one.state,
        "created_at": made,
        "first_due_at": rules.due_at(made, rules.FIRST_DAYS, office.opening, office.zone),
        "due_at": rules.due_at(made, days, office.opening, office.zone),
        "needs_check": one.needs_check,
        "taken_at": made + dt.timedelta(days=1) if taken else None,
        "handler": STAFF if taken else None,
        "answer": ANSWER if is_answered else "",
        "answered_at": answered if is_answered else None,
        "answered_by": STAFF if is_answered else None,
        "closed_at": answered + dt.timedelta(days=2) if one.state == "closed" else None,
        "reopened_at": answered + dt.timedelta(days=1) if one.is_reopened else None,
        "reopen_words": "Kemarin masih sama. (Data contoh.)" if one.is_reopened else "",
        "earlier_answer": ANSWER if one.is_reopened else "",
    }


def _note(complaint: int, now: dt.datetime) -> dict[str, object]:
    words = "Sudah ditanyakan ke seksi yang menangani. (Data contoh.)"
    return {"complaint": complaint, "at": now - dt.timedelta(days=5), "by": STAFF, "words": words}


def _request(
    office: Office, key: int, visit: PastVisit, state: str, wanted: str, reason: str, note: str
) -> dict[str, object]:
    is_new = state == "new"
    changed = visit.closed_at + dt.timedelta(hours=1)
    is_over = state in ("expired", "refused", "answered")
    kept = dt.timedelta(days=office.requests.kept_days)
    return {
        "uuid": made_up_uuid("request", visit),
        "code": codes.new_short_code(),
        "visit": key,
        "wanted": wanted,
        "purpose": "Skripsi (data contoh)",
        "state": state,
        "created_at": visit.served_at,
        "taken_by": None if is_new else STAFF,
        "changed_at": None if is_new else changed,
        "changed_by": None if is_new else STAFF,
        "reason": reason,
        "note": note,
        "keeps_until": changed + kept if is_over else None,
    }


def _found(
    number: int, days: int, description: str, state: str, now: dt.datetime
) -> dict[str, object]:
    found = now - dt.timedelta(days=days)
    is_kept = state == "kept"
    return {
        "uuid": str(uuids.uuid4()),
        "number": number,
        "found_at": found,
        "found_by": OFFICER_NAME,
        "description": f"{description} (data contoh)",
        "kept_at": "Laci meja petugas",
        "state": state,
        "ended_at": None if is_kept else found + dt.timedelta(days=2),
        "ended_by": None if is_kept else OFFICER_NAME,
        "handed_to": "" if is_kept else "Pemiliknya",
        "proof": "" if is_kept else "Menyebut ciri-cirinya",
    }
