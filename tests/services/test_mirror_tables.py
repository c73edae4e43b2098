"""Press releases and static tables of the source: their own answers, their files, their places."""

import io
import zipfile

import pytest

from appliance.catalogue.softcopy import softcopy_of
from appliance.mirror.files import Fetched
from appliance.storage.models import MirrorFile, Publication
from tests.mirror_kit import Mirror
from tests.services.library import OFFICER, new_visit
from tests.webapi_server import cut_after, edited, press_release, running, static_table

PDF = b"%PDF-1.7\n" + bytes(range(256)) * 40 + b"\n%%EOF\n"
TABLE = "&lt;table&gt;&lt;tr&gt;&lt;td&gt;Bonjol&lt;td&gt;%s&lt;/table&gt;"
ROOMS = {"pdf_mb": 5, "table_mb": 1, "excel_mb": 1}


@pytest.fixture
def source():
    with running() as server:
        yield server


def workbook(*parts: str) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        for part in ("[Content_Types].xml", "xl/workbook.xml", *parts):
            archive.writestr(part, "<x/>")
    return file.getvalue()


def pull(core, source, **changes):
    models = ("pressrelease", "statictable")
    return Mirror(core, source, models=models, **ROOMS | changes).pull()


def row_of(name: str) -> Publication:
    return Publication.get(Publication.source_id == name)


def problems(done) -> dict[str, str]:
    return {one.what: one.problem for one in done if isinstance(one, Fetched)}


def test_a_press_release_is_read_like_a_publication(core, source):
    source.put("pressrelease", [press_release(26, abstract="")])
    source.abstracts["26"] = "&quot;Nilai Tukar Petani naik.&lt;br&gt;&quot;"
    source.files["pdf/26"] = PDF

    pull(core, source)

    row = row_of("pressrelease/1309/26")
    assert softcopy_of(core.settings.data_dir, row.id).path.read_bytes() == PDF
    assert row.abstract.startswith('"Nilai Tukar Petani naik.')
    asked = [path.partition("?")[0] for path in source.asked]
    assert asked[-2:] == ["/v1/api/view/model/pressrelease", "/pdf/26"]


def test_an_abstract_that_only_the_record_itself_has_is_nobodys_correction(core, services, source):
    source.put("pressrelease", [press_release(26, abstract="")])
    source.abstracts["26"] = "Nilai Tukar Petani naik."
    source.files["pdf/26"] = PDF
    pull(core, source)

    source.put("pressrelease", [press_release(26, abstract="", title="NTP Juli")])
    core.clock.advance(48 * 3600)
    pull(core, source)

    row = row_of("pressrelease/1309/26")
    assert (row.title, row.abstract) == ("NTP Juli", "Nilai Tukar Petani naik.")
    assert services.mirror.report().held == ()


def test_a_static_table_is_kept_as_its_texts_with_its_spreadsheet(core, services, source):
    source.put("statictable", [static_table(7)])
    source.tables["7"] = TABLE % "1.234"
    source.files["excel/7"] = workbook()

    pull(core, source)

    number = row_of("statictable/1309/7").id
    table = services.mirror.table(number)
    assert [[cell.text for cell in row] for row in table.body] == [["Bonjol", "1.234"]]
    found = services.mirror.spreadsheet(number)
    assert found.path.read_bytes() == workbook()
    path = core.settings.data_dir / "mirror" / "table" / f"{number}.json"
    assert path.stat().st_mode & 0o777 == 0o600
    path.write_bytes(b"{")
    assert services.mirror.table(number) is None


def test_a_changed_table_is_read_again_and_a_gone_one_given_up(core, services, source):
    source.put("statictable", [static_table(7)])
    source.tables["7"] = TABLE % "1"
    pull(core, source)
    source.put("statictable", [static_table(7, updt_date="2024-05-04")])
    source.tables["7"] = TABLE % "2"

    Mirror(core, source, models=("statictable",), **ROOMS).again()

    table = services.mirror.table(row_of("statictable/1309/7").id)
    assert table.body[0][1].text == "2"


def test_what_cannot_be_kept_says_so_and_the_others_come(core, source):
    source.put("statictable", [static_table(1), static_table(2)])
    source.put("pressrelease", [press_release(3)])
    source.tables |= {"1": "kosong", "2": TABLE % "5"}
    source.files |= {"excel/1": b"\xd0\xcf\x11\xe0" * 9, "excel/2": workbook("xl/vbaProject.bin")}

    done = pull(core, source)

    assert {one.problem for one in done if isinstance(one, Fetched)} == {
        "", "not_table", "not_excel", "not_pdf",
    }  # fmt: skip
    kept = MirrorFile.select().where(MirrorFile.path.is_null(False))
    assert [(row.what, row.publication_id) for row in kept] == [
        ("table", row_of("statictable/1309/2").id)
    ]
    assert list((core.settings.data_dir / "mirror" / "excel").iterdir()) == []


def test_the_answer_of_another_table_is_not_kept(core, source):
    source.put("statictable", [static_table(7)])
    source.tables["7"] = TABLE % "1"
    source.faults.extend([None, None, edited(lambda answer: answer["data"].update(table_id=8))])

    done = pull(core, source, pdf_mb=0, excel_mb=0)

    assert problems(done) == {"table": "shape"}


def test_a_cut_press_release_goes_on_with_a_link_read_anew(core, source):
    source.put("pressrelease", [press_release(26)])
    source.files["pdf/26"] = PDF
    source.faults.extend([None, None, None, cut_after(500)])

    done = pull(core, source)

    row = row_of("pressrelease/1309/26")
    assert softcopy_of(core.settings.data_dir, row.id).path.read_bytes() == PDF
    assert problems(done) == {"pdf": ""}


def test_the_most_used_table_is_kept_when_there_is_not_room_for_all(core, services, source):
    source.put("statictable", [static_table(number) for number in (1, 2)])
    for number in ("1", "2"):
        source.tables[number] = "<table>" + f"<tr><td>{'x' * 400}<td>1" * 1500 + "</table>"
    pull(core, source, table_mb=0)
    used = row_of("statictable/1309/1").id
    visit = new_visit(core, services)
    services.reading.note(visit.id, publication_id=used, by=OFFICER)

    Mirror(core, source, models=("statictable",), **ROOMS).again()

    assert services.mirror.table(used) is not None
    assert services.mirror.table(row_of("statictable/1309/2").id) is None
