"""What the hub signs: the configuration of an office, and the manifest of the catalogue's pack."""

import base64
from collections.abc import Mapping

import msgspec

from appliance.errors import NotFound
from appliance.hub.database import Database
from appliance.hub.offices import UNKNOWN_OFFICE
from appliance.hub.own_keys import OwnKeys
from appliance.sync import protocol

_NEWEST = (
    "SELECT version, document, signature, key_id FROM config_document"
    " WHERE office = %s ORDER BY version DESC LIMIT 1"
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
        return None if row is None else signed(*row)

    def issue(self, office: str, settings: Mapping[str, object], keys: OwnKeys) -> int:
        """Sign these settings as the office's next version, which is returned. Raises NotFound."""
        with self._database.transaction() as connection:
            found = connection.execute("SELECT 1 FROM office WHERE code = %s FOR UPDATE", (office,))
            if found.fetchone() is None:
                raise NotFound(UNKNOWN_OFFICE, office=office)
            row = connection.execute(_NEWEST, (office,)).fetchone()
            version = (row[0] if row else 0) + 1
            document = msgspec.json.encode(
                {"version": version, "office": office, "settings": settings}, order="sorted"
            )
            values = (office, version, document, keys.sign(document), keys.key_id)
            connection.execute(_ADD, values)
        return version


def signed(version: int, document: bytes, signature: bytes, key_id: str) -> protocol.Signed:
    """The document as the protocol sends it."""
    return protocol.Signed(
        version,
        base64.b64encode(document).decode(),
        base64.b64encode(signature).decode(),
        key_id,
    )
