"""Searching: families of words, slips of the finger, numbers, filters, and an index in step."""

import random

import pytest

from appliance.actor import SYSTEM
from appliance.bootstrap import clean
from appliance.catalogue import index
from appliance.catalogue.questions import MOST_LISTED, MOST_WAITING
from appliance.errors import NotFound, Refused
from appliance.storage import database as storage
from appliance.storage.models import CatalogueEntry, CatalogueStale, Publication
from tests.bps_titles import records
from tests.search_kit import keystrokes, mistyped, short, typed
from tests.services.library import OFFICER, new_publication, new_visit


def titles(results):
    return [hit.title for hit in results.hits]


def fill(core, services, count):
    rows = list(records(count, abstracts=False))

    def insert():
        for start in range(0, count, 400):
            Publication.insert_many(rows[start : start + 400]).execute()

    core.writer.run(insert)
    services.catalogue.mend_index()
    return [row["title"] for row in rows]


FAMILIES = (
    ("penduduk", "kependudukan"),
    ("tani", "pertanian", "petani"),
    ("baca", "membaca", "pembaca", "bacaan"),
    ("ikan", "perikanan"),
    ("kebun", "perkebunan"),
    ("miskin", "kemiskinan"),
    ("rumah", "perumahan"),
    ("keluar", "pengeluaran"),
    ("dagang", "perdagangan"),
    ("wisata", "pariwisata", "wisatawan"),
    ("sehat", "kesehatan"),
    ("didik", "pendidikan"),
    ("ternak", "peternakan"),
)


def test_words_of_a_family_find_each_other(services):
    for family in FAMILIES:
        for word in family:
            new_publication(services, f"Statistik {word.title()}")

    for family in FAMILIES:
        written = {f"Statistik {word.title()}" for word in family}
        for word in family:
            for typing in (False, True):
                assert set(titles(services.catalogue.search(word, typing=typing))) >= written, word


def test_one_slip_still_finds_the_title_among_the_first_five(core, services):
    known = fill(core, services, 800)
    chance = random.Random(5)
    asked = [(title, mistyped(short(title), chance)) for title in chance.sample(known, 100)]

    missed = [
        (title, text)
        for title, text in asked
        if title not in titles(services.catalogue.search(text))[:5]
    ]

    assert len(missed) <= 10, missed


def test_every_key_stroke_keeps_the_title_in_sight(core, services):
    title = fill(core, services, 300)[150]

    for text in keystrokes(title):
        found = services.catalogue.search(text, typing=True)
        assert found.total, text
    assert title in titles(found)


def test_a_rare_word_is_found_at_its_second_letter(services):
    for number in range(30):
        new_publication(services, f"Statistik ti{chr(97 + number % 26)}n{number % 7} {number}")
    new_publication(services, "Kecamatan Tiumang Dalam Angka")
    for number in range(30):
        new_publication(services, f"Statistik ti{chr(97 + number % 26)}n{number % 7} {number}")

    found = services.catalogue.search("kecamatan ti", typing=True)

    assert titles(found) == ["Kecamatan Tiumang Dalam Angka"]


def test_while_typing_the_oldest_of_very_many_are_left_to_enter(core, services):
    # Every thousandth record stands for a thousand.
    rows = [
        {"id": number * 1000, "title": f"Statistik {number}", "year": 1900 + number}
        for number in range(2, 103)
    ]
    rows.append({"id": 1000, "title": "Statistik Kuno", "year": 1900})
    core.writer.run(lambda: [Publication.insert(row).execute() for row in rows])
    services.catalogue.mend_index()
    search = services.catalogue.search

    typed_now, entered = search("statis", typing=True), search("statis")

    assert (typed_now.total, typed_now.is_cut) == (31, True)
    assert (entered.total, entered.is_cut) == (102, False)
    assert titles(search("statistik kun", typing=True)) == ["Statistik Kuno"]
    assert search("", typing=True).total == 102


def test_what_was_put_right_is_said_and_can_be_refused(services):
    new_publication(services, "Profil Kemiskinan Kabupaten Pasaman")

    found = services.catalogue.search("kemsikinan pasaman")
    literal = services.catalogue.search("kemsikinan pasaman", literal=True)

    assert titles(found) == ["Profil Kemiskinan Kabupaten Pasaman"]
    assert found.shown_for == "kemiskinan pasaman"
    assert literal.total == 0
    assert services.catalogue.search("kemiskinan pasaman").shown_for == ""


def test_a_slip_that_is_another_word_is_put_right_when_nothing_fits(services):
    new_publication(services, "Pasar Tradisional")
    new_publication(services, "Kesehatan Ibu Pasaman")

    found = services.catalogue.search("kesehatan pasar")

    assert titles(found)[:1] == ["Kesehatan Ibu Pasaman"] or found.is_partial


