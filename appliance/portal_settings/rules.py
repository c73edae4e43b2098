"""Which settings the portal may wish for an office, and what they do to it.

A closed list: wiring, passwords and what stands in the office's own file beyond it are the
office's alone. Each setting is checked by itself, so that one which is not understood here, or is
wrong, leaves the others in force; the portal hears which were refused.
"""

import datetime as dt
from collections.abc import Mapping
from typing import Annotated, Any

import msgspec
from msgspec import Meta
from msgspec.structs import replace

from appliance.hours.table import HoursException
from appliance.offices import Office

LONGEST_PROMISE_MIN = 120
MOST_CLOSED_DAYS = 400
Name = Annotated[str, Meta(min_length=1, max_length=120)]


class ClosedDay(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    """A day on which the room stays closed, and why, in one or both languages."""

    date: dt.date
    name: Name
    name_en: Name | None = None


class Wishes(msgspec.Struct, frozen=True):
    """What is in force of the portal's wishes; None and empty where it has none."""

    promise_minutes: Annotated[int, Meta(ge=1, le=LONGEST_PROMISE_MIN)] | None = None
    closed_days: Annotated[tuple[ClosedDay, ...], Meta(max_length=MOST_CLOSED_DAYS)] = ()


class Document(msgspec.Struct):
    """What the portal signs for an office; versions rise by one."""

    version: Annotated[int, Meta(ge=1, lt=1 << 53)]
    office: str
    settings: dict[str, Any]


_KINDS = {field.name: field.type for field in msgspec.structs.fields(Wishes)}
NAMES = tuple(_KINDS)


def checked(settings: Mapping[str, object]) -> tuple[Wishes, dict[str, str]]:
    """What may be in force of these, and what not: the setting's name and why, in English."""
    taken: dict[str, Any] = {}
    refused: dict[str, str] = {}
    for name, value in settings.items():
        kind = _KINDS.get(name)
        if kind is None:
            refused[name] = "unknown"
            continue
        try:
            taken[name] = msgspec.convert(value, kind)
        except (msgspec.ValidationError, RecursionError) as error:
            refused[name] = str(error)
    return Wishes(**taken), refused


def applied(office: Office, wishes: Wishes) -> Office:
    """The office with the portal's wishes; a date that its own file names stays as it has it."""
    policy, hours = office.policy, office.hours
    if wishes.promise_minutes is not None:
        policy = replace(policy, promise_minutes=wishes.promise_minutes)
    if wishes.closed_days:
        closed = tuple(
            HoursException(date=one.date, reason=one.name, reason_en=one.name_en or one.name)
            for one in wishes.closed_days
        )
        # Of two for a date the later holds: a range gives way to them, and they to a single date.
        ranges = tuple(one for one in hours.exceptions if one.date is None)
        dates = tuple(one for one in hours.exceptions if one.date is not None)
        hours = replace(hours, exceptions=ranges + closed + dates)
    return replace(office, policy=policy, hours=hours)
