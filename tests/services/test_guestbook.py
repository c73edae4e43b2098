"""The guest book over a real database: one entry, one visit, whatever arrives together."""

import json
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from appliance.actor import Actor
from appliance.bootstrap import Core
from appliance.errors import Invalid, NotFound
from appliance.privacy.rules import notice
from appliance.services import Services
from appliance.visits.rules import VisitCard
from tests.entries import filled

CROWD = 64


def register(services: Services, key: str = "", **changes: str) -> VisitCard:
    return services.guestbook.register(
        filled(**changes), channel="phone", language="id", idempotency_key=key
    )


def rows(core: Core, table: str) -> list[dict]:
    cursor = core.database.execute_sql(f"SELECT * FROM {table}")
    names = [column[0] for column in cursor.getdescription()] if _has_rows(core, table) else []
    return [dict(zip(names, row, strict=True)) for row in cursor]


def _has_rows(core: Core, table: str) -> bool:
    return core.database.execute_sql(f"SELECT count(*) FROM {table}").fetchone()[0] > 0


def together(count: int, work) -> list:
    """What `work(index)` returns on `count` threads that all start at once."""
    gate = threading.Barrier(count)

    def run(index: int):
        gate.wait()
        return work(index)

    with ThreadPoolExecutor(count) as pool:
        return list(pool.map(run, range(count)))


def test_sixty_four_visitors_at_once_get_sixty_four_numbers(services, core) -> None:
    visits = together(CROWD, lambda index: register(services, key=f"key-{index}"))

    assert sorted(visit.number for visit in visits) == list(range(1, CROWD + 1))
    assert len({visit.token for visit in visits}) == len({visit.code for visit in visits}) == CROWD
    assert len(services.visits.inside()) == CROWD
    assert services.outbox.first_broken_link() is None
    assert services.outbox.state().waiting == CROWD


def test_a_double_tap_is_one_visit_even_when_both_arrive_together(services, core) -> None:
    visits = together(16, lambda _: register(services, key="one-tap"))

    assert {visit.id for visit in visits} == {visits[0].id}
    assert services.visits.today().registered == 1
    assert services.outbox.state().waiting == 1


def test_a_form_left_open_since_yesterday_is_a_visit_of_today(services, clock) -> None:
    yesterday = register(services, key="left-open")
    clock.advance(24 * 3600)

    today = register(services, key="left-open")
    again = register(services, key="left-open")

    assert today.id == again.id != yesterday.id
    assert services.visits.by_token(today.token).number == 1


def test_two_forms_are_two_visits_even_by_the_same_person(services) -> None:
    assert register(services, key="a").id != register(services, key="b").id


def test_a_child_without_a_guardian_waits_for_the_desk_to_ask(services) -> None:
    assert register(services, age_band="1").is_incomplete
    assert not register(services, age_band="1", guardian_name="Bu Ani").is_incomplete


def test_a_refused_form_leaves_nothing_behind(services, core) -> None:
    with pytest.raises(Invalid) as caught:
        register(services, key="k", name="", consent="")

    assert set(caught.value.problems) == {"name", "consent"}
    assert not _has_rows(core, "visit")
    assert not _has_rows(core, "idempotency")
    assert register(services, key="k").label == "A-001"


def test_guest_and_consent_are_kept_with_the_visit(services, core, clock) -> None:
    visit = register(services)

    (consent,) = rows(core, "consent")
    person = services.guestbook.person(visit.id)

    shown = notice(services.office, "id")
    assert consent["text_hash"] == shown.text_hash
    assert (consent["notice_version"], consent["language"]) == (shown.version, "id")
    assert (consent["channel"], consent["action"]) == ("phone", "given")
    assert (person.name, person.phone) == ("Siti Rahmawati", "081234567890")
    assert (person.email, person.agency_name) == ("siti@contoh.id", "Universitas Andalas")
    assert person.consent_at == clock.now()
    assert "Siti" not in repr(person)


def test_nothing_about_the_person_leaves_the_house(services) -> None:
    register(services, data_wanted="Luas panen", purpose="5", purpose_other="Rahasia")

    sent = b"".join(services.outbox.pending()).decode()

    assert json.loads(sent)["data"]["purpose"] == "5"
    for private in ("Siti", "siti@", "0812", "Andalas", "Luas panen", "Rahasia"):
        assert private not in sent


@pytest.mark.parametrize("name", ['O\'Brien "B"', "<script>alert(1)</script>", "Siti 😀", "%s {0}"])
def test_a_name_comes_back_as_it_was_typed(services, name: str) -> None:
    visit = register(services, name=name)

    assert services.visits.by_id(visit.id).name == name


def test_the_journal_names_the_visit_and_not_the_visitor(services) -> None:
    visit = register(services)
    staff = Actor.staff("rina", "officer")
    services.guestbook.register(
        filled(), channel="desk", language="id", idempotency_key="", by=staff
    )

    desk, own = services.journal.latest()

    assert own.actor == f"visitor:{visit.uuid}"
    assert desk.actor == "officer:rina"
    assert "Siti" not in own.detail


def test_a_visit_that_is_not_there_has_no_person(services) -> None:
    with pytest.raises(NotFound):
        services.guestbook.person(404)


def test_after_an_erasure_the_visit_stands_without_its_person(services, core, clock) -> None:
    visit = register(services)
    core.writer.run(
        lambda: core.database.execute_sql(
            "UPDATE guest SET name = NULL, email = NULL, phone = NULL, agency_name = NULL,"
            " erased_at = '2026-11-23T03:00:00.000Z'"
        )
    )

    card, person = services.visits.by_id(visit.id), services.guestbook.person(visit.id)

    assert (card.name, card.email, card.masked_name) == (None, None, "")
    assert (person.name, person.phone) == (None, None)
    assert person.erased_at is not None
    assert services.visits.search("siti") == ()
    assert services.visits.today().registered == 1
