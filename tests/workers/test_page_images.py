"""Pictures of pages are made once, kept within a budget, and told from what cannot be made."""

import os
import shutil
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from appliance.catalogue.softcopy import Softcopy
from appliance.core import Core
from appliance.errors import NotFound, Unavailable
from appliance.page_images import service
from appliance.page_images.cache import ImageCache
from appliance.page_images.maker import PageImageMaker
from appliance.page_images.rules import Format, Problem, Size, is_whole
from appliance.page_images.service import PageImageService, PageProblem
from appliance.services import Services
from appliance.storage.models import Publication
from tests.hostile_pdfs import text_pdf
from tests.page_images_kit import maker, warm, with_softcopy
from tests.services.library import new_publication

__all__ = ["maker", "warm"]
PHONE = (Size.PHONE, Format.WEBP)


@pytest.fixture
def reading(services: Services) -> PageImageService:
    return services.page_images


@pytest.fixture
def book(core: Core, services: Services) -> int:
    """A publication of three pages."""
    return with_softcopy(core, services, text_pdf(core.settings.data_dir / "angka.pdf", 3))


def pictures(core: Core) -> set[str]:
    return {path.name for path in (core.settings.data_dir / "page-images").rglob("*.webp")}


def a_file(folder: Path, name: str, kilobytes: int, age_s: int) -> Path:
    path = folder / name
    path.write_bytes(bytes(kilobytes * 1024))
    os.utime(path, (1e9 - age_s, 1e9 - age_s))
    return path


def test_a_page_is_made_once_and_then_needs_nobody(
    core: Core, maker: PageImageMaker, reading: PageImageService, book: int
) -> None:
    found = reading.book(book)
    first = reading.image(book, 2, *PHONE)

    maker.close()

    assert (found.pages, found.width, found.height) == (3, 595, 842)
    assert is_whole(first.data, Format.WEBP)
    assert reading.book(book) == found
    assert reading.image(book, 2, *PHONE) == first
    assert pictures(core) == {"2-phone.webp"}


def test_who_asks_at_the_same_time_gets_the_same_picture(
    core: Core, maker: PageImageMaker, reading: PageImageService, book: int
) -> None:
    reading.image(book, 1, *PHONE)
    (made,) = (core.settings.data_dir / "page-images").rglob("*.webp")
    was = made.stat().st_ino
    wish = {"publication_id": book, "softcopy": "angka.pdf", "page": 1}

    assert maker.answer(wish) == {"problem": None}

    assert made.stat().st_ino == was


def test_without_the_documents_process_a_new_page_has_to_wait(
    reading: PageImageService, book: int
) -> None:
    with pytest.raises(Unavailable, match="sedang tidak berjalan"):
        reading.book(book)
    with pytest.raises(Unavailable, match="sedang tidak berjalan"):
        reading.image(book, 1, *PHONE)


