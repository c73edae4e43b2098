"""The newest settings that this device has taken from its portal, as they were signed."""

import datetime as dt
import re
from dataclasses import dataclass, field
from enum import StrEnum

import msgspec

from appliance.portal_settings import rules
from appliance.portal_settings.rules import Document, Wishes
from appliance.storage import statements
from appliance.storage.models import PortalSettings as Row

_NAME = re.compile(r"[a-z_]{1,60}")
_STATE = "SELECT version, problem FROM portal_settings WHERE id = 1"


class Refusal(StrEnum):
    """Why a whole document was not taken."""

    FORGED = "forged"
    UNREADABLE = "unreadable"
    FOREIGN = "foreign"  # of another office
    OLDER = "older"  # than what is in force, or another one of the same number


@dataclass(frozen=True, slots=True)
class Taken:
    """What is in force, and what is not. Version 0: nothing was ever taken."""

    version: int = 0
    wishes: Wishes = field(default_factory=Wishes)
    refused: tuple[str, ...] = ()  # names of settings; "?" for what can be no name
    taken_at: dt.datetime | None = None
    problem: Refusal | None = None  # with the newest document that was offered
    document: bytes = b""


def state() -> tuple[int, str]:
    """The number of the settings in force, and what is wrong with newer ones; quick."""
    found = statements.first(_STATE)
    return (int(found[0]), str(found[1])) if found else (0, "")


def taken() -> Taken:
    """What is in force by this release: an older one may have refused more of it.

    What another release wrote and this one cannot read leaves the office as its file has it.
    """
    row: Row | None = Row.get_or_none(Row.id == 1)
    if row is None:
        return Taken()
    document = bytes(row.document or b"")
    try:
        settings = document_of(document).settings if document else {}
        problem = Refusal(row.problem) if row.problem else None
    except ValueError:
        settings, problem = {}, Refusal.UNREADABLE
    wishes, refused = rules.checked(settings)
    return Taken(
        version=row.version,
        wishes=wishes,
        refused=tuple(sorted({name if _NAME.fullmatch(name) else "?" for name in refused})),
        taken_at=row.taken_at,
        problem=problem,
        document=document,
    )


def document_of(content: bytes) -> Document:
    """What was signed. Raises ValueError."""
    try:
        return msgspec.json.decode(content, type=Document)
    except (msgspec.DecodeError, RecursionError) as error:
        raise ValueError(str(error)) from None


def keep(document: bytes, version: int, at: dt.datetime) -> None:
    """Have this one in force, signed and checked as it is. Belongs where the writer runs."""
    _put(document=document, version=version, taken_at=at, problem="")


def complain(problem: Refusal | None) -> None:
    """Note why what was offered was not taken. Belongs where the writer runs."""
    _put(problem=problem or "")


def forget() -> None:
    """As before anything was taken: what another portal wished. Belongs where the writer runs."""
    statements.run("DELETE FROM portal_settings")


def _put(**values: object) -> None:
    Row.insert(id=1, **values).on_conflict(conflict_target=[Row.id], update=values).execute()
