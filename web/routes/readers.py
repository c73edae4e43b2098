"""What the readers read, on screens: the display at the lockers, the desk, the station; codes."""

from typing import Any
from zlib import crc32

from flask import Blueprint, Response, abort, flash, request, url_for
from flask_babel import gettext

from appliance.actor import Actor, Role
from appliance.catalogue.service import PublicationCard
from appliance.codes import ActionCode, CodeKind, ReadKind, action_text, barcode, locker_tag
from appliance.errors import Refused
from appliance.readers.answers import Answer, Choice, Place
from appliance.readers.views import ReadView
from appliance.visits.rules import VisitCard
from web import sessions, station_visit
from web.context import services
from web.forms import LARGEST_ROW, text, whole
from web.render import is_fragment, page, see_other, tell_refused, unchanged
from web.sessions import actor
from web.station_visit import Bound

blueprint = Blueprint("readers", __name__)


# The display at the lockers


@blueprint.get("/kiosk/lockers")
def display() -> Response:
    """Numbers and lockers, never a name: the whole room reads it."""
    shown = _display()
    if is_fragment() and (nothing_new := unchanged(shown["version"])):
        return nothing_new
    return page("readers/display.html", "readers/_display.html", **shown)


@blueprint.post("/kiosk/lockers/choose")
def choose() -> Response:
    """A tap in front of the lockers: open again, finish, or empty."""
    choice = next((one for one in Choice if one == text("choice")), None)
    try:
        if choice is not None:
            services().readers.choose(text("read"), choice)
    except Refused:
        pass  # too late, or a second tap: the display says how things are
    return see_other(url_for("readers.display"))


@blueprint.post("/kiosk/lockers/register")
def register_display() -> Response:
    """Make this browser the display; whoever did so is signed out of the shared screen."""
    token = services().staff.register_device("display", "Layar loker", by=sessions.actor())
    services().staff.logout(request.cookies.get(sessions.STAFF_COOKIE, ""))
    response = see_other(url_for("readers.display"))
    return sessions.register_display(sessions.end(response), token)


@blueprint.post("/staff/lockers/displays/<int:device>/revoke")
def revoke_display(device: int) -> Response:
    """Nothing is chosen on that browser any more."""
    devices = services().staff.devices
    if device not in (one.id for one in devices.of_kind("display")):
        abort(404)
    devices.revoke(device, by=sessions.actor())
    flash(gettext("Layar itu sekarang hanya menampilkan."), "success")
    return see_other(url_for("readers.codes"))


# What desk and station hear


@blueprint.get("/staff/reads")
def at_desk() -> Response:
    """What was scanned at the desk, for its poll; the desk itself stays as it is."""
    if not is_fragment():
        return see_other(url_for("desk.show"))
    shown = desk_notice(_visit_at_desk())
    # A whole page may be of a visitor whom somebody opened after the book was scanned.
    shown["acts_by_itself"] = True
    return unchanged(shown["read_version"]) or page("readers/_desk.html", **shown)


@blueprint.post("/staff/reads")
def take_at_desk() -> Response:
    """A book scanned while a visitor stands at the desk: it is theirs."""
    visit = services().visits.require_open(whole("visit") or 0)
    read = services().readers.take(text("read"), Place.DESK)
    try:
        note = services().reading.note(
            visit.id, copy_id=read.copy_id, publication_id=read.publication_id, by=actor()
        )
        said = gettext(
            "%(title)s tercatat dibaca %(number)s.", title=note.title, number=visit.label
        )
        flash(said, "success")
    except Refused as refused:
        tell_refused(refused)
    return see_other(url_for("desk.show", visit=visit.id))


@blueprint.get("/station/reads")
def at_station() -> Response:
    """What was scanned at the station, for its poll."""
    if not is_fragment():
        return see_other(url_for("station.home"))
    shown = station_notice()
    return unchanged(shown["read_version"]) or page("readers/_station.html", **shown)


@blueprint.post("/station/reads")
def take() -> Response:
    """This station takes what was scanned: a ticket binds it, a book is noted for its visitor."""
    here = station_visit.bound()
    read = services().readers.take(text("read"))
    if read.answer is Answer.TICKET_AT_STATION and read.visit_id is not None:
        visit = services().visits.require_open(read.visit_id)
        left = services().documents.open_job_of(visit.id)
        station_visit.bind(visit.id, left.uuid if left is not None else "")
        return see_other(url_for("station.scan"))
    if read.answer is Answer.BOOK_AT_STATION and here is not None:
        _note(here, read)
    return see_other(url_for("station.home" if here is None else "station.scan"))


# Codes to print


@blueprint.get("/staff/lockers/codes")
def codes() -> Response:
    """The printed choices beside the reader, and the tag of every locker."""
    tiles = services().lockers.wall()
    return page(
        "readers/codes.html",
        tags=[(tile.number, locker_tag(tile.number)) for tile in tiles],
        actions=[(str(action), action_text(action)) for action in ActionCode],
        displays=services().staff.devices.of_kind("display"),
        is_display=sessions.is_display(),
    )


@blueprint.get("/staff/lockers/<int:number>/tag")
def tag(number: int) -> Response:
    tile = services().lockers.tile(number)
    return page("readers/tag.html", number=tile.number, text=locker_tag(tile.number))


