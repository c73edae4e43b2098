"""Shelf lists and MARC: what comes in from other systems, and ours out and in again."""

import contextlib
import csv
import datetime as dt
import io
import zipfile

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pymarc import Field, Indicators, Record, Subfield, record_to_xml

from appliance.actor import SYSTEM
from appliance.catalogue.export_file import Format
from appliance.catalogue.import_file import read_file
from appliance.catalogue.import_sheet import BOMB
from appliance.errors import Invalid
from appliance.free_text import inert, lively
from appliance.storage.models import BookCopy, Publication
from tests.services.library import OFFICER, new_publication

COLUMNS = "judul;tahun;isbn;nomor barcode;nomor induk;rak;keadaan\r\n"


def write(tmp_path, name, content):
    path = tmp_path / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


def take(services, path, *, dry_run=False):
    done = services.catalogue.import_records(read_file(path), by=SYSTEM, dry_run=dry_run)
    return (done.added, done.changed, done.unchanged), [(p.line, p.field) for p in done.problems]


def exported(services, form):
    content = io.BytesIO()
    services.holdings.export(form, content, by=OFFICER)
    return content.getvalue()


def shelf_list(services):
    text = exported(services, Format.CSV).decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(text, newline="")))


def forget_everything(core):
    def delete():
        BookCopy.delete().execute()
        Publication.delete().execute()

    core.writer.run(delete)


TEXTS = st.text(
    st.characters(codec="utf-8", exclude_categories=("C", "Z"))
    | st.sampled_from(" '=+-@/:;,\"\\|"),
    max_size=12,
)
CODES = st.from_regex(r"[A-Z0-9][A-Z0-9./-]{0,7}", fullmatch=True)
COPIES = st.fixed_dictionaries(
    {
        "inventory_number": TEXTS,
        "shelf": TEXTS,
        "note": TEXTS,
        "state": st.sampled_from(["on_shelf", "repair", "missing", "withdrawn"]),
    }
)
RECORDS = st.fixed_dictionaries(
    {
        "title": TEXTS.map(lambda text: f"{text}x"),
        "kind": st.sampled_from(["publication", "book", "leaflet"]),
        "year": st.none() | st.integers(1950, 2030),
        "subject": TEXTS,
        "abstract": TEXTS,
        "released_on": st.none() | st.dates(dt.date(1950, 1, 1), dt.date(2030, 1, 1)).map(str),
        "issn": st.sampled_from(["", "1234-5679", "978-602-438-381-7"]) | TEXTS,
        "catalogue_number": TEXTS,
        "pages": st.none() | st.integers(1, 999),
        "domain": st.sampled_from(["", "1309"]),
        "copies": st.lists(COPIES, max_size=3),
    }
)


def test_of_two_columns_for_one_field_the_one_that_is_filled_counts(services, tmp_path):
    text = "judul;isbn;issn\r\nAtlas;9780306406157;\r\nMajalah;;2502-1234\r\n"

    assert take(services, write(tmp_path, "a.csv", text)) == ((2, 0, 0), [])

    told = {line["title"]: line["issn"] for line in shelf_list(services)}
    assert told == {"Atlas": "9780306406157", "Majalah": "2502-1234"}


@pytest.mark.parametrize("form", list(Format))
def test_what_goes_out_comes_in_again_unchanged(core, services, tmp_path, form):
    @settings(suppress_health_check=list(HealthCheck), max_examples=12)
    @given(st.lists(RECORDS, max_size=4), st.lists(CODES, unique=True, min_size=12, max_size=12))
    def round_trip(records, codes):
        forget_everything(core)
        free = iter(codes)
        for number, record in enumerate(records):
            told = {**record, "copies": 0, "title": f"{number} {record['title']}"}
            card = services.catalogue.add(told, by=SYSTEM)
            for copy in record["copies"]:
                services.holdings.add(card.id, {**copy, "barcode": next(free)}, by=SYSTEM)
        before = shelf_list(services)
        file = write(tmp_path, f"katalog.{form}", exported(services, form))

        if records:
            assert take(services, file)[0][:2] == (0, 0)
            forget_everything(core)
            assert take(services, file, dry_run=True)[1] == []
            assert take(services, file)[1] == []
        assert shelf_list(services) == before

    round_trip()


