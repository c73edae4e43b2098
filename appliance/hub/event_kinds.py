"""What each kind of event may carry, and of which type: the hub's own look at every event.

The device has looked already, when it wrote the event; a broken or hostile one may not have.
"""

import re
from typing import Annotated, Any

import msgspec
from msgspec import Meta

from appliance.sync.events import FIELDS

# Without a pattern: msgspec 0.22 brings the process down at its end over patterns in keys.
Text = Annotated[str, Meta(max_length=2000)]
Count = Annotated[int, Meta(ge=-(1 << 53), le=1 << 53)]
Scalar = Count | float | bool | Text | None
Flat = dict[Text, Scalar]
Value = Scalar | list[Scalar | list[Scalar] | Flat] | dict[Text, Scalar | list[Scalar] | Flat]
# A NUL can stand in JSON as an escape only; an even number of backslashes before it is text.
_NUL = re.compile(rb"(?<!\\)(?:\\\\)*\\u0000")


def problem(name: str, data: msgspec.Raw) -> str:
    """Why these data do not fit the kind of this name; empty when they do."""
    decoder = _DECODERS.get(name)
    if _NUL.search(data):
        return "a NUL in a text, which PostgreSQL does not keep"
    if decoder is None:
        return "unknown kind"
    try:
        decoder.decode(data)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        return str(error) or "unreadable"
    return ""


def _decoder(name: str, fields: frozenset[str]) -> msgspec.json.Decoder[Any]:
    kind = msgspec.defstruct(
        name.title().replace(".", "").replace("_", ""),
        [(field, Value | msgspec.UnsetType, msgspec.UNSET) for field in sorted(fields)],
        forbid_unknown_fields=True,
    )
    return msgspec.json.Decoder(kind)


_DECODERS = {name: _decoder(name, fields) for name, fields in FIELDS.items()}
