"""From a scanned or typed ticket to its visit, as every staff page takes it."""

from appliance.errors import NotFound
from appliance.visits.rules import VisitCard
from web.context import services


def visit_of(typed: str) -> VisitCard | None:
    """The visit of today whose ticket, code, number or whole name fits; None unless it is one."""
    try:
        return services().visits.by_code(typed)
    except NotFound:
        found = services().visits.search(typed) if typed else ()
        return found[0] if len(found) == 1 else None
