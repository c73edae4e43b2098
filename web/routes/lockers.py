"""Lockers: handed out at the desk, opened by their visitor, looked after on the wall."""

from typing import Any
from zlib import crc32

from flask import Blueprint, Response, flash, request, url_for
from flask_babel import gettext

from appliance.actor import Actor
from appliance.errors import N_, Invalid
from appliance.lockers.choosing import Size
from appliance.lockers.rules import Condition, EndReason, LockerTile, Released, Said
from web.context import open_visit_or_404, services
from web.forms import Form, idempotency_key, text, whole
from web.locker_wall import DoorKind
from web.locker_wall import wall as wall_of
from web.render import is_fragment, page, see_other, unchanged, with_errors
from web.sessions import actor
from web.typed_ticket import visit_of
from web.version import house_version

blueprint = Blueprint("lockers", __name__)
CONFLICT = 409
OTHER_USE = N_("Loker %(number)s berganti pemakai sejak halaman ini dibuka.")


# At the desk


@blueprint.post("/staff/visits/<int:visit_id>/locker")
def assign(visit_id: int) -> Response:
    wished, size = whole("number"), text("size")
    locker = services().lockers.assign(
        visit_id,
        by=actor(),
        number=wished,
        size=Size(size) if size in list(Size) else None,
        without_card=text("without_card"),
    )
    _tell_if_other(wished, locker.number)
    return see_other(url_for("desk.show", visit=visit_id))


@blueprint.post("/staff/visits/<int:visit_id>/locker/open")
def open_at_desk(visit_id: int) -> Response:
    services().lockers.open_again(visit_id, by=actor(), number=whole("number"))
    return see_other(url_for("desk.show", visit=visit_id))


@blueprint.post("/staff/visits/<int:visit_id>/locker/another")
def another(visit_id: int) -> Response:
    """One more for a group."""
    number = services().lockers.group.another(visit_id, by=actor())
    flash(gettext("Loker %(number)s diserahkan.", number=f"{number:02d}"), "success")
    return see_other(url_for("desk.show", visit=visit_id))


# The visitor's own


@blueprint.post("/visits/<token>/locker/open")
def open_own(token: str) -> Response:
    visit = open_visit_or_404(token)
    by = Actor.visitor(visit.uuid)
    services().lockers.open_again(visit.id, by=by, number=whole("number"))
    return see_other(url_for("visits.show", token=token))


# The wall


@blueprint.get("/staff/lockers")
def wall() -> Response:
    """Every door; `show` is an entry of the legend and leaves out the others."""
    version = house_version()
    if is_fragment() and (nothing_new := unchanged(version)):
        return nothing_new
    shown = wall_of(
        services().lockers.wall(),
        services().alarms.by_locker(),
        now=services().clock.now(),
        chosen=request.args.get("show", ""),
    )
    return page(
        "lockers/wall.html",
        "lockers/_wall.html",
        wall=shown,
        kinds=list(DoorKind),
        start_report=services().start_report.latest(),
        version=version,
    )


@blueprint.get("/staff/lockers/news")
def news() -> Response:
    """What the desk should know of the doors, for its poll."""
    if not is_fragment():
        return see_other(url_for("lockers.wall"))
    return unchanged(house_version()) or page("lockers/_news.html", **door_news())


def door_news(version: str = "") -> dict[str, Any]:
    """The open alarms, and the report of the last start while nobody has read it.

    `version` is that of the house, where it was looked up already.
    """
    return {
        "alarms": services().alarms.open(),
        "start_report": services().start_report.latest(),
        "news_version": version or house_version(),
    }


# One locker


@blueprint.get("/staff/lockers/<int:number>")
def show(number: int) -> Response:
    context = _tile_context(services().lockers.tile(number))
    if is_fragment():
        return unchanged(context["version"]) or page("lockers/_tile.html", **context)
    return page("lockers/page.html", form=Form.blank(), **_page_context(number), **context)


@blueprint.get("/staff/lockers/<int:number>/history")
def history(number: int) -> Response:
    """What the door was told, for its poll."""
    if not is_fragment():
        return see_other(url_for("lockers.show", number=number))
    context = _history_context(number)
    return unchanged(context["history_version"]) or page("lockers/_history.html", **context)


