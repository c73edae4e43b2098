"""Who may call what: the one table from endpoint to roles, and the gate that keeps it.

An endpoint that is missing here is refused, so a new route is closed until somebody says who it
is for. Keep one line per endpoint, grouped by blueprint.
"""

from collections.abc import Mapping
from enum import StrEnum

from flask import Flask, Response, abort, current_app, g, request
from flask.typing import ResponseReturnValue

from appliance.runtime.logs import get_logger
from web import sessions
from web.render import is_fragment, login_url, see_other

log = get_logger("web")


class Who(StrEnum):
    """Kinds of callers; the staff ones are the roles of the staff table."""

    PUBLIC = "public"  # anybody on the room's Wi-Fi
    VISITOR = "visitor"  # the holder of a visit's link: the visit lookup itself says 404
    STATION = "station"  # a screen that an officer registered
    DISPLAY = "display"  # the registered display at the lockers: what is chosen there is chosen
    OFFICER = "officer"
    OPERATOR = "operator"
    ADMIN = "admin"
    MACHINE = "machine"  # probes and monitors: no session, no change


PUBLIC = frozenset({Who.PUBLIC})
VISITOR = frozenset({Who.VISITOR})
MACHINE = frozenset({Who.MACHINE})
STAFF = frozenset({Who.OFFICER, Who.OPERATOR, Who.ADMIN})
DESK = frozenset({Who.OFFICER, Who.ADMIN})
ADMINS = frozenset({Who.ADMIN})
STATION = STAFF | {Who.STATION}
DISPLAY = frozenset({Who.DISPLAY})
NOBODY: frozenset[Who] = frozenset()
OPEN = PUBLIC | VISITOR | MACHINE

