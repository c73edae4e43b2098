"""The life of a softcopy request: its states, and which may follow which."""

import datetime as dt
from enum import StrEnum

from appliance.clock import ClockQuality, Stamp
from appliance.errors import N_, Refused


class RequestState(StrEnum):
    """Where a request stands; the values are those of the database."""

    NEW = "new"
    WAITING = "waiting"
    """An officer has looked: it can be answered only when the office is connected."""
    SENT = "sent"
    """Passed on to the portal or to another office, whose answer is awaited."""
    READY = "ready"
    """The file is there, to be picked up with the code."""
    DELIVERED = "delivered"
    ANSWERED = "answered"
    """Answered in words: no file was needed."""
    REFUSED = "refused"
    CANCELLED = "cancelled"
    EXPIRED = "expired"
    """Nobody picked the file up in time, or nobody answered before the person was forgotten."""


class Reason(StrEnum):
    """Why a request is refused; the values are those of the database."""

    NOT_PUBLISHED = "not_published"
    NOT_OURS = "not_ours"
    CONFIDENTIAL = "confidential"
    BY_PORTAL = "by_portal"
    UNCLEAR = "unclear"
    OTHER = "other"


# What the visitor reads; OTHER is in the officer's own words.
REASONS: dict[Reason, str] = {
    Reason.NOT_PUBLISHED: N_("Belum terbit, atau tidak tersedia untuk wilayah atau tahun itu."),
    Reason.NOT_OURS: N_("Bukan data BPS. Tanyakan ke instansi yang mengumpulkannya."),
    Reason.CONFIDENTIAL: N_("Data orang per orang dilindungi undang-undang, jadi tidak diberikan."),
    Reason.BY_PORTAL: N_("Data mikro dan peta diminta lewat portal PST, dengan akun Anda."),
    Reason.UNCLEAR: N_("Permintaannya kurang jelas. Temui petugas, atau tulis lagi lebih rinci."),
    Reason.OTHER: N_("Alasan lain"),
}

UNANSWERED = (RequestState.NEW, RequestState.WAITING, RequestState.SENT)
"""Somebody of the office still has something to do."""
WITH_FILE = (RequestState.READY, RequestState.DELIVERED)
ENDED = (
    RequestState.DELIVERED,
    RequestState.ANSWERED,
    RequestState.REFUSED,
    RequestState.CANCELLED,
    RequestState.EXPIRED,
)
_ANSWERS = {
    RequestState.READY,
    RequestState.DELIVERED,
    RequestState.ANSWERED,
    RequestState.REFUSED,
    RequestState.CANCELLED,
    RequestState.EXPIRED,
}
STEPS: dict[RequestState, frozenset[RequestState]] = {
    RequestState.NEW: frozenset(_ANSWERS | {RequestState.WAITING, RequestState.SENT}),
    RequestState.WAITING: frozenset(_ANSWERS | {RequestState.SENT}),
    RequestState.SENT: frozenset(_ANSWERS | {RequestState.WAITING}),
    # A file that was the wrong one can be taken back, and then it waits for the right one.
    RequestState.READY: frozenset(
        {
            RequestState.WAITING,
            RequestState.DELIVERED,
            RequestState.REFUSED,
            RequestState.CANCELLED,
            RequestState.EXPIRED,
        }
    ),
} | dict.fromkeys(ENDED, frozenset())
DONE = N_("Permintaan ini sudah ditangani.")


def check_step(now: RequestState, target: RequestState) -> None:
    """Return when a request may go on to `target`; raises Refused."""
    if target not in STEPS[now]:
        raise Refused(DONE)


def waits_days(created_at: dt.datetime, now: Stamp) -> int | None:
    """For how many whole days a request has waited; None when no clock can tell."""
    if now.quality is ClockQuality.UNSET or created_at > now.at:
        return None
    return (now.at - created_at).days
