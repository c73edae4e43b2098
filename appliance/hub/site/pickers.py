"""What people choose a page's contents by: a place, a period, words to look for."""

import datetime as dt
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from flask import g, request

from appliance.errors import N_, NotFound
from appliance.hub.database import Database
from appliance.hub.site import guard
from appliance.reports.periods import Period, Span, containing, parse

UNKNOWN_PLACE = N_("Tempat ini tidak ada, atau bukan untuk Anda.")
# The months that are shown begin and end with the country's first hour, whoever looks.
ZONE = ZoneInfo("Asia/Jayapura")
LONGEST_WORDS = 80
YEARS_BACK = 6
_PLACES = "SELECT code, name, province FROM office ORDER BY province, name, code"


@dataclass(frozen=True, slots=True)
class Place:
    """An office, as it is chosen."""

    code: str
    name: str
    province: str


class Places:
    """The offices that who is signed in may see."""

    def __init__(self, database: Database) -> None:
        person = guard.person()
        rows = (Place(*row) for row in database.rows(_PLACES))
        self.offices = [place for place in rows if person.may_see(place.province)]
        self.provinces = sorted({place.province for place in self.offices})
        self._own = "" if person.is_national else person.province

    def province_of_request(self) -> str:
        """The province of `?province=`, one's own for who sees only that, empty for all.

        Raises NotFound for any that is not theirs to see, and for one that has no office.
        """
        return self.province(request.args.get("province", ""))

    def province(self, asked: str) -> str:
        """The same for a name out of an address."""
        name = asked or self._own
        if name and name != self._own and name not in self.provinces:
            raise NotFound(UNKNOWN_PLACE)
        if self._own and name != self._own:
            raise NotFound(UNKNOWN_PLACE)
        return name

    def office(self, code: str) -> Place:
        """The office of this code. Raises NotFound for any that is not theirs to see."""
        found = next((place for place in self.offices if place.code == code), None)
        if found is None:
            raise NotFound(UNKNOWN_PLACE)
        return found

    def of(self, province: str) -> list[Place]:
        """The offices of a province."""
        return [place for place in self.offices if place.province == province]


def places(database: Database) -> Places:
    """The places of this request, read once."""
    if "places" not in g:
        g.places = Places(database)
    found: Places = g.places
    return found


def period() -> Period:
    """The whole months of `?period=`; this month without it, and for anything else."""
    asked = parse(request.args.get("period", ""))
    present = containing(today(), Span.MONTH)
    if asked is None or not asked.is_of_whole_months:
        return present
    return min(asked, containing(today(), asked.span), key=lambda one: one.first)


def today() -> dt.date:
    """The day it is in the east of the country, where it is day first."""
    return dt.datetime.now(ZONE).date()


def choices() -> list[Period]:
    """What the list of periods offers: this year's months, then quarters, then years."""
    day = today()
    months = [containing(day, Span.MONTH).neighbour(-back) for back in range(12)]
    quarters = [containing(day, Span.QUARTER).neighbour(-back) for back in range(8)]
    years = [containing(day, Span.YEAR).neighbour(-back) for back in range(YEARS_BACK)]
    return [*months, *quarters, *years]


def word(name: str) -> str:
    """A text of the address, without what PostgreSQL would not take."""
    return request.args.get(name, "").replace("\x00", "").strip()[:LONGEST_WORDS]
