"""The page of a publication: its cover, what can be done with it, and its other editions."""

from collections.abc import Callable

import msgspec
from flask.testing import FlaskClient

from appliance.core import Core
from appliance.mirror.tables import Cell, StatTable
from appliance.page_images.maker import PageImageMaker
from appliance.reports.periods import Span
from appliance.services import Services
from appliance.storage.models import MirrorFile
from tests.hostile_pdfs import text_pdf
from tests.page_images_kit import maker, warm, with_softcopy
from tests.services.library import OFFICER, new_publication, new_visit
from tests.web.conftest import post
from tests.web.test_page_reader import html

__all__ = ["maker", "warm"]


def test_a_record_without_a_picture_has_a_cover_drawn_with_its_title(
    client: FlaskClient, services: Services
) -> None:
    path = f"/catalogue/{new_publication(services, title='Pasaman <b> 2024').id}"

    text = html(client.get(path))
    drawn = client.get(f"{path}/read/cover")

    assert "<img" not in text
    assert 'class="cover" viewBox' in text
    assert drawn.content_type == "image/svg+xml"
    assert "Pasaman &lt;b&gt;" in drawn.get_data(as_text=True)
    assert "Softcopy belum ada" in text
    assert text.count("btn-primary") <= 1


def test_a_record_with_a_softcopy_is_read_first_of_all(
    client: FlaskClient, core: Core, services: Services, maker: PageImageMaker
) -> None:
    path = f"/catalogue/{with_softcopy(core, services, text_pdf(core.settings.data_dir / 'a.pdf'))}"

    text = html(client.get(path))
    cover = client.get(text.partition('class="cover" src="')[2].partition('"')[0])
    on = html(client.get(f"{path}?page=7"))
    maker.close()
    later = client.get(f"{path}/read/cover?v=x")

    assert cover.content_type == "image/jpeg"
    assert "immutable" in cover.headers["Cache-Control"]
    assert text.count("btn-primary") == 1
    assert f'btn-primary" href="{path}/read"' in text
    assert f'href="{path}/read?page=7#sheet"' in on
    assert "Lanjutkan di halaman 7" in on
    assert later.headers["Cache-Control"] == "no-store"


def test_other_editions_are_a_tap_away(client: FlaskClient, services: Services) -> None:
    made = [
        new_publication(services, f"Kecamatan Rao Dalam Angka {year}", year=year)
        for year in range(2005, 2020)
    ]

    text = html(client.get(f"/catalogue/{made[-1].id}"))

    assert f'href="/catalogue/{made[-2].id}" title="Kecamatan Rao Dalam Angka 2018">2018' in text
    assert "2 edisi lagi" in text


def test_only_staff_see_how_often_it_was_read(
    client: FlaskClient,
    core: Core,
    services: Services,
    sign_in: Callable[[str], FlaskClient],
    maker: PageImageMaker,
) -> None:
    file = text_pdf(core.settings.data_dir / "a.pdf", 3)
    path = f"/catalogue/{with_softcopy(core, services, file)}"
    reader = {"Referer": f"http://localhost{path}/read?page=1"}

    client.get(f"{path}/read")
    client.get(f"{path}/read?page=2", headers=reader)
    client.head(f"{path}/read?page=2", headers=reader)
    client.get(f"{path}/read?page=9", headers={"Referer": "http://["})
    client.get(f"{path}/read/find?find=penduduk")
    client.get(f"{path}/read/find?find=penduduk&v=3")
    services.reading_tally.keep()

    seen = html(sign_in("officer").get(path))
    assert "Dibuka 2 kali · 3 halaman dilihat · 1 pencarian" in seen
    assert "halaman dilihat" not in html(client.get(path))


def test_the_month_shows_what_was_read_on_the_screen(
    services: Services, core: Core, sign_in: Callable[[str], FlaskClient], maker: PageImageMaker
) -> None:
    file = text_pdf(core.settings.data_dir / "a.pdf", 1)
    officer = sign_in("officer")
    officer.get(f"/catalogue/{with_softcopy(core, services, file)}/read")
    services.reading_tally.keep()

    text = html(officer.get("/staff/reports"))
    month = services.reports.present(Span.MONTH).text
    with post(officer, "/staff/reports/export", {"period": month, "format": "csv"}) as answer:
        table = answer.get_data(as_text=True)

    assert "Dibaca di layar" in text
    assert "Dibaca di layar,Kabupaten Pasaman Dalam Angka 2024,Dibuka,1" in table


def test_copies_that_stand_in_different_places_are_told_one_by_one(
    client: FlaskClient, core: Core, services: Services
) -> None:
    book = new_publication(services, copies=3)
    path = f"/catalogue/{book.id}"
    together = html(client.get(path))
    visit = new_visit(core, services)
    services.reading.note(visit.id, publication_id=book.id, by=OFFICER)

    apart = html(client.get(path))

    assert "3 eksemplar" in together
    assert together.count("Ada di rak") == 1
    assert "2 eksemplar" in apart
    assert apart.count("Ada di rak") == apart.count("Sedang dibaca") == 1


def test_a_static_table_is_read_on_its_page_and_taken_as_a_file(
    client: FlaskClient, core: Core, services: Services
) -> None:
    table = StatTable(
        above=("Tahun 2024",),
        head=((Cell("Kecamatan", is_head=True), Cell("Jumlah", columns=2, is_head=True)),),
        body=((Cell("<script>alert(1)</script>"), Cell("1.234"), Cell("-")),),
        notes=("Sumber: BPS",),
    )
    card = new_publication(services, "Penduduk", kind="static_table", publication_number="")
    for what, kind, content in (
        ("table", "json", msgspec.json.encode(table)),
        ("excel", "xlsx", b"PK\x03\x04 lembar"),
    ):
        place = f"mirror/{what}.{kind}"
        (core.settings.data_dir / "mirror").mkdir(exist_ok=True)
        (core.settings.data_dir / place).write_bytes(content)
        row = {"path": place, "sha256": f"hash-{what}", "size_bytes": len(content)}
        core.writer.run(MirrorFile.insert(publication=card.id, what=what, **row).execute)

    page = client.get(f"/catalogue/{card.id}").text
    assert '<th scope="col" colspan="2">Jumlah</th>' in page
    assert '<td class="num">1.234</td>' in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt;</th>" in page
    assert "Tabelnya ada di peranti ini" in page
    file = client.get(f"/catalogue/{card.id}/table.xlsx")
    assert (file.status_code, file.data) == (200, b"PK\x03\x04 lembar")
    assert "filename=penduduk-" in file.headers["Content-Disposition"]

    services.catalogue.withdraw(card.id, by=OFFICER)
    assert "1.234" not in client.get(f"/catalogue/{card.id}").text
    assert client.get(f"/catalogue/{card.id}/table.xlsx").status_code == 404
    assert client.get("/catalogue/999/table.xlsx").status_code == 404
