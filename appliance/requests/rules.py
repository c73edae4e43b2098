"""The softcopy request form: what is wanted, what for, and where it may be sent."""

import datetime as dt
from dataclasses import dataclass
from enum import StrEnum

from appliance.errors import N_
from appliance.free_text import Field


class RequestState(StrEnum):
    """Where a request stands."""

    NEW = "new"
    SENT = "sent"
    REFUSED = "refused"
    CANCELLED = "cancelled"


FIELDS = {
    "wanted": Field(500, N_("Tulis judul publikasi atau data yang diminta."), lines=True),
    "purpose": Field(300, N_("Tulis untuk keperluan apa."), lines=True),
    "email": Field(254),
}
NOTE_FIELDS = {"note": Field(500, lines=True)}
BAD_EMAIL = N_("Alamat email tidak lengkap. Contoh: nama@contoh.id; boleh kosong.")
REASON_FIELDS = {"note": Field(500, N_("Tulis alasan penolakan."), lines=True)}


@dataclass(frozen=True, slots=True)
class SoftcopyRequest:
    """One request; without an e-mail address the visitor fetches it at the desk."""

    id: int
    uuid: str
    visit_id: int
    publication_id: int | None
    wanted: str
    purpose: str
    email: str
    state: RequestState
    created_at: dt.datetime
    note: str
