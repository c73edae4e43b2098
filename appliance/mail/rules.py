"""What becomes of a message after each answer of a mail server, and what people are told.

A message is handed over until its acceptance was heard, always under one Message-ID, so that a
mailbox shows it once. SMTP cannot promise more: a server that accepted it and fell silent is
indistinguishable from one that did not. Who never answers gets it `UNHEARD_LIMIT` times at most.
"""

import datetime as dt
import enum
from dataclasses import dataclass, replace

from appliance.errors import N_, Refused
from appliance.mail.answers import Kind, Problem, Verdict

FIRST_WAIT_S, LONGEST_WAIT_S = 60.0, 15 * 60.0
UNHEARD_LIMIT = 3
HOUR = dt.timedelta(hours=1)
PER_HOUR = 60  # of the whole house: a reading room, no way to send letters in bulk
MEGABYTE = 1_000_000


class MailState(enum.StrEnum):
    """Where a message stands; the values are those of the database."""

    WAITING = "waiting"
    SENDING = "sending"
    SENT = "sent"
    REFUSED = "refused"
    EXPIRED = "expired"
    CANCELLED = "cancelled"
    UNCLEAR = "unclear"
    """Handed over, and no word whether it was taken: it may have arrived."""


PENDING = (MailState.WAITING, MailState.SENDING)


@dataclass(frozen=True, slots=True)
class Progress:
    """What a message has been through.

    `unheard` counts the times it was handed over completely and the answer was not heard, the
    present one included from just before its last byte.
    """

    state: MailState
    attempts: int = 0
    unheard: int = 0
    cancel_asked: bool = False
    problem: Problem | None = None
    reply: int | None = None
    next_at: dt.datetime | None = None

    @property
    def is_pending(self) -> bool:
        return self.state in PENDING


def begun(now: Progress) -> Progress:
    """A try begins."""
    return replace(now, state=MailState.SENDING, attempts=now.attempts + 1)


def handed_over(now: Progress) -> Progress:
    """The last byte is about to leave: from here on it may arrive without our hearing of it."""
    return replace(now, unheard=now.unheard + 1)


def interrupted(now: Progress) -> Progress:
    """Our process ended during a try; found by the next one."""
    return _again(replace(now, problem=Problem.INTERRUPTED, reply=None, next_at=None))


def after(
    now: Progress,
    found: Verdict,
    at: dt.datetime,
    *,
    was_handed_over: bool,
    tries_offline: int = 0,
) -> Progress:
    """How the message stands after a try that came to `found`.

    `tries_offline`: how often in a row the server told nothing about any message.
    """
    told = replace(now, problem=found.problem, reply=found.reply)
    if was_handed_over and found.kind is not Kind.UNHEARD:
        told = replace(told, unheard=told.unheard - 1)  # that time was heard of
    if found.kind is Kind.SENT:
        return replace(told, state=MailState.SENT, next_at=None)
    if found.kind is Kind.REFUSED:
        return _ended(told, MailState.REFUSED)
    tries = tries_offline if found.kind is Kind.OFFLINE else told.attempts
    wait = dt.timedelta(seconds=back_off_s(tries, found.problem))
    return _again(replace(told, next_at=at + wait))


def withdrawn(now: Progress) -> Progress:
    """Somebody does not want it sent any more; one being sent ends with the present try."""
    if now.state is MailState.SENDING:
        return replace(now, cancel_asked=True)
    return _ended(now, MailState.CANCELLED)


def expired(now: Progress) -> Progress:
    """It has waited as long as it may."""
    return _ended(now, MailState.EXPIRED)


def gone(now: Progress) -> Progress:
    """Its files are not there any more: a copy of the database was put back, or a disk failed."""
    return _ended(replace(now, problem=Problem.GONE, reply=None), MailState.EXPIRED)


def _again(told: Progress) -> Progress:
    if told.unheard >= UNHEARD_LIMIT:
        return _ended(replace(told, problem=Problem.SILENT, reply=None), MailState.UNCLEAR)
    if told.cancel_asked:
        return _ended(told, MailState.CANCELLED)
    return replace(told, state=MailState.WAITING)


def _ended(now: Progress, state: MailState) -> Progress:
    """Not sent, unless it was handed over before: that cannot be taken back, so it is said."""
    return replace(now, state=MailState.UNCLEAR if now.unheard else state, next_at=None)


def back_off_s(attempts: int, problem: Problem | None) -> float:
    """How long to wait after so many tries; longest where trying again could lock the account."""
    if problem in (Problem.LOGIN, Problem.PASSWORD, Problem.SENDER, Problem.SILENT):
        return LONGEST_WAIT_S
    return min(FIRST_WAIT_S * 2.0 ** min(max(attempts - 1, 0), 10), LONGEST_WAIT_S)


def is_due(next_at: dt.datetime | None, now: dt.datetime) -> bool:
    """Whether to try now; a time further off than any wait was set by a clock that ran ahead."""
    if next_at is None or next_at <= now:
        return True
    return (next_at - now).total_seconds() > LONGEST_WAIT_S


def check_size(size_bytes: int, largest_mb: int) -> None:
    """Return when files of so many bytes may go by e-mail; raises Refused with what to do."""
    if size_bytes > largest_mb * MEGABYTE:
        raise Refused(
            N_("Lewat email paling besar %(limit)s MB. Unduh saja dengan HP."),
            limit=largest_mb,
        )


def check_share(of_visit: int, per_visit: int, in_last_hour: int) -> None:
    """Return when one more may be asked for; raises Refused."""
    if of_visit >= per_visit:
        raise Refused(
            N_("Satu kunjungan mengirim paling banyak %(limit)s email. Unduh saja berkasnya."),
            limit=per_visit,
        )
    if in_last_hour >= PER_HOUR:
        raise Refused(N_("Terlalu banyak kiriman email saat ini. Unduh saja, atau coba nanti."))


def check_room(waiting_bytes: int, size_bytes: int, kept_mb: int) -> None:
    """Return when there is room for another copy; raises Refused."""
    if waiting_bytes + size_bytes > kept_mb * MEGABYTE:
        raise Refused(
            N_("Terlalu banyak berkas menunggu dikirim. Unduh saja dengan HP, atau coba nanti.")
        )
