"""A page encoded strip by strip is the page encoded at once, dot by dot."""

from io import BytesIO

import pytest
from PIL import Image

from hardware import page_strips
from hardware.page_strips import strips_of

WIDTH, HEIGHT = 75, 333  # neither a multiple of a block


def picture(mode: str) -> Image.Image:
    """Colours that change from dot to dot, so that a block in a wrong place is seen."""
    noise = Image.effect_noise((WIDTH, HEIGHT), 90)
    return Image.merge("RGB", [noise, noise.rotate(180), noise.transpose(0)]).convert(mode)


def encoded(image: Image.Image, raw: bytes) -> page_strips.EncodedPage:
    strips = strips_of(image.mode, image.size, resolution_dpi=200, jpeg_quality=85)
    row_bytes = len(raw) // image.height
    strip_bytes = strips.strip_rows * row_bytes
    for start in range(0, len(raw), strip_bytes):
        strips.add(memoryview(raw)[start : start + strip_bytes])
    return strips.page()


@pytest.mark.parametrize("mode", ["RGB", "L"])
@pytest.mark.parametrize("strip_bytes", [1, 20_000, 1 << 20])
def test_a_jpeg_of_strips_is_the_jpeg_of_the_whole(
    monkeypatch: pytest.MonkeyPatch, mode: str, strip_bytes: int
) -> None:
    monkeypatch.setattr(page_strips, "STRIP_BYTES", strip_bytes)
    image, at_once = picture(mode), BytesIO()
    image.save(at_once, "JPEG", quality=85)

    page = encoded(image, image.tobytes())

    with Image.open(BytesIO(page.data)) as joined, Image.open(at_once) as whole:
        assert (joined.format, joined.mode, joined.size) == ("JPEG", mode, (WIDTH, HEIGHT))
        assert joined.info["dpi"] == (200, 200)
        assert joined.tobytes() == whole.tobytes()
    assert (page.width_px, page.height_px, page.is_bilevel) == (WIDTH, HEIGHT, False)


@pytest.mark.parametrize("strip_bytes", [1, 1 << 20])
def test_black_and_white_comes_back_to_the_last_dot(
    monkeypatch: pytest.MonkeyPatch, strip_bytes: int
) -> None:
    monkeypatch.setattr(page_strips, "STRIP_BYTES", strip_bytes)
    image = picture("1")

    page = encoded(image, image.tobytes("raw", "1;I"))

    with Image.open(BytesIO(page.data)) as read:
        assert (read.format, read.mode, read.size) == ("TIFF", "1", (WIDTH, HEIGHT))
        assert read.info["compression"] == "group4"
        assert read.tobytes() == image.tobytes()
    assert page.is_bilevel
