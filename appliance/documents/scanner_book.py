"""What one scanner says of itself, kept by the process that owns it."""

import json

from appliance.actor import SYSTEM
from appliance.record import Books
from appliance.storage.models import ScannerRow
from hardware.interfaces import ScannerDescription
from hardware.scan_fitting import modes_of, sources_of


class ScannerBook:
    """The row of the scanner with this name."""

    def __init__(self, *, books: Books, name: str) -> None:
        self._writer = books.writer
        self._clock = books.clock
        self._recorder = books.recorder
        self._name = name

    def is_asked(self) -> bool:
        """Whether somebody wants it described anew."""
        row = ScannerRow.select(ScannerRow.refresh_asked).where(ScannerRow.name == self._name)
        return bool(row.scalar())

    def described(self, said: ScannerDescription) -> None:
        """It answered: keep what it can do."""
        abilities = {
            "sources": list(sources_of(said)),
            "modes": list(modes_of(said)),
            "resolutions_dpi": list(said.resolutions_dpi),
            "glass_mm": [said.max_width_mm, said.max_height_mm],
            "feeder_mm": [said.feeder_width_mm, said.feeder_height_mm],
        }
        self._keep(
            vendor=said.vendor,
            model=said.model,
            abilities=json.dumps(abilities),
            described_at=self._clock.now(),
            problem=None,
        )

    def failed(self, problem: str) -> None:
        """It could not be asked; what it could do before is kept."""
        self._keep(problem=problem)

    def _keep(self, **values: object) -> None:
        row = values | {"refresh_asked": False}

        def write() -> None:
            before = ScannerRow.get_or_none(ScannerRow.name == self._name)
            known = before.__data__ if before is not None else {}
            if before is not None and all(known[key] == value for key, value in row.items()):
                return  # asked every minute while it is away: no news, nothing written
            ScannerRow.insert(name=self._name, **row).on_conflict(
                conflict_target=[ScannerRow.name], update=row
            ).execute()
            problem = values["problem"]
            if known.get("problem") != problem:
                action = "scanner.failed" if problem else "scanner.ready"
                subject = f"scanner/{self._name}"
                self._recorder.note(action, subject, by=SYSTEM, why=str(problem or ""))

        self._writer.run(write)
