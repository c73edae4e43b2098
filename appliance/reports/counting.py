"""Every figure of a period, counted by the database and put into tables."""

from collections.abc import Mapping

from appliance.clock import Clock
from appliance.complaints import figures as complained
from appliance.offices import Office
from appliance.photocopy import figures as photocopied
from appliance.ratings.rules import Index, sample_size
from appliance.ratings.service import RatingService
from appliance.ratings.skd_service import SkdService
from appliance.reports import (
    complaint_sections,
    figures,
    print_use,
    rating_sections,
    use_sections,
    visit_sections,
)
from appliance.reports.periods import Period, Span
from appliance.reports.rules import Report, Section
from appliance.reports.use_counts import UseCounts
from appliance.reports.visit_counts import (
    VisitCounts,
    by_lane,
    by_part,
    by_question,
    late_reasons,
    promised_minutes,
    visit_counts,
)


class PeriodCounter:
    """Reads, on the calling thread's own connection; any thread may call it."""

    def __init__(
        self, *, clock: Clock, office: Office, ratings: RatingService, skd: SkdService
    ) -> None:
        self._clock = clock
        self._office = office
        self._ratings = ratings
        self._skd = skd

    def report(self, period: Period) -> Report:
        """Everything of a period. Cancelled visits are told apart and count nowhere else."""
        minutes, now = self._office.policy.promise_minutes, self._clock.now()
        visits = visit_counts(period, minutes)
        use = UseCounts(period, self._office.zone, now)
        index, moments = self._index(period), period.moments(self._office.zone)
        sections = (
            visit_sections.course(period, by_part(period, minutes, self._office.zone)),
            visit_sections.block_one(visits, by_question(period)),
            self._block_two(period, index),
            use_sections.block_three(use),
            visit_sections.promise(self._waits(period, visits)),
            use_sections.lockers_and_cards(use),
            use_sections.collection(
                print_use.titles(period), print_use.subjects(period), print_use.on_screen(period)
            ),
            use_sections.copies(use, photocopied.count(*moments, now)),
            complaint_sections.complaints(
                use.complaints(), complained.count(*moments, now), complained.channels(*moments)
            ),
        )
        return Report(
            period=period,
            made_at=now,
            is_running=self._office.business_date(now) < period.after,
            is_empty=all(table.is_empty for section in sections for table in section.tables),
            figures=figures.compared(
                figures.measured(period, visits, use, index),
                self._measured(period.neighbour(-1)),
                promised_minutes(period, minutes),
            ),
            sections=sections,
        )

    def _waits(self, period: Period, visits: VisitCounts) -> visit_sections.Waits:
        minutes = self._office.policy.promise_minutes
        return visit_sections.Waits(
            counts=visits,
            lanes=by_lane(period, minutes),
            reasons=late_reasons(period, minutes),
            series=self._office.queue.series,
            minutes=promised_minutes(period, minutes),
        )

    def _measured(self, period: Period) -> Mapping[str, figures.Measure]:
        use = UseCounts(period, self._office.zone, self._clock.now())
        visits = visit_counts(period, self._office.policy.promise_minutes)
        return figures.measured(period, visits, use, self._index(period))

    def _index(self, period: Period) -> Index | None:
        return self._ratings.index(*period.months) if period.is_of_whole_months else None

    def _block_two(self, period: Period, index: Index | None) -> Section:
        if index is None:
            return rating_sections.of_a_day()
        course = {}
        if period.span in (Span.QUARTER, Span.YEAR):
            for part in period.parts():
                course[part] = self._ratings.index(part.isoformat()[:7])
        ratings = rating_sections.Ratings(
            index=index,
            sample=sample_size(self._ratings.users(*period.months)),
            skd=self._skd.figures(*period.months),
            course=course,
            channels=self._ratings.channels(*period.months),
            refusals=self._ratings.refusals(*period.months),
        )
        return rating_sections.block_two(ratings)
