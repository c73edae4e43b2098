"""A page of the reader is made once, and shown to everybody for as long as it is still true."""

import os
import re
from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from appliance.core import Core
from appliance.page_images.tally import Counts
from appliance.services import Services
from appliance.storage.models import Publication
from tests.hostile_pdfs import text_pdf
from tests.page_images_kit import maker, warm, with_softcopy
from web import kiosk, sessions
from web.kept_pages import MOST_PAGES

__all__ = ["maker", "warm"]
pytestmark = pytest.mark.usefixtures("maker")


@pytest.fixture
def publication_id(core: Core, services: Services) -> int:
    """A publication with a softcopy of three pages."""
    return with_softcopy(core, services, text_pdf(core.settings.data_dir / "angka.pdf", 3))


@pytest.fixture
def path(publication_id: int) -> str:
    return f"/catalogue/{publication_id}/read?page=2"


def is_kept(answer: TestResponse) -> bool:
    """Whether it came the short way, which gives no request a name."""
    return "X-Request-ID" not in answer.headers


def change(core: Core, publication_id: int, **values: object) -> None:
    chosen = Publication.update(**values).where(Publication.id == publication_id)
    core.writer.run(chosen.execute)


def test_a_page_shown_before_is_the_same_and_need_not_be_sent_again(
    client: FlaskClient, path: str
) -> None:
    made = client.get(path)
    kept = client.get(path)
    again = client.get(path, headers={"If-None-Match": kept.headers["ETag"]})

    assert [is_kept(one) for one in (made, kept, again)] == [False, True, True]
    assert kept.data == made.data
    assert (again.status_code, again.data) == (304, b"")
    for name in ("Content-Security-Policy", "Cross-Origin-Opener-Policy", "ETag", "Vary"):
        assert kept.headers[name] == made.headers[name] == again.headers[name]
    assert kept.headers["Cache-Control"] == "private, no-cache"
    assert b"csrf" not in kept.data
    assert "Set-Cookie" not in made.headers


def test_a_kept_page_is_never_older_than_what_it_shows(
    client: FlaskClient, core: Core, publication_id: int, path: str
) -> None:
    client.get(path)
    old = client.get(path)

    change(core, publication_id, title="Kenari dalam Angka")
    titled = client.get(path, headers={"If-None-Match": old.headers["ETag"]})
    os.utime(core.settings.data_dir / "angka.pdf", ns=(1, 1))
    replaced = client.get(path)
    change(core, publication_id, withdrawn_at=core.clock.now())
    withdrawn = client.get(path)

    assert [is_kept(one) for one in (old, titled, replaced)] == [True, False, False]
    assert titled.status_code == 200
    assert "Kenari dalam Angka" in titled.text
    versions = [set(re.findall(r"v=([0-9a-f]+)", one.text)) for one in (titled, replaced)]
    assert [len(found) for found in versions] == [1, 1]
    assert versions[0] != versions[1]
    assert withdrawn.status_code == 404


def test_each_language_and_each_page_is_kept_for_itself(client: FlaskClient, path: str) -> None:
    for address in (path, f"{path}&zoom=200", path.replace("=2", "=3")):
        indonesian = client.get(address).text
        client.set_cookie("lang", "en")
        english = client.get(address).text
        assert client.get(address).text == english
        client.delete_cookie("lang")
        assert client.get(address).text == indonesian
        assert ("Halaman publikasi" in indonesian, "Halaman publikasi" in english) == (True, False)


def test_who_is_somebody_or_has_a_message_goes_the_long_way(
    app: Flask, client: FlaskClient, sign_in: Callable[[str], FlaskClient], path: str
) -> None:
    told = app.test_client()
    with told.session_transaction() as session:
        session["_flashes"] = [("success", "Terima kasih, Sari.")]

    first = told.get(path)
    others = client.get(path), client.get(path)

    assert "Terima kasih, Sari." in first.text
    assert first.headers["Cache-Control"] == "no-store"
    assert [is_kept(one) for one in others] == [False, True]
    assert all("Sari" not in one.text for one in others)
    assert is_kept(told.get(path))  # the message was shown, and is not for a second page
    assert not is_kept(sign_in("officer").get(path))
    for cookie in (sessions.STATION_COOKIE, sessions.DISPLAY_COOKIE, kiosk.COOKIE):
        screen = app.test_client()
        screen.set_cookie(cookie, "a-registered-screen")
        assert not is_kept(screen.get(path))
    assert not is_kept(client.get(path, headers={"HX-Request": "true"}))
    assert client.get(path, headers={"Host": "jahat.example"}).status_code == 400


def test_what_is_shown_out_of_keeping_counts_as_well(
    client: FlaskClient, services: Services, publication_id: int, path: str
) -> None:
    from_contents = {"Referer": f"http://localhost/catalogue/{publication_id}/contents"}
    for headers in ({}, from_contents, {"Referer": "http://["}, {"Referer": "http://x/catalogue"}):
        client.get(path, headers=headers)
    services.reading_tally.keep()

    assert services.reading_tally.of(publication_id) == Counts(opened=3, pages=4)


def test_only_so_many_pages_are_kept(client: FlaskClient, path: str) -> None:
    for number in range(1, MOST_PAGES + 3):
        client.get(path.replace("=2", f"={number}"))

    assert not is_kept(client.get(path.replace("=2", "=1")))
    assert is_kept(client.get(path.replace("=2", f"={MOST_PAGES + 2}")))
