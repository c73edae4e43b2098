"""A publication is read on the screen, page by page, by anybody in the room."""

import re

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from appliance.core import Core
from appliance.page_images.maker import PageImageMaker
from appliance.services import Services
from tests.hostile_pdfs import text_pdf
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
    assert ">Bab 2</a>" in text


def test_any_page_that_is_asked_for_is_one_that_exists(
    client: FlaskClient, maker: PageImageMaker, path: str
) -> None:
    for asked, shown in {"0": 1, "-7": 1, "99": 3, "9" * 400: 3, "dua": 1, "": 1}.items():
        text = html(client.get(f"{path}/read", query_string={"page": asked}))

        assert f'alt="Halaman {shown} dari 3"' in text
        assert ('rel="prev"' in text) == (shown > 1)
        assert ('rel="next"' in text) == (shown < 3)


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
