"""The guest book as the desk keeps it: groups, quick entries, paper slips, corrections."""

import datetime as dt
import json

import pytest

from appliance.actor import Actor
from appliance.clock import ClockQuality
from appliance.errors import Invalid, Refused
from tests.entries import filled

OFFICER = Actor.staff("rina", "officer")
DAY_S = 24 * 3600
SLIP = {
    "paper_date": "2026-11-23",
    "paper_time": "08.15",
    "paper_reason": "power",
    "whereabouts": "gone",
}


@pytest.fixture
def desk(services):
    return services.guestbook_desk


def typed(desk, key: str = "", **changes: str):
    return desk.register(filled(**changes), language="id", key=key, by=OFFICER)


def slip(desk, key: str = "", **changes: str):
    return desk.from_paper(filled(**SLIP | changes), language="id", key=key, by=OFFICER)


def newest(core, action: str) -> dict:
    return next(json.loads(e.detail) for e in core.journal.latest(20) if e.action == action)


def test_a_group_is_one_visit_of_many(core, services, desk) -> None:
    visit = typed(desk, heads_2_1="18", heads_1_1="12", heads_1_2="")

    assert (visit.persons, visit.number) == (31, 1)
    assert [(one.sex, one.age_band, one.count) for one in desk.heads(visit.id)] == [
        ("1", "1", 12),
        ("2", "1", 18),
    ]
    assert newest(core, "visit.registered")["persons"] == 31
    assert services.visits.today().registered == 1


@pytest.mark.parametrize("heads", ["-1", "1.5", "tiga", "²", "10000", "999999999999"])
def test_what_is_no_number_of_people_is_said(desk, heads: str) -> None:
    with pytest.raises(Invalid) as caught:
        typed(desk, heads_1_1=heads, name="")

    assert set(caught.value.problems) == {"name", "heads_1_1"}


def test_a_thousand_people_are_too_many(desk) -> None:
    with pytest.raises(Invalid) as caught:
        typed(desk, heads_1_1="999", heads_2_1="1")

    assert set(caught.value.problems) == {"heads"}


def test_the_desk_demands_no_address_and_no_number(desk) -> None:
    assert typed(desk, email="", phone="").email is None


def test_a_name_is_enough_and_the_rest_comes_later(core, services, desk) -> None:
    visit = desk.quick({"name": "Pak Darwis", "consent": "1"}, language="id", key="q", by=OFFICER)
    again = desk.quick({"name": "Pak D", "consent": "1"}, language="id", key="q", by=OFFICER)

    assert (visit.is_incomplete, visit.statistics.sex, again.id) == (True, "", visit.id)
    assert newest(core, "visit.registered")["incomplete"] is True
    with pytest.raises(Invalid):
        desk.amend(visit.id, {"name": "Pak Darwis"}, by=OFFICER)
    full = desk.amend(visit.id, filled(name="Pak Darwis"), by=OFFICER)

    assert (full.is_incomplete, full.statistics.sex) == (False, "2")
    line = core.journal.latest(1)[0]
    assert (line.action, line.reason) == ("visit.corrected", "completed")


def test_a_correction_needs_a_reason_and_tells_codes_only(core, services, desk) -> None:
    visit = typed(desk)
    changed = filled(name="Siti Rahmawati Putri", sex="1", data_wanted="Rahasia")

    with pytest.raises(Invalid):
        desk.amend(visit.id, changed, by=OFFICER, reason="karena Siti")
    with pytest.raises(Refused):
        desk.amend(visit.id, filled(), by=OFFICER, reason="typed")
    desk.amend(visit.id, changed, by=OFFICER, reason="typed")

    told = newest(core, "visit.corrected")
    assert told == {
        "fields": ["name", "sex", "data_wanted"],
        "was": {"sex": "2"},
        "now": {"sex": "1"},
    }
    assert services.guestbook.person(visit.id).name == "Siti Rahmawati Putri"
    sent = b"".join(services.outbox.pending()).decode()
    assert "Siti" not in sent
    assert "Rahasia" not in sent


