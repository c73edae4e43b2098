"""Where one can go from every page of the dashboard."""

from dataclasses import dataclass

from flask import current_app, request, url_for

from appliance.errors import N_
from appliance.hub.site import guard

# Endpoint, words, icon, and whether for the national team only; in the order of the menu.
_PLACES = (
    ("site.fleet.show", N_("Peranti kantor"), "device", False),
    ("site.figures.show", N_("Angka"), "chart", False),
    ("site.quarantine.show", N_("Karantina"), "inbox", True),
    ("site.journal.show", N_("Jurnal"), "list", True),
)


@dataclass(frozen=True, slots=True)
class Place:
    """One entry of the menu."""

    address: str
    label: str
    icon: str
    is_here: bool


def places() -> list[Place]:
    """Those of whoever is signed in; none on the page where they sign in."""
    person = guard.signed_in()
    if person is None:
        return []
    here = request.blueprints[:1]
    return [
        Place(url_for(endpoint), label, icon, [endpoint.rpartition(".")[0]] == here)
        for endpoint, label, icon, is_national in _PLACES
        if endpoint in current_app.view_functions and (person.is_national or not is_national)
    ]