ROLES: Mapping[str, frozenset[Who]] = {
    # shell
    "shell.csp_report": PUBLIC,
    "shell.patterns": PUBLIC,
    # the demonstration's devices; 404 outside of it
    "simulation.show": PUBLIC,
    "simulation.door": PUBLIC,
    "simulation.bank": PUBLIC,
    "simulation.reader": PUBLIC,
    "simulation.button": PUBLIC,
    # welcome, guest book, the visitor's own page
    "home.index": PUBLIC,
    "home.find": PUBLIC,
    "guestbook.show": PUBLIC,
    "guestbook.register": PUBLIC,
    "visits.show": VISITOR,
    "visits.cancel": VISITOR,
    "visits.data": VISITOR,
    "standard.show": PUBLIC,
    "privacy.show": PUBLIC,
    # the appliance itself
    "health.probe": MACHINE,
    "health.metrics": MACHINE,
    "health.show": STAFF,
    "sync.show": STAFF,
    "sync.export": ADMINS,
    "mirror.show": STAFF,
    "mirror.pull": STAFF,
    "mirror.pin": STAFF,
    "mirror.unpin": STAFF,
    "mirror.follow": STAFF,
    "journal.show": ADMINS,
    "journal.check": ADMINS,
    "settings.show": ADMINS,
    "poster.show": STAFF,
    # station
    "station.home": STATION,
    "station.bind": STATION,
    "station.scan": STATION,
    "station.start": STATION,
    "station.another": STATION,
    "station.resume": STATION,
    "station.add": STATION,
    "station.again": STATION,
    "station.cancel": STATION,
    "station.choose_scanner": STATION,
    "station.step_back": STATION,
    "station.finish": STATION,
    "station.read_text": STATION,
    "station.discard": STATION,
    "station.next_visitor": STATION,
    "station_pages.small": STATION,
    "station_pages.large": STATION,
    "station_pages.turn": STATION,
    "station_pages.crop": STATION,
    "station_pages.cut": STATION,
    "station_pages.move": STATION,
    "station_pages.remove": STATION,
    "station_pages.restore": STATION,
    "station_pages.keep": STATION,
    "station_pages.collate": STATION,
    "station_hand_outs.show": STATION,
    "station_hand_outs.confirm": STATION,
    "station_hand_outs.ask": STATION,
    "station.register": STAFF,
    # readers: the display at the lockers, what desk and station hear, codes to print, badges
    "readers.display": PUBLIC,
    "readers.choose": DISPLAY,
    "readers.register_display": DESK,
    "readers.revoke_display": DESK,
    "readers.at_desk": DESK,
    "readers.at_station": STATION,
    "readers.take": STATION,
    "readers.take_at_desk": DESK,
    "readers.codes": DESK,
    "readers.tag": DESK,
    "badges.issue": ADMINS,
    "badges.revoke": ADMINS,
    # scans
    "scans.pdf": VISITOR,
    "scans.archive": VISITOR,
    "scans.picture": VISITOR,
    "scans.text_progress": VISITOR,
    "scans.read_text": VISITOR,
    "scans.delete": VISITOR,
    "scans.today": STAFF,
    "scans.cancel": STAFF,
    "scans.discard": STAFF,
    # files by e-mail
    "mail.show": VISITOR,
    "mail.ask": VISITOR,
    "mail.cancel": VISITOR,
    "mail.show_at_desk": DESK,
    "mail.ask_at_desk": DESK,
    "mail.cancel_at_desk": DESK,
    "mail.send_now": STAFF,
    # scanners and the buttons of the station
    "scanners.show": STAFF,
    "scanners.ask": STAFF,
    "scanners.edit": STAFF,
    "scanners.change": STAFF,
    "scanners.reset": STAFF,
    # staff: signing in, the desk, lockers, cards, visits, people
    "staff_login.show": PUBLIC,
    "staff_login.login": PUBLIC,
    "staff_login.logout": PUBLIC,
    "staff_login.password": STAFF,
    "staff_login.change_password": STAFF,
    "desk.show": STAFF,
    "desk.queue": DESK,
    "desk.room": DESK,
    "desk.panel": DESK,
    "desk.find": DESK,
    "desk.call": DESK,
    "desk.serve": DESK,
    "desk.absent": DESK,
    "lockers.assign": DESK,
    "lockers.open_at_desk": DESK,
    "lockers.open_own": VISITOR,
    "own_locker.seen": VISITOR,
    "lockers.wall": DESK,
    "lockers.show": DESK,
    "lockers.open_for": DESK,
    "lockers.condition": DESK,
    "lockers.release": DESK,
    "lockers.left_behind": DESK,
    "found_property.index": DESK,
    "found_property.register": DESK,
    "found_property.show": DESK,
    "found_property.hand_over": DESK,
    "found_property.pass_on": DESK,
    "found_property.move": DESK,
    "found_property.label": DESK,
    "found_property.receipt": DESK,
    "found_property.export": DESK,
    "keys.index": DESK,
    "keys.find": DESK,
    "keys.show": DESK,
    "keys.note": DESK,
    "closing.show": DESK,
    "closing.notice": DESK,
    "closing.start": DESK,
    "closing.walk": DESK,
    "closing.open_door": DESK,
    "closing.is_empty": DESK,
    "closing.has_property": DESK,
    "closing.not_opened": DESK,
    "closing.finish": DESK,
    "closing.summary": DESK,
    "lockers.news": DESK,
    "lockers.history": DESK,
    "lockers.assign_here": DESK,
    "lockers.move": DESK,
    "lockers.emptied": DESK,
    "lockers.acknowledge": DESK,
    "lockers.say": DESK,
    "emergency.show": DESK,
    "emergency.start": DESK,
    "emergency.end": DESK,
    "emergency.doors": DESK,
    "emergency.people": DESK,
    "emergency.mark": DESK,
    "emergency.banner": STAFF,
    "start_report.show": DESK,
    "start_report.settle": DESK,
    "start_report.seen": DESK,
    "deposits.show": DESK,
    "deposits.receive": DESK,
    "deposits.give_back": DESK,
    "deposits.left_behind": DESK,
    "deposits.handed_over": DESK,
    "checkout.finish": VISITOR,
    "checkout.own_locker_is_empty": VISITOR,
    "checkout.stay": VISITOR,
    "checkout.leave": DESK,
    "checkout.locker_is_empty": DESK,
    "checkout.publication_is_back": DESK,
    "checkout.publications_are_back": DESK,
    "checkout.publication_is_missing": DESK,
    "checkout.settle": DESK,
    "checkout.stay_at_desk": DESK,
    "staff_visits.show": DESK,
    "staff_visits.visit": DESK,
    "staff_visits.close": DESK,
    "users.show": ADMINS,
    "users.new": ADMINS,
    "users.add": ADMINS,
    "users.edit": ADMINS,
    "users.role": ADMINS,
    "users.password": ADMINS,
    "users.active": ADMINS,
    # library
    "catalogue.search": PUBLIC,
    "catalogue.show": PUBLIC,
    "covers.show": PUBLIC,
    "catalogue.ask": PUBLIC,
    "page_reader.show": PUBLIC,
    "page_reader.contents": PUBLIC,
    "page_reader.find": PUBLIC,
    "page_reader.image": PUBLIC,
    "catalogue.staff_list": STAFF,
    "catalogue.new": STAFF,
    "catalogue.add": STAFF,
    "catalogue.edit": STAFF,
    "catalogue.change": STAFF,
    "catalogue.withdraw": STAFF,
    "catalogue.answered": STAFF,
    "copies.show": PUBLIC,
    "copies.make": PUBLIC,
    "copies.file": VISITOR,
    "copies.unmarked": VISITOR,
    "copies.verify": PUBLIC,
    "copies.verify_number": PUBLIC,
    "copies.verify_file": PUBLIC,
    "readings.note_own": VISITOR,
    "readings.index": STAFF,
    "readings.note": STAFF,
    "readings.give_back": STAFF,
    "shelf_lists.show": DESK,
    "shelf_lists.check": DESK,
    "shelf_lists.take": DESK,
    "shelf_lists.forget": DESK,
    "shelf_lists.export": DESK,
    "holdings.incomplete": STAFF,
    "holdings.copies": STAFF,
    "holdings.add": STAFF,
    "holdings.change_form": STAFF,
    "holdings.change": STAFF,
    "holdings.labels": STAFF,
    "publication_ratings.show": PUBLIC,
    "publication_ratings.rate": PUBLIC,
    "portal_account.say": VISITOR,
    "portal_account.note": DESK,
    "ratings.show": VISITOR,
    "ratings.give": VISITOR,
    "ratings.decline": VISITOR,
    "reports.show": STAFF,
    "reports.export": STAFF,
    # forms: softcopies, photocopies, complaints
    "requests.show": VISITOR,
    "requests.make": VISITOR,
    "requests.cancel": VISITOR,
    "requests.find": PUBLIC,
    "requests.follow": PUBLIC,
    "requests.judge": PUBLIC,
    "requests.fetch": PUBLIC,
    "requests.file": PUBLIC,
    "staff_requests.index": STAFF,
    "staff_requests.show": STAFF,
    "staff_requests.take": STAFF,
    "staff_requests.wait": STAFF,
    "staff_requests.sent": STAFF,
    "staff_requests.delivered": STAFF,
    "staff_requests.answer": STAFF,
    "staff_requests.refuse": STAFF,
    "staff_requests.add_file": STAFF,
    "staff_requests.add_softcopy": STAFF,
    "staff_requests.release_file": STAFF,
    "staff_requests.take_back_file": STAFF,
    "staff_requests.file": STAFF,
    "staff_requests.mail": STAFF,
    "photocopies.show": VISITOR,
    "photocopies.ask": VISITOR,
    "photocopies.slip": VISITOR,
    "photocopies.withdraw": VISITOR,
    "photocopies.inbox": DESK,
    "photocopies.slip_at_desk": DESK,
    "photocopies.out": DESK,
    "photocopies.back": DESK,
    "photocopies.cancel": DESK,
    "complaints.show": PUBLIC,
    "complaints.make": PUBLIC,
    "complaints.status": PUBLIC,
    "complaints.inbox": DESK,
    "complaints.take": DESK,
    "complaints.answer": DESK,
}

