"""Every kind of event that may leave the Pi, with the fields it may carry.

Names, phones, e-mail addresses and free text of visitors are on no list, so the outbox refuses
them when the event is written, not when it is sent. `SEALABLE` are those (class P0 of
appliance/sync/privacy.py) which an office's policy may send sealed, for the portal's eyes alone.
"""

from collections.abc import Mapping

from appliance.errors import ConfigError

TYPE_PREFIX = "id.go.bps.ruangbaca."
TYPE_VERSION = "v1"

FIELDS: dict[str, frozenset[str]] = {
    name: frozenset(fields.split())
    for name, fields in {
        "visit.registered": (
            "number business_date channel sex age_band education occupation agency_category"
            " purpose services channels disability notice_version persons incomplete paper visitor"
        ),
        "visit.called": "desk",
        "visit.served": "wait_s within_promise",
        "visit.served_corrected": "wait_s within_promise",
        "visit.late_explained": "reason",
        "visit.leaving": "",
        "visit.closed": "state stay_s",
        "visit.corrected": "fields was now",
        "locker.assigned": "locker",
        "locker.commanded": "locker purpose",
        "locker.outcome": "locker purpose result",
        "locker.released": "locker end_reason",
        "locker.condition": "locker condition",
        "locker.alarm": "locker alarm",
        "locker.alarm_ended": "locker alarm",
        "locker.seen_by_person": "locker says",
        "locker.moved": "locker from_locker",
        "locker.emptied": "locker",
        "property.found": "number locker",
        "property.handed_over": "number",
        "property.passed_on": "number",
        "key.event": "locker event",
        "closing.started": "",
        "closing.looked": "locker found",
        "closing.ended": "",
        "day.closed": "date version",
        "emergency.started": "source",
        "emergency.ended": "",
        "lockers.started": "cause",
        "deposit.received": "card_type tray_slot",
        "deposit.returned": "card_type tray_slot",
        "deposit.return_undone": "card_type tray_slot",
        "deposit.handed_over": "card_type tray_slot",
        "reading.noted": "publication_id catalogue_number publication_number",
        "reading.returned": "publication_id",
        "reading.missing": "publication_id",
        "scan.page": "position resolution_dpi mode",
        "scan.made": "pages size_bytes",
        "scan.failed": "problem",
        "scan.fetched": "pages size_bytes",
        "scan.printed": "pages",
        "scan.copied": "pages",
        "scan.mailed": "pages",
        "copy.made": "publication_id pages size_bytes",
        "request.made": (
            "publication_id catalogue_number publication_number source level period year_from"
            " year_to national"
        ),
        "request.handled": "state reason",
        "request.judged": "outcome quality",
        "photocopy.asked": "publication_id",
        "photocopy.out": "",
        "photocopy.back": "",
        "photocopy.cancelled": "",
        "photocopy.lost": "",
        "rating.given": "",
        "rating.declined": "",
        "rating.summary": "month respondents totals answered",
        "skd.summary": "month respondents importance satisfaction",
        "publication.rating_summary": (
            "publication_id catalogue_number publication_number respondents total"
        ),
        "portal_account.noted": "state",
        "complaint.made": "kind topic channel received_on",
        "complaint.answered": "",
        "complaint.reopened": "",
        "complaint.closed": "",
        "person.erased": "",
        "consent.withdrawn": "",
        "report.exported": "kind",
        "clock.anchored": "boot boot_ms utc source err_ms",
    }.items()
}

# What helps to tune a room and is counted elsewhere too: the first to go when a disk fills up.
# Never what tells of a visit, a locker or who did what.
TELEMETRY = frozenset({"scan.failed", "scan.page"})
FACT_CLASS, TELEMETRY_CLASS = 1, 2  # as rows of the outbox have them

_OF_A_VISITOR = frozenset({"agency_name", "email", "name", "phone"})
SEALABLE: dict[str, frozenset[str]] = {
    "visit.registered": _OF_A_VISITOR,
    "visit.corrected": _OF_A_VISITOR,
}


def checked(name: str, data: Mapping[str, object]) -> Mapping[str, object]:
    """The same data, when this event may carry it.

    Raises ConfigError for an unknown event or a field that is not on its list: a programming
    error which must fail in the first test that meets it, and never leave the house.
    """
    allowed = FIELDS.get(name)
    if allowed is None:
        raise ConfigError(f"unknown event {name!r}")
    foreign = sorted(set(data) - allowed - SEALABLE.get(name, frozenset()))
    if foreign:
        raise ConfigError(f"event {name!r} must not carry {', '.join(foreign)}")
    return data


def class_of(name: str) -> int:
    """What may be dropped when the disk fills up, and what never."""
    return TELEMETRY_CLASS if name in TELEMETRY else FACT_CLASS


def short_name(kind: str) -> str:
    """The event's name out of its CloudEvents type."""
    return kind.removeprefix(TYPE_PREFIX).removesuffix(f".{TYPE_VERSION}")


def full_type(name: str) -> str:
    """The CloudEvents type of an event name."""
    return f"{TYPE_PREFIX}{name}.{TYPE_VERSION}"
