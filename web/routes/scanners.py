"""The scanners and the big buttons of the station, for staff."""

from typing import Any
from zlib import crc32

from flask import Blueprint, Response, flash, url_for
from flask_babel import gettext

from appliance.documents.preset_rules import MODES, NAMES, PAPERS, RESOLUTIONS_DPI, SOURCES
from appliance.errors import Invalid
from web.context import services
from web.forms import Form, texts
from web.render import is_fragment, page, see_other, unchanged, with_errors
from web.sessions import actor

blueprint = Blueprint("scanners", __name__, url_prefix="/staff/scanners")
FIELDS = tuple(name for name in NAMES if name != "code")


@blueprint.get("")
def show() -> Response:
    """Every scanner with its state, and the six buttons; asks for itself again meanwhile."""
    scanners = services().scanners.all()
    version = f"{crc32(repr(scanners).encode()):08x}"
    if is_fragment() and (nothing_new := unchanged(version)):
        return nothing_new
    return page(
        "scanners/page.html",
        "scanners/_list.html",
        scanners=scanners,
        version=version,
        presets=[
            (one, services().scan_presets.is_changed(one.code))
            for one in services().scan_presets.every()
        ],
    )


@blueprint.post("/<name>/ask")
def ask(name: str) -> Response:
    """Have the scanner say anew what it can do, as after it was plugged in again."""
    services().scanners.ask_again(name, by=actor())
    flash(gettext("Pemindai ditanyai lagi. Jawabannya muncul di sini."), "success")
    return see_other(url_for("scanners.show"))


@blueprint.get("/presets/<code>")
def edit(code: str) -> Response:
    preset = services().scan_presets.named(code)
    values = {name: getattr(preset, name) for name in FIELDS}
    values["is_shown"] = "1" if preset.is_shown else ""
    return page("scanners/preset.html", form=Form.blank(**values), **_choices(code))


@blueprint.post("/presets/<code>")
def change(code: str) -> Response:
    form = {name: "".join(texts(name)[:1]) for name in FIELDS}
    try:
        services().scan_presets.change(code, form, by=actor())
    except Invalid as invalid:
        return with_errors("scanners/preset.html", dict(invalid.problems), **_choices(code))
    flash(gettext("Tombol disimpan. Stasiun memakainya mulai halaman berikutnya."), "success")
    return see_other(url_for("scanners.show"))


@blueprint.post("/presets/<code>/reset")
def reset(code: str) -> Response:
    services().scan_presets.reset(code, by=actor())
    flash(gettext("Tombol kembali seperti semula."), "success")
    return see_other(url_for("scanners.show"))


def _choices(code: str) -> dict[str, Any]:
    return {
        "preset": services().scan_presets.named(code),
        "is_changed": services().scan_presets.is_changed(code),
        "resolutions": RESOLUTIONS_DPI,
        "modes": MODES,
        "sources": SOURCES,
        "papers": tuple(PAPERS.values()),
        "scanners": services().scanners.all(),
    }
