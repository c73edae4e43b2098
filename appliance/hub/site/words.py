"""How long ago, how long, how much: values as the dashboard writes them in both languages."""

import datetime as dt
from typing import Any

from babel.dates import format_timedelta
from babel.numbers import format_decimal, format_percent
from flask import Flask, current_app

from appliance.errors import N_
from appliance.hub.site import language
from appliance.reports.periods import Period

UNKNOWN = "–"
MINUTE_S = 60
JUST_NOW = dt.timedelta(minutes=1)


# How devices name what keeps them from sending; the list is `appliance.sync.answers.Kind`.
PROBLEMS = {
    "offline": N_("pusat tidak terjangkau"),
    "clock": N_("jam belum benar"),
    "certificate": N_("sertifikat pusat ditolak"),
    "load": N_("pusat sibuk"),
    "large": N_("kiriman besar ditolak di jalan"),
    "failed": N_("pusat bermasalah"),
    "unreadable": N_("kiriman tidak terbaca"),
    "refused": N_("kunci tidak dikenal"),
    "version": N_("versinya terlalu lama"),
    "suspended": N_("ditangguhkan pusat"),
    "revoked": N_("dicabut pusat"),
}
REFUSALS = {
    "forged": N_("tanda tangan tidak cocok"),
    "unreadable": N_("tidak terbaca peranti"),
    "foreign": N_("untuk kantor lain"),
    "older": N_("nomornya tidak lebih baru"),
}
"""Why a device took no settings, in the words of `appliance.portal_settings.book.Refusal`."""


def install(app: Flask) -> None:
    """Give the templates these filters."""
    app.jinja_env.filters.update(
        ago=ago,
        length_of_time=length,
        offset=offset,
        percent=percent,
        period_name=period_name,
        problem=problem,
        refusal=refusal,
    )


def ago(value: dt.datetime | None, now: dt.datetime) -> str:
    """`4 menit yang lalu`; a dash for what never was."""
    if value is None:
        return UNKNOWN
    passed = max(now - value, JUST_NOW)
    return format_timedelta(-passed, add_direction=True, **_style())


def length(seconds: float | None) -> str:
    """`3 hari`; a dash when nobody knows."""
    if seconds is None:
        return UNKNOWN
    return format_timedelta(dt.timedelta(seconds=seconds), **_style())


def offset(seconds: float | None) -> str:
    """`+1,5 dtk` of a clock that is ahead of the hub's; longer ones as `+3 menit`."""
    if seconds is None:
        return UNKNOWN
    sign = "+" if seconds > 0 else "−" if seconds < 0 else "±"
    if abs(seconds) < MINUTE_S:
        unit = "s" if language.language() == "en" else "dtk"
        return f"{sign}{format_decimal(abs(seconds), '0.#', locale=language.language())} {unit}"
    return f"{sign}{length(abs(seconds))}"


def _style() -> dict[str, Any]:
    """Nothing shorter than a minute; from 90 minutes on in hours."""
    return {"locale": language.language(), "threshold": 1.5, "granularity": "minute"}


def percent(share: float | None) -> str:
    """`95,3%` of 0.953; a dash when nobody knows."""
    return (
        UNKNOWN if share is None else str(format_percent(share, "0.#%", locale=language.language()))
    )


def period_name(period: Period) -> str:
    """`November 2026`, `Triwulan IV 2026`."""
    return period.name.said(language.language())


def problem(told: str) -> str:
    """What a device says is in its way; its own word where it is a new one."""
    return said(PROBLEMS[told]) if told in PROBLEMS else told or UNKNOWN


def refusal(told: str) -> str:
    """Why settings were not taken; what a newer device says stands for itself."""
    return said(REFUSALS[told]) if told in REFUSALS else told


def said(message: str, **values: object) -> str:
    """A message marked by N_ in the language of this request."""
    return language.translated(current_app, message, **values)
