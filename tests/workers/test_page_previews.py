"""The pictures of pages for screens: drawn by the scanner's owner, turned and cut as asked."""

from pathlib import Path

import pytest
from PIL import Image

from appliance.documents import looks
from appliance.documents.previews import VIEW_PX, PageToDraw, draw
from tests.documents_kit import STATION, drawings_of, scan


def drawn(documents, station, job_uuid):
    """The pages once all of them are drawn."""
    station.run_until(lambda: not documents.job(job_uuid).is_drawing)
    return documents.job(job_uuid).pages


def size(path: Path) -> tuple[int, int]:
    with Image.open(path) as image:
        return image.size


def test_a_kept_page_is_drawn_large_and_small(core, documents, scan_files, station, job_uuid):
    scan(documents, station, job_uuid)

    (page,) = drawn(documents, station, job_uuid)

    assert drawings_of(core, job_uuid) == {page.view_name, looks.small_view_name(page.view_name)}
    assert scan_files.large_view(job_uuid, page.uuid).name == page.view_name
    assert max(size(scan_files.small_view(job_uuid, page.uuid))) <= 424


def test_until_it_is_drawn_the_picture_as_read_stands_there(
    documents, scan_pages, scan_files, station, job_uuid
):
    scan(documents, station, job_uuid)
    (page,) = drawn(documents, station, job_uuid)

    scan_pages.turn_page(job_uuid, page.uuid, 90, by=STATION)

    assert scan_files.large_view(job_uuid, page.uuid) == scan_files.thumbnail(job_uuid, page.uuid)


def test_a_turned_page_is_drawn_again_and_the_old_drawing_goes(
    core, documents, scan_pages, scan_files, station, job_uuid
):
    scan(documents, station, job_uuid)
    (page,) = drawn(documents, station, job_uuid)
    upright = size(scan_files.large_view(job_uuid, page.uuid))

    scan_pages.turn_page(job_uuid, page.uuid, 270, by=STATION)
    (turned,) = drawn(documents, station, job_uuid)

    assert size(scan_files.large_view(job_uuid, page.uuid)) == upright[::-1]
    assert drawings_of(core, job_uuid) == {
        turned.view_name,
        looks.small_view_name(turned.view_name),
    }


def test_a_page_that_cannot_be_drawn_does_not_keep_the_screen_waiting(
    core, documents, scan_pages, scan_files, station, job_uuid
):
    scan(documents, station, job_uuid)
    (page,) = drawn(documents, station, job_uuid)
    (core.settings.scans_dir / job_uuid / f"{page.uuid}.jpg").write_bytes(b"\xff\xd8 torn")

    scan_pages.turn_page(job_uuid, page.uuid, 90, by=STATION)
    (after,) = drawn(documents, station, job_uuid)

    assert after.view_name == ""
    assert scan_files.large_view(job_uuid, page.uuid).name == f"{page.uuid}.small.jpg"


@pytest.mark.parametrize(("form", "mode"), [("JPEG", "RGB"), ("JPEG", "L"), ("TIFF", "1")])
@pytest.mark.parametrize("turned", [0, 90, 180, 270])
def test_a_page_is_shown_as_the_pdf_will_show_it(tmp_path, form, mode, turned):
    """A black page with a white corner at the top left, cut to its left half."""
    image = Image.new(mode, (1600, 2400), 0)
    image.paste({"RGB": (255,) * 3, "L": 255, "1": 1}[mode], (0, 0, 400, 400))
    path = tmp_path / "page"
    image.save(path, form, **({"compression": "group4"} if form == "TIFF" else {}))
    crop = "0,0,800,2400"
    wanted = PageToDraw(1, "page", tmp_path, path, turned, crop)

    draw(wanted, tmp_path / wanted.name)

    with Image.open(tmp_path / wanted.name) as view:
        assert max(view.size) == VIEW_PX
        assert (view.width > view.height) == (turned in (90, 270))
        right, bottom = view.width - 20, view.height - 20
        corners = {0: (20, 20), 90: (right, 20), 180: (right, bottom), 270: (20, bottom)}
        grey = view.convert("L")
        white = {turn for turn, corner in corners.items() if grey.getpixel(corner) > 200}
    assert white == {turned}
