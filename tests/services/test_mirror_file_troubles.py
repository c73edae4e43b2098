"""Files of the source that go wrong, and what holds up the others: nothing."""

import contextlib
from urllib.parse import urlsplit

import pytest

from appliance.mirror.client import WebApi
from appliance.mirror.trouble import SourceTrouble, Trouble
from appliance.page_images.tally import Counts
from appliance.source_settings import CatalogueSource
from appliance.storage.models import MirrorFile, Publication
from tests.mirror_kit import Mirror
from tests.webapi_server import KEY, edited, no_answer, pub_id, publication, running, status

PDF = b"%PDF-1.7\n" + bytes(range(256)) * 4000 + b"\n%%EOF\n"


@pytest.fixture
def source():
    with running() as server:
        yield server


def mirror(core, source, **changes):
    return Mirror(core, source, models=("publication",), **{"pdf_mb": 50, **changes})


def offer(source, count, **told):
    source.put("publication", [publication(n, **told) for n in range(1, count + 1)])
    for number in range(1, count + 1):
        source.files[f"pdf/{pub_id(number)}"] = PDF + str(number).encode()


def row_of(number):
    return Publication.get(Publication.source_id == pub_id(number))


def file_of(number):
    return MirrorFile.get(MirrorFile.publication == row_of(number).id, MirrorFile.what == "pdf")


def kept():
    rows = Publication.select().where(Publication.softcopy_path.is_null(False))
    return {row.source_id for row in rows}


@pytest.mark.parametrize(
    "url",
    [
        "https://evil.example/x.pdf",
        "https://bps.go.id.evil.example/x.pdf",
        "https://xbps.go.id/x.pdf",
        "http://contohkab.bps.go.id/x.pdf",
        "https://user@contohkab.bps.go.id/x.pdf",
        f"https://contohkab.bps.go.id/x.pdf?key={KEY}",
        "file:///etc/passwd",
        "https://127.0.0.1/x.pdf",
    ],
)
def test_a_link_to_elsewhere_is_not_followed(url):
    api = WebApi(CatalogueSource(), KEY, pace=lambda: None)

    assert api._may_fetch(urlsplit("https://contohkab.bps.go.id/publication/x.pdf"))
    assert not api._may_fetch(urlsplit(url))
    with pytest.raises(SourceTrouble) as caught, api.file(url):
        pass
    assert caught.value.trouble is Trouble.REDIRECTED


def test_a_link_as_browsers_take_it_is_followed(core, source):
    offer(source, 1)

    def spaced(server, path):
        server.faults.clear()
        if "/view/" in path:
            change = edited(
                lambda answer: answer["data"].update(pdf=f" {answer['data']['pdf']}&n=Ä b")
            )
            server.faults.append(change)

    source.before = spaced
    mirror(core, source).pull()

    assert row_of(1).softcopy_path


@pytest.mark.parametrize(
    "link",
    ["http://127.0.0.1:1/gone.pdf", "http://127.0.0.1:port/x.pdf", "http://[", "401"],
    ids=["no such host", "no such port", "no address", "no entry"],
)
def test_one_file_that_cannot_be_had_holds_up_nothing_for_ever(core, source, link, monkeypatch):
    monkeypatch.setattr(WebApi, "_may_fetch", lambda api, place: True)
    offer(source, 3)

    def lead_astray(server, path):
        server.faults.clear()
        if "/view/" in path and pub_id(2) in path and link != "401":
            server.faults.append(edited(lambda answer: answer["data"].update(pdf=link)))
        elif path.startswith(f"/pdf/{pub_id(2)}") and link == "401":
            server.faults.append(status(401))

    source.before = lead_astray
    pulling = mirror(core, source)
    for _ in range(2):
        with contextlib.suppress(SourceTrouble):
            pulling.pull()

    assert kept() == {pub_id(1), pub_id(3)}
    assert file_of(2).next_at is not None
    assert pulling.pull() == [], "and it is left alone for a while"


def test_a_file_that_never_comes_does_not_hold_up_the_others(core, source):
    offer(source, 2)
    waiting = [no_answer]

    def before(server, path):
        server.faults.clear()
        if path.startswith("/pdf/") and waiting:
            server.faults.append(waiting.pop())

    source.before = before

    mirror(core, source).pull()

    assert len(kept()) == 1


def test_a_script_that_opens_pages_all_day_pushes_out_nothing_that_is_read(core, source, services):
    offer(source, 2, size="1.03 MB")
    mirror(core, source, pdf_mb=0).pull()
    for day in range(2):
        core.clock.advance(day * 24 * 3600)
        services.reading_tally.add(row_of(2).id, Counts(opened=15))
        services.reading_tally.keep()
    services.reading_tally.add(row_of(1).id, Counts(opened=5000))
    services.reading_tally.keep()

    mirror(core, source, pdf_mb=2).pull()

    assert kept() == {pub_id(2)}
