"""The blueprints of the app: one line per feature module."""

from collections.abc import Sequence

from flask import Blueprint

from web.routes import (
    catalogue,
    checkout,
    deposits,
    desk,
    guestbook,
    health,
    home,
    journal,
    lockers,
    poster,
    privacy,
    ratings,
    readings,
    reports,
    scans,
    settings,
    shell,
    staff_login,
    staff_visits,
    standard,
    station,
    sync,
    users,
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
    checkout.blueprint,
    deposits.blueprint,
    desk.blueprint,
    lockers.blueprint,
    staff_login.blueprint,
    staff_visits.blueprint,
    users.blueprint,
    catalogue.blueprint,
    readings.blueprint,
    ratings.blueprint,
    reports.blueprint,
)
