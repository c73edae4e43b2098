"""Every screen of the desk has something to show in a demonstration."""

import msgspec
import pytest

from appliance.actor import Actor
from appliance.complaints.rules import ComplaintKind, ComplaintState
from appliance.demo.seed import seed
from appliance.deposits.rules import DepositState
from appliance.reports.periods import Span, containing
from appliance.storage.models import Deposit, FoundProperty, Photocopy, SoftcopyRequest, Visit
from appliance.visits.promise_rules import LATE_REASONS

ADMIN = Actor.staff("admin", "admin")


@pytest.fixture
def settings(settings):
    return msgspec.structs.replace(settings, demo=True)


@pytest.fixture
def seeded(core, services):
    seed(core, services)
    return services


def states(model) -> set[str]:
    return {row.state for row in model.select(model.state)}


@pytest.mark.parametrize("office_name", ["dharmasraya"], indirect=True)
def test_there_is_a_card_in_every_state_and_a_photocopy_of_each_end(seeded, core, clock) -> None:
    assert states(Deposit) == set(map(str, DepositState)) - {"held"}
    assert len(seeded.uncollected.all()) == 4
    assert [len(swap.deposits) for swap in seeded.swaps.open()] == [2]
    assert set(range(1, seeded.deposits.slot_count)) <= set(seeded.deposits.free_slots())
    assert states(Photocopy) == {"out", "back", "cancelled", "lost"}
    assert len(seeded.photocopy.overdue()) == len(seeded.photocopy.lost()) == 1
    assert {row.received_by for row in Deposit.select()} == {"petugas"}  # as the desk writes it


def test_complaints_of_every_kind_and_state_requests_and_found_things(seeded, core) -> None:
    seen = seeded.complaints.inbox(by=ADMIN)
    assert {one.kind for one in seen} == set(ComplaintKind)
    assert {one.state for one in seen} == set(ComplaintState)
    now = core.clock.now()
    assert any(one.is_unseen(now) for one in seen)
    assert any(one.reopened_at for one in seen)
    assert states(SoftcopyRequest) >= {"new", "waiting", "sent", "answered", "refused"}
    assert states(FoundProperty) == {"kept", "handed_over"}
    assert {row.found_by for row in FoundProperty.select()} == {"petugas"}


def test_groups_children_regulars_and_late_promises(seeded, core) -> None:
    groups = [visit for visit in Visit.select() if visit.persons > 1]
    assert groups
    for visit in groups:
        heads = seeded.guestbook_desk.heads(visit.id)
        assert 1 + sum(head.count for head in heads) == visit.persons
    late = [visit for visit in Visit.select() if (visit.wait_s or 0) > visit.promise_minutes * 60]
    assert len({visit.late_reason for visit in late} & set(LATE_REASONS)) >= 2
    known = seeded.visitors.by_contact("Bunga Contoh", "0812-0000-0001")
    assert known.visits > 1
    assert [twin.masked_name for twin in seeded.visitors.twins(known.id)] == ["B••• C•••"]

    today = core.office.business_date(core.clock.now())
    report = seeded.reports.report(containing(today, Span.YEAR))
    figures = {figure.key: figure.value for figure in report.figures}
    assert figures["persons"] > figures["visits"]
