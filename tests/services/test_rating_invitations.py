"""Forms handed out: one visit, one form; gone with its answers, and nobody's afterwards."""

import pytest

from appliance.errors import Invalid, NotFound, Refused
from appliance.ratings.invitations import LASTS, LASTS_ON_TABLET
from appliance.ratings.questions import Element
from appliance.ratings.rules import Channel, How
from appliance.storage.models import Journal, RatingInvitation, Visit
from appliance.visits.rules import VisitState
from tests.services.library import OFFICER, new_visit

MONTH = "2026-11"
FOURS = dict.fromkeys(map(str, Element), "4")
ON_TABLET = How(Channel.TABLET)


@pytest.fixture
def forms(services):
    return services.rating_invitations


@pytest.fixture
def tablet(services):
    token = services.rating_tablets.register("Tablet meja", by=OFFICER)
    return services.rating_tablets.of(token)


@pytest.fixture
def visit(core, services):
    return new_visit(core, services)


def test_a_form_on_a_tablet_goes_on_to_the_items_and_is_gone(services, forms, tablet, visit):
    form = forms.invite(visit.id, by=OFFICER, tablet=tablet)
    assert forms.on_tablet(tablet) == form

    forms.give(form.token, FOURS, how=ON_TABLET)
    assert forms.on_tablet(tablet).wants_skd
    forms.give_skd(form.token, {"overall": "9"})

    assert forms.on_tablet(tablet) is None
    assert RatingInvitation.select().count() == 0
    assert services.ratings.channels(MONTH) == {"tablet": 1}
    assert services.skd.figures(MONTH).respondents == 1
    assert services.visits.by_id(visit.id).rated_at is not None
    with pytest.raises(NotFound):
        forms.give(form.token, FOURS, how=ON_TABLET)


def test_a_typed_code_finds_the_form_its_link_finds(forms, visit):
    form = forms.invite(visit.id, by=OFFICER)

    assert forms.by_code(f" {form.code[:4].lower()}-{form.code[4:]}") == forms.by_token(form.token)
    for wrong in ("", "0000-0000", form.code[:-1], visit.code):
        with pytest.raises(NotFound):
            forms.by_code(wrong)


def test_the_database_keeps_no_link(core, forms, visit):
    form = forms.invite(visit.id, by=OFFICER)

    stored = next(iter(core.database.execute_sql("SELECT * FROM rating_invitation")))
    assert form.token not in stored


def test_a_new_form_makes_the_one_before_void(core, services, forms, tablet, visit):
    on_paper = forms.invite(visit.id, by=OFFICER)
    on_tablet = forms.invite(visit.id, by=OFFICER, tablet=tablet)
    other = forms.invite(new_visit(core, services).id, by=OFFICER, tablet=tablet)

    for void in (on_paper, on_tablet):
        with pytest.raises(NotFound):
            forms.by_token(void.token)
    assert forms.on_tablet(tablet) == other
    assert forms.of_visit(visit.id) is None


@pytest.mark.parametrize("is_on_tablet", [True, False])
def test_time_ends_a_form(services, forms, tablet, visit, clock, is_on_tablet):
    form = forms.invite(visit.id, by=OFFICER, tablet=tablet if is_on_tablet else None)
    lasts_s = (LASTS_ON_TABLET if is_on_tablet else LASTS).total_seconds()

    clock.advance(lasts_s - 1)
    assert forms.of_visit(visit.id) == form
    clock.advance(1)

    assert forms.of_visit(visit.id) is None
    assert forms.on_tablet(tablet) is None
    assert forms.forget_due() == 1
    assert forms.forget_due() == 0


def test_who_has_rated_by_phone_is_not_asked_on_the_tablet(services, forms, tablet, visit):
    form = forms.invite(visit.id, by=OFFICER, tablet=tablet)

    services.ratings.give(visit.id, FOURS, by=OFFICER)

    assert forms.on_tablet(tablet) is None
    with pytest.raises(NotFound):
        forms.by_token(form.token)
    with pytest.raises(Refused):
        forms.invite(visit.id, by=OFFICER)


def test_who_cancelled_is_not_asked(services, forms, visit):
    services.visits.close(visit.id, by=OFFICER, state=VisitState.CANCELLED)

    with pytest.raises(Refused):
        forms.invite(visit.id, by=OFFICER)


@pytest.fixture
def group(core, visit):
    """A visit of forty-one."""
    core.writer.run(lambda: Visit.update(persons=41).where(Visit.id == visit.id).execute())
    return visit


