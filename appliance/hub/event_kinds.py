"""What each kind of event may carry, and of which type: the hub's own look at every event.

The device has looked already, when it wrote the event; a broken or hostile one may not have.
A field means the same in every kind, so its type is written once. What a kind may carry is the
device's own list; any of it may be left out or be null.
"""

import datetime as dt
import re
from typing import Annotated, Any

import msgspec
from msgspec import Meta

from appliance.sync.events import FIELDS, SEALABLE
from appliance.sync.privacy import SEAL

# Without patterns: msgspec 0.22 brings the process down at its end over one in a key of a mapping.
Word = Annotated[str, Meta(max_length=200)]
Sealed = Annotated[str, Meta(pattern=f"^{SEAL}[A-Za-z0-9_-]{{64,1400}}$")]
Count = Annotated[int, Meta(ge=0, le=1 << 53)]
Seconds = Annotated[float, Meta(ge=-1e9, le=1e9)]
Moment = Annotated[dt.datetime, Meta(tz=True)]
Words = Annotated[list[Word], Meta(max_length=50)]
Tally = Annotated[dict[Word, Count], Meta(max_length=100)]
Spread = Annotated[dict[Word, Annotated[list[Count], Meta(max_length=20)]], Meta(max_length=100)]
Answers = Annotated[dict[Word, Word | Count | bool | Words | None], Meta(max_length=50)]

_TYPES: dict[Any, str] = {
    Count: (
        "boot_ms err_ms from_locker locker number pages persons position publication_id quality"
        " resolution_dpi respondents size_bytes total tray_slot version year_from year_to"
    ),
    Seconds: "stay_s wait_s",
    bool: "incomplete within_promise",
    Moment: "utc",
    dt.date: "business_date date received_on",
    Words: "channels fields services",
    Tally: "answered totals",
    Spread: "importance satisfaction",
    Answers: "now was",
    Sealed: " ".join(sorted(set().union(*SEALABLE.values()))),
}
_TYPE_OF = {field: kind for kind, fields in _TYPES.items() for field in fields.split()}
_ESCAPED = rb"\u0000"  # looked for first: a search by pattern takes longer than all the rest
# A NUL can stand in JSON as an escape only; an even number of backslashes before it is text.
_NUL = re.compile(rb"(?<!\\)(?:\\\\)*\\u0000")


def problem(name: str, data: msgspec.Raw) -> str:
    """Why these data do not fit the kind of this name; empty when they do."""
    decoder = _DECODERS.get(name)
    if decoder is None:
        return "unknown kind"
    if _ESCAPED in bytes(data) and _NUL.search(data):
        return "a NUL in a text, which PostgreSQL does not keep"
    try:
        decoder.decode(data)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        return str(error) or "unreadable"
    return ""


def _decoder(name: str, fields: frozenset[str]) -> msgspec.json.Decoder[Any]:
    """Fields without a type of their own are words."""
    kind = msgspec.defstruct(
        name.title().replace(".", "").replace("_", ""),
        [
            (field, _TYPE_OF.get(field, Word) | None | msgspec.UnsetType, msgspec.UNSET)
            for field in sorted(fields)
        ],
        forbid_unknown_fields=True,
    )
    return msgspec.json.Decoder(kind)


_DECODERS = {
    name: _decoder(name, fields | SEALABLE.get(name, frozenset()))
    for name, fields in FIELDS.items()
}
