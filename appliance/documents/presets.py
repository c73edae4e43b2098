"""The big buttons of the station as staff changed them."""

from collections.abc import Mapping, Sequence

from appliance.actor import Actor
from appliance.documents.preset_rules import NAMES, PRESETS, SHIPPED, Preset, problems_of
from appliance.documents.scanners import ScannerView
from appliance.errors import N_, Refused
from appliance.free_text import Field, checked
from appliance.record import Books
from appliance.storage.models import ScanPreset

UNKNOWN = N_("Pilih salah satu pengaturan pindai.")
LABELS = {name: Field(40, N_("Isi nama tombolnya.")) for name in ("label_id", "label_en")}


class ScanPresets:
    """Shows the buttons and changes them; any thread may call it."""

    def __init__(self, *, books: Books) -> None:
        self._writer = books.writer
        self._clock = books.clock
        self._recorder = books.recorder

    def every(self) -> tuple[Preset, ...]:
        """The six in their order, as changed."""
        changed = {row.code: row for row in ScanPreset.select()}
        return tuple(_merged(preset, changed.get(preset.code)) for preset in PRESETS)

    def shown(self) -> tuple[Preset, ...]:
        """Those with a button at the station; all of them rather than none."""
        every = self.every()
        return tuple(preset for preset in every if preset.is_shown) or every

    def usable(self, scanners: Sequence[ScannerView]) -> tuple[Preset, ...]:
        """Those shown that one of these scanners can do; all of them rather than none."""
        shown = self.shown()
        return tuple(one for one in shown if any(view.takes(one) for view in scanners)) or shown

    def named(self, code: str) -> Preset:
        """The preset of this code. Raises Refused for any other word."""
        if code not in SHIPPED:
            raise Refused(UNKNOWN)
        return self.stored(code)

    @staticmethod
    def stored(code: str) -> Preset:
        """The preset a job was opened with; the first one when a release has dropped it since."""
        shipped = SHIPPED.get(code, PRESETS[0])
        return _merged(shipped, ScanPreset.get_or_none(ScanPreset.code == shipped.code))

    def is_changed(self, code: str) -> bool:
        """Whether staff changed it."""
        return bool(ScanPreset.select().where(ScanPreset.code == code).exists())

    def change(self, code: str, form: Mapping[str, str], *, by: Actor) -> None:
        """Keep what the form says; jobs under way ask for it from their next page.

        Raises Refused for an unknown code, Invalid with every problem of the form.
        """
        self.named(code)
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
        labels = checked(form, LABELS, found=problems_of(wanted))
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
        self.named(code)

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
    return shipped if problems_of(changed) else changed
