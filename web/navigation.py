"""The staff navigation: which places exist in this build, and which of them a role may enter.

Places are named by their path, which is public contract, so a feature appears here by having its
route and its line in web/roles.py.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from flask import Flask, request
from flask_babel import LazyString, lazy_gettext
from werkzeug.exceptions import HTTPException
from werkzeug.routing import RequestRedirect

from web.callers import HEAD, NOBODY, Who
from web.context import services
from web.gate import may_open
from web.roles import ROLES
from web.sessions import current_staff

_ = lazy_gettext


@dataclass(frozen=True, slots=True, eq=False)  # each is itself: comparing would translate
class Place:
    """One entry: path, label, icon of macros/icons.html, and whether phones show it first.

    `policy` names what the office must offer for the place to be there; `parts` are the paths of
    what belongs to it but lies elsewhere. `hidden_from` are those who are led on from it.
    """

    path: str
    label: LazyString
    icon: str
    is_main: bool = False
    policy: str = ""
    parts: tuple[str, ...] = ()
    hidden_from: frozenset[Who] = NOBODY


LOCKER_PARTS = ("/staff/found", "/staff/keys", "/staff/closing")
PLACES: Sequence[Place] = (
    Place("/staff", _("Meja"), "desk", True, hidden_from=HEAD),
    Place("/staff/overview", _("Ikhtisar"), "desk", True),
    Place("/staff/lockers", _("Loker"), "locker", True, parts=LOCKER_PARTS),
    Place("/staff/deposits", _("Kartu titipan"), "card", True, "card_for_locker"),
    Place("/staff/visits", _("Kunjungan"), "people", True, parts=("/staff/visitors",)),
    Place("/staff/readings", _("Baca di tempat"), "book"),
    Place("/staff/scans", _("Pemindaian"), "scan"),
    Place("/staff/requests", _("Permintaan"), "inbox"),
    Place("/staff/photocopies", _("Fotokopi"), "copy", policy="photocopy"),
    Place("/staff/complaints", _("Pengaduan"), "chat"),
    Place("/staff/catalogue", _("Katalog"), "search"),
    Place("/staff/ratings", _("Penilaian"), "star"),
    Place("/staff/reports", _("Laporan"), "chart"),
    Place("/staff/privacy", _("Data pribadi"), "check"),
    Place("/staff/journal", _("Jurnal"), "list"),
    Place("/staff/users", _("Petugas"), "person"),
    Place("/staff/devices", _("Layar terdaftar"), "device"),
    Place("/staff/settings", _("Pengaturan"), "settings"),
    Place("/staff/sync", _("Sinkronisasi"), "sync"),
    Place("/staff/health", _("Peranti"), "device"),
)


def init_app(app: Flask) -> None:
    """Find out which places have a route; call it after the blueprints are registered."""
    adapter = app.url_map.bind("localhost")
    found: list[tuple[Place, str, tuple[str, ...]]] = []
    for place in PLACES:
        try:
            endpoint, _arguments = adapter.match(place.path, method="GET")
        except (HTTPException, RequestRedirect):
            continue
        below = tuple(f"{path}/" for path in (place.path, *place.parts) if place.path != "/staff")
        found.append((place, endpoint, below))

    def staff_places() -> tuple[tuple[Place, bool], ...]:
        """What this person may enter, each with whether the page belongs to it."""
        here, staff = request.path, current_staff()
        role = None if staff is None else Who(staff.role)
        return tuple(
            (place, here == place.path or here in place.parts or here.startswith(below))
            for place, endpoint, below in found
            if _is_offered(place, role)
            and (role in ROLES.get(endpoint, NOBODY) or may_open(endpoint))
        )

    app.jinja_env.globals["staff_places"] = staff_places


def _is_offered(place: Place, role: Who | None) -> bool:
    if role in place.hidden_from:
        return False
    return not place.policy or bool(getattr(services().office.policy, place.policy))
