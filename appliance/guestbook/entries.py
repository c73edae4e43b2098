"""An entry written down as a visit: its guest, consent, group, and whose visit it is."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass

from peewee import fn

from appliance.actor import ANYONE, Actor
from appliance.clock import Clock, ClockQuality
from appliance.guestbook.group_rules import Heads, persons
from appliance.guestbook.guardians import Given, Guardians, way_of
from appliance.guestbook.paper_rules import PaperTimes
from appliance.guestbook.rules import Entry
from appliance.guestbook.visitors import Visitors
from appliance.offices import Office
from appliance.privacy.rules import notice
from appliance.record import Books
from appliance.storage.models import Consent, GroupMember, Guest, Visit
from appliance.storage.once import once
from appliance.visits import rules as visit_rules
from appliance.visits.rules import VisitCard, VisitState
from appliance.visits.service import VisitService

PAPER_BOOT = "paper"  # no boot of this device: nothing is reckoned by its clock
FROM_PAPER = "Susulan dari slip kertas"


@dataclass(frozen=True, slots=True)
class Arrival:
    """One entry as it arrived: where it was written, in which language the notice was shown.

    `visitor_uuid` is who the visitor said they were before; `paper` is set for a slip typed in;
    `taken_over` names what was completed from before, which the visit's own pages never show.
    """

    entry: Entry
    channel: str
    language: str
    heads: tuple[Heads, ...] = ()
    is_incomplete: bool = False
    visitor_uuid: str = ""
    paper: PaperTimes | None = None
    taken_over: tuple[str, ...] = ()


class EntryBook:
    """Turns arrivals into visits, one for each key."""

    def __init__(
        self,
        *,
        books: Books,
        office: Office,
        visits: VisitService,
        visitors: Visitors,
        guardians: Guardians,
    ) -> None:
        self._writer = books.writer
        self._clock: Clock = books.clock
        self._recorder = books.recorder
        self._office = office
        self._visits = visits
        self._visitors = visitors
        self._guardians = guardians

    def write_once(self, arrival: Arrival, *, scope: str, key: str, by: Actor) -> VisitCard:
        """The visit of this arrival; the first one again when its key has come before."""
        made: list[VisitCard] = []

        def make() -> str:
            made.append(self._write(arrival, by))
            return str(made[0].id)

        def write() -> VisitCard:
            visit_id = once(scope, key, self._clock, make)
            if not made and arrival.paper is None and not self._visits.is_of_today(int(visit_id)):
                # A form left open since yesterday is a new visit, and its double tap that one.
                visit_id = once(f"{scope}/after/{visit_id}", key, self._clock, make)
            return made[0] if made else self._visits.by_id(int(visit_id))

        return self._writer.run(write)

    def replace_heads(self, visit_id: int, heads: tuple[Heads, ...]) -> None:
        """Let the visit be of these people and its leader. Inside the writer."""
        is_of_visit = GroupMember.visit == visit_id
        GroupMember.delete().where(is_of_visit).execute()  # type: ignore[misc]
        for one in heads:
            GroupMember.create(visit=visit_id, sex=one.sex, age_band=one.age_band, heads=one.count)
        Visit.update(persons=persons(heads)).where(Visit.id == visit_id).execute()

    def _write(self, arrival: Arrival, by: Actor) -> VisitCard:
        entry = arrival.entry
        shown = notice(self._office, arrival.language)
        visit_id = self._visits.open(entry.statistics, channel=arrival.channel)
        Guest.create(
            visit=visit_id,
            name=entry.name,
            email=entry.email,
            phone=entry.phone,
            agency_name=entry.agency_name,
            guardian_name=entry.guardian_name,
            taken_over=" ".join(arrival.taken_over),
        )
        Consent.create(
            visit=visit_id,
            notice_version=shown.version,
            text_hash=shown.text_hash,
            language=shown.language,
            channel=arrival.channel if arrival.paper is None else PAPER_BOOT,
            action="given",
            at=self._clock.now() if arrival.paper is None else arrival.paper.arrived,
        )
        if arrival.heads:
            self.replace_heads(visit_id, arrival.heads)
        if arrival.is_incomplete:
            Visit.update(incomplete=1).where(Visit.id == visit_id).execute()
        if arrival.paper is not None:
            self._as_on_paper(visit_id, arrival.paper, by)
        self._visitors.tie(visit_id, entry, arrival.visitor_uuid)
        visit = self._visits.by_id(visit_id)
        self._keep_guardian(visit, arrival, by)
        self._record(visit, arrival, shown.version, by)
        return visit

    def _keep_guardian(self, visit: VisitCard, arrival: Arrival, by: Actor) -> None:
        relation, paper = arrival.entry.guardian_relation, arrival.paper
        if relation:
            way = way_of(arrival.channel, is_paper=paper is not None)
            at = self._clock.now() if paper is None else paper.arrived
            given = Given(relation, way, arrival.language, arrival.channel, at)
            actor = Actor.visitor(visit.uuid) if by == ANYONE else by
            self._guardians.keep(visit.id, given, by=actor)

    def _as_on_paper(self, visit_id: int, paper: PaperTimes, by: Actor) -> None:
        date = self._office.business_date(paper.arrived)
        now = self._clock.now()
        values: dict[str, object] = {
            "registered_at": paper.arrived,
            "registered_boot_id": PAPER_BOOT,
            "registered_boot_ms": 0,
            "registered_clock": int(ClockQuality.ESTIMATED),
            "entered_at": now,
            "entered_by": by.name,
            "state": VisitState.SERVED,
            "served_at": paper.served,
            "served_by": by.name if paper.served else None,
            "wait_s": self._open_s(paper.arrived, paper.served),
        }
        if date != self._office.business_date(now):
            of_date = Visit.select(fn.MAX(Visit.number))
            highest = of_date.where(Visit.business_date == date.isoformat()).scalar()
            # Of no series: that day's tickets are in people's hands already.
            values |= {"business_date": date.isoformat(), "number": (highest or 0) + 1}
            values |= {"ticket": None}
        if not paper.is_here:
            values |= {
                "state": VisitState.FINISHED if paper.left else VisitState.CLOSED_BY_STAFF,
                "closed_at": paper.left or now,
                "closed_by": by.name,
                "close_reason": FROM_PAPER,
                "stay_s": (paper.left - paper.arrived).total_seconds() if paper.left else None,
            }
        Visit.update(values).where(Visit.id == visit_id).execute()

    def _open_s(self, start: dt.datetime, end: dt.datetime | None) -> float | None:
        return None if end is None else self._office.promise_hours.open_seconds(start, end)

    def _record(self, visit: VisitCard, arrival: Arrival, version: str, by: Actor) -> None:
        data = _counted(visit) | {"notice_version": version}
        if visit.persons > 1:
            data["persons"] = visit.persons
        if visit.is_incomplete:
            data["incomplete"] = True
        if arrival.paper is not None:
            data["paper"] = arrival.paper.reason
        for field in self._office.notice.sealed:
            if value := getattr(arrival.entry, field):
                data[field] = value
        actor = Actor.visitor(visit.uuid) if by == ANYONE else by
        subject = f"visit/{visit.uuid}"
        self._recorder.fact("visit.registered", subject, data, by=actor)
        if visit.served_at is not None:
            kept = visit_rules.within_promise(visit.wait_s, visit.promise_minutes)
            served = {"wait_s": visit.wait_s, "within_promise": kept}
            self._recorder.fact("visit.served", subject, served, by=actor)
        if not visit.is_open:
            closed = {"state": str(visit.state), "stay_s": visit.stay_s}
            self._recorder.fact("visit.closed", subject, closed, by=actor, why=FROM_PAPER)


def _counted(visit: VisitCard) -> dict[str, object]:
    counted = visit.statistics
    found: Mapping[str, object] = {
        "number": visit.number,
        "business_date": visit.business_date.isoformat(),
        "channel": visit.channel,
        "sex": counted.sex,
        "age_band": counted.age_band,
        "education": counted.education,
        "occupation": counted.occupation,
        "agency_category": counted.agency_category,
        "purpose": counted.purpose,
        "services": list(counted.services),
        "channels": list(counted.channels),
        "disability": counted.disability,
    }
    return dict(found)
