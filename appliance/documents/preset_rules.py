"""What the big buttons of the station may ask of a scanner, and the six as shipped."""

from dataclasses import dataclass, fields

from appliance.documents.rules import DUPLEX, FEEDER, FLATBED
from appliance.errors import N_

SOURCES = (FLATBED, FEEDER, DUPLEX)
MODES = ("Color", "Gray", "Lineart")
RESOLUTIONS_DPI = (100, 150, 200, 300, 400, 600)
NOT_LISTED = N_("Pilih salah satu dari daftar.")


@dataclass(frozen=True, slots=True)
class Paper:
    """A size of paper as people name it, upright."""

    code: str
    label: str
    width_mm: float
    height_mm: float


PAPERS = {
    paper.code: paper
    for paper in (
        Paper("a4", "A4", 210.0, 297.0),
        Paper("f4", "F4", 215.0, 330.0),
        Paper("a5", "A5", 148.0, 210.0),
        Paper("book", "17,6 × 25 cm", 176.0, 250.0),  # what most BPS books are printed on
        Paper("photo", "15 × 20 cm", 150.0, 200.0),
    )
}
MODE_HINTS = {
    "Color": ("warna", "colour"),
    "Gray": ("hitam, putih, abu-abu", "black, white, grey"),
    "Lineart": ("hitam putih saja", "black and white only"),
}
SOURCE_HINTS = {
    FLATBED: ("", ""),
    FEEDER: ("setumpuk kertas", "a stack of paper"),
    DUPLEX: ("setumpuk, dua sisi", "a stack, both sides"),
}


@dataclass(frozen=True, slots=True)
class Preset:
    """One big button: what it is called and what it asks of the scanner.

    `mode` is one of MODES, `source` of SOURCES; the scanner's owner spells them as it does.
    """

    code: str
    label_id: str
    label_en: str
    resolution_dpi: int
    mode: str
    source: str = FLATBED
    paper: str = "a4"
    is_shown: bool = True

    @property
    def width_mm(self) -> float:
        return PAPERS[self.paper].width_mm

    @property
    def height_mm(self) -> float:
        return PAPERS[self.paper].height_mm

    @property
    def hint_id(self) -> str:
        """The small line under the label, in Indonesian."""
        return self._hint(0)

    @property
    def hint_en(self) -> str:
        """The small line under the label, in English."""
        return self._hint(1).replace("17,6", "17.6")

    def _hint(self, language: int) -> str:
        parts = (
            PAPERS[self.paper].label,
            MODE_HINTS[self.mode][language],
            f"{self.resolution_dpi} dpi",
            SOURCE_HINTS[self.source][language],
        )
        return " · ".join(filter(None, parts))


NAMES = tuple(field.name for field in fields(Preset))
PRESETS = (
    Preset("document", "Dokumen hitam putih", "Black and white document", 300, "Gray"),
    Preset("colour", "Dokumen warna", "Colour document", 300, "Color"),
    Preset("fine", "Tabel atau peta halus", "Fine table or map", 600, "Color"),
    Preset("photo", "Foto", "Photo", 600, "Color", paper="photo"),
    Preset("booklet", "Buku kecil", "Small book", 300, "Color", paper="a5"),
    Preset("email", "Berkas kecil untuk email", "Small file for e-mail", 150, "Gray"),
)
SHIPPED = {preset.code: preset for preset in PRESETS}


def problems_of(preset: Preset) -> dict[str, str]:
    """What is chosen from no list, field by field; empty when all is well."""
    allowed = {
        "resolution_dpi": RESOLUTIONS_DPI,
        "mode": MODES,
        "source": SOURCES,
        "paper": PAPERS,
    }
    return {
        name: NOT_LISTED for name, values in allowed.items() if getattr(preset, name) not in values
    }
