"""The catalogue mirrored: what passes prove, and what a person wrote outlives."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from appliance.mirror.passes import PageKept
from appliance.mirror.trouble import SourceTrouble
from appliance.storage.models import MirrorList, MirrorRecord, Publication
from tests.mirror_kit import Mirror, numbered, titles, whole_mirror
from tests.services.library import OFFICER
from tests.webapi_server import (
    cut_after,
    edited,
    no_answer,
    press_release,
    pub_id,
    publication,
    running,
    static_table,
)


@pytest.fixture
def source():
    with running() as server:
        yield server


@pytest.fixture
def mirror(core, source):
    return Mirror(core, source)


def test_every_record_of_every_list_comes_in(source, mirror):
    source.put("publication", numbered(23))
    source.put("pressrelease", [press_release(7)])
    source.put("statictable", [static_table(7)])

    mirror.pull()

    assert len(titles()) == 25
    assert source.pages() == [1, 2, 3]
    first = Publication.get(Publication.source_id == pub_id(1))
    assert (first.kind, first.year, first.issn) == ("publication", 2024, "")
    assert first.abstract == "Ringkasan & angka ke-1."
    release = Publication.get(Publication.kind == "press_release")
    assert (release.subject, release.abstract) == ("Inflasi", "Inflasi 0,31 persen Naik.")
    table = Publication.get(Publication.kind == "static_table")
    assert (table.subject, table.year) == ("Kependudukan", 2023)
    assert MirrorList.get(MirrorList.model == "publication").completed_at is not None


def test_numbers_come_from_the_records_own_answer(source, mirror):
    source.put("publication", numbered(2))
    source.numbers[pub_id(1)] = ("1102001.1309", "13090.2407")

    mirror.pull()

    found = Publication.get(Publication.source_id == pub_id(1))
    assert (found.catalogue_number, found.publication_number) == ("1102001.1309", "13090.2407")
    assert [path for path in source.asked if "/view/" in path].__len__() == 2


def test_an_office_without_records_is_a_complete_pass(source, mirror):
    done = [one for one in mirror.pull() if isinstance(one, PageKept)]

    assert [one.is_complete for one in done] == [True, True, True]
    assert titles() == {}


# What a complete pass proves ------------------------------------------------------------------


def test_what_a_complete_pass_does_not_see_is_withdrawn_and_comes_back(source, mirror):
    records = numbered(12)
    source.put("publication", records)
    mirror.pull()

    source.put("publication", records[1:])
    mirror.again()
    assert list(titles(withdrawn=True)) == [pub_id(1)]

    source.put("publication", records)
    mirror.again()
    assert titles(withdrawn=True) == {}
    assert Publication.select().count() == 12


def test_a_pass_that_was_cut_withdraws_nothing(source, mirror):
    records = numbered(25)
    source.put("publication", records)
    mirror.pull()
    source.put("publication", records[3:])
    source.faults.extend([None, no_answer])

    with pytest.raises(SourceTrouble):
        mirror.again()

    assert titles(withdrawn=True) == {}


def test_a_page_told_twice_proves_nothing(source, mirror):
    records = numbered(20)
    source.put("publication", records)
    mirror.pull()

    def first_page_again(answer):
        answer["data"][1] = records[:10]

    source.faults.extend([None, edited(first_page_again)])
    done = mirror.again()

    assert done[1].is_complete is False
    assert titles(withdrawn=True) == {}
    assert MirrorList.get(MirrorList.model == "publication").moves == 0, "read again at once"


def test_the_page_before_in_the_place_of_one_beyond_the_end_proves_nothing(source, mirror):
    source.put("publication", numbered(20))
    source.faults.extend([None, edited(lambda answer: answer["data"][0].update(page=1))])

    done = mirror.pull()

    assert [one.is_complete for one in done[:4]] == [None, False, None, True]


@pytest.mark.parametrize("change", ["shorter", "longer"])
def test_a_list_that_changes_under_a_pass_is_read_again(source, mirror, change):
    records = numbered(31)
    source.put("publication", records)
    mirror.pull()
    shifted = records[5:] if change == "shorter" else [publication(99), *records]

    def shift(server, path):
        if "page=3" in path and "list/model/publication?" in path:
            server.put("publication", shifted)

    source.before = shift
    mirror.again()

    assert set(titles()) == {record["pub_id"] for record in shifted}


def test_a_list_that_never_stands_still_waits_its_turn(source, mirror, clock):
    source.put("publication", numbered(20))

    def grow(server, path):
        if "page=2" in path:
            size = len(server.lists["publication", "1309", "ind"])
            server.put("publication", numbered(size + 1))

    source.before = grow
    mirror.pull()

    assert MirrorList.get(MirrorList.model == "publication").completed_at is None
    assert source.pages()[:6] == [1, 2, 3, 1, 2, 3]
    before = len(source.asked)
    mirror.pull()
    assert len(source.asked) == before


def test_much_that_vanishes_at_once_must_vanish_twice(source, mirror):
    records = numbered(40)
    source.put("publication", records)
    mirror.pull()
    source.put("publication", records[:5])

    mirror.again()
    assert titles(withdrawn=True) == {}

    mirror.again()
    assert len(titles(withdrawn=True)) == 35


def test_what_a_person_withdrew_stays_withdrawn(source, mirror, services):
    source.put("publication", numbered(2))
    mirror.pull()
    row = Publication.get(Publication.source_id == pub_id(1))
    services.catalogue.withdraw(row.id, by=OFFICER)

    source.put("publication", [publication(1, title="Judul Baru"), publication(2)])
    mirror.again()

    assert titles(withdrawn=True) == {pub_id(1): "Judul Baru"}


def test_a_person_has_the_last_word_on_what_the_source_had_dropped(source, mirror, services, clock):
    records = numbered(2)
    source.put("publication", records)
    mirror.pull()
    row = Publication.get(Publication.source_id == pub_id(1))
    source.put("publication", records[1:])
    mirror.again()
    services.catalogue.withdraw(row.id, by=OFFICER, back=True)
    mirror.again()
    assert titles(withdrawn=True) == {}

    clock.advance(60)
    services.catalogue.withdraw(row.id, by=OFFICER)
    source.put("publication", records)
    mirror.again()

    assert list(titles(withdrawn=True)) == [pub_id(1)]


# What a person wrote --------------------------------------------------------------------------


def test_a_field_written_by_hand_is_not_overwritten_and_is_told(source, mirror, services):
    source.put("publication", numbered(1))
    mirror.pull()
    row = Publication.get()
    services.catalogue.edit(
        row.id, {"title": "Judul Petugas", "shelf": "3B", "copies": 2, "barcode": "X-1"}, by=OFFICER
    )

    source.put("publication", [publication(1, title="Judul Baru", abstract="Isi baru.")])
    mirror.again()

    after = Publication.get()
    assert (after.title, after.abstract) == ("Judul Petugas", "Isi baru.")
    assert (after.shelf, after.copies, after.barcode) == ("3B", 2, "X-1")
    assert MirrorRecord.get().held == "title"


def test_a_printed_book_with_the_same_number_is_the_same_record(source, mirror, services):
    made = services.catalogue.add(
        {"title": "Contoh DA 2024", "publication_number": "13090.2407", "shelf": "3B", "copies": 1},
        by=OFFICER,
    )
    source.put("publication", numbered(1))
    source.numbers[pub_id(1)] = ("1102001.1309", "13090.2407")

    mirror.pull()

    kept = Publication.get_by_id(made.id)
    assert (kept.source_id, kept.catalogue_number) == (pub_id(1), "1102001.1309")
    assert (kept.title, kept.shelf, kept.withdrawn_at) == ("Contoh DA 2024", "3B", None)
    assert kept.abstract == "Ringkasan & angka ke-1."
    assert services.catalogue.count() == 1


def test_a_record_imported_from_a_file_is_taken_over(source, mirror, services):
    services.catalogue.import_records(
        [(1, {"title": "Lama", "source_id": pub_id(1), "copies": "2"})], by=OFFICER
    )
    source.put("publication", numbered(1))

    mirror.pull()

    row = Publication.get()
    assert (row.title, row.copies, row.issn) == ("Lama", 2, "")
    assert row.abstract == "Ringkasan & angka ke-1."


def test_the_first_language_that_has_a_record_names_it(source, core):
    mirror = Mirror(core, source, languages=("ind", "eng"), models=("publication",))
    source.put("publication", numbered(1))
    english = [publication(1, title="Sample in Figures"), publication(2, title="Only English")]
    source.put("publication", english, lang="eng")
    mirror.pull()
    assert titles() == {pub_id(1): publication(1)["title"], pub_id(2): "Only English"}
    assert len([path for path in source.asked if "/view/" in path]) == 2, "one for both languages"

    source.put("publication", [publication(2, title="Kini Ada"), publication(1)])
    source.put("publication", english[1:], lang="eng")
    mirror.again()

    assert titles() == {pub_id(1): publication(1)["title"], pub_id(2): "Kini Ada"}


# Interruptions --------------------------------------------------------------------------------


def test_a_mirror_interrupted_anywhere_equals_one_that_was_not(core):
    with running(per_page=3) as server:
        server.put("publication", numbered(17))
        server.put("pressrelease", [press_release(number) for number in range(1, 5)])
        server.numbers = {pub_id(n): (f"1102.{n}", f"13090.24{n:02d}") for n in range(1, 18)}
        Mirror(core, server).pull()
        expected = whole_mirror()

        @settings(max_examples=6, deadline=None)
        @given(st.lists(st.tuples(st.integers(0, 9), st.integers(0, 2000)), max_size=4))
        def interrupted(cuts):
            wipe(core)
            for after, size in cuts:
                server.faults.clear()
                server.faults.extend([None] * after + [cut_after(size) if size else no_answer])
                with pytest.raises(SourceTrouble):
                    Mirror(core, server).again()
            server.faults.clear()
            Mirror(core, server).again()
            assert whole_mirror() == expected

        interrupted()


def wipe(core):
    def delete():
        for table in (MirrorRecord, MirrorList, Publication):
            table.delete().execute()

    core.writer.run(delete)
