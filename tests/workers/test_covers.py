"""A cover is the publication's own picture, else the first page, else nothing."""

import pytest

from appliance.core import Core
from appliance.errors import Unavailable
from appliance.page_images.maker import PageImageMaker
from appliance.services import Services
from appliance.storage.models import MirrorFile
from tests.hostile_pdfs import text_pdf
from tests.page_images_kit import maker, warm, with_softcopy
from tests.services.library import new_publication

__all__ = ["maker", "warm"]
PNG = b"\x89PNG\r\n\x1a\n rest"


def fetched(core: Core, publication_id: int, name: str, data: bytes) -> None:
    """A cover as the mirror keeps it."""
    (core.settings.data_dir / name).write_bytes(data)
    row = MirrorFile.insert(publication=publication_id, what="cover", path=name, sha256="0" * 64)
    core.writer.run(row.on_conflict_replace().execute)


def test_the_fetched_cover_comes_before_the_first_page(
    core: Core, services: Services, maker: PageImageMaker
) -> None:
    covers, data = services.covers, core.settings.data_dir
    book = with_softcopy(core, services, text_pdf(data / "angka.pdf", 2))
    first_page = covers.cover(book)
    fetched(core, book, "sampul.png", PNG)

    own = covers.cover(book)

    assert first_page is not None
    assert (first_page.mimetype, first_page.data[:2]) == ("image/jpeg", b"\xff\xd8")
    assert own is not None
    assert (own.mimetype, own.data) == ("image/png", PNG)
    assert covers.version(book) == own.version != first_page.version


def test_a_locked_file_or_none_makes_no_cover(
    core: Core, services: Services, maker: PageImageMaker
) -> None:
    locked = text_pdf(core.settings.data_dir / "kunci.pdf", password="rahasia")

    assert services.covers.cover(with_softcopy(core, services, locked)) is None
    assert services.covers.cover(new_publication(services).id) is None
    assert services.covers.version(new_publication(services).id) == ""


def test_a_first_page_that_nobody_can_draw_just_now_is_waited_for(
    core: Core, services: Services
) -> None:
    book = with_softcopy(core, services, text_pdf(core.settings.data_dir / "a.pdf", 1))

    with pytest.raises(Unavailable):
        services.covers.cover(book)