@blueprint.post("/staff/lockers/<int:number>/assign")
def assign_here(number: int) -> Response:
    """From a scanned or typed ticket: this locker for its visitor."""
    tile, visit = services().lockers.tile(number), visit_of(text("code"))
    if visit is None or not visit.is_open:
        problem = gettext("Tidak ada kunjungan terbuka dengan kode atau nomor itu.")
        return _again(tile, {"code": problem})
    deposits = services().deposits
    if deposits.is_asked and not deposits.is_held(visit.id):
        flash(gettext("Terima kartu identitas dahulu, lalu serahkan loker."), "warning")
        return see_other(url_for("desk.show", visit=visit.id))
    had = services().lockers.of_visit(visit.id)
    locker = services().lockers.assign(visit.id, by=actor(), number=number)
    if had is None:
        _tell_if_other(number, locker.number)
    elif had.number != number:
        has = gettext("%(label)s sudah memakai loker ini.", label=visit.label)
        flash(has, "warning")
    return see_other(url_for("lockers.show", number=locker.number))


@blueprint.post("/staff/lockers/<int:number>/move")
def move(number: int) -> Response:
    """The things of the visit named on the page, which another hand may have moved meanwhile."""
    to, visit_id = whole("to"), whole("visit")
    used = () if visit_id is None else services().lockers.group.numbers(visit_id)
    if visit_id is None or not {number, to} & set(used):
        flash(gettext("Barang itu tidak lagi di loker %(number)s.", number=number), "warning")
        return see_other(url_for("lockers.show", number=number))
    if to is None:
        return _again(services().lockers.tile(number), {"to": gettext("Pilih loker yang baru.")})
    try:
        services().lockers.moves.move(
            visit_id, to=to, by=actor(), reason=text("why"), number=number
        )
    except Invalid as invalid:
        return _again(services().lockers.tile(number), {"why": invalid.problems["reason"]})
    return see_other(url_for("lockers.show", number=number))


@blueprint.post("/staff/lockers/<int:number>/emptied")
def emptied(number: int) -> Response:
    """A person has seen that the locker whose things were moved is empty."""
    if services().lockers.tile(number).moved_to != whole("to"):
        return see_other(url_for("lockers.show", number=number))  # said before, or of another move
    if services().lockers.moves.emptied(number, by=actor()):
        flash(gettext("Loker %(number)s dinyatakan kosong.", number=number), "success")
    return see_other(url_for("lockers.show", number=number))


@blueprint.post("/staff/lockers/<int:number>/alarms/<alarm>/seen")
def acknowledge(number: int, alarm: str) -> Response:
    """A person has looked at the door."""
    try:
        services().alarms.acknowledge(alarm, by=actor(), note=text("note"))
    except Invalid as invalid:
        return _again(services().lockers.tile(number), dict(invalid.problems))
    flash(gettext("Peringatan loker %(number)s sudah dilihat.", number=number), "success")
    return see_other(url_for("lockers.show", number=number))


@blueprint.post("/staff/lockers/<int:number>/say")
def say(number: int) -> Response:
    """What a person saw of a door that no sensor sees."""
    saw, command = text("saw"), services().lockers.tile(number).command
    if saw in list(Said) and command is not None and text("command") == command.uuid:
        services().witness.say(number, saw, by=actor())
    return see_other(url_for("lockers.show", number=number))


@blueprint.post("/staff/lockers/<int:number>/open")
def open_for(number: int) -> Response:
    """Asked twice: first for the reason, then whether it is really meant."""
    tile, reason, witness = services().lockers.tile(number), text("reason"), text("witness")
    if not reason:
        return _again(tile, {"reason": gettext("Tulis alasannya, paling banyak 200 huruf.")})
    is_other = not _is_same_use(tile)
    if text("confirmed") != "yes" or is_other:
        return page(
            "lockers/confirm.html",
            status=CONFLICT if text("confirmed") == "yes" else 200,
            form=Form.blank(),
            tile=tile,
            reason=reason,
            witnesses=_witnesses(),
            is_other=is_other,
        )
    has_witness = bool(witness) and witness in dict(_witnesses())
    why = f"{reason} (saksi: {witness})" if has_witness else reason
    try:
        services().lockers.open_for(number, by=actor(), reason=why)
    except Invalid as invalid:
        return _again(tile, dict(invalid.problems))
    return see_other(url_for("lockers.show", number=number))


@blueprint.post("/staff/lockers/<int:number>/condition")
def condition(number: int) -> Response:
    wanted = text("condition")
    if wanted not in list(Condition):
        problems = {"condition": gettext("Pilih keadaan loker.")}
        return _again(services().lockers.tile(number), problems)
    try:
        services().lockers.set_condition(number, wanted, by=actor(), note=text("note"))
    except Invalid as invalid:
        return _again(services().lockers.tile(number), dict(invalid.problems))
    flash(gettext("Keadaan loker %(number)s disimpan.", number=number), "success")
    return see_other(url_for("lockers.show", number=number))


