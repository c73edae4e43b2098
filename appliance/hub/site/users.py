"""The people who may look at the dashboard: of the whole country, or of one province."""

from dataclasses import dataclass
from enum import StrEnum
from typing import LiteralString

from psycopg.errors import UniqueViolation

from appliance.errors import N_, Invalid, NotFound
from appliance.hub.database import Database
from appliance.staff import rules
from appliance.staff.passwords import Passwords

UNKNOWN = N_("Pengguna %(username)s tidak dikenal.")
TAKEN = N_("Nama pengguna ini sudah dipakai.")
NO_PROVINCE = N_("Sebutkan provinsinya, seperti tertulis pada kantor-kantornya.")
NO_SUCH_PROVINCE = N_("Belum ada kantor di provinsi ini.")
BAD_USERNAME = N_("Nama pengguna: huruf kecil, angka, titik atau garis, 1–32.")
BAD_NAME = N_("Tulis nama lengkap, paling banyak 80 karakter.")
_COLUMNS = "id, username, name, role, province"
_FIND = f"SELECT {_COLUMNS}, password_hash FROM person WHERE username = %s AND disabled_at IS NULL"  # noqa: S608 - constants
_LIST = f"SELECT {_COLUMNS}, disabled_at IS NOT NULL FROM person ORDER BY username"  # noqa: S608 - constants
_ADD = (
    "INSERT INTO person (username, name, role, province, password_hash) VALUES (%s, %s, %s, %s, %s)"
)


class HubRole(StrEnum):
    """How far somebody sees."""

    NATIONAL = "national"
    PROVINCE = "province"


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who is signed in. `province` is empty for who sees them all."""

    id: int
    username: str
    name: str
    role: HubRole
    province: str

    @property
    def is_national(self) -> bool:
        return self.role is HubRole.NATIONAL

    def may_see(self, province: str) -> bool:
        """Whether the offices of this province are theirs to see."""
        return self.is_national or self.province == province


@dataclass(frozen=True, slots=True)
class PersonLine:
    """Somebody in the list."""

    username: str
    name: str
    role: HubRole
    province: str
    is_disabled: bool


class People:
    """The list of them. Raises psycopg.OperationalError while PostgreSQL is away."""

    def __init__(self, database: Database, passwords: Passwords) -> None:
        self._database = database
        self._passwords = passwords

    def add(self, username: str, name: str, province: str, password: str) -> None:
        """Somebody new, national without a province. Raises Invalid with every problem."""
        problems = self._problems(username, name, province)
        problem = rules.password_problem(password, username)
        if problem:
            problems["password"] = problem
        if problems:
            raise Invalid(problems)
        role = HubRole.PROVINCE if province else HubRole.NATIONAL
        values = (username, name, role, province, self._passwords.hash(password))
        try:
            with self._database.transaction() as connection:
                connection.execute(_ADD, values)
        except UniqueViolation:
            raise Invalid({"username": TAKEN}) from None

    def all(self) -> list[PersonLine]:
        """Everybody, by username, the disabled ones too."""
        return [
            PersonLine(username, name, HubRole(role), province, is_disabled)
            for _id, username, name, role, province, is_disabled in self._database.rows(_LIST)
        ]

    def disable(self, username: str) -> None:
        """Signed out at once, everywhere, and not let in again. Raises NotFound."""
        change = "UPDATE person SET disabled_at = now() WHERE username = %s AND disabled_at IS NULL"
        self._change(change, (username,), username)

    def set_password(self, username: str, password: str) -> None:
        """A new password, which signs them out everywhere and lets a disabled one in again.

        Raises Invalid for a bad password, NotFound.
        """
        self._check(password, username)
        change = "UPDATE person SET password_hash = %s, disabled_at = NULL WHERE username = %s"
        self._change(change, (self._passwords.hash(password), username), username)

    def change_own_password(self, person: Person, present: str, new: str) -> None:
        """Their own new password, which signs them out everywhere. Raises Invalid."""
        if self.who(person.username, present) is None:
            raise Invalid({"present": N_("Kata sandi sekarang tidak cocok.")})
        if present == new:
            raise Invalid({"new": N_("Pilih kata sandi lain dari yang sekarang.")})
        problem = rules.password_problem(new, person.username)
        if problem:
            raise Invalid({"new": problem})
        self.set_password(person.username, new)

    def who(self, username: str, password: str) -> Person | None:
        """Who has this name and password; None takes just as long. Raises Unavailable."""
        row = self._database.row(_FIND, (username,))
        if not self._passwords.matches(password, row[5] if row else None) or row is None:
            return None
        return person_of(row[:5])

    def _problems(self, username: str, name: str, province: str) -> dict[str, str]:
        problems = {}
        if not username or len(username) > rules.LONGEST_USERNAME:
            problems["username"] = BAD_USERNAME
        if set(username) - rules.USERNAME_CHARS:
            problems["username"] = BAD_USERNAME
        if not name or len(name) > rules.LONGEST_NAME or not name.isprintable():
            problems["name"] = BAD_NAME
        there = "SELECT 1 FROM office WHERE province = %s"
        if province and self._database.row(there, (province,)) is None:
            problems["province"] = NO_SUCH_PROVINCE
        return problems

    def _check(self, password: str, username: str) -> None:
        problem = rules.password_problem(password, username)
        if problem:
            raise Invalid({"password": problem})

    def _change(self, change: LiteralString, values: tuple[str, ...], username: str) -> None:
        ended = (
            "DELETE FROM person_session USING person"
            " WHERE person_session.person = person.id AND person.username = %s"
        )
        with self._database.transaction() as connection:
            if connection.execute(change, values).rowcount == 0:
                raise NotFound(UNKNOWN, username=username)
            connection.execute(ended, (username,))


def person_of(row: tuple[int, str, str, str, str]) -> Person:
    """From id, username, name, role and province."""
    return Person(row[0], row[1], row[2], HubRole(row[3]), row[4])