def test_only_some_of_webs_threads_wait_for_pages(
    maker: PageImageMaker,
    reading: PageImageService,
    book: int,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    kept = reading.image(book, 1, *PHONE)
    monkeypatch.setattr(service, "TURN_S", 600)
    for _ in range(service.MOST_WAITING + service.MOST_IN_LINE):
        reading._places.acquire()

    with pytest.raises(Unavailable, match="masih disiapkan"):
        reading.image(book, 2, *PHONE)

    assert reading.image(book, 1, *PHONE) == kept  # what is there needs nobody's turn


def test_many_who_want_the_same_page_wait_for_one_picture(
    maker: PageImageMaker,
    reading: PageImageService,
    book: int,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(service, "TURN_S", 60)
    for _ in range(service.MOST_WAITING):
        reading._turns.acquire()
    with ThreadPoolExecutor(20) as phones:
        found = [phones.submit(reading.image, book, 1, *PHONE) for _ in range(20)]
        reading._turns.release()

        assert len({one.result(60) for one in found}) == 1
    assert reading._being_made == {}


def test_another_file_is_another_book(
    core: Core, maker: PageImageMaker, reading: PageImageService, book: int
) -> None:
    before = reading.book(book)
    reading.image(book, 3, *PHONE)

    text_pdf(core.settings.data_dir / "baru.pdf", 2).replace(core.settings.data_dir / "angka.pdf")
    after = reading.book(book)

    assert after.pages == 2
    assert after.version != before.version
    with pytest.raises(PageProblem, match="tidak ada di publikasi"):
        reading.image(book, 3, *PHONE)
    assert pictures(core) == set()


def test_half_a_picture_is_made_again(
    core: Core, maker: PageImageMaker, reading: PageImageService, book: int
) -> None:
    whole = reading.image(book, 1, *PHONE)
    (path,) = (core.settings.data_dir / "page-images").rglob("*.webp")
    path.write_bytes(whole.data[:-100])

    assert reading.image(book, 1, *PHONE) == whole


def test_what_cannot_be_read_is_said(
    core: Core, services: Services, maker: PageImageMaker, reading: PageImageService
) -> None:
    data = core.settings.data_dir
    locked = with_softcopy(core, services, text_pdf(data / "kunci.pdf", password="rahasia"))
    damaged = with_softcopy(core, services, data / "rusak.pdf")
    (data / "rusak.pdf").write_bytes(b"%PDF-1.7\nbukan")
    missing = with_softcopy(core, services, data / "hilang.pdf")
    outside = with_softcopy(core, services, Path("luar.pdf"))
    text_pdf(data.parent / "luar.pdf", 1)
    row = Publication.update(softcopy_path="../luar.pdf").where(Publication.id == outside)
    core.writer.run(row.execute)
    none = new_publication(services, title="Tanpa softcopy").id

    problems = {}
    for number in (locked, damaged):
        with pytest.raises(PageProblem) as caught:
            reading.book(number)
        problems[number] = caught.value.problem

    assert problems == {locked: Problem.ENCRYPTED, damaged: Problem.DAMAGED}
    for number in (missing, outside, none, 999):
        with pytest.raises(NotFound, match="belum ada di ruang baca"):
            reading.book(number)


def test_a_withdrawn_publication_is_not_read(
    core: Core, services: Services, maker: PageImageMaker, reading: PageImageService, book: int
) -> None:
    core.writer.run(Publication.update(withdrawn_at=core.clock.now()).execute)

    with pytest.raises(NotFound, match="ditarik"):
        reading.image(book, 1, *PHONE)


def test_the_oldest_used_go_when_the_budget_is_used_up(tmp_path: Path) -> None:
    cache = ImageCache(tmp_path / "images", 400 * 1024)
    one = cache.folder(Softcopy(1, tmp_path / "a.pdf", "aa", 1))
    two = cache.folder(Softcopy(2, tmp_path / "b.pdf", "bb", 1))
    a_file(one, "1-phone.webp", 100, age_s=300)
    a_file(two, "1-phone.webp", 100, age_s=200)
    a_file(two, "2-phone.webp", 100, age_s=400)
    cache.added(a_file(two, "3-phone.webp", 90, age_s=10))
    assert len(list(tmp_path.rglob("*.webp"))) == 4

    cache.added(a_file(two, "4-phone.webp", 90, age_s=0))

    left = {path.relative_to(tmp_path / "images").as_posix() for path in tmp_path.rglob("*.webp")}
    assert left == {"2-bb/1-phone.webp", "2-bb/3-phone.webp", "2-bb/4-phone.webp"}
    assert not one.exists()


def test_a_disk_at_its_reserve_takes_no_pictures(
    core: Core,
    maker: PageImageMaker,
    reading: PageImageService,
    book: int,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    reading.image(book, 1, *PHONE)
    full = shutil.disk_usage("/")._replace(total=64 << 30, free=1 << 20)
    monkeypatch.setattr(shutil, "disk_usage", lambda folder: full)

    with pytest.raises(PageProblem, match="Penyimpanan penuh"):
        reading.image(book, 2, *PHONE)

    assert pictures(core) == set()  # what can be made again made room first


@pytest.mark.parametrize("question", [{}, {"publication_id": 1, "softcopy": "a", "size": "wall"}])
def test_nonsense_over_the_socket_is_no_answer(
    maker: PageImageMaker, question: dict[str, object]
) -> None:
    with pytest.raises(ValueError, match=r"missing|Invalid"):
        maker.answer(question)
