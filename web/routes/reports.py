"""A period in figures, on the screen, on paper, and as a file."""

import datetime as dt
from decimal import Decimal

from flask import Blueprint, Response, abort, request, send_file, url_for
from flask_babel import format_date, format_decimal, format_percent, gettext

from appliance.reports.periods import Period, Span, containing, parse
from appliance.reports.phrases import Phrase
from appliance.reports.rules import Cell, Figure, Kind
from appliance.reports.service import Format
from web.addresses import phone_url
from web.context import services
from web.downloads import sent
from web.forms import text
from web.language import language
from web.render import is_fragment, page, see_other, unchanged
from web.sessions import actor

blueprint = Blueprint("reports", __name__)
UNKNOWN = "–"
QUARTERS_BACK = 12  # to choose from; an earlier one is reached by its neighbours
SECONDS_OF_A_MINUTE = 60


@blueprint.app_template_filter("phrase")
def phrase(words: Phrase | str) -> str:
    """A report's own words in the language of the page."""
    return words.said(language()) if isinstance(words, Phrase) else words


@blueprint.app_template_filter("cell")
def cell(value: Cell, kind: Kind) -> str:
    """A cell as people read it: `1.204`, `95,3%`, `4 mnt 10 dtk`; a dash when it is unknown."""
    if value is None:
        return UNKNOWN
    if isinstance(value, Phrase | str):
        return phrase(value)
    if isinstance(value, dt.date):
        return _date(value)
    if kind is Kind.SHARE:
        return format_percent(value, "0.0%")
    if kind is Kind.SECONDS:
        return _length(float(value))
    return format_decimal(value, "0.00" if isinstance(value, Decimal | float) else "#,##0")


@blueprint.app_template_filter("change")
def change(figure: Figure) -> str:
    """How much more or less a figure is than in the period before; empty when nobody knows."""
    difference = figure.change
    if difference is None or isinstance(figure.value, str | dt.date | Phrase):
        return ""
    sign = "+" if difference > 0 else "−" if difference < 0 else "±"
    size = abs(difference)
    if figure.kind is Kind.SHARE:
        points = format_decimal(size * 100, "0.0")
        return gettext("%(sign)s%(points)s poin", sign=sign, points=points)
    exact = Decimal(str(size)) if figure.kind is Kind.DECIMAL else round(size)
    return f"{sign}{cell(exact, figure.kind)}"


@blueprint.get("/staff/reports")
def show() -> Response:
    period = _period(request.args.get("period", ""))
    reports = services().reports
    present = reports.present(period.span)
    return page(
        "reports/page.html",
        report=reports.report(period),
        period=period,
        before=period.neighbour(-1),
        after=period.neighbour(1) if period.first < present.first else None,
        spans=[containing(min(period.first, reports.present(Span.DAY).first), s) for s in Span],
        quarters=[reports.present(Span.QUARTER).neighbour(-n) for n in range(QUARTERS_BACK)],
        formats=Format,
    )


@blueprint.post("/staff/reports/export")
def export() -> Response:
    """A POST, because taking figures out is written into the journal."""
    period = parse(text("period"))
    if period is None or text("format") not in list(Format):
        abort(404)
    made = services().reports.export(period, Format(text("format")), by=actor())
    return send_file(
        made.file,
        mimetype=made.content_type,
        as_attachment=True,
        download_name=made.download_name,
    )


@blueprint.get("/staff/reports/recount")
def recount() -> Response:
    """The report beside the journal; reads, and changes nothing."""
    period = _period(request.args.get("period", ""))
    return page("reports/recount.html", found=services().reports.recount(period), period=period)


@blueprint.get("/staff/reports/papers")
def papers() -> Response:
    return page("reports/papers.html", papers=services().report_ledger.latest())


@blueprint.post("/staff/reports/papers")
def ask_paper() -> Response:
    period = parse(text("period"))
    if period is None:
        abort(404)
    note = services().report_ledger.ask(period, by=actor(), verify_url=_verify_url)
    return see_other(url_for("reports.paper", number=note.number))


@blueprint.get("/staff/reports/papers/<number>")
def paper(number: str) -> Response:
    """How far a report on paper is, and what it is known by once it is signed."""
    note = services().report_ledger.note(number)
    if is_fragment() and (nothing_new := unchanged(note.version)):
        return nothing_new
    return page("reports/paper.html", "reports/_paper.html", note=note)


@blueprint.get("/staff/reports/papers/<number>.pdf")
def fetch(number: str) -> Response:
    ledger = services().report_ledger
    note, file = ledger.open(number, by=actor())
    name = ledger.download_name(note)
    return sent(file, note.size_bytes or 0, "application/pdf", name, etag=note.sha256 or "")


def _verify_url(number: str) -> str:
    """Where the QR on the paper leads to; empty where no other device reaches this one."""
    return phone_url("copies.verify", number=number)


def _period(asked: str) -> Period:
    """The period asked for; the present month for anything else, the present one for the future."""
    reports = services().reports
    period = parse(asked) or reports.present(Span.MONTH)
    return min(period, reports.present(period.span), key=lambda one: one.first)


def _date(day: dt.date) -> str:
    """The first of a month stands for the month only where a report says so: see `part`."""
    return format_date(day, "EEE d MMM")


@blueprint.app_template_filter("part")
def part(value: Cell, span: Span) -> str:
    """What a row of the course is about: an hour, a day of the month, or a month."""
    if not isinstance(value, dt.date):
        return cell(value, Kind.TEXT)
    return format_date(value, "EEE d MMM" if span is Span.MONTH else "MMMM y")


@blueprint.app_template_filter("short_part")
def short_part(value: Cell, span: Span) -> str:
    """The same below a column, where there is little room."""
    if isinstance(value, dt.date):
        return format_date(value, "d" if span is Span.MONTH else "MMM")
    return value[:2] if isinstance(value, str) else "?"


def _length(seconds: float) -> str:
    minutes, rest = divmod(round(seconds), SECONDS_OF_A_MINUTE)
    if not minutes:
        return gettext("%(seconds)s dtk", seconds=rest)
    return gettext("%(minutes)s mnt %(seconds)s dtk", minutes=minutes, seconds=rest)