def test_words_that_no_record_has_are_left_out_and_named(services):
    new_publication(services, "Inflasi Kabupaten Pasaman")

    found = services.catalogue.search("inflasi qwertyuiop")

    assert (titles(found), found.left_out) == (["Inflasi Kabupaten Pasaman"], ("qwertyuiop",))
    assert services.catalogue.search("qwertyuiop").total == 0


def test_records_with_all_words_but_one_are_offered_as_such(services):
    new_publication(services, "Inflasi Kabupaten Pasaman 2024")
    new_publication(services, "Luas Panen Padi")

    found = services.catalogue.search("inflasi pasaman panen")

    assert found.is_partial
    assert titles(found) == ["Inflasi Kabupaten Pasaman 2024"]


def test_the_whole_title_stands_before_longer_ones_and_newer_before_older(services):
    for year in (2022, 2024):
        new_publication(services, f"Kecamatan Rao Dalam Angka {year}", year=year)
        new_publication(services, f"Kecamatan Rao Selatan Dalam Angka {year + 1}", year=year + 1)

    assert titles(services.catalogue.search("kecamatan rao dalam angka")) == [
        "Kecamatan Rao Dalam Angka 2024",
        "Kecamatan Rao Dalam Angka 2022",
        "Kecamatan Rao Selatan Dalam Angka 2025",
        "Kecamatan Rao Selatan Dalam Angka 2023",
    ]
    newest = services.catalogue.search("kecamatan rao dalam angka", order="newest")
    assert titles(newest)[0] == "Kecamatan Rao Selatan Dalam Angka 2025"


def test_a_year_is_found_although_the_title_does_not_say_it(services):
    new_publication(services, "Hasil Sensus Pertanian Tahap I", year=2023)
    new_publication(services, "Hasil Sensus Pertanian Tahap II", year=2013)

    assert titles(services.catalogue.search("sensus pertanian 2023")) == [
        "Hasil Sensus Pertanian Tahap I"
    ]


@pytest.mark.parametrize("typing", [False, True])
def test_numbers_are_found_however_they_are_set(services, typing):
    card = new_publication(
        services,
        publication_number="13090.2405",
        catalogue_number="1102001.1309",
        issn="978-602-438-123-4",
    )
    new_publication(services, "Lain", publication_number="13090.2301", issn="-")

    for text in (
        "13090.2405",
        "130902405",
        "13090 2405",
        "RBP13090.2405",
        "1102001.1309",
        "11020011309",
        "9786024381234",
        "978-602-438",
    ):
        found = services.catalogue.search(text, typing=typing)
        assert [hit.id for hit in found.hits] == [card.id], text
    assert services.catalogue.search("13090.2405", "book", typing=typing).total == 0
    services.catalogue.edit(card.id, {"publication_number": "13090.2499"}, by=OFFICER)
    assert services.catalogue.search("13090.2499").hits[0].id == card.id
    assert services.catalogue.search("130902405").total == 0


def test_filters_work_together_and_list_what_there_is(services):
    new_publication(services, "Inflasi A", subject="Harga", domain="1309", year=2024)
    new_publication(services, "Inflasi B", subject="Harga", domain="1300", year=2023)
    new_publication(services, "Inflasi C", subject="Statistik Umum", domain="1309", year=2023)
    gone = new_publication(services, "Inflasi D", subject="Rahasia", domain="9999", year=1999)
    services.catalogue.withdraw(gone.id, by=OFFICER)
    search = services.catalogue.search

    assert titles(search("inflasi", subject="Harga")) == ["Inflasi A", "Inflasi B"]
    assert titles(search("inflasi", subject="Harga", area="1309")) == ["Inflasi A"]
    assert titles(search("infl", None, 2023, area="1309", typing=True)) == ["Inflasi C"]
    assert titles(search("", subject="statistik  umum")) == ["Inflasi C"]
    assert services.catalogue.years() == (2024, 2023)
    assert services.catalogue.subjects() == ("Harga", "Statistik Umum")
    assert services.catalogue.areas() == ("1300", "1309")


def test_kinds_are_counted_without_their_own_filter(services):
    for number in range(3):
        new_publication(services, f"Inflasi {number}", kind="press_release")
    new_publication(services, "Inflasi Tahunan")

    counts = services.catalogue.search("inflasi", "publication").counts

    assert (counts["press_release"], counts["publication"], counts["book"]) == (3, 1, 0)


# The index in step with the records


def test_no_way_of_writing_leaves_an_entry_behind(services):
    card = new_publication(services, "Statistik Lama")
    assert not index.is_behind()

    for change in (
        lambda: services.catalogue.edit(card.id, {"title": "Statistik Baru"}, by=OFFICER),
        lambda: services.catalogue.withdraw(card.id, by=OFFICER),
        lambda: services.catalogue.withdraw(card.id, by=OFFICER, back=True),
        lambda: services.catalogue.import_records(
            [(1, {"title": "Baru dari berkas", "pub_id": "x"})], by=SYSTEM
        ),
    ):
        change()
        assert not index.is_behind()
        assert index.is_whole()

    services.catalogue.import_records([(1, {"title": "Percobaan"})], by=SYSTEM, dry_run=True)
    assert not index.is_behind()
    assert services.catalogue.search("percobaan").total == 0