def test_members_of_a_group_rate_once_each_and_the_leader_once(services, forms, group):
    visit = group
    members = forms.invite_members(visit.id, "3", by=OFFICER)
    leader = forms.invite(visit.id, by=OFFICER)

    for form in (*members[:2], leader):
        forms.give(form.token, FOURS, how=How())
        forms.skip_skd(form.token)
    forms.decline(members[2].token, reason="hurry")

    assert services.ratings.index(MONTH).respondents == 3
    assert services.ratings.refusals(MONTH) == {"hurry": 1}
    assert sum(services.ratings.profile(MONTH)["sex"].values()) == 1
    assert forms.of_members(visit.id) == ()
    for form in (*members, leader):
        with pytest.raises(NotFound):
            forms.give(form.token, FOURS, how=How())


def test_a_members_form_counts_one_person_however_often_it_is_sent(services, forms, group):
    form = forms.invite_members(group.id, "1", by=OFFICER)[0]

    for key in ("tapped-once", "tapped-once", "another-tab"):
        forms.give(form.token, FOURS, how=How(), idempotency_key=key)
    forms.decline(form.token, reason="hurry")

    assert services.ratings.index(MONTH).respondents == 1
    assert services.ratings.refusals(MONTH) == {}
    assert forms.members_left(group.id) == 39
    with pytest.raises(NotFound):
        forms.by_token(form.token)


def test_the_items_are_not_answered_before_the_nine_questions(services, forms, group):
    form = forms.invite_members(group.id, "1", by=OFFICER)[0]

    with pytest.raises(Refused):
        forms.give_skd(form.token, {"overall": "8"})
    with pytest.raises(Refused):
        forms.skip_skd(form.token)

    assert forms.by_token(form.token).wants_skd is False


@pytest.mark.parametrize("count", ["", "0", "41", "-1", "x", "1e3", "٣"])
def test_a_group_is_of_one_to_forty(forms, group, count):
    with pytest.raises(Invalid):
        forms.invite_members(group.id, count, by=OFFICER)


def test_no_more_members_rate_than_came(core, services, forms, visit):
    with pytest.raises(Invalid, match="diperbaiki"):
        forms.invite_members(visit.id, "1", by=OFFICER)
    core.writer.run(lambda: Visit.update(persons=3).where(Visit.id == visit.id).execute())
    with pytest.raises(Invalid):
        forms.invite_members(visit.id, "3", by=OFFICER)

    for form in forms.invite_members(visit.id, "2", by=OFFICER):
        forms.give(form.token, FOURS, how=How())
    assert forms.members_left(visit.id) == 0
    with pytest.raises(Invalid):
        forms.invite_members(visit.id, "1", by=OFFICER)
    assert services.ratings.index(MONTH).respondents == 2


def test_new_forms_for_a_group_make_those_before_void(forms, group):
    visit = group
    before = forms.invite_members(visit.id, "2", by=OFFICER)
    after = forms.invite_members(visit.id, "3", by=OFFICER)

    assert {one.token for one in forms.of_members(visit.id)} == {one.token for one in after}
    with pytest.raises(NotFound):
        forms.by_token(before[0].token)


def test_an_officer_takes_a_form_back(forms, group):
    visit = group
    form = forms.invite(visit.id, by=OFFICER)
    forms.invite_members(visit.id, "2", by=OFFICER)

    for _ in range(2):
        forms.withdraw(visit.id, by=OFFICER)

    with pytest.raises(NotFound):
        forms.by_token(form.token)
    assert forms.of_members(visit.id) == ()
    assert Journal.select().where(Journal.action == "rating.taken_back").count() == 1


def test_faulty_answers_leave_the_form_as_it_is(forms, visit):
    form = forms.invite(visit.id, by=OFFICER)

    with pytest.raises(Invalid):
        forms.give(form.token, {}, how=How())

    assert forms.by_token(form.token) == form


def test_a_revoked_tablet_is_a_stranger_and_shows_nothing(services, forms, visit):
    token = services.rating_tablets.register("Tablet", by=OFFICER)
    tablet = services.rating_tablets.of(token)
    form = forms.invite(visit.id, by=OFFICER, tablet=tablet)

    services.rating_tablets.revoke(tablet.id, by=OFFICER)

    assert services.rating_tablets.of(token) is None
    assert services.rating_tablets.all() == ()
    with pytest.raises(NotFound):
        forms.by_token(form.token)
    with pytest.raises(NotFound):
        services.rating_tablets.revoke(tablet.id, by=OFFICER)
    with pytest.raises(Invalid):
        services.rating_tablets.register("  ", by=OFFICER)
