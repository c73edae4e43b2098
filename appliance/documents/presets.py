"""The big buttons of the station: six as shipped, each as staff changed it."""

from collections.abc import Mapping
from dataclasses import dataclass, fields

from appliance.actor import Actor
from appliance.documents.rules import DUPLEX, FEEDER, FLATBED
from appliance.errors import N_, Refused
from appliance.free_text import Field, checked
from appliance.record import Books
from appliance.storage.models import ScanPreset

SOURCES = (FLATBED, FEEDER, DUPLEX)
MODES = ("Color", "Gray", "Lineart")
RESOLUTIONS_DPI = (100, 150, 200, 300, 400, 600)
UNKNOWN = N_("Pilih salah satu pengaturan pindai.")
NOT_LISTED = N_("Pilih salah satu dari daftar.")
LABELS = {name: Field(40, N_("Isi nama tombolnya.")) for name in ("label_id", "label_en")}


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
_SHIPPED = {preset.code: preset for preset in PRESETS}


def every() -> tuple[Preset, ...]:
    """The six in their order, as staff changed them; any thread may ask."""
    changed = {row.code: row for row in ScanPreset.select()}
    return tuple(_merged(preset, changed.get(preset.code)) for preset in PRESETS)


def shown() -> tuple[Preset, ...]:
    """Those with a button at the station; all of them rather than none."""
    presets = every()
    return tuple(preset for preset in presets if preset.is_shown) or presets


def named(code: str) -> Preset:
    """The preset of this code. Raises Refused for any other word."""
    if code not in _SHIPPED:
        raise Refused(UNKNOWN)
    return stored(code)


def stored(code: str) -> Preset:
    """The preset a job was opened with; the first one when a release has dropped it since."""
    shipped = _SHIPPED.get(code, PRESETS[0])
    return _merged(shipped, ScanPreset.get_or_none(ScanPreset.code == shipped.code))


def _problems_of(preset: Preset) -> dict[str, str]:
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


class ScanPresets:
    """Changes the buttons; the staff page for them calls it."""

    def __init__(self, *, books: Books) -> None:
        self._writer = books.writer
        self._clock = books.clock
        self._recorder = books.recorder

    def every(self) -> tuple[Preset, ...]:
        """The six, as changed."""
        return every()

    def named(self, code: str) -> Preset:
        """The preset of this code. Raises Refused for any other word."""
        return named(code)

    def is_changed(self, code: str) -> bool:
        """Whether staff changed it."""
        return bool(ScanPreset.select().where(ScanPreset.code == code).exists())

    def change(self, code: str, form: Mapping[str, str], *, by: Actor) -> None:
        """Keep what the form says; jobs under way ask for it from their next page.

        Raises Refused for an unknown code, Invalid with every problem of the form.
        """
        named(code)
        dpi = form.get("resolution_dpi", "")
        wanted = Preset(
            code,
            form.get("label_id", ""),
            form.get("label_en", ""),
            resolution_dpi=int(dpi) if dpi.isdecimal() and len(dpi) < 5 else 0,
            mode=form.get("mode", ""),
            source=form.get("source", ""),
            paper=form.get("paper", ""),
            is_shown=bool(form.get("is_shown")),
        )
        labels = checked(form, LABELS, found=_problems_of(wanted))
        values = {name: getattr(wanted, name) for name in NAMES} | labels

        def write() -> None:
            row = values | {"changed_at": self._clock.now(), "changed_by": str(by)}
            ScanPreset.insert(row).on_conflict(
                conflict_target=[ScanPreset.code], update=row
            ).execute()
            self._recorder.note("scan.preset_changed", f"preset/{code}", by=by)

        self._writer.run(write)

    def reset(self, code: str, *, by: Actor) -> None:
        """Make it as shipped again. Raises Refused for an unknown code."""
        named(code)

        def write() -> None:
            changed = ScanPreset.delete().where(ScanPreset.code == code)  # type: ignore[misc]
            if changed.execute():
                self._recorder.note("scan.preset_reset", f"preset/{code}", by=by)

        self._writer.run(write)


def _merged(shipped: Preset, row: ScanPreset | None) -> Preset:
    """The preset as changed; what a later release no longer knows stays as shipped."""
    if row is None:
        return shipped
    changed = Preset(
        code=row.code,
        label_id=row.label_id,
        label_en=row.label_en,
        resolution_dpi=row.resolution_dpi,
        mode=row.mode,
        source=row.source,
        paper=row.paper,
        is_shown=row.is_shown,
    )
    return shipped if _problems_of(changed) else changed
