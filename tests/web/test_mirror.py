"""The mirrored catalogue as staff see it: how far, what is wrong, what is always kept."""

import re

import msgspec
import pytest

from appliance.mirror.trouble import SourceTrouble, Trouble
from appliance.storage.models import MirrorRecord, Publication
from tests.mirror_kit import Mirror, numbered
from tests.services.library import OFFICER
from tests.web.conftest import post
from tests.webapi_server import html, pub_id, publication, running

PAGE = "/staff/sync/catalogue"


@pytest.fixture
def source():
    with running() as server:
        server.put("publication", numbered(12))
        yield server


@pytest.fixture
def settings(settings, source):
    return msgspec.structs.replace(settings, catalogue_source=source.settings(pdf_mb=20))


@pytest.fixture
def mirror(core, source):
    return Mirror(core, source)


def shown(browser, language=""):
    answer = browser.get(PAGE, headers={"Accept-Language": language or "id"})
    assert answer.status_code == 200
    return " ".join(answer.get_data(as_text=True).split())


def test_it_says_how_far_each_list_is(officer, mirror, source):
    assert "belum pernah lengkap" in shown(officer)
    source.faults.extend([None, html])
    with pytest.raises(SourceTrouble) as caught:
        mirror.pull()
    mirror.state.failed(caught.value, "")

    page = shown(officer)

    assert "halaman 1 dari 2" in page
    assert "Yang menjawab bukan WebAPI BPS" in page
    mirror.again()
    page = shown(officer)
    assert "12 rekaman" in page
    assert "Yang menjawab bukan WebAPI BPS" not in page


def test_a_detail_of_theirs_is_shown_as_text(officer, mirror):
    mirror.state.failed(SourceTrouble(Trouble.SHAPE, "<script>alert(1)</script>"), "")

    page = shown(officer)

    assert "&lt;script&gt;" in page
    assert "<script>alert" not in page


def test_pulling_now_ends_every_wait(officer, mirror, core):
    mirror.state.failed(SourceTrouble(Trouble.OFFLINE), "")
    assert not mirror.state.may_ask("")

    sent = post(officer, f"{PAGE}/pull")

    assert sent.status_code == 303
    assert mirror.state.may_ask("")
    assert mirror.passes.is_asked(mirror.state.standing().asked_at)
    assert "Sedang diperbarui" not in shown(officer), "the last trouble still stands"


def test_a_publication_is_pinned_by_its_number_and_released(officer, mirror, source, services):
    source.numbers[pub_id(3)] = ("1102001.1309", "13090.2407")
    mirror.pull()

    assert post(officer, f"{PAGE}/pins", {"code": " 13090.2407 "}).status_code == 303

    row = Publication.get(Publication.source_id == pub_id(3))
    assert [one.publication_id for one in services.mirror.report().pinned] == [row.id]
    assert row.title in shown(officer)
    unknown = post(officer, f"{PAGE}/pins", {"code": "no such"})
    assert unknown.status_code == 422
    assert 'href="#field-code"' in unknown.text
    assert 'value="no such"' in unknown.text
    assert post(officer, f"{PAGE}/pins/{row.id}/remove").status_code == 303
    assert services.mirror.report().pinned == ()


def test_what_a_person_wrote_is_listed_and_given_back(officer, mirror, source, services):
    mirror.pull()
    row = Publication.get(Publication.source_id == pub_id(1))
    services.catalogue.edit(row.id, {"title": "Judul Petugas"}, by=OFFICER)
    source.put("publication", [publication(1, title="Judul BPS")])
    mirror.again()
    assert "Judul Petugas" in shown(officer)

    assert post(officer, f"{PAGE}/{row.id}/follow").status_code == 303
    mirror.again()

    assert Publication.get_by_id(row.id).title == "Judul BPS"
    assert not MirrorRecord.select().where(MirrorRecord.held != "").exists()


def test_it_answers_a_poll_only_when_something_changed(officer):
    version = re.search(r"catalogue\?v=([0-9a-f]{8})", shown(officer))[1]

    answer = officer.get(f"{PAGE}?v={version}", headers={"HX-Request": "true"})

    assert answer.status_code == 204


def test_anybody_may_see_a_cover(client, core, source, services):
    picture = b"\xff\xd8\xff\xe0" + b"cover" * 100
    source.files[f"cover/{pub_id(1)}"] = picture
    Mirror(core, source, cover_mb=5).pull()
    row = Publication.get(Publication.source_id == pub_id(1))
    version = services.mirror.cover(row.id).version

    with client.get(f"/catalogue/{row.id}/read/cover?v={version}") as kept:
        assert (kept.status_code, kept.mimetype, kept.data) == (200, "image/jpeg", picture)
        assert "max-age=604800" in kept.headers["Cache-Control"]
        assert kept.headers["X-Content-Type-Options"] == "nosniff"
    assert client.get("/catalogue/999999/read/cover").status_code == 404


class TestWithoutASource:
    """An office that has no key yet."""

    @pytest.fixture
    def settings(self, settings):
        return msgspec.structs.replace(settings, catalogue_source=type(settings)().catalogue_source)

    def test_the_page_says_what_to_do(self, officer):
        assert "Sumber katalog belum diatur" in shown(officer)
        assert "Perbarui sekarang" not in shown(officer)
        assert post(officer, f"{PAGE}/pull").status_code == 409
