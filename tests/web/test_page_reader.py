"""A publication is read on the screen, page by page, by anybody in the room."""

import re

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from appliance.core import Core
from appliance.page_images.maker import PageImageMaker
from appliance.services import Services
from appliance.storage.models import Publication
from tests.hostile_pdfs import picture_pdf, text_pdf, worded_pdf
from tests.page_images_kit import maker, warm, with_softcopy
from tests.services.library import new_publication

__all__ = ["maker", "warm"]


@pytest.fixture
def path(core: Core, services: Services) -> str:
    """The address of a publication with a softcopy of three pages."""
    file = text_pdf(core.settings.data_dir / "angka.pdf", 3)
    return f"/catalogue/{with_softcopy(core, services, file)}"


def html(answer: TestResponse) -> str:
    assert answer.status_code == 200
    return answer.get_data(as_text=True)


def pictures(text: str) -> set[str]:
    """Every address of a picture of the page."""
    sets = re.findall(r'srcset="([^"]+)"', text) + re.findall(r'<img src="([^"]+)"', text)
    return {one.split()[0] for listed in sets for one in listed.split(",")}


def test_the_record_leads_to_a_page_whose_pictures_are_there(
    client: FlaskClient, maker: PageImageMaker, path: str
) -> None:
    record = html(client.get(path))
    text = html(client.get(f"{path}/read?page=2"))

    answers = {address: client.get(address) for address in pictures(text)}

    assert f'href="{path}/read"' in record
    assert len(answers) == 4
    for address, answer in answers.items():
        assert answer.status_code == 200
        kind = "image/webp" if ".webp" in address else "image/jpeg"
        assert answer.content_type == kind
        assert answer.headers["Cache-Control"] == "private, max-age=604800, immutable"
    assert 'alt="Halaman 2 dari 3"' in text
    assert f'rel="prev" href="{path}/read?page=1#sheet"' in text
    assert f'rel="next" href="{path}/read?page=3#sheet"' in text
    assert "Bab 2</p>" in text
    chapters = html(client.get(f"{path}/contents?page=2"))
    assert re.search(rf'{path}/read\?page=2#sheet" aria-current="true"><span>Bab 2<', chapters)


def test_any_page_that_is_asked_for_is_one_that_exists(
    client: FlaskClient, maker: PageImageMaker, path: str
) -> None:
    for asked, shown in {"0": 1, "-7": 1, "99": 3, "9" * 400: 3, "dua": 1, "": 1}.items():
        text = html(client.get(f"{path}/read", query_string={"page": asked}))

        assert f'alt="Halaman {shown} dari 3"' in text
        assert ('rel="prev"' in text) == (shown > 1)
        assert ('rel="next"' in text) == (shown < 3)


def test_a_page_is_enlarged_by_links_that_keep_their_place(
    client: FlaskClient, maker: PageImageMaker, path: str
) -> None:
    text = html(client.get(f"{path}/read?page=2&zoom=190"))

    assert "zoom-200" in text
    assert f'href="{path}/read?page=2&amp;zoom=300#sheet"' in text
    assert f'href="{path}/read?page=2&amp;zoom=150#sheet"' in text
    assert f'rel="next" href="{path}/read?page=3&amp;zoom=200#sheet"' in text
    assert len(pictures(text)) == 6
    assert (
        client.get(max(pictures(text), key=lambda address: "large" in address)).status_code == 200
    )


def test_a_typed_number_is_the_printed_one_first(
    client: FlaskClient, core: Core, services: Services, maker: PageImageMaker
) -> None:
    labels = [
        {"startpage": 0, "style": "r", "firstpagenum": 1},
        {"startpage": 2, "style": "D", "firstpagenum": 1},
    ]
    file = worded_pdf(core.settings.data_dir / "romawi.pdf", [""] * 5, labels=labels)
    path = f"/catalogue/{with_softcopy(core, services, file)}/read"

    leads_to = {
        typed: client.get(path, query_string={"to": typed, "page": 4}).headers["Location"]
        for typed in ("ii", "II", "3", "9", "tiga", "")
    }

    pages = {"ii": 2, "II": 2, "3": 5, "9": 5, "tiga": 4, "": 4}
    assert leads_to == {typed: f"{path}?page={page}#sheet" for typed, page in pages.items()}
    assert "tercetak nomor 1." in html(client.get(f"{path}?page=3"))


