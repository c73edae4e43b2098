"""Where a member of staff is signing in: the registered desk or the address, and what browser."""

from flask import request

from appliance.staff.sessions import Screen
from web import sessions
from web.limits import address

# The first that the browser's own words contain; several call themselves by their forebears' names.
BROWSERS = (
    ("Edg", "Edge"),
    ("OPR/", "Opera"),
    ("SamsungBrowser", "Samsung Internet"),
    ("Firefox", "Firefox"),
    ("FxiOS", "Firefox"),
    ("Chrom", "Chrome"),
    ("CriOS", "Chrome"),
    ("Safari", "Safari"),
)
SYSTEMS = (
    ("Android", "Android"),
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Windows", "Windows"),
    ("Mac OS", "macOS"),
    ("CrOS", "ChromeOS"),
    ("Linux", "Linux"),
)


def screen() -> Screen:
    """The screen of this request. A registered desk is throttled apart from its address."""
    desk = sessions.desk()
    if desk is not None:
        return Screen(f"device/{desk.id}", browser(), desk.id)
    return Screen(address(), browser())


def browser() -> str:
    """The browser in two words of ours, such as `Firefox, Windows`; empty for one unknown."""
    told = request.user_agent.string
    words = (_first(BROWSERS, told), _first(SYSTEMS, told))
    return ", ".join(word for word in words if word)


def _first(known: tuple[tuple[str, str], ...], told: str) -> str:
    return next((word for mark, word in known if mark in told), "")