@pytest.mark.parametrize("form", list(Format))
def test_angle_brackets_of_ours_are_no_list(core, services, tmp_path, form):
    services.catalogue.add({"title": "Padi", "kind": "book", "subject": "<0>"}, by=SYSTEM)
    file = write(tmp_path, f"katalog.{form}", exported(services, form))
    forget_everything(core)

    assert take(services, file)[1] == []
    assert [line["subject"] for line in shelf_list(services)] == ["<0>"]


def test_of_a_list_of_topics_the_first_is_the_subject(services, tmp_path):
    file = write(tmp_path, "slims.csv", b"title,topics\nPadi,<Pertanian><Pangan>\nJagung,Pangan\n")

    assert take(services, file)[1] == []
    assert {line["subject"] for line in shelf_list(services)} == {"Pertanian", "Pangan"}


@given(st.text(max_size=8) | st.text("'=+-@\t\n\uff1d\uff20", max_size=5))
def test_a_cell_is_no_formula_and_still_itself(text):
    assert lively(inert(text)) == text
    assert not inert(text).startswith(("=", "+", "-", "@", "\t", "\r", "\n", "\uff1d", "\uff20"))


def test_a_shelf_list_has_a_line_for_every_copy(services, tmp_path):
    lines = [
        "Atlas Sumatera;1990;;B1;001/BPS;1A;Di rak",
        "Atlas Sumatera;1990;;B2;002/BPS;1A;Diperbaiki",
        "Atlas Sumatera;1991;;B3;003/BPS;1B;",
        "Atlas Jawa;1990;978-602-438-381-7;B2;;1A;",
        "Atlas Jawa;1990;978-602-438-381-7;;;1A;entah",
    ]
    file = write(tmp_path, "rak.csv", COLUMNS + "\r\n".join(lines))

    expected = ((2, 1, 0), [(5, "barcode"), (6, "state")])
    assert take(services, file, dry_run=True) == expected
    assert services.catalogue.count() == 0
    assert take(services, file) == expected
    assert take(services, file)[0] == (0, 0, 3)
    held = services.holdings.find("B2").whose
    assert [copy.inventory_number for copy in held.copies] == ["001/BPS", "002/BPS"]
    assert held.named.state == "repair"
    assert services.holdings.find("9786024383817").publications == ()


def test_a_trial_of_many_lines_tells_what_the_import_then_does(services, tmp_path):
    """Copies of one record may stand further apart than the steps of an import."""
    lines = [f"Buku {n % 230};2000;;B{n};;1A;" for n in range(500)]
    file = write(tmp_path, "rak.csv", COLUMNS + "\r\n".join(lines))

    trial = take(services, file, dry_run=True)

    assert trial == ((230, 270, 0), [])
    assert take(services, file) == trial
    assert services.holdings.count() == 500


