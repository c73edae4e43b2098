"""Screens of staff once the people they told of are erased."""

import pytest

from appliance.actor import ANYONE, Actor
from tests.entries import filled

ADMIN = Actor.staff("admin", "admin")
YEAR_S = 366 * 24 * 3600
DAY = "2026-11-23"


@pytest.fixture
def erased(services, clock):
    """A visit with all that names a person, a request that still waits, and its erasure."""
    visit = services.guestbook.register(
        filled(occupation="7", occupation_other="Perangkat nagari"),
        channel="phone",
        language="id",
        idempotency_key="one",
    )
    wanted = {"wanted": "PDRB", "purpose": "Skripsi", "email": "siti@contoh.id"}
    services.requests.make(visit.id, wanted, by=ADMIN)
    services.complaints.make(
        {"topic": "service", "body": "Antrean lama.", "contact": "siti@contoh.id"}, by=ANYONE
    )
    services.complaints.answer(services.complaints.inbox(by=ADMIN)[0].id, "Baik.", by=ADMIN)
    services.visits.close(visit.id, by=ADMIN)
    clock.advance(YEAR_S)
    assert services.privacy.erase_due() == 2
    return visit


@pytest.mark.parametrize(
    "path",
    [
        f"/staff/visits?date={DAY}",
        "/staff/visits/{id}",
        "/staff/requests",
        "/staff/complaints",
        "/staff/journal",
    ],
)
def test_every_screen_goes_on_without_the_name(sign_in, erased, path) -> None:
    answer = sign_in("admin").get(path.format(id=erased.id))

    assert answer.status_code == 200
    told = answer.text.casefold().replace('autocapitalize="none"', "")
    assert [word for word in ("none", "rahmawati", "siti@", "nagari") if word in told] == []


def test_the_visit_is_still_found_by_its_day(sign_in, erased) -> None:
    listed = sign_in("officer").get(f"/staff/visits?date={DAY}").text

    assert erased.label in listed
    assert "(tanpa nama)" in listed