# What the partials need


def desk_notice(visit: VisitCard | None = None) -> dict[str, Any]:
    """What `readers/_desk.html` shows beside this visit, and the version of exactly that."""
    now = services().readers.now_at(Place.DESK)
    missing = [reader for reader in services().readers.readers() if not reader.is_ready]
    is_book = now.read is not None and now.read.answer is Answer.BOOK_AT_DESK
    reader = visit if is_book and visit is not None and visit.is_open else None
    read = None if reader is not None and now.read is not None and now.read.is_taken else now.read
    version = f"{now.version}.{crc32(repr((missing, reader and reader.id)).encode()):x}"
    link = None if read is None or reader is not None else _desk_link(read)
    return {
        "read": read,
        "link": link,
        "book_for": reader,
        "acts_by_itself": False,
        "at_desk": visit,
        "missing_readers": missing,
        "read_version": version,
    }


def station_notice() -> dict[str, Any]:
    """What `readers/_station.html` shows at the station of this browser."""
    now = services().readers.now_at(Place.STATION)
    here = station_visit.bound()
    bound_id = None if here is None else here.visit.id
    read = now.read
    if read is not None and (read.is_taken or (read.visit_id and read.visit_id == bound_id)):
        read = None
    return {
        "read": read,
        "acts_by_itself": read is not None and _acts_by_itself(read, here),
        "may_take": read is not None and _may_take(read, here),
        "is_reader_missing": bool(now.readers) and not now.has_reader,
        "read_version": f"{now.version}.{bound_id or ''}",
    }


def _display() -> dict[str, Any]:
    now = services().readers.now_at(Place.LOCKERS)
    is_running = services().health.is_listening("lockers")
    free = len(services().lockers.free_numbers())
    may_choose = sessions.is_display()
    is_emergency = services().emergency.open() is not None
    closing = services().closing.time()
    warned = int(closing.left_s // 60) if closing and closing.is_near else ""
    return {
        "read": now.read,
        "has_reader": now.has_reader,
        "is_running": is_running,
        "free": free,
        "may_choose": may_choose,
        "is_emergency": is_emergency,
        "version": f"{now.version}.{free}.{is_running:d}{may_choose:d}{is_emergency:d}.{warned}",
    }


def _may_take(read: ReadView, here: Bound | None) -> bool:
    """A ticket always, a book for whoever stands here."""
    is_book = read.answer is Answer.BOOK_AT_STATION
    return read.answer is Answer.TICKET_AT_STATION or (is_book and here is not None)


def _acts_by_itself(read: ReadView, here: Bound | None) -> bool:
    """A ticket when nobody is there, a book when somebody is; else a person decides.

    Only at the registered screen: staff may have the same page open at a desk.
    """
    is_ticket = read.answer is Answer.TICKET_AT_STATION
    return sessions.is_station() and _may_take(read, here) and is_ticket == (here is None)


def _note(here: Bound, read: ReadView) -> None:
    try:
        services().reading.note(
            here.visit.id,
            copy_id=read.copy_id,
            publication_id=read.publication_id,
            by=Actor(Role.STATION, "station"),
        )
    except Refused as refused:
        tell_refused(refused)
        return
    message = gettext("%(title)s dicatat. Kembalikan ke petugas sebelum pulang.", title=read.title)
    flash(message, "success")


def _desk_link(read: ReadView) -> tuple[str, str] | None:
    """Where an officer goes on from this read; None when there is nowhere to go."""
    if read.answer is Answer.TICKET_AT_DESK:
        return url_for("desk.show", visit=read.visit_id), gettext("Buka kunjungan")
    if read.answer in (Answer.VISIT_CLOSED, Answer.OTHER_DAY):
        return url_for("staff_visits.visit", visit_id=read.visit_id), gettext("Lihat kunjungan")
    if read.answer is Answer.TAG_AT_DESK:
        return url_for("lockers.show", number=read.locker_number), gettext("Lihat loker")
    if read.answer is Answer.BOOK_AT_DESK and read.publication_id is not None:
        named = _code_of(read, services().catalogue.get(read.publication_id))
        return url_for("readings.index", book=named), gettext("Catat bacaan")
    if read.answer is Answer.BOOK_SERIES_AT_DESK:
        return url_for("catalogue.staff_list", q=read.book), gettext("Pilih judulnya")
    if read.answer is Answer.BOOK_UNKNOWN_AT_DESK:
        return url_for("readings.index", book=_as_scanned(read)), gettext("Catat dengan judulnya")
    return None


def _code_of(read: ReadView, card: PublicationCard) -> str:
    """What names this book in a form, as exactly as it was read."""
    if read.copy_id is not None:
        return services().holdings.get(read.copy_id).barcode
    return card.record.publication_number or card.record.barcode or card.title


def _visit_at_desk() -> VisitCard | None:
    visit_id = request.args.get("visit", type=int)
    if visit_id is None or not 0 < visit_id <= LARGEST_ROW:
        return None
    return services().visits.by_id(visit_id)


def _as_scanned(read: ReadView) -> str:
    is_ours = read.kind is ReadKind.PUBLICATION
    return barcode(CodeKind.PUBLICATION, read.book) if is_ours else read.book