@pytest.mark.parametrize("encoding", ["utf-8-sig", "cp1252", "utf-16"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_files_of_every_spreadsheet_are_read(services, tmp_path, encoding, delimiter):
    text = "title;shelf\r\nStatistik “Café” – 2024;3B\r\n".replace(";", delimiter)
    file = write(tmp_path, "rak.csv", text.encode(encoding))

    assert take(services, file) == ((1, 0, 0), [])
    assert services.catalogue.search("statistik").hits[0].title == "Statistik “Café” – 2024"


def test_a_workbook_with_numbers_and_dates_is_read(services, tmp_path):
    import xlsxwriter

    path = tmp_path / "rak.xlsx"
    book = xlsxwriter.Workbook(str(path))
    sheet = book.add_worksheet()
    day = book.add_format({"num_format": "yyyy-mm-dd"})
    sheet.write_row(1, 0, ["Judul", "Tahun", "ISBN", "Rak", "Tanggal rilis"])
    sheet.write_row(3, 0, ["Atlas", 2019, 9786024383817, "1A"])
    sheet.write_number(3, 4, 43600, day)
    book.close()

    assert take(services, path) == ((1, 0, 0), [])
    record = services.holdings.find("9786024383817").publication.record
    assert (record.year, record.released_on, record.copies) == (2019, "2019-05-15", 1)


def test_a_workbook_that_unfolds_to_too_much_is_refused(tmp_path):
    bomb, lying = tmp_path / "bom.xlsx", tmp_path / "bohong.xlsx"
    with zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED) as parts:
        parts.writestr("xl/worksheets/sheet1.xml", bytes(100_000_000))
    told = bomb.read_bytes().replace((100_000_000).to_bytes(4, "little"), b"\x10\0\0\0")
    lying.write_bytes(told)

    for path in (bomb, lying, write(tmp_path, "rusak.xlsx", b"PK\x03\x04rusak")):
        with pytest.raises(Invalid):
            list(read_file(path))


def workbook(path, title, rows):
    """As small as its reader takes it; `rows` are XML, the cells of which name string 0 or 1."""
    main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    kinds = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    package = "http://schemas.openxmlformats.org/package/2006/relationships"
    sheet = f'<sheet name="1" sheetId="1" r:id="a" xmlns:r="{kinds}"/>'
    parts = {
        "[Content_Types].xml": "<Types/>",
        "_rels/.rels": f'<Relationships xmlns="{package}"><Relationship Id="a" '
        f'Type="{kinds}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
        "xl/workbook.xml": f'<workbook xmlns="{main}"><sheets>{sheet}</sheets></workbook>',
        "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{package}"><Relationship Id="a" '
        f'Type="{kinds}/worksheet" Target="worksheets/sheet1.xml"/><Relationship Id="b" '
        f'Type="{kinds}/sharedStrings" Target="sharedStrings.xml"/></Relationships>',
        "xl/sharedStrings.xml": f'<sst xmlns="{main}"><si><t>judul</t></si>'
        f"<si><t>{title}</t></si></sst>",
        "xl/worksheets/sheet1.xml": f'<worksheet xmlns="{main}"><sheetData>'
        f'<row r="1"><c r="A1" t="s"><v>0</v></c></row>{rows}</sheetData></worksheet>',
    }
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as file:
        for name, part in parts.items():
            file.writestr(name, part)
    return path


def test_a_workbook_whose_reader_asks_for_any_memory_costs_only_its_reader(tmp_path):
    row = '<row r="{0}"><c r="{1}{0}" t="s"><v>1</v></c></row>'
    plain = workbook(tmp_path / "rak.xlsx", "Atlas", row.format(2, "A"))
    far = workbook(tmp_path / "jauh.xlsx", "Atlas", row.format(1_048_576, "XFD"))
    rows = "".join(row.format(number, "A") for number in range(2, 1000))
    repeated = workbook(tmp_path / "ulang.xlsx", "x" * 1_000_000, rows)

    assert list(read_file(plain)) == [(2, {"title": "Atlas"})]
    for path in (far, repeated):
        with pytest.raises(Invalid) as told:
            list(read_file(path))
        assert told.value.problems == {"file": BOMB}


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("angka.json", '[{"title": "Atlas", "year": ' + "1" * 5000 + "}]"),
        ("utf7.xml", '<?xml version="1.0" encoding="utf-7"?><collection/>'),
    ],
)
def test_what_readers_of_files_trip_over_is_refused(tmp_path, name, content):
    with pytest.raises(Invalid):
        list(read_file(write(tmp_path, name, content)))


def test_copies_that_are_no_copies_are_told_by_line(services, tmp_path):
    file = write(tmp_path, "eks.json", '[{"title": "Atlas", "items": [1]}, {"title": "Peta"}]')
    assert take(services, file) == ((1, 0, 0), [(1, "items")])


def test_a_record_with_more_copies_than_a_house_holds_up_nobody(services, tmp_path):
    items = ", ".join(f'{{"barcode": "X{n}"}}' for n in range(1000))
    file = write(tmp_path, "eks.json", f'[{{"title": "Atlas", "items": [{items}]}}]')

    assert take(services, file) == ((0, 0, 0), [(1, "items")])


