"""What a picture of a PDF page may be: its sizes, its limits, and what can be wrong with it."""

from collections.abc import Mapping
from enum import StrEnum

from appliance.errors import N_

MAX_PAGES = 5000  # a yearbook has 500; more is no publication of ours
MAX_PIXELS = 40_000_000
TALLEST = 4  # heights of a page in widths: a longer one is drawn narrower


class Size(StrEnum):
    """For which screen a page is drawn."""

    PHONE = "phone"
    DESKTOP = "desktop"
    LARGE = "large"  # for a page that is enlarged
    COVER = "cover"


WIDTH_PX: Mapping[Size, int] = {
    Size.PHONE: 720,
    Size.DESKTOP: 1400,
    Size.LARGE: 2100,
    Size.COVER: 360,
}


# How wide a page is shown, in hundredths of the screen.
ZOOMS = (100, 150, 200, 300)


class Format(StrEnum):
    """How the picture is stored; the value is the end of its name."""

    WEBP = "webp"
    JPEG = "jpg"


class Problem(StrEnum):
    """Why a publication, or one page of it, cannot be shown."""

    MISSING = "missing"
    ENCRYPTED = "encrypted"
    DAMAGED = "damaged"
    TOO_LONG = "too_long"
    TOO_HEAVY = "too_heavy"
    GIVEN_UP = "given_up"
    NO_SUCH_PAGE = "no_such_page"
    NO_ROOM = "no_room"


SENTENCES: Mapping[Problem, str] = {
    Problem.MISSING: N_("Berkas publikasi ini belum ada di peranti. Petugas dapat mencarikannya."),
    Problem.ENCRYPTED: N_("Berkas publikasi ini terkunci sandi. Minta petugas menggantinya."),
    Problem.DAMAGED: N_("Berkas publikasi ini rusak. Minta petugas menggantinya."),
    Problem.TOO_LONG: N_("Berkas publikasi ini terlalu panjang untuk dibaca di sini."),
    Problem.TOO_HEAVY: N_("Halaman ini terlalu berat untuk ditampilkan. Halaman lain bisa dibaca."),
    Problem.GIVEN_UP: N_("Berkas publikasi ini tidak dapat ditampilkan. Minta bantuan petugas."),
    Problem.NO_SUCH_PAGE: N_("Halaman itu tidak ada di publikasi ini."),
    Problem.NO_ROOM: N_("Penyimpanan penuh, jadi halaman belum bisa disiapkan. Hubungi petugas."),
}
# What stays true as long as the file stays the same.
LASTING = frozenset({Problem.ENCRYPTED, Problem.DAMAGED, Problem.TOO_LONG})


def scale(width_pt: float, height_pt: float, width_px: int) -> float:
    """Pixels a point, so that the page gets this width, or its tallest height, or all it may.

    Raises ValueError for a page without an area.
    """
    if not (width_pt > 0 and height_pt > 0):  # says no to NaN as well
        raise ValueError("a page without an area")
    fitting = min(width_px / width_pt, width_px * TALLEST / height_pt)
    largest: float = (MAX_PIXELS / (width_pt * height_pt)) ** 0.5
    return min(fitting, largest)


def image_name(page: int, size: Size, format: Format) -> str:
    """The name of a page's picture, in its publication's folder as in its address."""
    return f"{page}-{size}.{format}"


def nearest_page(wanted: int, pages: int) -> int:
    """The page that exists nearest to the one asked for."""
    return min(max(wanted, 1), max(pages, 1))


def nearest_zoom(wanted: int) -> int:
    """The step that is nearest to the one asked for."""
    return min(ZOOMS, key=lambda step: abs(step - wanted))


def is_whole(data: bytes, format: Format) -> bool:
    """Tell whether a picture was written to its end; a power cut may leave a part of it."""
    if format is Format.WEBP:
        return data[:4] == b"RIFF" and int.from_bytes(data[4:8], "little") + 8 == len(data)
    return data[:2] == b"\xff\xd8" and data[-2:] == b"\xff\xd9"
