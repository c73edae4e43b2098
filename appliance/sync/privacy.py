"""What each field of an event tells of a person, and in which form it may leave the house.

P2, a category or a count, leaves as it is. P1 would tell one person from another: it leaves as a
keyed hash, and the key stays here, so that the portal cannot link people across offices. P0 names
somebody: it is refused when the event is written, unless the office's policy seals it for the
portal's own key; before an enrolment there is no such key, and it stays here.
"""

import base64
import hashlib
import hmac
import re
import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from appliance.errors import ConfigError
from appliance.runtime.logs import get_logger

log = get_logger("sync")

SEAL = "box:"  # before a sealed value, so that nobody takes it for the value itself
SEALED_STEP_BYTES = 64  # a box is as long as the next multiple of it, so that it does not tell how
# long a name is


class PrivacyClass(StrEnum):
    """How much a field tells of a person; the values are those of the sync protocol."""

    PERSONAL = "P0"
    LINKING = "P1"
    CATEGORY = "P2"


# A field means the same in every event. What is not here may not leave at all.
CLASSES: dict[str, PrivacyClass] = {
    field: kind
    for kind, fields in {
        PrivacyClass.PERSONAL: "name phone email agency_name",
        PrivacyClass.LINKING: "visitor",
        PrivacyClass.CATEGORY: (
            "age_band agency_category alarm answered boot boot_ms business_date card_type"
            " catalogue_number cause channel channels condition date desk disability education"
            " end_reason err_ms event fields found from_locker importance incomplete kind level"
            " locker mode month national notice_version now number occupation outcome pages paper"
            " period persons position problem publication_id publication_number purpose quality"
            " reason received_on resolution_dpi respondents result satisfaction says services sex"
            " size_bytes source state stay_s topic total totals tray_slot utc version wait_s was"
            " within_promise year_from year_to"
        ),
    }.items()
    for field in fields.split()
}
# As the office has them in its catalogue or its settings: any text, of things and not of people.
OF_THE_HOUSE = frozenset(
    {"card_type", "catalogue_number", "desk", "notice_version", "publication_number"}
)
_CODE = re.compile(r"[A-Za-z0-9_.:/+-]{0,64}")  # one word: free text has spaces, an address an @
_ANY = re.compile(r".*", re.DOTALL)
_PHONE = re.compile(r"(?:0|\+?62)8[0-9]{7,12}")  # as a whole: digits of a random id may look alike
_WITHHELD, _STAYS = object(), object()
_SUBJECT = re.compile(r"[a-z_]+(?:/[A-Za-z0-9-]{1,64})?")


def _nothing() -> bytes | None:
    return None


@dataclass(frozen=True, slots=True)
class Privacy:
    """The office's keys and its policy. As it stands without any, P0 and P1 are refused."""

    office_key: Callable[[], bytes | None] = _nothing  # of 32 bytes; it never leaves the house
    box_key: Callable[[], bytes | None] = _nothing  # the portal's, for what it alone may read
    sealed: frozenset[str] = frozenset()  # the P0 fields that the office has agreed to seal

    def leaving(self, name: str, data: Mapping[str, object]) -> dict[str, object]:
        """The data in the form in which they may leave.

        A category that does not look like one stays here, and the log says of which field: it may
        be what an office calls its things, and nobody is turned away for that. Raises ConfigError
        for a field that may not leave at all: a programming error, which fails in its first test.
        """
        told = {field: self._shaped(name, field, value) for field, value in data.items()}
        withheld = sorted(field for field, value in told.items() if value is _WITHHELD)
        if withheld:
            log.warning(
                "withheld what does not look like a category", event_name=name, fields=withheld
            )
        return {field: value for field, value in told.items() if value not in (_WITHHELD, _STAYS)}

    def _shaped(self, name: str, field: str, value: object) -> object:
        kind = CLASSES.get(field)
        if kind is PrivacyClass.CATEGORY:
            shape = _ANY if field in OF_THE_HOUSE else _CODE
            return value if _is_category(value, shape) else _WITHHELD
        if kind is PrivacyClass.LINKING and (key := self.office_key()) is not None:
            return None if value is None else linked(key, field, str(value))
        if field in self.sealed and is_personal(field):
            key = self.box_key()
            return _STAYS if key is None or value is None else sealed(key, str(value))
        raise ConfigError(f"event {name!r} must not carry {field}")


def is_personal(field: str) -> bool:
    """Whether this field names somebody (P0)."""
    return CLASSES.get(field) is PrivacyClass.PERSONAL


def check_subject(subject: str) -> None:
    """Raise ConfigError unless this names a thing by its kind and number, and nobody."""
    if not _SUBJECT.fullmatch(subject) or _PHONE.fullmatch(subject.partition("/")[2]):
        raise ConfigError("an event's subject must be a kind and an id")


def linked(office_key: bytes, field: str, value: str) -> str:
    """The same for the same person at this office, and nothing to anybody without its key."""
    plain = " ".join(unicodedata.normalize("NFKC", value).casefold().split())
    return hmac.new(office_key, f"{field}:{plain}".encode(), hashlib.sha256).hexdigest()


def sealed(box_key: bytes, value: str) -> object:
    """What only the holder of the box key's secret can read (an X25519 sealed box, padded)."""
    from nacl import bindings, exceptions

    plain = bindings.sodium_pad(value.encode(), SEALED_STEP_BYTES)
    try:
        box = bindings.crypto_box_seal(plain, box_key)
    except exceptions.CryptoError:  # of a key that hides nothing: nobody is turned away for that
        return _STAYS
    return SEAL + base64.urlsafe_b64encode(box).rstrip(b"=").decode()


def _is_category(value: object, shape: re.Pattern[str]) -> bool:
    match value:
        case None | bool() | int() | float():
            return True
        case str():
            return shape is _ANY or bool(shape.fullmatch(value) and not _PHONE.fullmatch(value))
        case Mapping():
            pairs = value.items()
            return all(_is_category(key, _CODE) and _is_category(v, shape) for key, v in pairs)
        case list() | tuple():
            return all(_is_category(one, shape) for one in value)
        case _:
            raise ConfigError("an event must carry nothing but what JSON has")
