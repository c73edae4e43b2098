"""Routes of the shell itself: reports of the browser's policy, and the pattern page."""

from flask import Blueprint, Response, abort, request
from flask_babel import gettext

from appliance.runtime.logs import get_logger
from web.context import services, settings
from web.forms import Form
from web.render import page

blueprint = Blueprint("shell", __name__)
log = get_logger("web")
REPORT_CHARS = 300


@blueprint.post("/csp")
def csp_report() -> Response:
    """Log what a browser refused to load; the report may name a visit's link, so no address."""
    report = request.get_json(force=True, silent=True)
    details = report.get("csp-report") if isinstance(report, dict) else None
    if isinstance(details, dict):
        log.warning(
            "csp violation", directive=str(details.get("violated-directive"))[:REPORT_CHARS]
        )
    return Response(status=204)


@blueprint.get("/patterns")
def patterns() -> Response:
    """Every piece of the interface on one page, for those who build screens."""
    if not settings().demo:
        abort(404)
    problems = {
        "broken_name": gettext("Tulis nama lengkap Anda."),
        "broken_consent": gettext("Setujui dulu agar kami boleh mencatat."),
        "broken_purpose": gettext("Pilih satu keperluan."),
    }
    form = Form.blank(name="Siti Aminah", purpose="read", services=["library", "scan"])
    broken = Form(form.values, problems)
    return page("shell/patterns.html", form=form, broken=broken, now_plus=services().clock.now())
