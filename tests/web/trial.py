"""Routes that only tests have: a small form, a poll, and one route for every kind of failure."""

from flask import Blueprint, Flask, Response, abort, flash

from appliance import errors
from appliance.errors import N_
from web import roles
from web.forms import Form, text
from web.limits import count_miss, refuse_guessers
from web.render import page, see_other, unchanged, with_errors

PAGE = "trial/page.html"
PARTIAL = "trial/_form.html"
TEMPLATES = {
    PAGE: "{% extends 'base.html' %}{% block title %}Coba{% endblock %}"
    "{% block main %}<h1>Coba</h1>{% include 'trial/_form.html' %}{% endblock %}",
    PARTIAL: "{% from 'macros/forms.html' import hidden, error_summary, text_field, radio_tiles %}"
    "<div id='trial'>{{ error_summary(form) }}"
    "<form method='post' action='/trial/form'>{{ hidden(form) }}"
    "{{ text_field(form, 'name', _('Nama lengkap'), required=true, hint='Sesuai kartu.') }}"
    "{{ radio_tiles(form, 'kind', 'Jenis', [('1', 'Satu'), ('2', 'Dua')], required=true) }}"
    "<button type='submit'>Kirim</button></form></div>",
    "trial/staff.html": "{% extends 'base_staff.html' %}"
    "{% block main %}<h1>Meja</h1>{% endblock %}",
}
FAILURES = {
    "refused": errors.Refused(N_("Loker 7 sedang dipakai.")),
    "not_found": errors.NotFound(N_("Kunjungan tidak ditemukan.")),
    "forbidden": errors.Forbidden(N_("Ini bukan milik Anda.")),
    "invalid": errors.Invalid({"name": "Tulis nama lengkap Anda."}),
    "unavailable": errors.Unavailable(N_("Pemindai tidak menjawab.")),
    "crash": KeyError("Siti Aminah 081234567890"),
}
ENDPOINTS = {
    "trial.show": roles.PUBLIC,
    "trial.send": roles.PUBLIC,
    "trial.poll": roles.PUBLIC,
    "trial.fail": roles.PUBLIC,
    "trial.guess": roles.PUBLIC,
    "trial.staff": roles.STAFF,
    "trial.admin": roles.ADMINS,
    "trial.station": roles.STATION,
    "trial.change": frozenset({roles.Who.OPERATOR, roles.Who.ADMIN}),
}


def show() -> Response:
    return page(PAGE, PARTIAL, form=Form.blank())


def send() -> Response:
    problems = {} if text("name") else {"name": "Tulis nama lengkap Anda."}
    if problems:
        return with_errors(PAGE, problems, PARTIAL)
    flash("Tersimpan.", "success")
    return see_other("/trial/form")


def poll() -> Response:
    return unchanged(7) or page(PAGE, PARTIAL, form=Form.blank())


def fail(kind: str) -> Response:
    if kind.isdigit():
        abort(int(kind))
    raise FAILURES[kind]


def guess() -> Response:
    refuse_guessers("trial")
    if text("code") != "BENAR":
        count_miss("trial")
        abort(404)
    return see_other("/trial/form")


def staff() -> Response:
    return page("trial/staff.html")


def blueprint() -> Blueprint:
    """A fresh blueprint; `trial.forgotten` is left out of the role table on purpose."""
    made = Blueprint("trial", __name__, url_prefix="/trial")
    made.add_url_rule("/form", "show", show)
    made.add_url_rule("/form", "send", send, methods=["POST"])
    made.add_url_rule("/poll", "poll", poll)
    made.add_url_rule("/fail/<kind>", "fail", fail)
    made.add_url_rule("/guess", "guess", guess, methods=["POST"])
    for name in ("staff", "admin", "station", "forgotten"):
        made.add_url_rule(f"/{name}", name, staff)
    made.add_url_rule("/change", "change", staff, methods=["POST"])
    return made


def add_to(app: Flask) -> None:
    """Register the trial routes and their templates on an app of a test."""
    from jinja2 import ChoiceLoader, DictLoader

    app.jinja_env.loader = ChoiceLoader([DictLoader(TEMPLATES), app.jinja_env.loader])
    app.register_blueprint(blueprint())
