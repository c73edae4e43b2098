"""The offices, the codes by which their devices enrol, and the list of devices."""

import datetime as dt
import hashlib
import re
import uuid
from dataclasses import dataclass

from appliance import codes
from appliance.errors import NotFound, Refused
from appliance.hub.database import Database

# Said at the keyboard only, so in both languages at once.
UNKNOWN_OFFICE = "Kantor %(office)s tidak dikenal. / There is no office %(office)s."
UNKNOWN_DEVICE = "Peranti %(device)s tidak dikenal. / There is no device %(device)s."
BAD_CODE = (
    "Kode kantor memakai huruf kecil, angka, dan tanda hubung. / An office's code has small"
    " letters, digits and hyphens."
)
CODE_KEPT = dt.timedelta(days=14)
_CODE = re.compile(r"[a-z0-9][a-z0-9-]{0,62}")
# The dashboard leads from the country by provinces to offices: without a word none would lead on.
NO_PROVINCE = "Tanpa provinsi"
_ADD = (
    "INSERT INTO office (code, name, province, timezone) VALUES (%(code)s,"
    " coalesce(%(name)s, %(code)s), coalesce(%(province)s, %(no_province)s),"
    " coalesce(%(timezone)s, 'Asia/Jakarta'))"
    " ON CONFLICT (code) DO UPDATE SET name = coalesce(%(name)s, office.name),"
    " province = coalesce(%(province)s, office.province),"
    " timezone = coalesce(%(timezone)s, office.timezone)"
)
_ISSUE = (
    "INSERT INTO claim (code_hash, office, device, expires_at)"
    " VALUES (%s, %s, %s, now() + %s) RETURNING expires_at"
)


@dataclass(frozen=True, slots=True)
class NewClaim:
    """A code that is shown once, and until when it holds."""

    office: str
    code: str
    expires_at: dt.datetime


@dataclass(frozen=True, slots=True)
class DeviceLine:
    """A device in the list."""

    id: uuid.UUID
    office: str
    state: str
    software: str
    heard_at: dt.datetime | None


class Offices:
    """Who may send at all. Raises psycopg.OperationalError while PostgreSQL is away."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def add(self, code: str, name: str = "", *, province: str = "", timezone: str = "") -> None:
        """A new office, or other words about one that is there; what is not told stays.

        Raises Refused for a code that is none.
        """
        if not _CODE.fullmatch(code):
            raise Refused(BAD_CODE)
        told = {"name": name, "province": province, "timezone": timezone}
        values: dict[str, str | None] = {key: value or None for key, value in told.items()}
        values |= {"code": code, "no_province": NO_PROVINCE}
        with self._database.transaction() as connection:
            connection.execute(_ADD, values)

    def issue(self, office: str, *, device: uuid.UUID | None = None) -> NewClaim:
        """A fresh claim code for one device, or to give this device new keys. Raises NotFound."""
        code = codes.new_card_code()
        with self._database.transaction() as connection:
            found = connection.execute("SELECT 1 FROM office WHERE code = %s", (office,)).fetchone()
            if found is None:
                raise NotFound(UNKNOWN_OFFICE, office=office)
            if device is not None:
                _check_is_of(self._database, device, office)
            row = connection.execute(_ISSUE, (code_hash(code), office, device, CODE_KEPT))
            (expires_at,) = row.fetchone() or (None,)
        if expires_at is None:
            raise NotFound(UNKNOWN_OFFICE, office=office)
        return NewClaim(office, code, expires_at)

    def devices(self) -> list[DeviceLine]:
        """Every device, by office, with when it was last heard of."""
        rows = self._database.rows(
            "SELECT d.id, d.office, d.state, d.software,"
            " greatest(max(s.appended_at), max(h.at)) FROM device d"
            " LEFT JOIN stream s ON s.device = d.id LEFT JOIN health_last h ON h.device = d.id"
            " GROUP BY d.id ORDER BY d.office, d.enrolled_at"
        )
        return [DeviceLine(*row) for row in rows]

    def set_state(self, device: uuid.UUID, state: str) -> None:
        """Active, suspended or, for good, revoked. Raises NotFound for no such or a revoked one."""
        change = "UPDATE device SET state = %s WHERE id = %s AND state <> 'revoked'"
        with self._database.transaction() as connection:
            done = connection.execute(change, (state, device))
            if done.rowcount == 0:
                raise NotFound(UNKNOWN_DEVICE, device=device)
            if state == "revoked":
                connection.execute(
                    "UPDATE device_key SET revoked_at = now()"
                    " WHERE device = %s AND revoked_at IS NULL",
                    (device,),
                )


def code_hash(code: str) -> bytes:
    """What the hub keeps of a claim code; 70 random bits need no slow hash."""
    return hashlib.sha256(code.encode()).digest()


def _check_is_of(database: Database, device: uuid.UUID, office: str) -> None:
    found = database.row("SELECT 1 FROM device WHERE id = %s AND office = %s", (device, office))
    if found is None:
        raise NotFound(UNKNOWN_DEVICE, device=device)
