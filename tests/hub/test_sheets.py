"""Tables as files that a spreadsheet opens without doing anything."""

import io
import zipfile
from fractions import Fraction

from appliance.hub.site.sheets import Sheet, csv_of, tab_name, xlsx_of

SHEET = Sheet(
    "Per provinsi",
    "Kunjungan per provinsi",
    ("provinsi", "kunjungan", "IKM"),
    (("=cmd|'/c calc'!A1", 1204, Fraction(173, 2)), ("Aceh, Barat", "<5", None)),
    ("Angka 1 sampai 4 disembunyikan.",),
)


def test_csv_begins_with_the_mark_and_holds_no_formula():
    text = csv_of(SHEET)

    assert text.startswith(b"\xef\xbb\xbf")
    assert text.decode("utf-8-sig").splitlines() == [
        "provinsi,kunjungan,IKM",
        "'=cmd|'/c calc'!A1,1204,86.5",
        '"Aceh, Barat",<5,',
    ]


def test_a_workbook_has_numbers_as_numbers_and_every_text_as_text():
    book = zipfile.ZipFile(io.BytesIO(xlsx_of([SHEET, Sheet("IKM", "IKM", ("a",), ())], "Pusat")))

    page = book.read("xl/worksheets/sheet1.xml").decode()
    texts = book.read("xl/sharedStrings.xml").decode()
    assert "<v>1204</v>" in page
    assert "<v>86.5</v>" in page
    assert "<f>" not in page
    assert "=cmd" in texts
    assert "&lt;5" in texts
    assert 'name="Per provinsi"' in book.read("xl/workbook.xml").decode()


def test_a_tab_has_a_name_that_a_workbook_takes():
    assert tab_name("Jenis kelamin: [L/P] dan seterusnya") == "Jenis kelamin L P dan seterusny"
    assert tab_name("") == "Data"
