"""What the answers of a mail server mean for a message, and what people are told of them."""

import enum
from dataclasses import dataclass

from appliance.errors import N_

AUTH_CODES = (530, 534, 535, 538)  # RFC 4954: who are you?
TOO_LARGE_CODES = (523, 552)
CLOSING = 421  # the server goes away, whatever it was asked


class Step(enum.Enum):
    """How far a talk with a server had come."""

    GREETING = enum.auto()
    HELLO = enum.auto()
    TLS = enum.auto()
    LOGIN = enum.auto()
    SENDER = enum.auto()
    RECIPIENT = enum.auto()
    DATA = enum.auto()
    """Asked whether the message may come."""
    END = enum.auto()
    """All of it was handed over."""


class Kind(enum.Enum):
    """What an answer means for the message."""

    SENT = enum.auto()
    REFUSED = enum.auto()
    LATER = enum.auto()
    """This message must wait."""
    OFFLINE = enum.auto()
    """Nothing was said of the message: every one waits."""
    UNHEARD = enum.auto()
    """Handed over, and no answer."""


class Problem(enum.StrEnum):
    """Why it has not been sent; the values are those of the database."""

    UNREACHABLE = "unreachable"
    BUSY = "busy"
    TLS = "tls"
    LOGIN = "login"
    PASSWORD = "password"  # noqa: S105 - the file it should stand in cannot be used
    SENDER = "sender"
    RECIPIENT = "recipient"
    CONTENT = "content"
    TOO_LARGE = "too_large"
    POSTPONED = "postponed"
    SILENT = "silent"
    GONE = "gone"
    INTERRUPTED = "interrupted"


PROBLEMS: dict[Problem, str] = {
    Problem.UNREACHABLE: N_("Server email belum terjangkau. Dicoba lagi dengan sendirinya."),
    Problem.BUSY: N_("Server email sedang sibuk. Dicoba lagi dengan sendirinya."),
    Problem.TLS: N_("Sambungan aman ke server email gagal. Periksa setelan dan jam peranti."),
    Problem.LOGIN: N_("Server email menolak nama pengguna atau kata sandi kantor."),
    Problem.PASSWORD: N_("Berkas kata sandi email tidak bisa dipakai. Jalankan ruangbaca doctor."),
    Problem.SENDER: N_("Server email menolak alamat pengirim kantor."),
    Problem.RECIPIENT: N_("Alamat ini ditolak server email. Periksa tulisannya, lalu kirim lagi."),
    Problem.CONTENT: N_("Server email menolak isinya. Unduh saja berkasnya."),
    Problem.TOO_LARGE: N_("Berkas terlalu besar untuk server email. Unduh saja berkasnya."),
    Problem.POSTPONED: N_("Server penerima minta dicoba lagi nanti. Dicoba dengan sendirinya."),
    Problem.SILENT: N_("Server email terdiam setelah menerima berkas."),
    Problem.GONE: N_("Salinan berkasnya hilang atau rusak. Kirim lagi, atau unduh saja."),
    Problem.INTERRUPTED: N_("Pengiriman terputus di tengah jalan. Dicoba lagi dengan sendirinya."),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Verdict:
    """What one try came to; `reply` is the server's code, when it gave one."""

    kind: Kind
    problem: Problem | None = None
    reply: int | None = None


def sentence(problem: str | None) -> str:
    """What people read about a problem: an Indonesian msgid, empty for None."""
    return "" if problem is None else PROBLEMS[Problem(problem)]


def verdict(step: Step, code: int) -> Verdict | None:
    """What the code that a server answered means; None when the talk goes on.

    A code that is none of SMTP's, as a broken server or a captive portal gives, counts as silence.
    """
    if step is Step.END and code // 100 == 2:
        return Verdict(Kind.SENT, reply=code)
    if code // 100 == (3 if step is Step.DATA else 2):
        return None
    if code // 100 not in (4, 5):
        return silence(step)
    if code == CLOSING:
        return Verdict(Kind.OFFLINE, Problem.BUSY, code)
    if code in AUTH_CODES:
        return Verdict(Kind.OFFLINE, Problem.LOGIN, code)
    if code // 100 == 4:
        return _postponed(step, code)
    return _refused(step, code)


def silence(step: Step) -> Verdict:
    """What it means that nothing, or nothing sensible, was heard at this step."""
    if step is Step.END:
        return Verdict(Kind.UNHEARD, Problem.SILENT)
    if step in (Step.SENDER, Step.RECIPIENT, Step.DATA):
        # Maybe it is this very message that the server, or the line, does not bear.
        return Verdict(Kind.LATER, Problem.UNREACHABLE)
    problem = Problem.TLS if step is Step.TLS else Problem.UNREACHABLE
    return Verdict(Kind.OFFLINE, problem)


def _postponed(step: Step, code: int) -> Verdict:
    if step in (Step.GREETING, Step.HELLO, Step.TLS, Step.LOGIN):
        return Verdict(Kind.OFFLINE, Problem.BUSY, code)
    return Verdict(Kind.LATER, Problem.POSTPONED, code)


def _refused(step: Step, code: int) -> Verdict:
    if step in (Step.SENDER, Step.RECIPIENT, Step.DATA, Step.END) and code in TOO_LARGE_CODES:
        return Verdict(Kind.REFUSED, Problem.TOO_LARGE, code)
    match step:
        case Step.RECIPIENT:
            return Verdict(Kind.REFUSED, Problem.RECIPIENT, code)
        case Step.DATA | Step.END:
            return Verdict(Kind.REFUSED, Problem.CONTENT, code)
        case Step.SENDER:
            return Verdict(Kind.OFFLINE, Problem.SENDER, code)
        case Step.LOGIN:
            return Verdict(Kind.OFFLINE, Problem.LOGIN, code)
        case Step.TLS:
            return Verdict(Kind.OFFLINE, Problem.TLS, code)
        case Step.GREETING | Step.HELLO:
            return Verdict(Kind.OFFLINE, Problem.UNREACHABLE, code)
