"""Who came with the leader of a group: heads by sex and age band, nobody by name."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from appliance.errors import N_, Invalid
from appliance.guestbook import choices

MOST_PERSONS = 1000  # with the leader; no reading room holds more
PREFIX = "heads"
NO_NUMBER = N_("Tulis jumlah anggota rombongan dengan angka, atau kosongkan.")
TOO_MANY = N_("Rombongan paling banyak 1000 orang bersama ketuanya.")


@dataclass(frozen=True, slots=True)
class Heads:
    """How many of one sex and age band came with the leader."""

    sex: str
    age_band: str
    count: int


def field_name(sex: str, age_band: str) -> str:
    """The field of a form that counts these: ``heads_2_1``."""
    return f"{PREFIX}_{sex}_{age_band}"


def checked_heads(form: Mapping[str, str | Sequence[str]]) -> tuple[Heads, ...]:
    """The heads of a form, empty cells left out. Raises Invalid, naming the first cell at fault."""
    found = []
    for sex in choices.SEX:
        for band in choices.AGE_BANDS:
            name = field_name(sex.code, band.code)
            count = _count(form.get(name, ""), name)
            if count:
                found.append(Heads(sex.code, band.code, count))
    if persons(found) > MOST_PERSONS:
        raise Invalid({PREFIX: TOO_MANY})
    return tuple(found)


def persons(heads: Iterable[Heads]) -> int:
    """Everybody of the visit, its leader included."""
    return 1 + sum(one.count for one in heads)


def as_fields(heads: Iterable[Heads]) -> dict[str, str]:
    """The heads as a form shows them."""
    return {field_name(one.sex, one.age_band): str(one.count) for one in heads}


def _count(sent: str | Sequence[str], name: str) -> int:
    text = (sent if isinstance(sent, str) else next(iter(sent), "")).strip()
    if not text:
        return 0
    if not (text.isascii() and text.isdigit() and len(text) <= len(str(MOST_PERSONS))):
        raise Invalid({name: NO_NUMBER})
    return int(text)
