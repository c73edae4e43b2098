"""What the hub signs: the configuration of an office, and the manifest of the catalogue's pack."""

import base64
from collections.abc import Mapping, Sequence

import msgspec

from appliance.errors import Invalid, NotFound
from appliance.hub import journal, own_keys
from appliance.hub.database import Connection, Database
from appliance.hub.offices import UNKNOWN_OFFICE
from appliance.hub.own_keys import OwnKeys
from appliance.portal_settings import rules
from appliance.sync import protocol

_NEWEST = (
    "SELECT version, document, signature, key_id FROM config_document"
    " WHERE office = %s ORDER BY version DESC LIMIT 1"
)
_ALL_NEWEST = (
    "SELECT DISTINCT ON (office) office, document FROM config_document"
    " ORDER BY office, version DESC"
)
_ADD = (
    "INSERT INTO config_document (office, version, document, signature, key_id)"
    " VALUES (%s, %s, %s, %s, %s)"
)


class ConfigDocuments:
    """One line of versions an office; what was issued is never changed."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def newest(self, office: str) -> protocol.Signed | None:
        """The newest document of the office; None before the first."""
        row = self._database.row(_NEWEST, (office,))
        if row is None:
            return None
        version, document, signature, key_id = row
        successors = own_keys.successors(self._database)
        return signed(version, bytes(document), bytes(signature), key_id, successors)

    def issue(
        self, offices: Sequence[str], settings: Mapping[str, object], keys: OwnKeys, by: str
    ) -> dict[str, int]:
        """Sign these settings as the next version of each office; its number by the office.

        All of them or none. Raises NotFound, and Invalid for settings that no device takes.
        """
        refused = rules.checked(settings)[1]
        if refused:
            raise Invalid(refused)
        with self._database.transaction() as connection:
            own_keys.check_newest(connection, keys)
            versions = {
                office: _issue(connection, office, settings, keys) for office in sorted(offices)
            }
            for office, version in versions.items():
                journal.write(connection, by, "config", office, f"{version}: {', '.join(settings)}")
        return versions

    def offices(self) -> list[str]:
        """The codes of all offices."""
        return [code for (code,) in self._database.rows("SELECT code FROM office ORDER BY code")]


def sign_again(connection: Connection, keys: OwnKeys) -> None:
    """The newest settings of each office as its next version, by these keys."""
    for office, document in connection.execute(_ALL_NEWEST).fetchall():
        settings = msgspec.json.decode(bytes(document), type=rules.Document).settings
        _issue(connection, office, settings, keys)


def signed(
    version: int,
    document: bytes,
    signature: bytes,
    key_id: str,
    successors: list[protocol.Successor],
) -> protocol.Signed:
    """The document as the protocol sends it."""
    return protocol.Signed(
        version,
        base64.b64encode(document).decode(),
        base64.b64encode(signature).decode(),
        key_id,
        successors,
    )


def _issue(
    connection: Connection, office: str, settings: Mapping[str, object], keys: OwnKeys
) -> int:
    found = connection.execute("SELECT 1 FROM office WHERE code = %s FOR UPDATE", (office,))
    if found.fetchone() is None:
        raise NotFound(UNKNOWN_OFFICE, office=office)
    row = connection.execute(_NEWEST, (office,)).fetchone()
    version = (int(row[0]) if row else 0) + 1
    document = msgspec.json.encode(
        {"version": version, "office": office, "settings": settings}, order="sorted"
    )
    connection.execute(_ADD, (office, version, document, keys.sign(document), keys.key_id))
    return version
