"""Covers and PDFs of the source: fetched by what is wanted, resumed, checked, given up again."""

import hashlib
import shutil
from types import SimpleNamespace

import pytest

from appliance.catalogue.softcopy import softcopy_of
from appliance.errors import NotFound
from appliance.mirror import download
from appliance.mirror.shelf import on_disk, used_bytes
from appliance.mirror.trouble import SourceTrouble, Stopped, Trouble
from appliance.page_images.tally import Counts
from appliance.storage.models import MirrorFile, Publication
from tests.mirror_kit import Mirror, numbered
from tests.services.library import OFFICER, new_visit
from tests.webapi_server import (
    cut_after,
    html,
    pub_id,
    publication,
    running,
    status,
)

PDF = b"%PDF-1.7\n" + bytes(range(256)) * 4000 + b"\n%%EOF\n"
COVER = b"\xff\xd8\xff\xe0" + b"cover" * 100


@pytest.fixture
def source():
    with running() as server:
        yield server


@pytest.fixture(autouse=True)
def small_steps(monkeypatch):
    monkeypatch.setattr(download, "SAFE_EVERY_BYTES", 64 << 10)


def mirror(core, source, **changes):
    return Mirror(core, source, models=("publication",), **{"pdf_mb": 50, **changes})


def offer(source, count, size=None):
    """So many publications with a PDF each, of `size` as the list tells it."""
    told = {} if size is None else {"size": size}
    source.put("publication", [publication(n, **told) for n in range(1, count + 1)])
    for number in range(1, count + 1):
        source.files[f"pdf/{pub_id(number)}"] = PDF + str(number).encode()


def row_of(number):
    return Publication.get(Publication.source_id == pub_id(number))


def file_of(number, what="pdf"):
    return MirrorFile.get(MirrorFile.publication == row_of(number).id, MirrorFile.what == what)


def test_a_pdf_and_a_cover_come_and_readers_have_them(core, source):
    offer(source, 1)
    source.files[f"cover/{pub_id(1)}"] = COVER

    mirror(core, source, cover_mb=1).pull()

    found = softcopy_of(core.settings.data_dir, row_of(1).id)
    kept = file_of(1)
    assert found.path.read_bytes() == PDF + b"1"
    assert kept.sha256 == hashlib.sha256(PDF + b"1").hexdigest()
    assert found.path.stat().st_mode & 0o777 == 0o600
    assert (core.settings.data_dir / file_of(1, "cover").path).read_bytes() == COVER


def test_the_link_is_read_anew_for_every_file(core, source):
    offer(source, 3)

    mirror(core, source).pull()

    fetched = [path.partition("?")[0] for path in source.asked if path.startswith("/pdf/")]
    assert sorted(fetched) == sorted(f"/pdf/{pub_id(n)}" for n in (1, 2, 3))
    assert all(file_of(n).path for n in (1, 2, 3))


def faults_before_pdf(source, *faults):
    """Let the next requests for a PDF go wrong, and no other."""
    waiting = list(faults)

    def before(server, path):
        server.faults.clear()
        if path.startswith("/pdf/") and waiting:
            server.faults.append(waiting.pop(0))

    source.before = before


def test_a_cut_pdf_goes_on_where_it_was_cut(core, source):
    offer(source, 1)
    faults_before_pdf(source, cut_after(300_000), cut_after(300_000))

    mirror(core, source).pull()

    assert source.ranges == ["bytes=300000-", "bytes=600000-"]
    assert file_of(1).sha256 == hashlib.sha256(PDF + b"1").hexdigest()


def test_another_process_goes_on_with_the_part_on_the_disk(core, source):
    offer(source, 1)
    first = mirror(core, source)

    def stop(server, path):
        server.faults.clear()
        if path.startswith("/pdf/"):
            server.faults.append(cut_after(300_000))
            first.api.abort() if server.ranges else None

    source.before = stop
    with pytest.raises(Stopped):
        first.pull()
    assert file_of(1).path is None
    assert file_of(1).part_bytes >= 300_000

    source.before = None
    source.ranges.clear()
    mirror(core, source).pull()

    assert source.ranges[0] >= "bytes=300000-"
    assert file_of(1).sha256 == hashlib.sha256(PDF + b"1").hexdigest()


