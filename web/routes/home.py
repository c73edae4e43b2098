"""Welcome: what the room offers, and the way back to one's own visit."""

import datetime as dt
from typing import Any

from babel.dates import format_time, get_day_names
from flask import Blueprint, Response, request, session, url_for
from flask_babel import get_locale

from appliance.clock import ClockQuality
from appliance.errors import N_, NotFound
from appliance.visits import opening
from appliance.visits.rules import VisitCard
from web import sessions
from web.addresses import phone_url
from web.context import services
from web.forms import Form, text
from web.kiosk import is_kiosk
from web.limits import counting_misses
from web.render import page, see_other

blueprint = Blueprint("home", __name__)
OWN_VISIT = "visit"  # in the signed session: the link of the visit this browser registered
VISIT_CODE = "visit_code"  # what guesses of visit codes are counted under
NO_SUCH_CODE = N_("Kode tidak ditemukan di antara kunjungan hari ini. Periksa lagi tiketnya.")


@blueprint.get("/")
def index() -> Response:
    if _is_unattended_station():
        return see_other("/station")  # the screen that wipes itself
    if is_kiosk():
        return page("home/kiosk.html", lines=opening_lines(), phone_url=phone_url("home.index"))
    return page("home/page.html", form=Form.blank(), **_welcome())


@blueprint.post("/my-visit")
def find() -> Response:
    """From the short code on a ticket to the visit's own page."""
    try:
        with counting_misses(VISIT_CODE):
            visit = services().visits.by_code(text("code"))
    except NotFound:
        # As any link that leads nowhere, so that a guess cannot tell whose code it was.
        form = Form.submitted(request.form, {"code": NO_SUCH_CODE})
        return page("home/page.html", status=404, form=form, **_welcome())
    remember(visit)
    return see_other(url_for("visits.show", token=visit.token))


def remember(visit: VisitCard) -> None:
    """Let this browser find its visit again from the welcome page; never a shared one."""
    if not _is_unattended_station() and not is_kiosk():
        session[OWN_VISIT] = visit.token


def _is_unattended_station() -> bool:
    return sessions.current_staff() is None and sessions.is_station()


def own_visit() -> VisitCard | None:
    """The open visit that this browser registered, if any."""
    token = session.get(OWN_VISIT)
    if not isinstance(token, str):
        return None
    try:
        visit = services().visits.by_token(token)
    except NotFound:
        return None
    return visit if visit.is_open else None


def opening_lines() -> list[tuple[str, str]]:
    """The opening hours as people read them: ('Jumat', '08.00–11.30, 13.00–15.30')."""
    locale = get_locale()
    names = get_day_names("wide", locale=locale)

    def clock(time: dt.time) -> str:
        return format_time(time, "HH.mm" if str(locale) == "id" else "HH:mm", locale=locale)

    lines = []
    for line in opening.open_days(services().office.hours):
        days = names[line.first]
        if line.last > line.first:
            days = f"{days}–{names[line.last]}"
        parts = (f"{clock(opens)}–{clock(closes)}" for opens, closes in line.times)
        lines.append((days, ", ".join(parts)))
    return lines


def _welcome() -> dict[str, Any]:
    office, stamp = services().office, services().clock.stamp()
    # A clock that was never set knows nothing of closing time.
    is_known = stamp.quality is not ClockQuality.UNSET
    hours = office.opening
    is_closed = is_known and not hours.is_open(stamp.at)
    return {
        "visit": own_visit(),
        "lines": opening_lines(),
        "is_closed_now": is_closed,
        "today": hours.day(office.business_date(stamp.at)),
        "opens_at": hours.next_opening(stamp.at) if is_closed else None,
    }