def test_words_are_found_inside_and_marked(
    client: FlaskClient, maker: PageImageMaker, path: str
) -> None:
    found = html(client.get(f"{path}/read/find?find=Kecamatan 7"))
    lead = f"{path}/read?page=2&amp;find=Kecamatan+7#sheet"
    marked = html(client.get(f"{path}/read?page=2&find=Kecamatan 7"))

    assert "Ada di 3 halaman" in found
    assert f'href="{lead}"' in found
    assert "<mark>kecamatan 7</mark> tahun 2024" in found
    assert marked.count("<rect x=") == 2
    assert f'href="{path}/read?page=3&amp;find=Kecamatan+7#sheet" aria-keyshortcuts="n"' in marked
    assert "<rect" not in html(client.get(f"{path}/read?page=2&find=gajah"))
    assert "Tidak ada “gajah”" in html(client.get(f"{path}/read/find?find=gajah"))
    assert "dua huruf" in html(client.get(f"{path}/read/find?find=a"))


def test_a_scan_without_words_says_that_it_cannot_be_searched(
    client: FlaskClient, core: Core, services: Services, maker: PageImageMaker
) -> None:
    scan = picture_pdf(core.settings.data_dir / "pindai.pdf")
    path = f"/catalogue/{with_softcopy(core, services, scan)}"

    assert "gambar hasil pindai tanpa teks" in html(client.get(f"{path}/read/find?find=padi"))


def test_a_picture_on_the_shelf_needs_no_database_of_visits(
    client: FlaskClient, core: Core, maker: PageImageMaker, path: str
) -> None:
    address = max(pictures(html(client.get(f"{path}/read?page=2"))))
    first = client.get(address)
    maker.close()

    short = client.get(address)
    again = client.get(address, headers={"If-None-Match": short.headers["ETag"]})
    foreign = client.get(address, headers={"Host": "jahat.example"})

    assert "X-Request-ID" in first.headers
    assert "X-Request-ID" not in short.headers  # the short way
    assert short.data == first.data
    assert short.headers["Cache-Control"] == first.headers["Cache-Control"]
    assert short.headers["Content-Security-Policy"] == first.headers["Content-Security-Policy"]
    assert (again.status_code, again.data) == (304, b"")
    assert foreign.status_code == 400
    core.writer.run(Publication.update(withdrawn_at=core.clock.now()).execute)
    assert client.get(address).status_code == 404


def test_an_old_address_of_a_picture_is_not_kept(
    client: FlaskClient, maker: PageImageMaker, path: str
) -> None:
    answer = client.get(f"{path}/read/1-phone.webp?v=old")

    assert answer.status_code == 200
    assert answer.headers["Cache-Control"] == "no-store"


def test_where_a_page_cannot_be_shown_a_picture_says_why(
    client: FlaskClient, maker: PageImageMaker, path: str
) -> None:
    none = client.get(f"{path}/read/9-phone.webp")
    maker.close()
    waiting = client.get(f"{path}/read/3-desktop.webp")

    assert [none.status_code, waiting.status_code] == [404, 503]
    assert {none.content_type, waiting.content_type} == {"image/svg+xml"}
    assert "Halaman itu tidak ada" in none.get_data(as_text=True)
    assert "sedang tidak berjalan" in waiting.get_data(as_text=True)
    assert waiting.headers["Cache-Control"] == "no-store"
    assert waiting.headers["Retry-After"] == "5"


@pytest.mark.parametrize("name", ["1-wall.webp", "1-phone.exe", "1-phone.webp.jpg", "x-phone.webp"])
def test_addresses_that_are_none_are_not_found(client: FlaskClient, path: str, name: str) -> None:
    assert client.get(f"{path}/read/{name}").status_code == 404


def test_without_the_documents_process_the_page_asks_again_itself(
    client: FlaskClient, path: str
) -> None:
    answer = client.get(f"{path}/read?page=2")

    assert answer.status_code == 503
    assert "Pembaca publikasi sedang tidak berjalan." in answer.get_data(as_text=True)
    assert "Coba lagi</a>" in answer.get_data(as_text=True)


def test_a_file_that_cannot_be_read_is_said_with_a_way_back(
    client: FlaskClient, core: Core, services: Services, maker: PageImageMaker
) -> None:
    data = core.settings.data_dir
    locked = text_pdf(data / "kunci.pdf", password="rahasia")
    path = f"/catalogue/{with_softcopy(core, services, locked)}"

    answer = client.get(f"{path}/read")

    assert answer.status_code == 404
    assert "terkunci sandi" in answer.get_data(as_text=True)
    assert f'href="{path}"' in answer.get_data(as_text=True)
    assert "<img" not in answer.get_data(as_text=True)


def test_a_publication_without_a_softcopy_offers_no_reading(
    client: FlaskClient, services: Services
) -> None:
    path = f"/catalogue/{new_publication(services).id}"

    assert "/read" not in html(client.get(path))
    assert client.get(f"{path}/read").status_code == 404
    assert client.get("/catalogue/999/read").status_code == 404
