"""A month at the Pi, sent by its own sender, and the same month at the hub."""

from appliance.actor import SYSTEM
from appliance.bootstrap import build_services
from appliance.hub import figures, projector
from appliance.hub.periods import Period, Scope
from appliance.ratings.questions import Element
from appliance.reports import periods
from appliance.sync.standing import State
from appliance.visits.rules import VisitState
from tests.entries import filled
from tests.hub.test_pi_and_hub import pi
from tests.services.library import OFFICER

__all__ = ["pi"]
VISITS = 15


def a_day(pi):
    """Visits of every end, one in a group, one served at another time than was pressed, ratings."""
    services = build_services(pi.core)
    services.lockers.sync_bank(dict.fromkeys(range(1, 7), True), by=SYSTEM)
    for place in range(VISITS):
        form = filled(sex=str(1 + place % 2), phone="", email="")
        if place == 3:
            form |= {"heads_1_1": "4"}
        visit = services.guestbook_desk.register(form, language="id", key=str(place), by=OFFICER)
        pi.clock.advance(53 * place)
        if place == 0:
            services.visits.close(visit.id, by=OFFICER, state=VisitState.CANCELLED)
            continue
        services.visits.serve(visit.id, by=OFFICER)
        if place > 4:
            answers = {str(one): 1 + (place + n) % 4 for n, one in enumerate(Element)}
            services.ratings.give(visit.id, answers, by=OFFICER)
        if place == 8:
            desk = services.guestbook_desk
            changed = desk.answers(visit.id) | {"sex": "2", "heads_2_2": "3"}
            desk.amend(visit.id, changed, by=OFFICER, reason="typed")
        if place == 9:
            at = visit.registered_at.astimezone(pi.core.office.zone).strftime("%H:%M")
            services.promises.correct(visit.id, at, "forgotten", by=OFFICER)
        if place % 3:
            services.visits.close(visit.id, by=OFFICER)
    return services


def test_hub_tells_of_a_month_what_the_pi_reports(pi, hub):
    services = a_day(pi)
    assert pi.look() is State.IDLE
    assert hub.aside() == []
    projector.catch_up(hub.database)

    month = pi.clock.now().astimezone(pi.core.office.zone).date().isoformat()[:7]
    there = {one.key: one.value for one in services.reports.report(periods.parse(month)).figures}
    scope, period = Scope(office="pasaman"), Period.parse(month)
    here = figures.by_place(hub.database, scope, period).total
    ikm = figures.ikm(hub.database, scope, period)
    assert here.visits.number == there["visits"] == VISITS - 1
    assert here.persons.number == there["persons"]
    assert here.promise_percent == round(100 * there["kept_share"])
    assert here.wait_p50_s == there["wait_p50"]
    assert (ikm.respondents.number, ikm.index.ikm) == (there["respondents"], there["ikm"])
