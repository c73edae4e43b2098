"""What offices have sealed for the hub: stored as it came, and opened one field at a time."""

from nacl import bindings, exceptions

from appliance.base64url import decoded
from appliance.errors import NotFound, Unavailable
from appliance.hub import journal
from appliance.hub.database import Database
from appliance.hub.own_keys import OwnKeys
from appliance.sync.privacy import SEAL, SEALED_STEP_BYTES

NOTHING = (
    "Tidak ada yang terkunci di situ, atau sudah dihapus. / Nothing is sealed there, or it was"
    " erased."
)
OTHER_KEY = "Kunci pusat ini tidak membukanya. / This hub's key does not open it."
_FIND = (
    "SELECT r.received_id, coalesce(r.data ->> %(field)s, '')"
    " FROM record r JOIN stream s ON s.id = r.stream"
    " WHERE s.device = %(device)s AND r.subject = %(subject)s AND r.subject LIKE 'visit/%%'"
    # The newest word about it; what was corrected and not sealed again is not known here any more.
    " AND (r.data ->> %(field)s LIKE %(seal)s OR r.data -> 'fields' ? %(field)s)"
    # An erasure that has come holds at once, not only when the projector has carried it out.
    " AND NOT EXISTS (SELECT FROM record e JOIN stream t ON t.id = e.stream"
    " WHERE t.device = s.device AND e.subject = r.subject AND e.subject LIKE 'visit/%%'"
    " AND e.type = 'id.go.bps.ruangbaca.person.erased.v1')"
    " AND NOT EXISTS (SELECT FROM erased d WHERE d.device = s.device AND d.subject = r.subject)"
    " ORDER BY r.received_id DESC LIMIT 1"
)


def opened(
    database: Database, keys: OwnKeys, *, device: str, subject: str, field: str, by: str, why: str
) -> str:
    """The value of one field; the journal has it first, by the record's number and not by a visit.

    Raises NotFound when nothing is sealed there, Unavailable when it was for another key.
    """
    asked = {"field": field, "device": device, "subject": subject, "seal": f"{SEAL}%"}
    number, text = database.row(_FIND, asked) or (0, "")
    if not text.startswith(SEAL):
        raise NotFound(NOTHING)
    journal.note(database, by, "unseal", device, f"{field}, {number}: {why}")
    try:
        box = decoded(text.removeprefix(SEAL)) or b""
        plain = bindings.crypto_box_seal_open(box, keys.box_public, keys.box)
        return bindings.sodium_unpad(plain, SEALED_STEP_BYTES).decode()
    except (exceptions.CryptoError, TypeError, ValueError):
        raise Unavailable(OTHER_KEY) from None
