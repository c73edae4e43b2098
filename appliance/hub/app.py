"""The hub as a WSGI application."""

from dataclasses import dataclass
from importlib import resources

from flask import Flask, Response

from appliance.hub import api_devices, api_downloads, api_enrolment, api_streams, problems
from appliance.hub.api_streams import StreamDoor
from appliance.hub.callers import Callers
from appliance.hub.database import Database
from appliance.hub.enrolment import Enrolment
from appliance.hub.own_keys import OwnKeys
from appliance.hub.site import dashboard
from appliance.hub.store import EventStore
from appliance.hub.throttle import Throttle
from appliance.sync import protocol


@dataclass(frozen=True, slots=True)
class Hub:
    """What the routes stand on."""

    database: Database
    keys: OwnKeys


def create_app(hub: Hub) -> Flask:
    """The application; opens nothing and keeps nothing: several processes may serve it."""
    app = Flask(__name__, static_folder=None)
    app.url_map.strict_slashes = True
    app.url_map.merge_slashes = False
    problems.install(app)
    database = hub.database
    callers = Callers(database)
    for routes in (
        api_enrolment.blueprint(Enrolment(database, hub.keys), Throttle(database)),
        api_streams.blueprint(StreamDoor(callers, EventStore(database))),
        api_devices.blueprint(callers, database),
        api_downloads.blueprint(callers, database),
    ):
        app.register_blueprint(routes, url_prefix=protocol.PREFIX)
    app.register_blueprint(api_enrolment.plain_blueprint(database))
    app.add_url_rule(f"{protocol.PREFIX}/openapi.yaml", "openapi", _openapi)
    dashboard.install(app, database)
    return app


def _openapi() -> Response:
    """The protocol, for whoever writes another client."""
    text = (resources.files("appliance.hub") / "openapi.yaml").read_bytes()
    return Response(text, content_type="application/yaml")
