"""The demonstration's data: whole, repeatable, plainly made up, and no fact of this appliance."""

import dataclasses
import datetime as dt
from contextlib import closing

import msgspec
import pymupdf
import pytest

from appliance.catalogue.softcopy import softcopy_of
from appliance.core import open_core
from appliance.demo import place, prepare
from appliance.demo.districts import SUB_DISTRICTS
from appliance.demo.seed import seed
from appliance.errors import RuangBacaError
from appliance.storage.models import (
    ALL,
    Guest,
    Idempotency,
    LockerSession,
    Outbox,
    Publication,
    Visit,
)


@pytest.fixture
def settings(settings):
    return msgspec.structs.replace(settings, demo=True)


def row_counts():
    return {model.__name__: model.select().count() for model in ALL}


def test_seeding_again_changes_nothing(core, services):
    seed(core, services)
    before = row_counts()

    seed(core, services)

    assert row_counts() == before


def test_a_seeding_that_was_cut_short_is_finished(core, services, monkeypatch):
    with monkeypatch.context() as patched:
        patched.setattr("appliance.demo.seed._insert_ratings", lambda visits: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            seed(core, services)
    assert Visit.select().count() == 0

    seed(core, services)

    assert Visit.select().count() > 100


@pytest.mark.parametrize("office_name", ["pasaman", "dharmasraya"], indirect=True)
def test_the_catalogue_is_that_of_the_district(core, services):
    seed(core, services)

    assert 350 <= services.catalogue.count() <= 450
    for name in SUB_DISTRICTS[core.office.domain]:
        assert services.catalogue.search(f"Kecamatan {name} Dalam Angka 2024").total >= 1
    book = services.catalogue.search(f"{core.office.district} dalam angka 2024").hits[0]
    card = services.catalogue.get(book.id)
    assert card.title == f"{core.office.district} Dalam Angka 2024"
    assert card.record.publication_number.startswith(f"{core.office.domain}0.24")
    assert services.holdings.find(card.record.barcode).publication.id == book.id


def test_the_same_office_has_the_same_catalogue_every_time(core, services, tmp_path):
    from appliance.demo.districts import district_of
    from appliance.demo.publications import publications

    once, again = (publications(district_of(core.office)) for _ in range(2))

    assert once == again


def test_some_softcopies_can_be_opened(core, services):
    seed(core, services)

    rows = list(Publication.select().where(Publication.softcopy_path.is_null(False)))
    assert len(rows) >= 2
    for row in rows:
        with pymupdf.open(softcopy_of(core.settings.data_dir, row.id).path) as document:
            assert (document.page_count, len(document.get_toc())) == (12, 9)
            assert not document.is_repaired
            assert row.title.split()[0] in document[0].get_text()


def test_nothing_of_the_past_waits_for_the_portal(core, services):
    seed(core, services)

    waiting = {row.type for row in Outbox.select()}
    assert not [name for name in waiting if "visit" in name or "rating" in name]
    notes = [entry.action for entry in core.journal.latest(1000)]
    assert notes.count("demo.seeded") == 1


def test_the_past_is_over_and_its_people_are_made_up(core, services):
    seed(core, services)

    assert services.visits.inside() == ()
    assert LockerSession.select().where(LockerSession.ended_at.is_null()).count() == 0
    assert all(guest.name.endswith(" Contoh") for guest in Guest.select())
    assert all((guest.email or "x.example").endswith(".example") for guest in Guest.select())


def test_the_three_can_sign_in(core, services):
    seed(core, services)

    for name in ("petugas", "operator", "admin"):
        token = services.staff.login(name, f"{name}-demo", client="127.0.0.1")
        assert services.staff.session(token).username == name


def test_a_real_appliance_is_never_seeded(core, services):
    from appliance.bootstrap import build_services

    real = msgspec.structs.replace(core.settings, demo=False)

    real_core = dataclasses.replace(core, settings=real)
    with pytest.raises(RuangBacaError):
        seed(real_core, build_services(real_core))
    assert Publication.select().count() == 0


def test_a_later_start_cleans_what_an_earlier_one_left(tmp_path):
    settings = place.prepare(tmp_path / "demo", "127.0.0.1", 0, None)
    prepare.main(settings.data_dir / place.MARK)
    with closing(open_core(settings)) as core:
        week_ago = core.clock.now() - dt.timedelta(days=7)
        row = {"scope": "x", "key_hash": "y", "subject": "z", "created_at": week_ago}
        core.writer.run(lambda: Idempotency.create(**row))
        visits = Visit.select().count()

    prepare.main(settings.data_dir / place.MARK)

    with closing(open_core(settings)):
        assert not Idempotency.select().exists()
        assert Visit.select().count() == visits
