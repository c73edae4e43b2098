"""The pages on which records that the hub did not understand are looked through."""

import uuid
from collections.abc import Mapping

from flask import Blueprint, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from appliance.errors import N_
from appliance.hub.batches import ASKED_FOR
from appliance.hub.database import Database
from appliance.hub.site import guard
from appliance.hub.site.forms import Form
from appliance.hub.site.quarantine import Done, Quarantine, Wanted, readable

SHOWN_BYTES = 64 * 1024  # an event's limit; of a larger one the beginning tells enough
LONGEST_REASON = 300
NO_REASON = N_("Tulis alasannya, agar orang lain nanti mengerti.")
# In plain words what the hub's own, technical ones mean; by how they begin.
PLAIN: Mapping[str, str] = {
    "unknown kind": N_("Jenis catatan ini belum dikenal pusat. Biasanya pusat perlu diperbarui."),
    "unknown type": N_("Ini bukan catatan Ruang Baca, atau versinya lain."),
    "too large": N_("Catatan ini terlalu besar."),
    ASKED_FOR: N_("Peranti sendiri minta catatan ini disisihkan, karena berkali-kali ditolak."),
    "a clock": N_("Jam peranti di catatan ini tidak masuk akal."),
    "a time": N_("Waktu di catatan ini tanpa zona waktu."),
    "cannot be stored": N_("Basis data tidak dapat menyimpan isi catatan ini."),
    "Object contains unknown field": N_(
        "Ada isian yang belum dikenal pusat. Biasanya pusat perlu diperbarui."
    ),
}
OTHERWISE = N_("Isi catatan ini tidak cocok dengan jenisnya.")


def blueprint(database: Database) -> Blueprint:
    """The list, one record, and what can be done with one or with all of a problem."""
    routes = Blueprint("quarantine", __name__)
    pages = _Pages(Quarantine(database))
    one, group = "/quarantine/<int:number>", "/quarantine/problems/<group>"
    deeds = "<any(accept, discard):action>"
    routes.add_url_rule("/quarantine", view_func=pages.show)
    routes.add_url_rule(one, view_func=pages.record)
    routes.add_url_rule(f"{one}/{deeds}", view_func=pages.ask_one)
    routes.add_url_rule(f"{one}/{deeds}", view_func=pages.settle_one, methods=["POST"])
    routes.add_url_rule(f"{one}/undo", view_func=pages.undo_one, methods=["POST"])
    routes.add_url_rule(f"{group}/{deeds}", view_func=pages.ask_group)
    routes.add_url_rule(f"{group}/{deeds}", view_func=pages.settle_group, methods=["POST"])
    routes.add_url_rule("/quarantine/undo/<uuid:deed>", view_func=pages.undo, methods=["POST"])
    return routes


class _Pages:
    def __init__(self, quarantine: Quarantine) -> None:
        self._quarantine = quarantine

    @guard.national_only
    def show(self) -> str:
        wanted = _wanted(request.args.get("group", ""))
        records, following = self._quarantine.records(wanted, request.args.get("before", type=int))
        return render_template(
            "quarantine/list.html",
            wanted=wanted,
            records=records,
            following=following,
            groups=self._quarantine.groups(wanted),
            offices=self._quarantine.offices(),
            plain=plain,
            done=self._done(),
        )

    @guard.national_only
    def record(self, number: int) -> str:
        record = self._quarantine.record(number)
        return render_template(
            "quarantine/record.html",
            record=record,
            text=readable(record.raw[:SHOWN_BYTES]),
            is_cut=len(record.raw) > SHOWN_BYTES,
            plain=plain,
        )

    @guard.national_only
    def ask_one(self, number: int, action: str) -> str:
        return self._ask_one(number, action, Form({}))

    @guard.national_only
    def settle_one(self, number: int, action: str) -> Response:
        why = _why(form := Form(request.form), action)
        if why is None:
            return make_response(self._ask_one(number, action, form), 422)
        settle = self._quarantine.accept_one if action == "accept" else self._quarantine.discard_one
        return _to_list(settle(number, guard.person().username, why))

    @guard.national_only
    def ask_group(self, group: str, action: str) -> str:
        return self._ask_group(_wanted(group), action, Form({}))

    @guard.national_only
    def settle_group(self, group: str, action: str) -> Response:
        wanted = _wanted(group)
        why = _why(form := Form(request.form), action)
        if why is None:
            return make_response(self._ask_group(wanted, action, form), 422)
        is_accepted = action == "accept"
        settle = self._quarantine.accept_group if is_accepted else self._quarantine.discard_group
        return _to_list(settle(wanted, guard.person().username, why))

    @guard.national_only
    def undo_one(self, number: int) -> Response:
        self._quarantine.undo_one(number, guard.person().username)
        return redirect(url_for("site.quarantine.record", number=number), 303)

    @guard.national_only
    def undo(self, deed: uuid.UUID) -> Response:
        self._quarantine.undo(deed, guard.person().username)
        return redirect(url_for("site.quarantine.show", undone=1), 303)

    def _ask_one(self, number: int, action: str, form: Form) -> str:
        record = self._quarantine.record(number)
        back = url_for("site.quarantine.record", number=number)
        return render_template(
            "quarantine/ask.html", action=action, form=form, record=record, count=1, back=back
        )

    def _ask_group(self, wanted: Wanted, action: str, form: Form) -> str:
        group = self._quarantine.group(wanted)
        back = url_for("site.quarantine.show", group=group.id, office=wanted.office or None)
        return render_template(
            "quarantine/ask.html",
            action=action,
            form=form,
            group=group,
            wanted=wanted,
            count=group.count,
            back=back,
            plain=plain,
        )

    def _done(self) -> dict[str, object] | None:
        """What has just been done, as the list tells it; None without any."""
        if "undone" in request.args:
            return {"as": "undone"}
        deed = request.args.get("deed", type=uuid.UUID)
        if deed is None:
            return None
        settled_as, count = self._quarantine.deed(deed)
        left = request.args.get("left", 0, type=int)
        return {"as": settled_as, "count": count, "deed": deed, "left": left}


def plain(problem: str) -> str:
    """The problem in plain words, marked for translation."""
    return next((text for start, text in PLAIN.items() if problem.startswith(start)), OTHERWISE)


def _why(form: Form, action: str) -> str | None:
    """The reason that was given; None, and the form says so, where there has to be one."""
    why = "".join(sign for sign in form.value("why") if sign.isprintable())[:LONGEST_REASON]
    if not why and action == "discard":
        form.refuse("why", NO_REASON)
        return None
    return why


def _wanted(group: str) -> Wanted:
    office = (request.args.get("office") or request.form.get("office") or "")[:64]
    is_open = request.args.get("state") != "settled"
    return Wanted(office.replace("\x00", ""), group[:32].replace("\x00", ""), is_open)


def _to_list(done: Done) -> Response:
    return redirect(url_for("site.quarantine.show", deed=done.deed, left=done.left or None), 303)
