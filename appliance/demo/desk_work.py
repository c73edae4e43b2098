"""Cards and photocopies of a past month: nearly all went well, and one of each that did not."""

import datetime as dt
from collections.abc import Iterable, Iterator

from peewee import Model

from appliance.demo.past import PastVisit, made_up_uuid
from appliance.offices import Office
from appliance.storage.models import CardSwap, Deposit, DepositContact, Photocopy, PhotocopyForm

OFFICER_NAME = "petugas"  # as most tables write who did it
OFFICER = f"officer:{OFFICER_NAME}"
EVERY = 8  # visits between two that had something photocopied
TITLES = ("Statistik Daerah 2024", "Produk Domestik Regional Bruto 2020-2024", "Potensi Desa 2021")
Rows = Iterable[dict[str, object]]

# What became of the newest cards, counted backwards; every other card was given back.
LEFT_BEHIND, GUARANTEE, WITHOUT, SWAPPED, SEALED, HANDED_OVER = 0, 1, 2, (3, 4), 8, 12


def cards(office: Office, visits: dict[int, PastVisit]) -> Iterator[tuple[type[Model], Rows]]:
    """What was left for lockers, a card in every state among it."""
    keys = [key for key, visit in visits.items() if visit.uses_locker]
    rows = [
        {
            "id": number,
            "uuid": made_up_uuid("deposit", visits[key]),
            "visit": key,
            "kind": "card",
            "card_type": office.policy.card_types[0],
            "tray_slot": key % office.policy.tray_slots + 1,
            "state": "returned",
            "received_at": visits[key].served_at,
            "received_by": OFFICER_NAME,
            "envelope": None,
            "returned_at": visits[key].closed_at,
            "returned_by": OFFICER_NAME,
            "handed_to": None,
            "receipt": None,
            "note": "",
        }
        for number, key in enumerate(keys, start=1)
    ]
    newest = rows[::-1]
    if len(newest) <= HANDED_OVER:
        yield Deposit, rows
        return
    _set_apart(office, newest)
    yield Deposit, rows
    yield DepositContact, [_contact(newest[LEFT_BEHIND]), _contact(newest[SEALED])]
    yield CardSwap, [_swap(newest[SWAPPED[0]], newest[SWAPPED[1]])]


def _set_apart(office: Office, newest: list[dict[str, object]]) -> None:
    """The few that were not simply given back."""
    still_here: dict[str, object] = {"returned_at": None, "returned_by": None}
    last_slot = office.policy.tray_slots  # out of the way of who comes next
    newest[LEFT_BEHIND] |= still_here | {"state": "left_behind", "tray_slot": last_slot}
    newest[LEFT_BEHIND]["note"] = "Pulang sebelum kartunya diambil (data contoh)"
    guarantee = {"kind": "guarantee", "card_type": office.cards.guarantees[0], "tray_slot": None}
    newest[GUARANTEE] |= guarantee
    newest[WITHOUT] |= {"kind": "none", "card_type": "", "tray_slot": None, "state": "waived"}
    newest[WITHOUT]["note"] = "Tidak membawa kartu apa pun (data contoh)"
    for place in SWAPPED:
        newest[place] |= still_here | {"state": "swapped"}
    newest[SEALED] |= still_here | {"state": "sealed", "envelope": 2}
    newest[HANDED_OVER] |= {"state": "handed_over", "envelope": 1, "receipt": 1}
    newest[HANDED_OVER]["handed_to"] = "police"


def _contact(deposit: dict[str, object]) -> dict[str, object]:
    return {
        "deposit": deposit["id"],
        "at": _later(deposit["received_at"], hours=9),
        "by": OFFICER_NAME,
        "way": "called",
        "outcome": "no_answer",
    }


def _swap(first: dict[str, object], second: dict[str, object]) -> dict[str, object]:
    return {
        "uuid": f"swap-{first['uuid']}",
        "first": first["id"],
        "second": second["id"],
        "noted_at": _later(first["received_at"], hours=9),
        "noted_by": OFFICER_NAME,
    }


def photocopies(office: Office, visits: dict[int, PastVisit]) -> Iterator[tuple[type[Model], Rows]]:
    """Forms, and the publications on them: back in time, late, lost, withdrawn, and still out."""
    keys = [key for key, visit in visits.items() if visit.readings][::-EVERY]
    states = ("out", "back", "cancelled", "lost")  # of the newest ones; the others came back
    forms: list[dict[str, object]] = []
    trips: list[dict[str, object]] = []
    for number, key in enumerate(reversed(keys), start=1):
        age = len(keys) - number
        visit, state = visits[key], states[age] if age < len(states) else "back"
        forms.append({"id": number, "visit": key, "made_at": visit.served_at, "made_by": "visitor"})
        trips.append(_trip(office, number, key, visit, state))
    yield PhotocopyForm, forms
    yield Photocopy, trips


def _trip(office: Office, number: int, key: int, visit: PastVisit, state: str) -> dict[str, object]:
    went_out = state in ("out", "back", "lost")
    out_at = _later(visit.served_at, minutes=10) if went_out else None
    minutes = office.policy.photocopy_minutes + (25 if number % 5 == 0 else -20)  # each fifth late
    return {
        "uuid": made_up_uuid("photocopy", visit),
        "form": number,
        "visit": key,
        "title": TITLES[number % len(TITLES)],
        "pages": "1-4, 12",
        "page_count": 5,
        "state": state,
        "created_at": visit.served_at,
        "out_at": out_at,
        "out_by": "petugas" if went_out else None,
        "carrier": "visitor" if went_out else None,
        "due_at": _later(out_at, minutes=office.policy.photocopy_minutes) if went_out else None,
        "back_at": _later(out_at, minutes=minutes) if state == "back" else None,
        "back_by": "petugas" if state == "back" else None,
        "lost_at": _later(out_at, hours=5) if state == "lost" else None,
        "lost_by": "petugas" if state == "lost" else None,
        "lost_reason": "Hilang di koperasi (data contoh)" if state == "lost" else "",
    }


def _later(moment: object, **by: int) -> dt.datetime:
    if not isinstance(moment, dt.datetime):
        raise TypeError("a made-up visit that was served has a time")
    return moment + dt.timedelta(**by)
