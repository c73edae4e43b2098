"""The journal of what people did on the dashboard, for the national team."""

from collections.abc import Mapping

from flask import Blueprint, render_template, request

from appliance.errors import N_
from appliance.hub import journal
from appliance.hub.database import Database
from appliance.hub.site import guard

# Whoever adds a deed adds its words here.
ACTIONS: Mapping[str, str] = {
    "login": N_("Masuk"),
    "logout": N_("Keluar"),
    "password": N_("Mengganti kata sandi"),
    "export": N_("Mengunduh data"),
    "accept": N_("Menerima catatan karantina"),
    "discard": N_("Membuang catatan karantina"),
    "undo": N_("Mengembalikan ke karantina"),
    "suspend": N_("Menangguhkan peranti"),
    "resume": N_("Mengaktifkan lagi peranti"),
    "revoke": N_("Mencabut peranti"),
    "claim": N_("Membuat kode pendaftaran"),
    "command": N_("Meminta peranti"),
    "user": N_("Mengubah pengguna"),
    "config": N_("Menerbitkan setelan"),
    "key": N_("Mengganti kunci pusat"),
    "unseal": N_("Membuka isian terkunci"),
}


def blueprint(database: Database) -> Blueprint:
    """The page; a person's name narrows it."""
    routes = Blueprint("journal", __name__)

    @routes.get("/journal")
    @guard.national_only
    def show() -> str:
        username = request.args.get("username", "")[:32].replace("\x00", "")
        before = request.args.get("before", type=_number)
        found, following = journal.lines(database, username=username, before=before)
        return render_template(
            "journal.html",
            lines=found,
            following=following,
            username=username,
            usernames=journal.usernames(database),
            actions=ACTIONS,
        )

    return routes


def _number(text: str) -> int:
    if not text.isdigit() or not text.isascii() or len(text) > 18:
        raise ValueError
    return int(text)
