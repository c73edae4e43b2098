"""The catalogue over a real database: found, kept up, imported."""

import json

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from appliance.actor import SYSTEM
from appliance.catalogue.import_file import read_file
from appliance.catalogue.rules import COUNT_LIMIT, PAGE_SIZE, TYPING_LIMIT, Kind, Whereabouts
from appliance.errors import Invalid, Refused
from appliance.storage.models import Publication
from tests.services.library import OFFICER, new_publication, new_visit


def titles(results):
    return [hit.title for hit in results.hits]


def fill(core, services, count, title="Statistik Daerah {}", **columns):
    rows = [{"title": title.format(i), "year": 2000 + i % 25, **columns} for i in range(count)]

    def insert():
        for start in range(0, count, 500):
            Publication.insert_many(rows[start : start + 500]).execute()

    core.writer.run(insert)
    services.catalogue.mend_index()


HOSTILE = "\"'()*:^-+{}[]%_\\;,.<>\x00\x1f\u202e\u200b\ud800 ANDORNOTNEAR aé漢🙂"


@pytest.mark.parametrize("kind", [None, "publication", "nonsense"])
def test_every_text_is_a_valid_search(services, kind):
    new_publication(
        services, "Kecamatan Rao Dalam Angka 2024", abstract="Penduduk 100% \\ _ miskin"
    )

    @settings(suppress_health_check=list(HealthCheck), deadline=None, max_examples=150)
    @given(st.text(alphabet=st.sampled_from(HOSTILE) | st.characters(), max_size=60))
    @example('"')
    @example("a" * 5000)
    @example("(" * 300)
    @example("NOT NOT OR")
    @example("title:rao")
    def search(text):
        for typing in (False, True):
            results = services.catalogue.search(text, kind, None, 10**9, typing=typing)
            assert results.page == results.pages == 1
        services.catalogue.search(text, subject=text, area=text, order=text, literal=True)

    search()


def test_the_last_word_may_be_cut_off(services):
    new_publication(services, "Luas Panen dan Produksi Padi 2023")

    for text in ("pro", "prod", "panen produks", "PADI", "pádi"):
        assert titles(services.catalogue.search(text)) == ["Luas Panen dan Produksi Padi 2023"]


def test_titles_come_before_abstracts_and_new_editions_before_old(services):
    new_publication(services, "Indikator Kesejahteraan Rakyat", year=2025, abstract="inflasi " * 9)
    new_publication(services, "Inflasi 2022", year=2022)
    new_publication(services, "Inflasi 2024", year=2024)

    found = services.catalogue.search("inflasi")

    assert titles(found) == ["Inflasi 2024", "Inflasi 2022", "Indikator Kesejahteraan Rakyat"]


def test_typing_finds_the_same_and_titles_first(core, services):
    fill(core, services, 300, abstract="inflasi dan harga")
    new_publication(services, "Inflasi 2022", year=2022)
    new_publication(services, "Inflasi 2024", year=2024)
    hidden = new_publication(services, "Inflasi Rahasia")
    services.catalogue.withdraw(hidden.id, by=OFFICER)

    for kind, year in ((None, None), ("publication", None), (None, 2022)):
        full = services.catalogue.search("inflas", kind, year)
        typed = services.catalogue.search("inflas", kind, year, typing=True)
        assert typed.total == min(full.total, TYPING_LIMIT)
        assert typed.is_more == (full.total > TYPING_LIMIT)
        assert set(titles(typed)[:2]) >= {"Inflasi 2022"}
        assert "Inflasi Rahasia" not in titles(typed)
    assert titles(services.catalogue.search("inf", typing=True))[:2] == [
        "Inflasi 2024",
        "Inflasi 2022",
    ]


def test_an_empty_search_lists_the_newest(services):
    new_publication(services, "Lama", year=2001)
    new_publication(services, "Baru", year=2025)

    assert titles(services.catalogue.search("  ")) == ["Baru", "Lama"]


def test_filters_by_kind_and_year(services):
    new_publication(services, "Inflasi Januari", kind="press_release", year=2024)
    new_publication(services, "Inflasi", year=2024)
    new_publication(services, "Inflasi Lama", year=2020)

    assert titles(services.catalogue.search("inflasi", "press_release")) == ["Inflasi Januari"]
    assert titles(services.catalogue.search("inflasi", Kind.PUBLICATION, 2020)) == ["Inflasi Lama"]
    assert titles(services.catalogue.search("", None, 2020)) == ["Inflasi Lama"]


def test_pages_are_clamped_and_do_not_overlap(core, services):
    fill(core, services, 45)

    pages = [services.catalogue.search("statistik", page=number) for number in (1, 2, 3, 99, -5)]

    assert [page.page for page in pages] == [1, 2, 3, 3, 1]
    assert [len(page.hits) for page in pages] == [20, 20, 5, 5, 20]
    assert len({hit.id for page in pages[:3] for hit in page.hits}) == 45


def test_more_than_a_thousand_are_not_counted(core, services):
    fill(core, services, 2100)

    for text in ("statistik", "sta", ""):
        found = services.catalogue.search(text, page=10**6)
        assert (found.total, found.is_more) == (COUNT_LIMIT, True)
        assert found.page == COUNT_LIMIT // PAGE_SIZE


def test_a_rare_year_is_found_among_many_matches(core, services):
    fill(core, services, 2500)
    fill(core, services, 1, "Statistik Daerah Tua", year=1990)

    assert services.catalogue.search("statistik", None, 1990).total == 1


def test_withdrawn_records_are_not_found_but_can_be_restored(services):
    card = new_publication(services)

    services.catalogue.withdraw(card.id, by=OFFICER)
    assert services.catalogue.search("pasaman").total == 0
    assert services.catalogue.get(card.id).is_withdrawn

    services.catalogue.withdraw(card.id, by=OFFICER, back=True)
    assert services.catalogue.search("pasaman").total == 1


