"""How far the portal's catalogue has come down, for screens."""

import datetime as dt
from dataclasses import dataclass

from appliance.mirror import portal_rows


@dataclass(frozen=True, slots=True)
class PortalCatalogueReport:
    """What is here of it. `checked_at` None: it was never followed to its end."""

    records: int
    checked_at: dt.datetime | None
    is_coming: bool  # as a pack that is fetched or read just now
    problem: str  # in English, for who mends it
    skipped: int  # records that cannot be kept

    @property
    def is_told(self) -> bool:
        """Whether there is anything to tell: many portals send no catalogue."""
        return bool(self.records or self.is_coming or self.problem)


class PortalCatalogueStatus:
    """Reads from any thread."""

    def report(self) -> PortalCatalogueReport:
        """How it is just now."""
        state = portal_rows.followed()
        return PortalCatalogueReport(
            records=portal_rows.count(),
            checked_at=state.checked_at,
            is_coming=state.pack is not None,
            problem=state.problem,
            skipped=state.skipped,
        )
