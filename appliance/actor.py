"""Who does something: a visitor, a member of staff, or the appliance itself."""

from dataclasses import dataclass
from enum import StrEnum


class Role(StrEnum):
    """What a person may do; the words are those of the staff table."""

    VISITOR = "visitor"
    OFFICER = "officer"
    OPERATOR = "operator"
    ADMIN = "admin"
    HEAD = "head"
    STATION = "station"
    SYSTEM = "system"


@dataclass(frozen=True, slots=True)
class Actor:
    """The person or process named in the journal: a role and a pseudonymous name."""

    role: Role
    name: str

    def __str__(self) -> str:
        return f"{self.role}:{self.name}"

    @property
    def is_staff(self) -> bool:
        return self.role in (Role.OFFICER, Role.OPERATOR, Role.ADMIN)

    @classmethod
    def visitor(cls, visit_uuid: str) -> "Actor":
        """The holder of a visit's link, named by the visit and never by the person."""
        return cls(Role.VISITOR, visit_uuid)

    @classmethod
    def staff(cls, username: str, role: Role | str) -> "Actor":
        return cls(Role(role), username)


ANYONE = Actor(Role.VISITOR, "-")
SYSTEM = Actor(Role.SYSTEM, "ruangbaca")
