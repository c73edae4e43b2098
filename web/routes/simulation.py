"""The demonstration's panel: disturb the simulated devices, and let readers read."""

from typing import Any

from flask import Blueprint, Response, abort, flash, url_for
from flask_babel import gettext

from appliance.codes import CodeKind, barcode, locker_tag
from appliance.crowd import fill
from appliance.errors import Refused, Unavailable
from appliance.simulation.rules import BankDeed, ButtonDeed, DoorDeed, ReaderDeed, RoomLook
from web.context import services, settings
from web.forms import text
from web.render import page, see_other, tell_refused

blueprint = Blueprint("simulation", __name__)
FOREIGN_CODE = "https://contoh.example/promo"
ISBN = "9789790643017"
BOOKS = 2  # enough to take one and to bring the other back


@blueprint.before_request
def only_in_the_demonstration() -> None:
    if not settings().demo:
        abort(404)


@blueprint.get("/demo")
def show() -> Response:
    try:
        room = services().simulation.look()
    except Unavailable as error:
        return page("simulation/page.html", room=None, why=error, codes=())
    return page("simulation/page.html", room=room, why=None, codes=_codes(room))


@blueprint.post("/demo/doors/<int:number>")
def door(number: int) -> Response:
    services().simulation.door(number, _deed(DoorDeed))
    return see_other(url_for("simulation.show") + f"#door-{number}")


@blueprint.post("/demo/banks/<int:bank>")
def bank(bank: int) -> Response:
    services().simulation.bank(bank, _deed(BankDeed))
    return see_other(url_for("simulation.show"))


@blueprint.post("/demo/readers/<name>")
def reader(name: str) -> Response:
    deed = _deed(ReaderDeed)
    code = text("typed") or text("code")
    if deed is ReaderDeed.READ and not code:
        flash(gettext("Pilih atau ketik kode yang dibaca."), "warning")
        return see_other(url_for("simulation.show") + f"#reader-{name}")
    services().simulation.reader(name, deed, code)
    return see_other(url_for("simulation.show") + f"#reader-{name}")


@blueprint.post("/demo/button")
def button() -> Response:
    services().simulation.button(_deed(ButtonDeed))
    return see_other(url_for("simulation.show"))


@blueprint.post("/demo/room")
def fill_room() -> Response:
    """People come in, so that the desk has something to do."""
    try:
        came = fill(services())
        flash(gettext("%(count)s kunjungan contoh masuk ke ruangan.", count=came), "success")
    except Refused as refused:
        tell_refused(refused)
    return see_other(url_for("simulation.show"))


def _deed(kind: Any) -> Any:
    try:
        return kind(text("deed"))
    except ValueError:
        abort(400)


def _codes(room: RoomLook) -> tuple[tuple[str, str], ...]:
    """Codes one may hold before a reader: what it is, and what it says."""
    tickets = (
        (gettext("Tiket %(label)s", label=visit.label), barcode(CodeKind.TICKET, visit.code))
        for visit in services().visits.still_open()
    )
    numbers = [door.number for door in room.doors]
    return (
        *tickets,
        *(
            (gettext("Tanda loker %(number)s", number=number), locker_tag(number))
            for number in numbers
        ),
        *_books(),
        (gettext("ISBN sebuah buku"), ISBN),
        (gettext("Kode QR dari luar"), FOREIGN_CODE),
    )


def _books() -> tuple[tuple[str, str], ...]:
    """The newest books that are here in print."""
    newest = services().catalogue.search("").hits
    printed = [hit for hit in newest if hit.holding.copies][:BOOKS]
    return tuple(
        (gettext("Buku %(title)s", title=hit.title), services().holdings.of(hit.id)[0].barcode)
        for hit in printed
    )