@blueprint.post("/staff/lockers/<int:number>/release")
def release(number: int) -> Response:
    """A person has looked into the locker: empty, or with something in it."""
    tile = services().lockers.tile(number)
    if tile.visit_id is not None:
        if not _is_same_use(tile):
            flash(gettext(OTHER_USE, number=f"{number:02d}"), "warning")
            return see_other(url_for("lockers.show", number=number))
        if text("found") == "yes":
            return _left_inside(tile, tile.visit_id)
        checkout = services().checkout
        tell_released(checkout.locker_is_empty(tile.visit_id, by=actor(), number=number))
    return see_other(url_for("lockers.show", number=number))


def _left_inside(tile: LockerTile, visit_id: int) -> Response:
    """Its use ends, what is in it goes into the register, and nobody gets the locker yet."""
    end, seen = EndReason.FOUND_PROPERTY, text("description")
    try:
        released = services().lockers.release(
            visit_id, by=actor(), reason=end, description=seen, number=tile.number
        )
    except Invalid as invalid:
        return _again(tile, dict(invalid.problems))
    services().checkout.settle(visit_id, by=actor())
    message = gettext(
        "Loker %(number)s diblokir. Tempelkan label ini pada barangnya.", number=tile.number
    )
    flash(message, "warning")
    return see_other(url_for("found_property.show", number=released.property_number))


@blueprint.post("/staff/lockers/<int:number>/property")
def left_behind(number: int) -> Response:
    """Something is in a locker that nobody uses: forgotten after it was given back."""
    try:
        thing = services().found_property.register_in_locker(
            number, text("description"), by=actor(), idempotency_key=idempotency_key()
        )
    except Invalid as invalid:
        return _again(services().lockers.tile(number), dict(invalid.problems))
    flash(gettext("Dicatat sebagai %(label)s. Tempelkan labelnya.", label=thing.label), "success")
    return see_other(url_for("found_property.show", number=thing.number))


def tell_released(released: Released | None) -> None:
    """Say that the locker is free, and ask to shut a door that still stands open."""
    if released is None:
        return  # a second tap: it has been said
    number = released.number
    if released.was_open:
        message = gettext(
            "Loker %(number)s bebas. Pintunya masih terbuka: tutuplah.", number=number
        )
        flash(message, "warning")
    else:
        flash(gettext("Loker %(number)s bebas.", number=number), "success")


def _again(tile: LockerTile, problems: dict[str, str]) -> Response:
    context = _page_context(tile.number) | _tile_context(tile)
    return with_errors("lockers/page.html", problems, **context)


def _tile_context(tile: LockerTile) -> dict[str, Any]:
    """The panel of one door, and the version of exactly that: what is typed in it stays."""
    alarms = services().alarms.by_locker().get(tile.number, ())
    now = f"{tile.state}{tile.visit_id or ''}"
    drawn = request.args.get("drawn", now)
    return {
        "tile": tile,
        "alarms": alarms,
        "drawn": drawn,
        "is_page_old": drawn != now,
        "version": crc32(repr((tile, alarms)).encode()),
    }


def _is_same_use(tile: LockerTile) -> bool:
    """Whether the locker is still used by whoever the submitted page named, or by nobody."""
    return whole("visit") == tile.visit_id


def _page_context(number: int) -> dict[str, Any]:
    """What stands around the panel: the history, and where things could be moved to."""
    free = [one for one in services().lockers.free() if one.number != number]
    targets = [(one.number, f"{one.number:02d} · {one.size}") for one in free]
    return {"targets": targets} | _history_context(number)


def _history_context(number: int) -> dict[str, Any]:
    past = services().lockers.history(number)
    return {"number": number, "history": past, "history_version": crc32(repr(past).encode())}


def _witnesses() -> list[tuple[str, str]]:
    """The others of staff who may have looked on: user name and name."""
    others = (one for one in services().staff.people() if one.username != actor().name)
    return [(one.username, one.display_name) for one in others if one.active]


def _tell_if_other(wished: int | None, given: int) -> None:
    if wished is not None and wished != given:
        flash(
            gettext(
                "Loker %(wished)s baru saja terpakai; diberikan loker %(number)s.",
                wished=wished,
                number=given,
            ),
            "warning",
        )
