"""How the appliance is: for probes, for monitors, for people."""

import datetime as dt
from typing import TYPE_CHECKING

from flask import Blueprint, Response, abort, current_app, jsonify, request

from appliance.health.checks import OWNERS, HealthReport, State
from web.addresses import is_this_machine
from web.announce import announced_name
from web.context import services
from web.render import page
from web.sessions import current_staff

if TYPE_CHECKING:
    from prometheus_client import CollectorRegistry

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
    _portal_metrics(registry)
    return generate_latest(registry)


def _portal_metrics(registry: "CollectorRegistry") -> None:
    """How we stand with the portal; moments as seconds since 1970, left out before the first."""
    from prometheus_client import Gauge

    report = services().portal.report()
    standing = report.standing
    state = Gauge(
        "ruangbaca_sync_state", "1 for the state of the sender", ["state"], registry=registry
    )
    for one in type(standing.state):
        state.labels(one).set(one is standing.state)
    problem = Gauge(
        "ruangbaca_sync_problem", "1 for what keeps it waiting", ["problem"], registry=registry
    )
    if standing.problem is not None:
        problem.labels(standing.problem).set(1)
    for name, text, value in (
        ("sync_enrolled", "1 when the portal knows this device", report.papers.is_enrolled),
        ("sync_oldest_timestamp_seconds", "When the oldest waiting was made", report.oldest_at),
        ("sync_sent_timestamp_seconds", "When events last arrived", standing.sent_at),
        ("sync_answered_timestamp_seconds", "When the portal was last well", standing.answered_at),
        ("sync_tries", "Failures in a row", standing.tries),
        ("sync_forks", "New streams begun since the first", standing.forks),
        ("sync_dropped", "Telemetry dropped for want of space", standing.dropped),
        ("sync_quarantined", "Events kept aside at the portal", report.aside),
        ("sync_clock_offset_seconds", "Portal's clock before ours", standing.clock_offset_s),
    ):
        if value is not None:
            number = value.timestamp() if isinstance(value, dt.datetime) else value
            Gauge(f"ruangbaca_{name}", text, registry=registry).set(number)
