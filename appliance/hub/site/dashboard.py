"""Puts the dashboard into the hub's application, beside what devices ask."""

import hashlib
from importlib import resources

from flask import Blueprint, Flask, url_for

from appliance.hub.database import Database
from appliance.hub.site import (
    errors,
    exports,
    figures_page,
    fleet_page,
    guard,
    headers,
    journal_page,
    language,
    login,
    navigation,
    office_page,
    quarantine_page,
    words,
)
from appliance.hub.site.sessions import Sessions
from appliance.hub.site.users import People
from appliance.staff.passwords import Passwords

SHEETS = {
    "tokens.css": ("site.look", "appliance.look"),
    "hub.css": ("site", "appliance.hub.site"),
    "figures.css": ("site", "appliance.hub.site"),
}
"""Of which blueprint and package each is."""


def install(app: Flask, database: Database) -> None:
    """All pages, each guarded; none keeps anything in this process."""
    site = Blueprint(
        "site",
        __name__,
        template_folder="templates",
        static_folder="static",
        static_url_path="/assets",
    )
    look = Blueprint(
        "look",
        "appliance.look",
        template_folder="templates",
        static_folder="static",
        static_url_path="/assets/look",
    )
    site.register_blueprint(look)
    sessions = Sessions(database)
    people = People(database, Passwords())
    for pages in (
        login.blueprint(login.Door(people, sessions, database)),
        journal_page.blueprint(database),
        fleet_page.blueprint(database),
        office_page.blueprint(database),
        figures_page.blueprint(database),
        exports.blueprint(database),
        quarantine_page.blueprint(database),
    ):
        site.register_blueprint(pages)
    check = guard.install(app, sessions)
    site.before_request(language.switch)
    site.before_request(check)
    language.install(app)
    words.install(app)
    headers.install(app)
    errors.install(app, site)
    app.jinja_env.trim_blocks = True
    app.jinja_env.lstrip_blocks = True
    versions = {name: _version(package, name) for name, (_blueprint, package) in SHEETS.items()}
    app.jinja_env.globals["navigation"] = navigation.places
    app.jinja_env.globals["style_address"] = lambda name: url_for(
        f"{SHEETS[name][0]}.static", filename=name, v=versions[name]
    )
    app.register_blueprint(site)


def _version(package: str, name: str) -> str:
    """Changes with the content of the file."""
    content = (resources.files(package) / "static" / name).read_bytes()
    return hashlib.sha256(content).hexdigest()[:12]
