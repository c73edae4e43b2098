"""Who may stay signed in, how long a guesser must wait, and which passwords are good enough."""

import datetime as dt
from dataclasses import dataclass
from itertools import pairwise

from appliance.actor import Role
from appliance.clock import BUILD_DATE, ClockQuality, Stamp
from appliance.errors import N_

# An officer at a counter often serves ten minutes without touching the screen, and signing out in
# the middle of a queue keeps a visitor waiting; a desk that nobody touched for two hours is empty.
IDLE_LIMIT_S = 2 * 3600
ABSOLUTE_LIMIT_S = 8 * 3600  # one shift
TOUCH_EVERY_S = 60  # a session's last use is written at most this often, to spare the card

FAILURE_WINDOW_S = 15 * 60
FREE_TRIES = 3  # per account and client: people do mistype
FREE_TRIES_PER_CLIENT = 10
# Nine tries an hour in the long run: who guesses all day is heard fewer than 240 times.
ACCOUNT_WINDOW_S = 2 * 3600
LONGEST_DELAY_S = 400
LONGEST_CLIENT_DELAY_S = 60  # one address may be a whole desk: never out for long
FAILURES_THAT_COUNT = 32  # the newest; with fewer of them the longest delay is reached already

SHORTEST_PIN = 6
LONGEST_PIN = 12
PIN_MISSES = 5  # then the password is asked again
FEWEST_DIFFERENT_DIGITS = 3
ONE_TIME_LIFE = dt.timedelta(days=3)  # over a weekend, and no longer
SESSIONS_KEPT = dt.timedelta(days=30)

SHORTEST_PASSWORD = 12
LONGEST_PASSWORD = 128
FEWEST_DIFFERENT = 6
CONTEXT_WORDS = ("ruangbaca", "perpustakaan", "password", "katasandi", "petugas", "pelayanan")
USERNAME_CHARS = frozenset("abcdefghijklmnopqrstuvwxyz0123456789._-")
LONGEST_USERNAME = 32
LONGEST_NAME = 80
STAFF_ROLES = (Role.OFFICER, Role.OPERATOR, Role.ADMIN, Role.HEAD)


@dataclass(frozen=True, slots=True)
class Moment:
    """A moment as kept in a row: wall time, boot and milliseconds since that boot."""

    at: dt.datetime
    boot_id: str
    boot_ms: int


def age_s(since: Moment, now: Stamp) -> float | None:
    """Seconds since that moment; None when no clock can tell.

    Within a boot the boot clock decides. Across boots only a wall clock set by the network is
    believed: without a battery the Pi resumes at the time it went off, and a night looks like
    nothing.
    """
    if since.boot_id == now.boot_id:
        return (now.boot_ms - since.boot_ms) / 1000
    if now.quality is not ClockQuality.SYNCED or since.at < BUILD_DATE:
        return None
    seconds = (now.at - since.at).total_seconds()
    return seconds if seconds >= 0 else None


def end_reason(created: Moment, seen: Moment, now: Stamp) -> str | None:
    """Why a session must end now; None while it stands."""
    lived_s, idle_s = age_s(created, now), age_s(seen, now)
    if lived_s is None or idle_s is None:
        return "clock"
    if lived_s >= ABSOLUTE_LIMIT_S:
        return "shift"
    return "idle" if idle_s >= IDLE_LIMIT_S else None


def is_same_shift(begun: Moment, now: Stamp) -> bool:
    """Whether a shift that began then is still going on; no when no clock can tell."""
    age = age_s(begun, now)
    return age is not None and age < ABSOLUTE_LIMIT_S


def failure_age_s(failed: Moment, now: Stamp) -> float:
    """Seconds since a failed attempt, at least; unknown boots count from the start of this one."""
    age = age_s(failed, now)
    return now.boot_ms / 1000 if age is None else age


def account_wait_s(ages_s: list[float]) -> float:
    """How long this client must still wait for this account, from the ages of its failures."""
    recent = [age for age in ages_s if age < ACCOUNT_WINDOW_S]
    return _wait_s(recent, FREE_TRIES, LONGEST_DELAY_S)


def client_wait_s(ages_s: list[float]) -> float:
    """How long this client must still wait whatever the account."""
    recent = [age for age in ages_s if age < FAILURE_WINDOW_S]
    return _wait_s(recent, FREE_TRIES_PER_CLIENT, LONGEST_CLIENT_DELAY_S)


def password_problem(password: str, username: str) -> str | None:
    """What is wrong with a new password, as a message; None when it will do."""
    if len(password) < SHORTEST_PASSWORD:
        return N_("Kata sandi paling sedikit 12 karakter. Beberapa kata acak mudah diingat.")
    if len(password) > LONGEST_PASSWORD:
        return N_("Kata sandi paling banyak 128 karakter.")
    plain = "".join(c for c in password.lower() if c.isalnum())
    if len(set(password)) < FEWEST_DIFFERENT:
        return N_("Kata sandi ini terlalu mudah ditebak. Pakai beberapa kata acak.")
    known = (*CONTEXT_WORDS, *([username.lower()] if len(username) > 3 else []))
    if any(word in plain for word in known):
        return N_("Kata sandi jangan memuat nama pengguna atau kata yang mudah ditebak.")
    return None


def pin_problem(pin: str) -> str | None:
    """What is wrong with a new PIN, as a message; None when it will do."""
    if not SHORTEST_PIN <= len(pin) <= LONGEST_PIN or not (pin.isascii() and pin.isdigit()):
        return N_("PIN terdiri dari 6 sampai 12 angka.")
    steps = {(int(after) - int(before)) % 10 for before, after in pairwise(pin)}
    if len(steps) == 1 or len(set(pin)) < FEWEST_DIFFERENT_DIGITS:
        return N_("PIN ini terlalu mudah ditebak. Hindari angka berulang atau berurutan.")
    return None


def person_problems(username: str, display_name: str, role: str) -> dict[str, str]:
    """Every problem of a new member of staff, by field; empty when there is none."""
    problems = {}
    if not username or len(username) > LONGEST_USERNAME or set(username) - USERNAME_CHARS:
        problems["username"] = N_("Nama pengguna: huruf kecil, angka, titik atau garis, 1–32.")
    if not display_name or len(display_name) > LONGEST_NAME or not display_name.isprintable():
        problems["display_name"] = N_("Tulis nama lengkap, paling banyak 80 karakter.")
    if role not in STAFF_ROLES:
        problems["role"] = N_("Pilih satu peran.")
    return problems


def _wait_s(recent: list[float], free: int, longest_s: int) -> float:
    if len(recent) < free:
        return 0.0
    delay_s = min(2.0 ** (len(recent) - free), longest_s)
    return max(0.0, delay_s - min(recent))