def test_the_answers_of_a_visit_fill_its_form_again(desk) -> None:
    form = filled(heads_1_1="3", purpose="5", purpose_other="Lomba")
    visit = desk.register(form, language="id", key="", by=OFFICER)

    with pytest.raises(Refused, match="Tidak ada yang berubah"):
        desk.amend(visit.id, desk.answers(visit.id), by=OFFICER, reason="typed")


def test_nobody_is_written_down_again_after_an_erasure(services, desk, clock) -> None:
    visit = typed(desk)
    services.visits.close(visit.id, by=OFFICER)
    clock.advance(366 * DAY_S)
    services.privacy.erase_due()

    with pytest.raises(Refused, match="sudah dihapus"):
        desk.amend(visit.id, filled(name="Budi"), by=OFFICER, reason="told")


def test_a_slip_keeps_its_times_and_no_promise_that_nobody_saw(core, services, desk) -> None:
    visit = slip(desk)

    assert visit.registered_at == dt.datetime(2026, 11, 23, 1, 15, tzinfo=dt.UTC)
    assert (visit.wait_s, visit.stay_s, visit.served_at) == (None, None, None)
    assert (visit.is_open, visit.entered_at is not None) == (False, True)
    assert newest(core, "visit.registered")["paper"] == "power"
    assert services.visits.today().registered == 1
    assert services.visits.today().late == 0


def test_a_slip_that_tells_when_they_were_served_counts(services, desk) -> None:
    visit = slip(desk, served_time="08:19", left_time="08.50")

    assert (visit.wait_s, visit.stay_s) == (240, 35 * 60)
    assert services.visits.today().within_promise == 1


def test_somebody_still_here_is_served_and_may_have_a_locker(services, desk) -> None:
    services.lockers.sync_bank({1: True}, by=OFFICER)
    visit = slip(desk, whereabouts="here")

    services.lockers.assign(visit.id, by=OFFICER)
    services.visits.leave(visit.id, by=OFFICER)
    stayed = services.visits.stay(visit.id, by=OFFICER)

    assert (stayed.state, stayed.wait_s) == ("served", None)
    assert [card.id for card in services.visits.inside()] == [visit.id]


def test_a_slip_of_another_day_belongs_to_that_day(services, desk, clock) -> None:
    typed(desk)
    clock.advance(DAY_S)
    today = typed(desk)

    late = slip(desk, key="late")
    again = slip(desk, key="late")

    assert (today.number, late.number, again.id) == (1, 2, late.id)
    assert late.business_date == dt.date(2026, 11, 23)
    assert [card.number for card in services.visits.of_date(late.business_date)] == [2, 1]
    assert typed(desk).number == 2
    with pytest.raises(Invalid) as caught:
        slip(desk, whereabouts="here")
    assert set(caught.value.problems) == {"whereabouts"}


@pytest.mark.parametrize(
    ("changes", "at_fault"),
    [
        ({"paper_time": ""}, {"paper_time"}),
        ({"paper_time": "09.01"}, {"paper_time"}),
        ({"paper_time": "25.00"}, {"paper_time"}),
        ({"paper_date": "2026-11-24"}, {"paper_date"}),
        ({"paper_date": "2026-10-22"}, {"paper_date"}),
        ({"paper_date": "kemarin"}, {"paper_date"}),
        ({"served_time": "08.14"}, {"served_time"}),
        ({"served_time": "08.30", "left_time": "08.20"}, {"left_time"}),
        ({"paper_reason": "malas", "name": ""}, {"paper_reason", "name"}),
    ],
)
def test_times_that_cannot_be_are_said(desk, changes, at_fault: set[str]) -> None:
    with pytest.raises(Invalid) as caught:
        slip(desk, **changes)

    assert set(caught.value.problems) == at_fault


def test_no_slip_is_taken_while_no_clock_can_tell(desk, clock) -> None:
    clock.set_quality(ClockQuality.UNSET)

    with pytest.raises(Refused, match="Jam peranti belum disetel"):
        slip(desk)
