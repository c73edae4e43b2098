"""How the appliance is: for probes, for monitors, for people."""

from flask import Blueprint, Response, abort, current_app, jsonify, request

from appliance.health.checks import OWNERS, HealthReport, State
from web.addresses import is_this_machine
from web.announce import announced_name
from web.context import services
from web.render import page
from web.sessions import current_staff

blueprint = Blueprint("health", __name__)
UNAVAILABLE = 503
BADGES = {State.OK: "success", State.DEGRADED: "warning", State.FAILING: "danger"}


@blueprint.get("/healthz")
def probe() -> Response:
    """200 while people can be served, else 503, with the names of what is well and what is not."""
    report = services().health.report()
    answer = jsonify(
        status=str(report.state),
        ok=report.names(State.OK),
        degraded=report.names(State.DEGRADED),
        failing=report.names(State.FAILING),
    )
    if report.state is State.FAILING:
        answer.status_code = UNAVAILABLE
    return answer


@blueprint.get("/metrics")
def metrics() -> Response:
    """A few gauges without anybody in them, for this machine and signed-in staff."""
    if current_staff() is None and not is_this_machine(request.remote_addr or ""):
        abort(403)
    report = services().health.report()
    return Response(_metrics(report), mimetype="text/plain; version=0.0.4")


@blueprint.get("/staff/health")
def show() -> Response:
    return page(
        "health/page.html",
        "health/_checks.html",
        report=services().health.report(),
        badges=BADGES,
        own_name=announced_name(current_app),
    )


def _metrics(report: HealthReport) -> bytes:
    # Imported here: most appliances are never scraped, and it costs megabytes.
    from prometheus_client import CollectorRegistry, Gauge, generate_latest

    registry = CollectorRegistry()
    outbox = services().outbox.state()
    states = {check.name: check.state for check in report.checks}
    version = Gauge("ruangbaca_info", "Version of the appliance", ["version"], registry=registry)
    version.labels(report.version).set(1)
    check = Gauge("ruangbaca_check_ok", "1 when a check is well", ["check"], registry=registry)
    for name, state in states.items():
        check.labels(name).set(state is State.OK)
    listening = Gauge(
        "ruangbaca_process_listening", "1 when the process answers", ["process"], registry=registry
    )
    for owner in OWNERS:
        listening.labels(owner).set(states[owner] is State.OK)
    for name, text, value in (
        ("ruangbaca_outbox_waiting", "Events that wait for the portal", outbox.waiting),
        ("ruangbaca_outbox_held", "Events that cannot be sent", outbox.held),
        ("ruangbaca_visits_open", "Visits under way", len(services().visits.inside())),
        ("ruangbaca_disk_free_bytes", "Free space for data", services().health.free_bytes()),
    ):
        Gauge(name, text, registry=registry).set(value)
    return generate_latest(registry)
