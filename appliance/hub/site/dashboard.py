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

STYLES = ("hub.css", "figures.css")


def install(app: Flask, database: Database) -> None:
    """All pages, each guarded; none keeps anything in this process."""
    site = Blueprint(
        "site",
        __name__,
        template_folder="templates",
        static_folder="static",
        static_url_path="/assets",
    )
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
    versions = {name: _version(name) for name in STYLES}
    app.jinja_env.globals["navigation"] = navigation.places
    app.jinja_env.globals["style_address"] = lambda name=STYLES[0]: url_for(
        "site.static", filename=name, v=versions[name]
    )
    app.register_blueprint(site)


def _version(name: str) -> str:
    """Changes with the content of the file."""
    content = (resources.files("appliance.hub.site") / "static" / name).read_bytes()
    return hashlib.sha256(content).hexdigest()[:12]
