"""How the appliance is: for probes, for monitors, for people."""

import datetime as dt

from flask import Blueprint, Response, abort, current_app, jsonify, request

from appliance.health.checks import OWNERS, HealthReport, State
from web.addresses import is_this_machine
from web.announce import announced_name
from web.context import services
from web.gauges import MEDIA_TYPE, Gauge, exposed, single
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
    return Response(_metrics(report), content_type=MEDIA_TYPE)


@blueprint.get("/staff/health")
def show() -> Response:
    return page(
        "health/page.html",
        "health/_checks.html",
        report=services().health.report(),
        badges=BADGES,
        own_name=announced_name(current_app),
    )


def _metrics(report: HealthReport) -> str:
    outbox = services().outbox.state()
    states = {check.name: check.state for check in report.checks}
    gauges = [
        Gauge("info", "Version of the appliance", {report.version: 1}, "version"),
        Gauge(
            "check_ok",
            "1 when a check is well",
            {name: state is State.OK for name, state in states.items()},
            "check",
        ),
        Gauge(
            "process_listening",
            "1 when the process answers",
            {owner: states[owner] is State.OK for owner in OWNERS},
            "process",
        ),
        single("outbox_waiting", "Events that wait for the portal", outbox.waiting),
        single("outbox_held", "Events that cannot be sent", outbox.held),
        single("visits_open", "Visits under way", len(services().visits.inside())),
        single("disk_free_bytes", "Free space for data", services().health.free_bytes()),
    ]
    return exposed([*gauges, *_portal_metrics()])


def _portal_metrics() -> list[Gauge]:
    """How we stand with the portal; moments as seconds since 1970, left out before the first."""
    report = services().portal.report()
    standing = report.standing
    states = {str(one): one is standing.state for one in type(standing.state)}
    problems = {str(standing.problem): 1} if standing.problem is not None else {}
    gauges = [
        Gauge("sync_state", "1 for the state of the sender", states, "state"),
        Gauge("sync_problem", "1 for what keeps it waiting", problems, "problem"),
    ]
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
            gauges.append(single(name, text, number))
    return gauges