def test_what_may_not_have_reached_the_disk_is_fetched_again(core, source):
    offer(source, 1)
    faults_before_pdf(source, cut_after(300_000), status(404))
    mirror(core, source).pull()
    part = core.settings.data_dir / "mirror" / "part" / f"{row_of(1).id}.pdf"
    with part.open("ab") as file:
        file.write(b"\0" * 5000)  # as a file system may show after a power cut
    source.before = None
    source.asked.clear()
    source.ranges.clear()
    core.clock.advance(4000)

    mirror(core, source).pull()

    assert source.ranges == ["bytes=300000-"]
    assert len([path for path in source.asked if path.startswith("/pdf/")]) == 1
    assert file_of(1).sha256 == hashlib.sha256(PDF + b"1").hexdigest()


def test_another_file_behind_the_link_begins_anew(core, source):
    offer(source, 1)
    other = PDF[:400_000] + b"another edition" + PDF

    def change(server, path):
        if path.startswith("/pdf/"):
            is_first = not any(one.startswith("/pdf/") for one in server.asked)
            server.faults.extend([cut_after(300_000)] if is_first else [])
            server.files[f"pdf/{pub_id(1)}"] = PDF + b"1" if is_first else other

    source.before = change
    mirror(core, source).pull()

    assert source.ranges == []
    assert file_of(1).sha256 == hashlib.sha256(other).hexdigest()


@pytest.mark.parametrize(
    "told",
    [
        "bytes 0-9/10",
        "bytes 300000-999999/1000000",
        f"bytes 300000-999999/{'9' * 5000}",
        "nonsense",
    ],
)
def test_the_rest_of_something_else_is_not_put_behind_the_part(core, source, told):
    offer(source, 1)

    def other_rest(handler, content):
        handler.say(206, b"x" * 10, Content_Range=told)

    faults_before_pdf(source, cut_after(300_000), other_rest)
    mirror(core, source).pull()

    assert file_of(1).sha256 == hashlib.sha256(PDF + b"1").hexdigest()
    assert source.ranges == ["bytes=300000-"], "and then all of it"


def test_without_a_tag_a_cut_file_begins_anew(core, source):
    source.tags = False
    offer(source, 1)
    faults_before_pdf(source, cut_after(300_000))
    mirror(core, source).pull()
    assert file_of(1).problem == "cut"
    core.clock.advance(4000)

    mirror(core, source).pull()

    assert source.ranges == []
    assert file_of(1).sha256 == hashlib.sha256(PDF + b"1").hexdigest()


def test_a_page_for_people_is_no_pdf_and_is_tried_again_later(core, source):
    offer(source, 1)
    faults_before_pdf(source, html)
    mirror(core, source).pull()
    assert (file_of(1).problem, row_of(1).softcopy_path) == ("not_pdf", None)
    before = len(source.asked)
    mirror(core, source).pull()
    assert len(source.asked) == before
    core.clock.advance(4000)

    mirror(core, source).pull()

    assert file_of(1).problem is None
    assert row_of(1).softcopy_path


def test_a_source_that_is_gone_ends_the_pull_and_costs_the_file_no_try(core, source):
    offer(source, 1)
    faults_before_pdf(source, status(429))
    pulling = mirror(core, source)

    with pytest.raises(SourceTrouble) as caught:
        pulling.pull()
    pulling.pull()

    assert caught.value.trouble is Trouble.BUSY
    assert row_of(1).softcopy_path


