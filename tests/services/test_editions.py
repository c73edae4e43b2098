"""The other editions of a publication are found by title and by ISSN, through an index."""

from appliance.core import Core
from appliance.services import Services
from appliance.storage.models import Publication
from tests.services.library import new_publication


def editions(services: Services, publication_id: int) -> list[str]:
    return [edition.time for edition in services.editions.of(publication_id)]


def test_editions_are_told_the_newest_first(core: Core, services: Services) -> None:
    made = {
        year: new_publication(services, f"Kabupaten Pasaman Dalam Angka {year}", year=year)
        for year in (2019, 2024, 2021)
    }
    new_publication(services, "Kabupaten Pasaman Barat Dalam Angka 2020", year=2020)
    new_publication(services, "Kabupaten Pasaman Dalam Angka 2018", kind="leaflet", year=2018)
    core.writer.run(
        Publication.update(softcopy_path="a.pdf").where(Publication.year == 2019).execute
    )

    found = services.editions.of(made[2021].id)

    assert [(one.time, one.has_softcopy) for one in found] == [("2024", False), ("2019", True)]
    services.catalogue.withdraw(made[2024].id, by=_system())
    assert editions(services, made[2021].id) == ["2019"]
    assert services.editions.of(999) == ()


def test_one_issn_is_one_series_whatever_it_was_called(services: Services) -> None:
    old = new_publication(services, "Pasaman Dalam Angka 2009", year=2009, issn="0854-8501")
    new = new_publication(services, "Pasaman Regency in Figures", year=2024, issn="0854-8501")
    new_publication(services, "Buku lain", year=2024, issn="978-602-438-1")
    new_publication(services, "Buku lain lagi", year=2023, issn="978-602-438-1")

    assert editions(services, new.id) == ["2009"]
    assert editions(services, old.id) == ["2024"]


def test_an_issn_that_several_series_share_makes_them_no_editions(services: Services) -> None:
    made = [
        new_publication(
            services, f"Kecamatan {name} Dalam Angka {year}", year=year, issn="0854-8501"
        )
        for name in ("Rao", "Bonjol")
        for year in (2023, 2024)
    ]

    found = services.editions.of(made[0].id)

    assert [one.title for one in found] == ["Kecamatan Rao Dalam Angka 2024"]


def test_other_areas_with_the_same_title_are_other_series(core: Core, services: Services) -> None:
    made = [
        new_publication(services, f"Statistik Daerah {year}", year=year) for year in (2020, 2021)
    ]
    core.writer.run(Publication.update(domain="1310").where(Publication.id == made[1].id).execute)

    assert editions(services, made[1].id) == ["2020"]  # of no known area
    core.writer.run(Publication.update(domain="1311").where(Publication.id == made[0].id).execute)
    assert editions(services, made[1].id) == []


def test_editions_are_looked_up_by_index(core: Core) -> None:
    from appliance.catalogue import editions as module

    connection = core.database.connection()
    asked = {
        module._ALIKE: ("1309", "", "Kabupaten", "Kabupaten\U0010ffff", "publication", 10),
        module._SAME_ISSN: ("0854-8501", "publication", 10),
    }
    for sql, values in asked.items():
        plan = " ".join(row[3] for row in connection.execute("EXPLAIN QUERY PLAN " + sql, values))
        assert "SEARCH publication USING INDEX" in plan, plan
        assert "SCAN" not in plan


def _system():
    from appliance.actor import SYSTEM

    return SYSTEM
