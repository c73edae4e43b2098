"""The scanners as screens see them: what the settings name, and what each said of itself."""

import datetime as dt
import json
from collections.abc import Sequence
from dataclasses import dataclass

from appliance.actor import Actor
from appliance.config import ScannerSettings
from appliance.documents import rules
from appliance.documents.preset_rules import Preset
from appliance.documents.rules import DUPLEX, FED, FEEDER, OWNER
from appliance.errors import N_, Refused
from appliance.record import Books
from appliance.runtime.wakeup import Waker
from appliance.storage.models import ScannerRow

UNKNOWN = N_("Pemindai itu tidak ada. Pilih salah satu dari daftar.")
ABSENT = "absent"
TOLERANCE_MM = 2.0  # nobody sees that a letter's margin is that much narrower


@dataclass(frozen=True, slots=True)
class ScannerView:
    """One scanner. What it can do is empty until it has said so for the first time."""

    name: str
    label: str
    vendor: str
    model: str
    sources: tuple[str, ...]
    modes: tuple[str, ...]
    resolutions_dpi: tuple[int, ...]
    width_mm: float
    height_mm: float
    feeder_height_mm: float
    described_at: dt.datetime | None
    problem: str | None
    is_asked: bool
    """Whether it is to say anew what it can do, and has not yet."""
    is_fitted: bool

    @property
    def sentence(self) -> str:
        """What to tell about its problem: an Indonesian msgid, empty when there is none."""
        return rules.sentence(self.problem)

    def can(self, source: str) -> bool:
        """Whether it takes paper that way; anything while it has not said."""
        return not self.sources or source in self.sources

    def source_for(self, source: str) -> str:
        """Where the paper goes for it: a feeder that reads one side is fed twice for both."""
        is_fed_twice = source == DUPLEX and not self.can(DUPLEX) and self.can(FEEDER)
        return FEEDER if is_fed_twice else source

    def takes(self, preset: Preset) -> bool:
        """Whether it takes paper as this preset wants it, if need be twice."""
        return self.can(self.source_for(preset.source))

    def shortens(self, preset: Preset) -> bool:
        """Whether a page of this preset comes without its end, because the glass is shorter."""
        longest = self.height_mm
        if preset.source in FED and self.feeder_height_mm:
            longest = self.feeder_height_mm
        return bool(longest) and preset.height_mm > longest + TOLERANCE_MM


class Scanners:
    """Which scanners there are; any thread may ask."""

    def __init__(self, *, books: Books, waker: Waker, settings: Sequence[ScannerSettings]) -> None:
        self._writer = books.writer
        self._recorder = books.recorder
        self._waker = waker
        self._settings = tuple(settings)

    @property
    def first(self) -> str:
        """The name of the one that is used when nobody chooses."""
        return self._settings[0].name

    def all(self) -> tuple[ScannerView, ...]:
        """Every scanner in the settings' order; at least one, which may be none at all."""
        rows = {row.name: row for row in ScannerRow.select()}
        return tuple(_view(one, rows.get(one.name)) for one in self._settings)

    def to_choose_from(self) -> tuple[ScannerView, ...]:
        """Those that are fitted, when there is a choice; else none."""
        fitted = tuple(view for view in self.all() if view.is_fitted)
        return fitted if len(fitted) > 1 else ()

    def others_than(self, name: str, preset: Preset) -> tuple[ScannerView, ...]:
        """Those that a job with this scanner and preset may change to."""
        found = self.to_choose_from()
        return tuple(view for view in found if view.name != name and view.takes(preset))

    def named(self, name: str) -> ScannerView:
        """The scanner of this name. Raises Refused for any other word."""
        for view in self.all():
            if view.name == name:
                return view
        raise Refused(UNKNOWN)

    def ask_again(self, name: str, *, by: Actor) -> None:
        """Have it say anew what it can do, once it is free. Raises Refused for another name."""
        self.named(name)

        def ask() -> None:
            ScannerRow.insert(name=name, refresh_asked=True).on_conflict(
                conflict_target=[ScannerRow.name], update={"refresh_asked": True}
            ).execute()
            self._recorder.note("scanner.asked", f"scanner/{name}", by=by)

        self._writer.run(ask)
        self._waker.wake(OWNER)


def _view(setting: ScannerSettings, row: ScannerRow | None) -> ScannerView:
    said = json.loads(row.abilities) if row is not None else {}
    glass, feeder = said.get("glass_mm", (0.0, 0.0)), said.get("feeder_mm", (0.0, 0.0))
    is_fitted = setting.driver != "none"
    model = row.model if row is not None else ""
    return ScannerView(
        name=setting.name,
        label=setting.label or model or setting.name,
        vendor=row.vendor if row is not None else "",
        model=model,
        sources=tuple(said.get("sources", ())),
        modes=tuple(said.get("modes", ())),
        resolutions_dpi=tuple(said.get("resolutions_dpi", ())),
        width_mm=glass[0],
        height_mm=glass[1],
        feeder_height_mm=feeder[1],
        described_at=row.described_at if row is not None else None,
        problem=(row.problem if row is not None else None) if is_fitted else ABSENT,
        is_asked=row is not None and row.refresh_asked,
        is_fitted=is_fitted,
    )