# Endpoints that answer whatever Host a device asks for: operating systems' captive probes.
ANY_HOST: frozenset[str] = frozenset()


def init_app(app: Flask) -> None:
    """Put the gate in front of every endpoint."""
    app.before_request(_gate)
    app.jinja_env.globals["may_open"] = may_open


def may_open(endpoint: str) -> bool:
    """Whether the person of this request may call this endpoint, and it exists."""
    return endpoint in current_app.view_functions and _is_allowed(ROLES.get(endpoint, frozenset()))


def _gate() -> ResponseReturnValue | None:
    endpoint = request.endpoint
    if endpoint is None:
        return None
    allowed = ROLES.get(endpoint)
    if allowed is None:
        log.error("endpoint has no line in web/roles.py", endpoint=endpoint)
        allowed = NOBODY
    return None if _is_allowed(allowed) else _turn_away(allowed)


def _turn_away(allowed: frozenset[Who]) -> Response:
    """To the sign-in page when that helps and nothing was sent; else 403."""
    if allowed and g.staff is None and (request.method in ("GET", "HEAD") or is_fragment()):
        return see_other(login_url())
    g.needed_roles = allowed
    return abort(403)


def _is_allowed(allowed: frozenset[Who]) -> bool:
    if allowed & OPEN:
        return True
    staff = sessions.current_staff()
    if staff is not None and Who(staff.role) in allowed:
        return True
    if Who.DISPLAY in allowed and sessions.is_display():
        return True
    return Who.STATION in allowed and sessions.is_station()
