"""Puts the web app together: what guards it, what it serves, which routes it has."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

from flask import Blueprint, Flask
from htmx_flask import Htmx
from werkzeug.routing import IntegerConverter, Map

from appliance.config import Settings, secret
from web import (
    courtesy,
    csrf,
    errors,
    filters,
    gate,
    hosts,
    kept_panels,
    kiosk,
    language,
    lean_templates,
    limits,
    looked_for,
    navigation,
    security,
    sessions,
    uploads,
)
from web.assets import BUILD_DIR, serve_assets
from web.context import EXTENSION
from web.forms import LARGEST_ROW
from web.kept_pages import serve_kept_pages
from web.kept_pictures import serve_kept
from web.quiet_polls import serve_quiet_polls
from web.routes import BLUEPRINTS

if TYPE_CHECKING:
    from appliance.services import Services

MAX_BODY_BYTES = 256 * 1024  # two routes alone take more, see web/uploads.py
MAX_FORM_PARTS = 50


class RowNumber(IntegerConverter):
    """`<int:...>` of our paths: a number that no row can have is no address of ours."""

    def __init__(self, map: Map, **limits: Any) -> None:
        super().__init__(map, **{"max": LARGEST_ROW, **limits})


def create_app(services: Services, settings: Settings, *, build_dir: Path = BUILD_DIR) -> Flask:
    """The whole web app. Opens nothing by itself; raises MissingBuild without built assets."""
    app = Flask("web", static_folder=None)
    app.extensions[EXTENSION] = SimpleNamespace(services=services, settings=settings)
    app.config.update(
        SECRET_KEY=secret(settings.data_dir, "web-session"),
        MAX_CONTENT_LENGTH=MAX_BODY_BYTES,
        MAX_FORM_MEMORY_SIZE=MAX_BODY_BYTES,
        MAX_FORM_PARTS=MAX_FORM_PARTS,
    )
    app.jinja_environment = lean_templates.LeanEnvironment
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    app.url_map.converters["int"] = RowNumber
    Htmx(app)
    uploads.init_app(app)
    _guard(app, settings, str(services.office.timezone), build_dir)
    app.register_blueprint(Blueprint("look", "appliance.look", template_folder="templates"))
    for blueprint in BLUEPRINTS:
        app.register_blueprint(blueprint)
    navigation.init_app(app)
    courtesy.init_app(app)
    kept_panels.init_app(app)
    serve_kept_pages(app, services, app.extensions[hosts.EXTENSION])
    serve_quiet_polls(app, services, app.extensions[hosts.EXTENSION])
    serve_kept(app, services.page_images, app.extensions[hosts.EXTENSION])
    serve_assets(app, build_dir)
    app.jinja_env.globals.update(office=services.office, is_demo=settings.demo)
    return app


def _guard(app: Flask, settings: Settings, timezone: str, build_dir: Path) -> None:
    """What every request passes, in this order, before its route sees it."""
    security.init_app(app)
    hosts.init_app(app, hosts.HostList(settings.names))
    language.init_app(app, build_dir / "translations", timezone=timezone)
    lean_templates.init_app(app)
    sessions.init_app(app)
    kiosk.init_app(app)
    gate.init_app(app)
    csrf.init_app(app)
    limits.init_app(app)
    looked_for.init_app(app)
    filters.init_app(app)
    errors.init_app(app)
