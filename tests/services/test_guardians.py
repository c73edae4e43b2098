"""Consent for a child: given at guest book and desk, proved, and withdrawn."""

import hashlib
import json

import pytest

from appliance.actor import Actor
from appliance.errors import Invalid, NotFound, Refused
from tests.entries import filled
from tests.services.library import OFFICER

CHILD = {"age_band": "1", "guardian_name": "Ibu Ani", "email": "", "phone": ""}
YES = {"guardian_relation": "parent", "guardian_consent": "1"}


def register(services, key: str = "one", channel: str = "phone", **answers):
    return services.guestbook.register(
        filled(**(CHILD | answers)), channel=channel, language="id", idempotency_key=key
    )


def actions(core, prefix: str) -> list[str]:
    return [one.action for one in core.journal.latest(30) if one.action.startswith(prefix)]


def test_a_guardian_consents_in_the_guest_book_to_words_that_can_be_shown(services, core) -> None:
    visit = register(services, **YES)

    given = services.guardians.of_visit(visit.id)

    assert (given.is_given, given.name, given.relation) == (True, "Ibu Ani", "parent")
    assert (given.way, given.channel) == ("screen", "phone")
    shown = services.consents.text(given.text_hash)
    assert shown.fits
    assert "bertanggung jawab atas anak ini" in shown.text
    assert hashlib.sha256(shown.text.encode()).hexdigest() == given.text_hash
    assert not services.guardians.is_missing(visit.id)
    taken = json.loads(services.my_data.export(visit.id, by=Actor.visitor(visit.uuid)))
    assert taken["guardian_consent"][0]["relation"] == "parent"
    assert "Ani" not in f"{core.journal.latest(30)}"
    assert actions(core, "consent.") == ["consent.guardian_given"]


@pytest.mark.parametrize(
    ("answers", "fields"),
    [
        ({"guardian_relation": ""}, {"guardian_relation", "guardian_consent"}),
        ({"guardian_relation": "friend", "guardian_consent": "1"}, {"guardian_relation"}),
        ({"guardian_relation": "parent"}, {"guardian_consent"}),
    ],
)
def test_a_form_that_asks_for_it_takes_no_child_without_consent(services, answers, fields) -> None:
    with pytest.raises(Invalid) as invalid:
        register(services, **answers)

    assert set(invalid.value.problems) == fields


def test_adults_are_asked_for_no_guardian(services) -> None:
    visit = register(services, age_band="2", guardian_relation="", guardian_name="")

    assert services.guardians.of_visit(visit.id) is None
    assert not services.guardians.is_missing(visit.id)
    said = {"guardian_name": "Ani", "guardian_relation": "parent", "guardian_way": "spoken"}
    with pytest.raises(Refused):
        services.guardians.give(visit.id, said, language="id", by=OFFICER)


def test_the_desk_asks_where_nobody_consented(services) -> None:
    asked_nobody = {name: said for name, said in CHILD.items() if name != "guardian_name"}
    visit = services.guestbook.register(
        filled(**asked_nobody), channel="phone", language="id", idempotency_key="one"
    )
    assert services.visits.by_id(visit.id).is_incomplete
    assert services.guardians.is_missing(visit.id)
    with pytest.raises(Invalid) as invalid:
        services.guardians.give(visit.id, {"guardian_way": "screen"}, language="id", by=OFFICER)
    assert set(invalid.value.problems) == {"guardian_name", "guardian_relation", "guardian_way"}

    said = {"guardian_name": "Pak Budi", "guardian_relation": "guardian", "guardian_way": "phone"}
    given = services.guardians.give(visit.id, said, language="en", by=OFFICER)

    assert (given.name, given.way, given.channel) == ("Pak Budi", "phone", "desk")
    assert not services.guardians.is_missing(visit.id)
    assert not services.visits.by_id(visit.id).is_incomplete
    assert "I answer for this child" in services.consents.text(given.text_hash).text


def test_what_is_withdrawn_is_out_of_sight_at_once_and_to_be_erased(services, core) -> None:
    visit = register(services, **YES)
    me = Actor.visitor(visit.uuid)

    gone = services.guardians.withdraw(visit.id, "wish", by=me)

    assert (gone.is_given, gone.reason, gone.name) == (False, "wish", None)
    assert services.guestbook.person(visit.id).name is None
    assert services.data_rights.is_restricted(visit.id)
    assert [one.kind for one in services.data_rights.waiting()] == ["erase"]
    assert [one.is_given for one in services.consents.of_visit(visit.id)] == [True, False]
    with pytest.raises(Refused):
        services.guardians.withdraw(visit.id, "wish", by=OFFICER)
    services.visits.close(visit.id, by=OFFICER)
    services.erasures.erase(visit.id, by=OFFICER)

    assert services.data_rights.waiting() == ()
    assert not services.guardians.of_visit(visit.id).is_given
    assert not services.guardians.is_missing(visit.id)


def test_nothing_is_withdrawn_that_was_not_given(services) -> None:
    visit = register(services)

    with pytest.raises(Refused):
        services.guardians.withdraw(visit.id, "wish", by=OFFICER)
    with pytest.raises(Invalid):
        services.guardians.withdraw(visit.id, "angry", by=OFFICER)
    with pytest.raises(NotFound):
        services.guardians.withdraw(999, "wish", by=OFFICER)


def test_the_edit_form_shows_the_consent_and_can_add_it(services) -> None:
    visit = register(services)
    desk = services.guestbook_desk
    answers, seen = desk.answers(visit.id), desk.version(visit.id)

    desk.amend(visit.id, answers | YES, by=OFFICER, reason="asked", seen=seen)

    assert services.guardians.of_visit(visit.id).way == "spoken"
    assert services.guestbook_desk.answers(visit.id)["guardian_relation"] == "parent"
    with pytest.raises(Refused):  # the same once more is no change
        services.guestbook_desk.amend(visit.id, answers | YES, by=OFFICER, reason="asked")


def test_a_returning_child_whose_age_is_not_typed_is_not_told_to_be_one(services) -> None:
    register(services, phone="081234567890", **YES)
    known = services.visitors.by_contact("Siti Rahmawati", "081234567890")
    typed = {"guardian_name": "", "guardian_relation": "", "age_band": "", "consent": "1"}
    today = {"purpose": "1", "services": ["1"], "channels": ["1"]}

    visit = services.guestbook.register(
        typed | today,
        channel="kiosk",
        language="id",
        idempotency_key="two",
        returning=known.uuid,
    )

    assert services.guardians.is_missing(visit.id)  # and so the desk asks
