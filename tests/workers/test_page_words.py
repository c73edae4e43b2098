"""The words of pages are read by a real child, kept, and found again without it."""

import pytest

from appliance.core import Core
from appliance.errors import Unavailable
from appliance.page_images import finding, shelf
from appliance.page_images import maker as maker_module
from appliance.page_images.finding import BookSearch
from appliance.page_images.maker import PageImageMaker
from appliance.page_images.rules import Format, Problem, Size
from appliance.page_images.words import BOX_SIDE, PAGES_A_PART
from appliance.services import Services
from tests.hostile_pdfs import text_pdf, worded_pdf
from tests.page_images_kit import maker, warm, with_softcopy

__all__ = ["maker", "warm"]


@pytest.fixture
def search(services: Services) -> BookSearch:
    return services.book_search


def book_of(core: Core, services: Services, pages: list[str], **more: object) -> int:
    path = worded_pdf(core.settings.data_dir / "kata.pdf", pages, **more)
    return with_softcopy(core, services, path)


def test_what_was_read_once_is_found_without_the_documents_process(
    core: Core, services: Services, maker: PageImageMaker, search: BookSearch
) -> None:
    pages = ["luas panen padi"] * PAGES_A_PART + ["", "produksi padi sawah"]
    book = book_of(core, services, pages)

    first = search.find(book, "padi sawah")
    maker.close()
    again = search.find(book, "PADI sawah")

    assert [(hit.page, hit.snippet.found) for hit in first.hits] == [(22, "padi sawah")]
    assert again.hits == first.hits
    assert first.is_complete
    assert first.silent_pages == 1
    assert search.find(book, "padi").hit_pages == PAGES_A_PART + 1


def test_a_search_ends_in_time_and_goes_on_when_asked_again(
    core: Core, services: Services, maker: PageImageMaker, search: BookSearch
) -> None:
    book = book_of(core, services, ["inflasi"] * (PAGES_A_PART + 5))

    first = search.find(book, "inflasi", read_for_s=0)
    second = search.find(book, "inflasi", read_for_s=60)

    assert (first.read_pages, first.is_complete) == (PAGES_A_PART, False)
    assert (second.hit_pages, second.is_complete) == (PAGES_A_PART + 5, True)


def test_what_cannot_be_read_just_now_is_said_beside_what_was(
    core: Core, services: Services, maker: PageImageMaker, search: BookSearch
) -> None:
    book = book_of(core, services, ["inflasi"] * (PAGES_A_PART + 5))
    search.find(book, "inflasi", read_for_s=0)
    maker.close()

    found = search.find(book, "inflasi")

    assert (found.hit_pages, found.is_held_up) == (PAGES_A_PART, True)
    (core.settings.data_dir / shelf.FOLDER).rename(core.settings.data_dir / "away")
    with pytest.raises(Unavailable):
        search.find(book, "inflasi")


def test_marks_lie_where_the_words_are_seen_on_turned_pages_too(
    core: Core, services: Services, maker: PageImageMaker, search: BookSearch
) -> None:
    upright = services.page_images.book(book_of(core, services, ["Pasaman"]))
    search.find(upright.publication_id, "pasaman")
    ((left, top, right, bottom),) = search.marks(upright, 1, "pasaman").boxes
    assert left < 0.2 * BOX_SIDE
    assert right - left > bottom - top
    assert bottom < 0.15 * BOX_SIDE

    turned = services.page_images.book(book_of(core, services, ["Pasaman"], turned=90))
    search.find(turned.publication_id, "pasaman")
    ((left, top, right, bottom),) = search.marks(turned, 1, "pasaman").boxes
    assert (turned.width, turned.height) == (842, 595)
    assert left > 0.85 * BOX_SIDE
    assert bottom - top > right - left
    assert top < 0.2 * BOX_SIDE


def test_pages_whose_words_end_the_child_are_passed_over_and_drawn_all_the_same(
    core: Core,
    services: Services,
    maker: PageImageMaker,
    search: BookSearch,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    book = book_of(core, services, ["padi"])
    services.page_images.book(book)
    with monkeypatch.context() as patch:
        patch.setattr(maker_module, "WORDS_PATIENCE_S", 1e-9)
        found = search.find(book, "padi")
        maker.answer({"publication_id": book, "softcopy": "kata.pdf", "words_part": 2})

    assert (found.is_complete, found.unread_pages, found.hits) == (True, 1, ())
    assert services.page_images.image(book, 1, Size.PHONE, Format.WEBP).data


def test_a_file_is_described_with_its_printed_numbers_and_odd_pages(
    core: Core, services: Services, maker: PageImageMaker
) -> None:
    labels = [{"startpage": 0, "style": "r", "firstpagenum": 1}]
    book = services.page_images.book(book_of(core, services, ["a", "b"], labels=labels))

    assert book.labels == ("i", "ii")
    assert (book.label(2), book.page_of("II"), book.page_of("2"), book.page_of("x")) == (
        "ii",
        2,
        2,
        None,
    )
    assert book.size(2) == (595, 842)


def test_nonsense_parts_are_no_pages(core: Core, services: Services, maker: PageImageMaker) -> None:
    path = text_pdf(core.settings.data_dir / "a.pdf", 1)
    wish = {"publication_id": with_softcopy(core, services, path), "softcopy": "a.pdf"}

    for part in (-1, 999_999):
        assert maker.answer(wish | {"words_part": part}) == {"problem": Problem.NO_SUCH_PAGE}


def test_half_a_file_of_words_is_read_again(
    core: Core, services: Services, maker: PageImageMaker, search: BookSearch
) -> None:
    book = book_of(core, services, ["padi sawah"])
    whole = search.find(book, "padi")
    (path,) = core.settings.data_dir.rglob("*.words")
    path.write_bytes(path.read_bytes()[:-3])

    assert search.find(book, "padi") == whole


def test_who_searches_while_others_do_waits_only_a_moment(
    core: Core,
    services: Services,
    maker: PageImageMaker,
    search: BookSearch,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    book = book_of(core, services, ["padi"])
    monkeypatch.setattr(finding, "TURN_S", 0.01)
    with search._looking, pytest.raises(Unavailable, match="lain sedang berjalan"):
        search.find(book, "padi")

    assert search.find(book, "padi").hit_pages == 1


def test_from_one_find_a_reader_goes_on_to_the_next(
    core: Core, services: Services, maker: PageImageMaker, search: BookSearch
) -> None:
    pages = ["padi sawah", "sawah", "", "sawah dan padi", *[""] * PAGES_A_PART, "padi sawah"]
    book = services.page_images.book(book_of(core, services, pages))
    before = search.marks(book, 1, "padi sawah")
    search.find(book.publication_id, "padi sawah")

    found = {page: search.marks(book, page, "padi sawah") for page in (1, 2, 4, len(pages))}

    assert before.boxes == ()
    assert [len(marks.boxes) for marks in found.values()] == [2, 0, 2, 2]
    assert (found[1].before, found[1].after) == (None, len(pages))
    assert (found[4].before, found[4].after) == (1, len(pages))
    assert (found[len(pages)].before, found[len(pages)].after) == (1, None)
