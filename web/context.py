"""What a route may reach: the services and settings of the app that serves the request."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from flask import current_app

from appliance.config import Settings

if TYPE_CHECKING:
    from appliance.services import Services
    from appliance.visits.rules import VisitCard

EXTENSION = "ruangbaca"


def services() -> Services:
    """The services of the running app; only inside a request or app context."""
    return cast("Services", current_app.extensions[EXTENSION].services)


def settings() -> Settings:
    """The settings of the running app; only inside a request or app context."""
    return cast(Settings, current_app.extensions[EXTENSION].settings)


def visit_or_404(token: str) -> VisitCard:
    """The visit behind a link. Raises NotFound, the same for unknown, foreign and past ones."""
    return services().visits.by_token(token)


def open_visit_or_404(token: str) -> VisitCard:
    """The visit behind a link, to do something with. Raises NotFound, Refused when it is closed."""
    return services().visits.open_by_token(token)
