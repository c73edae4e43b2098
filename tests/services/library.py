"""What the library's tests stand on: a visit, and a few publications."""

import dataclasses

from appliance.actor import SYSTEM, Actor
from appliance.services import Services
from appliance.visits.rules import Statistics, VisitCard

OFFICER = Actor.staff("petugas", "officer")
STATISTICS = Statistics(
    sex="2",
    age_band="2",
    education="3",
    occupation="1",
    agency_category="6",
    purpose="1",
    services=("1",),
    channels=("1",),
)


def new_visit(core, services: Services, **changes: str) -> VisitCard:
    """An open visit of today, without the guest book's questions."""
    statistics = dataclasses.replace(STATISTICS, **changes)
    visit_id = core.writer.run(lambda: services.visits.open(statistics, channel="phone"))
    return services.visits.by_id(visit_id)


def new_publication(services: Services, title: str = "Kabupaten Pasaman Dalam Angka 2024", **more):
    values = {"title": title, "year": 2024, "shelf": "3B", "copies": 1} | more
    return services.catalogue.add(values, by=SYSTEM)