def test_holdings_say_where_the_copies_are(core, services):
    card = new_publication(services, copies=1)
    visit = new_visit(core, services)

    note = services.reading.note(visit.id, publication_id=card.id, by=OFFICER)
    assert services.catalogue.get(card.id).holding.whereabouts is Whereabouts.BEING_READ
    assert services.catalogue.search("pasaman").hits[0].holding.on_shelf == 0

    services.reading.give_back(note.id, by=OFFICER)
    assert services.catalogue.get(card.id).holding.whereabouts is Whereabouts.ON_SHELF


def test_a_printed_copy_gets_the_barcode_of_its_number(services):
    card = new_publication(services, publication_number="13090.2405")

    assert card.record.barcode == "RBP13090.2405"
    for text in ("rbp13090.2405", "RBP13090.2405", "13090.2405"):
        assert services.holdings.find(text).publication.id == card.id


def test_wrong_codes_are_told_apart(services):
    with pytest.raises(Refused, match="kode kunjungan"):
        services.holdings.find("RBT7K3M9QXA")
    for unknown in ("9789790000000", "\x00", ""):
        assert services.holdings.find(unknown).publications == ()


def test_edits_are_found_by_the_new_words_only(services):
    card = new_publication(services, "Statistik Lama")

    services.catalogue.edit(card.id, {"title": "Statistik Terbaru"}, by=OFFICER)

    assert services.catalogue.search("lama").total == 0
    assert services.catalogue.search("terbaru").hits[0].holding.shelf == "3B"


def test_a_barcode_belongs_to_one_record(services):
    new_publication(services, barcode="RBP1")
    other = new_publication(services, "Lain", barcode="RBP2")

    with pytest.raises(Invalid) as caught:
        services.catalogue.edit(other.id, {"barcode": "rbp1"}, by=OFFICER)
    assert set(caught.value.problems) == {"barcode"}


def test_the_same_key_adds_once(services):
    first = services.catalogue.add({"title": "Sekali"}, by=OFFICER, idempotency_key="k")
    again = services.catalogue.add({"title": "Sekali"}, by=OFFICER, idempotency_key="k")

    assert again.id == first.id
    assert services.catalogue.count() == 1


CSV = """\
judul;tahun;rak;eksemplar;pub_no
Kabupaten Pasaman Dalam Angka 2024;2024;3B;2;13090.2401
;2024;3B;1;13090.2402

"Rao ""Mapat Tunggul""
Dalam Angka";dua ribu;3C;1;13090.2403
Statistik Daerah;2023;2A;1;13090.2404
"""


def test_an_import_names_the_lines_it_could_not_keep(services, tmp_path):
    file = tmp_path / "katalog.csv"
    file.write_text(CSV, encoding="utf-8-sig")

    trial = services.catalogue.import_records(read_file(file), by=SYSTEM, dry_run=True)
    assert (trial.added, services.catalogue.count()) == (2, 0)

    result = services.catalogue.import_records(read_file(file), by=SYSTEM)
    assert (result.added, result.changed, result.unchanged) == (2, 0, 0)
    assert [(p.line, p.field) for p in result.problems] == [(3, "title"), (6, "year")]
    assert services.holdings.find("RBP13090.2401").publication.record.copies == 2


def test_importing_again_changes_nothing_and_a_new_value_one_record(services, tmp_path):
    file = tmp_path / "katalog.csv"
    file.write_text(CSV, encoding="utf-8")
    services.catalogue.import_records(read_file(file), by=SYSTEM)

    again = services.catalogue.import_records(read_file(file), by=SYSTEM)
    assert (again.added, again.changed, again.unchanged) == (0, 0, 2)

    file.write_text(CSV.replace("2023;2A", "2023;"), encoding="utf-8")  # empty: leave what is there
    assert services.catalogue.import_records(read_file(file), by=SYSTEM).unchanged == 2
    file.write_text(CSV.replace("2023;2A", "2023;4D"), encoding="utf-8")
    assert services.catalogue.import_records(read_file(file), by=SYSTEM).changed == 1
    assert services.catalogue.search("statistik daerah").hits[0].holding.shelf == "4D"


@pytest.mark.parametrize("separator", ["\n", ",\n"])
def test_json_is_imported_as_a_list_or_line_by_line(services, tmp_path, separator):
    records = [{"title": f"Inflasi {n}", "pub_id": f"{n:024x}", "year": 2024} for n in range(3)]
    body = separator.join(json.dumps(record) for record in records)
    file = tmp_path / "katalog.json"
    file.write_text(f"[{body}]" if "," in separator else body, encoding="utf-8")

    lines = list(read_file(file))
    result = services.catalogue.import_records(lines, by=SYSTEM)

    assert [line for line, _ in lines] == [1, 2, 3]
    assert result.added == 3


@pytest.mark.parametrize("content", [b"\xff\xfe\x00", b"nama,tahun\nx,1", b'[{"title": ', b"[1]"])
def test_files_that_are_no_catalogue_are_refused(tmp_path, content):
    file = tmp_path / "katalog.csv"
    file.write_bytes(content)

    with pytest.raises(Invalid):
        list(read_file(file))


def test_an_import_is_journalled_once(core, services):
    services.catalogue.import_records([(1, {"title": "A"}), (2, {"title": ""})], by=OFFICER)

    entry = core.journal.latest(1)[0]
    assert entry.action == "catalogue.imported"
    assert json.loads(entry.detail) == {"added": 1, "changed": 0, "unchanged": 0, "problems": 1}