def test_records_written_by_anybody_are_found(core, services):
    core.writer.run(lambda: Publication.insert(title="Atlas Nagari").execute())
    assert index.is_behind()
    assert titles(services.catalogue.search("atlas")) == ["Atlas Nagari"]

    core.writer.run(lambda: Publication.update(title="Peta Nagari", year=2001).execute())
    assert services.catalogue.search("atlas").total == 0
    assert titles(services.catalogue.search("peta", None, 2001)) == ["Peta Nagari"]

    core.writer.run(lambda: Publication.delete().execute())
    assert services.catalogue.search("peta").total == 0
    assert CatalogueEntry.select().count() == 0


def test_a_damaged_index_is_made_anew(core, services):
    new_publication(services, "Statistik Daerah")
    new_publication(services, "Statistik Gender")

    def damage():
        CatalogueEntry.delete().where(CatalogueEntry.publication_id == 1).execute()
        CatalogueEntry.insert(publication_id=77, place=77, title_words=1).execute()

    core.writer.run(damage)
    assert not index.is_whole()

    assert clean(core)["search"] == 2
    assert index.is_whole()
    assert services.catalogue.search("statistik").total == 2
    assert services.catalogue.mend_index() == 0


def test_a_record_that_cannot_be_dated_does_not_stop_the_index(core, services):
    rows = [
        {"title": "Tanggal Salah", "released_on": "2024-02-31"},
        {"title": "Tahun Salah", "year": 99999},
    ]
    core.writer.run(lambda: [Publication.insert(row).execute() for row in rows])

    assert services.catalogue.search("salah").total == 2


def test_records_from_before_the_index_are_in_it(tmp_path, monkeypatch):
    scripts = storage._scripts()
    monkeypatch.setattr(storage, "_scripts", lambda: [one for one in scripts if one[0] < 10])
    database = storage.open_database(tmp_path / "x.db")
    storage.migrate(database)
    database.connection().execute(
        "INSERT INTO publication (title, publication_number) VALUES ('Lama', '13090.2401')"
    )
    monkeypatch.undo()

    storage.migrate(database)

    assert CatalogueStale.select().count() == 1
    assert database.connection().execute("SELECT domain FROM publication").get == "1309"
    with database.atomic():
        assert index.refresh() == 1
    assert index.is_whole()
    database.close()


# What is not found is asked of the officer


def test_a_question_waits_at_the_desk_until_it_is_answered(core, services):
    visit = new_visit(core, services)
    questions = services.catalogue_questions

    for _ in range(2):
        questions.ask(visit.id, "peta sungai", by=SYSTEM)
    waiting = questions.waiting()

    assert [(one.visit_label, one.wanted) for one in waiting] == [(visit.label, "peta sungai")]
    questions.answered(waiting[0].id, by=OFFICER)
    questions.answered(waiting[0].id, by=OFFICER)
    assert questions.waiting() == ()
    with pytest.raises(NotFound):
        questions.answered(99, by=OFFICER)


def test_a_visit_cannot_fill_the_desk(core, services):
    visit = new_visit(core, services)
    for number in range(MOST_WAITING):
        services.catalogue_questions.ask(visit.id, f"peta {number}", by=SYSTEM)

    with pytest.raises(Refused):
        services.catalogue_questions.ask(visit.id, "peta lain", by=SYSTEM)


def test_who_has_gone_keeps_nobody_elses_question_from_the_desk(core, services):
    for _ in range(MOST_LISTED // MOST_WAITING):
        gone = new_visit(core, services)
        for number in range(MOST_WAITING):
            services.catalogue_questions.ask(gone.id, f"peta {number}", by=SYSTEM)
        services.visits.close(gone.id, by=OFFICER)
    here = new_visit(core, services)
    services.catalogue_questions.ask(here.id, "peta sungai", by=SYSTEM)

    assert [one.wanted for one in services.catalogue_questions.waiting()] == ["peta sungai"]


def test_a_visit_that_is_over_asks_nothing(core, services):
    visit = new_visit(core, services)
    services.visits.close(visit.id, by=OFFICER, state="cancelled", reason="Pulang")

    with pytest.raises(Refused):
        services.catalogue_questions.ask(visit.id, "peta", by=SYSTEM)


def test_typed_titles_are_found_whole(core, services):
    for title in fill(core, services, 200)[::10]:
        assert title in titles(services.catalogue.search(" ".join(typed(title))))[:3]
