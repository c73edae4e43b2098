"""How templates write times and codes: `09.15 WIB`, `sisa 3 menit`, a QR as inline SVG."""

import datetime as dt
from collections.abc import Iterable, Iterator
from decimal import Decimal
from typing import Any

import segno
from flask import Flask
from flask_babel import (
    format_date,
    format_decimal,
    format_percent,
    gettext,
    lazy_gettext,
    ngettext,
    to_user_timezone,
)
from markupsafe import Markup

from appliance.codes import readable
from web.context import services
from web.language import language

ROLE_WORDS = {
    "officer": lazy_gettext("petugas"),
    "operator": lazy_gettext("operator"),
    "admin": lazy_gettext("admin"),
    "head": lazy_gettext("kepala"),
}


def init_app(app: Flask) -> None:
    """Give every template these filters."""
    for name, function in (
        ("clock", clock),
        ("day", day),
        ("written_day", written_day),
        ("moment", moment),
        ("recent", recent),
        ("minutes_left", minutes_left),
        ("duration", duration),
        ("qr", qr),
        ("readable", readable),
        ("options", options),
        ("month_name", month_name),
        ("percent", percent),
        ("decimal", decimal),
        ("thousandths", thousandths),
    ):
        app.jinja_env.filters[name] = function
    app.jinja_env.globals["role_word"] = role_word


def clock(at: dt.datetime, zone: bool = True) -> str:
    """The time of day at the office: `09.15 WIB` (`09:15 WIB` in English)."""
    separator = "." if language() == "id" else ":"
    text = to_user_timezone(at).strftime(f"%H{separator}%M")
    return f"{text} {services().office.zone_name}" if zone else text


def day(at: dt.datetime | dt.date) -> str:
    """The date with its weekday: `Minggu, 22 November 2026`."""
    return format_date(at, "EEEE, d MMMM y")


def written_day(text: str | None) -> str:
    """A date kept as text, such as 2024-02-28, as `28 Februari 2024`; anything else as it is."""
    try:
        return format_date(dt.date.fromisoformat(text or ""), "d MMMM y")
    except ValueError:
        return text or ""


def moment(at: dt.datetime) -> str:
    """Date and time: `22 Nov 2026 09.15 WIB`."""
    return f"{format_date(at, 'd MMM y')} {clock(at)}"


def recent(at: dt.datetime) -> str:
    """The time of day when it is today's, else `moment`: lists of the day stay short."""
    office = services().office
    is_today = office.business_date(at) == office.business_date(services().clock.now())
    return clock(at) if is_today else moment(at)


def month_name(month: dt.date) -> str:
    """The month in words: `November 2026`."""
    return format_date(month, "MMMM y")


def percent(share: float | None) -> str:
    """A share of one as `95,3%`; a dash when there is none."""
    return "–" if share is None else format_percent(share, "0.0%")


def decimal(number: Decimal | float | None) -> str:
    """A figure with two decimals as the language writes it: `84,91`; a dash when there is none."""
    return "–" if number is None else format_decimal(number, "0.00")


def thousandths(number: Decimal | None) -> str:
    """A figure with three decimals: `0,389`; a dash when there is none."""
    return "–" if number is None else format_decimal(number, "0.000")


def duration(seconds: float | None) -> str:
    """A length in minutes, or `tidak diketahui` when the clock could not tell."""
    if seconds is None:
        return gettext("tidak diketahui")
    minutes = round(seconds / 60)
    if minutes < 1:
        return gettext("kurang dari 1 menit")
    return ngettext("%(num)s menit", "%(num)s menit", minutes)


def minutes_left(seconds: float) -> str:
    """What is left of a promise in words: `sisa 3 menit`, or how late it is."""
    if seconds < 0:
        late = max(1, round(-seconds / 60))
        return ngettext("lewat %(num)s menit", "lewat %(num)s menit", late)
    if seconds < 60:
        return gettext("sisa kurang dari 1 menit")
    return ngettext("sisa %(num)s menit", "sisa %(num)s menit", int(seconds // 60))


def qr(text: str, border: int = 2) -> Markup:
    """An inline SVG of this text; its size comes from the style sheet (`.qr`)."""
    code = segno.make(text, error="m", micro=False)
    drawn = code.svg_inline(border=border, omitsize=True, svgclass="qr-code", lineclass=None)
    return Markup(drawn)  # noqa: S704 - squares only; the text itself is not in it


def options(choices: Iterable[Any]) -> Iterator[tuple[object, str]]:
    """Value and label of each choice: a Choice in the page's language, or a pair as it is."""
    for choice in choices:
        if hasattr(choice, "code"):
            yield choice.code, choice.label_en if language() == "en" else choice.label_id
        else:
            value, label = choice
            yield value, str(label)


def role_word(role: str) -> str:
    """The role of a member of staff as people say it."""
    return str(ROLE_WORDS.get(role, role))
