"""The promise in reports, from days to years, against a ledger kept beside the house.

RUANGBACA_PROMISE_STORIES says how many stories are told; each has its own holidays, jumps of the
clock, new boots, and visits that end another day.
"""

import datetime as dt
import os
import random
from dataclasses import dataclass

import pytest

from appliance.reports import periods
from appliance.reports.periods import Span
from tests.services.library import OFFICER, new_visit

STORIES = int(os.environ.get("RUANGBACA_PROMISE_STORIES", "2"))
MINUTE_S, LIMIT_S, VISITS = 60, 300, 45
# From the Friday before Christmas, over joint leave and the end of the year.
BEGINS = dt.datetime(2026, 12, 18, 1, 0, tzinfo=dt.UTC)


@dataclass
class Known:
    """One visit as somebody with a watch of their own wrote it down."""

    day: dt.date
    is_served: bool = False
    wait_s: int | None = None


class Story:
    """A reading room over some days, and the ledger of who watches it."""

    def __init__(self, core, services, clock, seed: int) -> None:
        self.core, self.services, self.clock = core, services, clock
        self.zone, self.hours = core.office.zone, core.office.opening
        self.chance = random.Random(seed)
        self.ledger: list[Known] = []
        clock.jump((BEGINS - clock.now()).total_seconds())

    def day(self) -> dt.date:
        return self.clock.now().astimezone(self.zone).date()

    def visit(self) -> None:
        """One comes, and is served now or never; the clock does what clocks do."""
        known = Known(self.day())
        self.ledger.append(known)
        visit = new_visit(self.core, self.services)
        passed = self.chance.choice([0, 60, 300, 360, 60 * self.chance.randrange(150)])
        self.clock.advance(passed)
        end = self.chance.choice(["served"] * 5 + ["jump", "boot", "tomorrow", "never"])
        if end == "jump":  # what the clock says then is believed, how long it was the boot knows
            self.clock.jump(60 * self.chance.randint(-20, 20))
        elif end == "boot":
            self.clock.reboot(60)
            passed += 60
        elif end == "tomorrow":
            self.clock.advance(24 * 3600)
        if end != "never":
            self.services.visits.serve(visit.id, by=OFFICER)
            known.is_served = True
            if known.day == self.day():
                known.wait_s = self.open_s(passed)
        self.clock.advance(60 * self.chance.randrange(90))
        if not 7 <= self.clock.now().astimezone(self.zone).hour < 17:
            self.to_next_morning()

    def open_s(self, passed_s: int) -> int:
        """How long the room was open in the seconds up to now, minute by minute."""
        moments = range(0, passed_s, MINUTE_S)
        began = self.clock.now() - dt.timedelta(seconds=passed_s)
        opened = sum(self.hours.is_open(began + dt.timedelta(seconds=s)) for s in moments)
        return opened * MINUTE_S

    def to_next_morning(self) -> None:
        tomorrow = self.day() + dt.timedelta(days=1)
        opens = dt.datetime.combine(tomorrow, dt.time(8), self.zone)
        self.clock.advance((opens - self.clock.now()).total_seconds())


def smallest(waits: list[int], percent: int) -> int | None:
    """The smallest wait that so many percent of them do not exceed."""
    enough = [w for w in waits if sum(o <= w for o in waits) * 100 >= percent * len(waits)]
    return min(enough, default=None)


@pytest.mark.parametrize("seed", range(STORIES))
def test_waits_of_every_period_are_those_of_the_ledger(core, services, clock, seed):
    story = Story(core, services, clock, seed)
    for _ in range(VISITS):
        story.visit()

    days = {known.day for known in story.ledger}
    chosen = {periods.containing(day, span) for day in days for span in Span}
    for period in chosen:
        known = [one for one in story.ledger if period.first <= one.day < period.after]
        waits = [one.wait_s for one in known if one.wait_s is not None]
        kept = sum(wait <= LIMIT_S for wait in waits)
        report = services.reports.report(period)
        found = {one.key: one.value for one in report.figures}
        assert found["visits"] == len(known), period
        assert found["wait_p50"] == smallest(waits, 50), period
        assert found["wait_p90"] == smallest(waits, 90), period
        assert found["kept_share"] == (kept / len(waits) if waits else None), period
        assert found["unknown_waits"] == sum(o.is_served for o in known) - len(waits), period
        assert [row[1] for row in report.tables["promise"].rows] == [
            *(kept, len(waits) - kept),
            *(found["unknown_waits"], sum(not one.is_served for one in known)),
        ], period
    assert any(one.is_served and one.wait_s is None for one in story.ledger)
    assert len(days) > 3