def test_a_changed_record_has_its_pdf_fetched_again(core, source):
    offer(source, 1)
    mirror(core, source).pull()

    source.put("publication", [publication(1, updt_date="2025-01-01")])
    source.files[f"pdf/{pub_id(1)}"] = PDF + b"revised"
    mirror(core, source).again()

    assert file_of(1).sha256 == hashlib.sha256(PDF + b"revised").hexdigest()


# What is kept ---------------------------------------------------------------------------------


def kept():
    rows = Publication.select().where(Publication.softcopy_path.is_null(False))
    return {row.source_id for row in rows}


def test_the_budget_holds_the_newest_then_the_used_then_the_pinned(core, source, services):
    offer(source, 8, size="1.03 MB")
    mirror(core, source, pdf_mb=3).pull()
    assert len(kept()) == 2
    assert used_bytes(on_disk("pdf")) <= 3_000_000

    used = next(n for n in range(1, 9) if pub_id(n) not in kept())
    services.reading.note(new_visit(core, services).id, by=OFFICER, publication_id=row_of(used).id)
    mirror(core, source, pdf_mb=3).pull()
    assert pub_id(used) in kept()

    on_screen = next(n for n in range(1, 9) if pub_id(n) not in kept())
    services.reading_tally.add(row_of(on_screen).id, Counts(opened=2))
    mirror(core, source, pdf_mb=3).pull()
    assert {pub_id(used), pub_id(on_screen)} == kept()

    pinned = [pub_id(n) for n in range(1, 9) if pub_id(n) not in kept()][:2]
    mirror(core, source, pdf_mb=3, pinned=tuple(pinned)).pull()
    assert kept() == set(pinned)
    assert used_bytes(on_disk("pdf")) <= 3_000_000
    files = list((core.settings.data_dir / "mirror" / "pdf").iterdir())
    assert len(files) == 2


def test_a_size_that_was_told_wrong_does_not_break_the_budget(core, source):
    offer(source, 3, size="0.01 MB")

    mirror(core, source, pdf_mb=2).pull()

    assert len(kept()) == 1
    assert used_bytes(on_disk("pdf")) <= 2_000_000
    assert {row.problem for row in MirrorFile.select()} == {None, "no_room"}


def test_a_full_disk_is_left_its_reserve(core, source, monkeypatch):
    offer(source, 2)
    usage = SimpleNamespace(total=10 << 30, free=300 << 20)
    monkeypatch.setattr(shutil, "disk_usage", lambda _: usage)

    mirror(core, source).pull()

    assert kept() == set()
    assert {row.problem for row in MirrorFile.select()} == {"disk_full"}


def test_a_softcopy_that_the_office_put_there_is_left_alone(core, source):
    source.put("publication", numbered(1))
    mirror(core, source, pdf_mb=0).pull()
    own = core.settings.data_dir / "softcopies" / "own.pdf"
    own.parent.mkdir()
    own.write_bytes(b"%PDF-own")
    Publication.update(softcopy_path="softcopies/own.pdf").execute()
    source.files[f"pdf/{pub_id(1)}"] = PDF

    mirror(core, source).pull()

    assert row_of(1).softcopy_path == "softcopies/own.pdf"
    assert not [path for path in source.asked if path.startswith("/pdf/")]


def test_files_without_a_row_and_rows_without_a_file_are_put_right(core, source):
    offer(source, 1)
    mirror(core, source).pull()
    folder = core.settings.data_dir / "mirror"
    (folder / "pdf" / "999.pdf").write_bytes(PDF)
    (folder / "part" / "999.pdf").write_bytes(PDF[:1000])
    (folder / "pdf" / f"{row_of(1).id}.pdf").unlink()
    with pytest.raises(NotFound):
        softcopy_of(core.settings.data_dir, row_of(1).id)

    mirror(core, source).pull()

    assert [path.name for path in (folder / "pdf").iterdir()] == [f"{row_of(1).id}.pdf"]
    assert list((folder / "part").iterdir()) == []
    assert softcopy_of(core.settings.data_dir, row_of(1).id).size_bytes == len(PDF) + 1