def field(tag, **subfields):
    told = [Subfield(code, text) for code, text in subfields.items()]
    return Field(tag, Indicators(" ", " "), told)


def slims_record(title="Kabupaten Pasaman dalam angka"):
    """As its MARC export writes: its own order, no copies, MARC-8 told but UTF-8 meant."""
    record = Record()
    record.add_field(
        field("245", a=f"{title} ", b=" :  2024", c="BPS Kabupaten Pasaman", h="Text"),
        field("020", a="978-602-438-381-7"),
        field("650", a="Statistik – Pasaman"),
        field("260", a="Lubuk Sikaping", b="BPS", c="2024"),
        field("084", a="315.98"),
        field("300", a="xii, 320 hlm. ", b=" ilus.", c="21 cm"),
        field("500", a="Terbit setiap tahun"),
    )
    return record


def test_records_of_slims_are_understood(services, tmp_path):
    data = slims_record().as_marc()
    file = write(tmp_path, "slims-marc-export.mrc", data + b"\r\n" + data[:40] + b"\x1d" + b"\n")

    assert take(services, file) == ((1, 0, 0), [(2, "record")])
    record = services.holdings.find("9786024383817").publication.record
    assert record.title == "Kabupaten Pasaman dalam angka: 2024"
    assert (record.year, record.pages, record.kind) == (2024, 320, "book")
    assert (record.subject, record.abstract) == ("Statistik – Pasaman", "Terbit setiap tahun")
    assert take(services, file)[0] == (0, 0, 1)


def test_copies_of_inlislite_and_koha_are_understood(services, tmp_path):
    inlis, koha = slims_record("Satu"), slims_record("Dua")
    inlis.remove_fields("020")
    koha.remove_fields("020")
    inlis.add_field(field("990", a="00012/PN/2019"), field("990", a="00013/PN/2019"))
    koha.add_field(field("952", p="K0001", c="REF"), field("852", a="BPS"))
    body = b"".join(record_to_xml(one, namespace=True) for one in (inlis, koha))
    file = write(tmp_path, "x.xml", b"<?xml version='1.0'?><collection>" + body + b"</collection>")

    assert take(services, file) == ((2, 0, 0), [])
    assert len(services.holdings.find("00013/PN/2019").whose.copies) == 2
    assert services.holdings.find("k0001").whose.named.shelf == "REF"
    assert take(services, file)[0] == (0, 0, 2)


def test_a_record_of_another_system_joins_the_one_that_is_here(services, tmp_path):
    here = new_publication(services, "Satu: 2024", year=2024, publication_number="13090.2401")
    record = slims_record("Satu")
    record.remove_fields("020")
    record.add_field(field("990", a="00012/PN/2019"))
    file = write(tmp_path, "satu.mrc", record.as_marc())

    assert take(services, file)[0] == (0, 1, 0)
    now = services.catalogue.get(here.id).record
    assert (now.kind, now.publication_number, now.pages) == ("publication", "13090.2401", 320)


HOSTILE = [
    '<!DOCTYPE x [<!ENTITY a "b">]><collection>&a;</collection>',
    '<?xml version="1.0"?><!DOCTYPE x SYSTEM "file:///etc/passwd"><x/>',
    "<collection><record>",
    "<collection>\x00</collection>",
]


@pytest.mark.parametrize("text", HOSTILE)
@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_xml_declares_nothing_and_is_whole(tmp_path, text, encoding):
    with pytest.raises(Invalid):
        list(read_file(write(tmp_path, "x.xml", text.encode(encoding))))


@given(st.binary(max_size=200) | st.binary(max_size=100).map(lambda b: b"00100nam a2200049" + b))
@settings(suppress_health_check=list(HealthCheck))
def test_any_bytes_are_lines_or_a_refusal(tmp_path_factory, content):
    path = tmp_path_factory.mktemp("apa-saja") / "berkas"
    path.write_bytes(content)
    with contextlib.suppress(Invalid):
        assert all(isinstance(number, int) for number, _ in read_file(path))
