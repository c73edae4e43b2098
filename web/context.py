"""What a route may reach: the services and settings of the app that serves the request."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from flask import current_app

from appliance.config import Settings

if TYPE_CHECKING:
    from appliance.services import Services

EXTENSION = "ruangbaca"


def services() -> Services:
    """The services of the running app; only inside a request or app context."""
    return cast("Services", current_app.extensions[EXTENSION].services)


def settings() -> Settings:
    """The settings of the running app; only inside a request or app context."""
    return cast(Settings, current_app.extensions[EXTENSION].settings)
