"""The blueprints of the app: one line per feature module."""

from collections.abc import Sequence

from flask import Blueprint

from web.routes import (
    guestbook,
    health,
    home,
    journal,
    poster,
    privacy,
    scans,
    settings,
    shell,
    standard,
    station,
    sync,
    visits,
)

BLUEPRINTS: Sequence[Blueprint] = (
    shell.blueprint,
    home.blueprint,
    guestbook.blueprint,
    visits.blueprint,
    standard.blueprint,
    privacy.blueprint,
    health.blueprint,
    sync.blueprint,
    journal.blueprint,
    settings.blueprint,
    poster.blueprint,
    scans.blueprint,
    station.blueprint,
)
