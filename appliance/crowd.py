"""A room full of made-up people, for the demonstration alone."""

import datetime as dt
import random
from contextlib import suppress

from appliance.actor import ANYONE, Actor
from appliance.errors import N_, Invalid, Refused
from appliance.guestbook import paper_rules
from appliance.guestbook.rules import FormData
from appliance.services import Services
from appliance.visits.rules import VisitCard

OFFICER = Actor.staff("petugas", "officer")
NAMES = ("Bunga", "Kenanga", "Cempaka", "Anggrek", "Dahlia", "Wijaya", "Beringin", "Pinus", "Jati")
FULL = 12  # people in the room, from which on it is busy enough
ALREADY_FULL = N_("Ruangan sudah ramai.")
FORM: FormData = {
    "sex": "2",
    "age_band": "2",
    "education": "3",
    "occupation": "1",
    "agency_name": "Universitas Contoh",
    "agency_category": "6",
    "purpose": "1",
    "services": ["1"],
    "channels": ["1"],
    "consent": "1",
}
CONSULTATION = "8"


def fill(services: Services) -> int:
    """Let people come in, wait, be called, read and be late; how many came.

    Raises Refused when the room is full.
    """
    if len(services.visits.inside()) >= FULL:
        raise Refused(ALREADY_FULL)
    before = len(services.visits.inside())
    waiting = [_comes(services), _comes(services, CONSULTATION), _comes(services)]
    services.queue.put_aside(waiting[-1].id, by=OFFICER)
    form = {**FORM, "name": _name(), "heads_1_2": "3", "heads_2_2": "4"}
    services.guestbook_desk.register(form, language="id", key="", by=OFFICER)
    services.guestbook_desk.quick(
        {"name": _name(), "consent": "1"}, language="id", key="", by=OFFICER
    )
    _reads(services, _comes(services))
    _came_early(services)
    return len(services.visits.inside()) - before


def _comes(services: Services, service: str = "1") -> VisitCard:
    form = {**FORM, "name": _name(), "services": [service]}
    return services.guestbook.register(form, channel="phone", language="id", idempotency_key="")


def _reads(services: Services, visit: VisitCard) -> None:
    """Served, with a book in hand, and asking for more."""
    services.visits.serve(visit.id, by=OFFICER)
    services.reading.note(visit.id, title="Statistik Daerah 2024", by=OFFICER)
    me = Actor.visitor(visit.uuid)
    wanted = {"wanted": "Tabel PDRB 2020-2024", "purpose": "Skripsi (data contoh)"}
    services.requests.make(visit.id, wanted, by=me)
    if services.photocopy.is_offered:
        form = {"title": "Statistik Daerah 2024", "pages": "3-8"}
        services.photocopy.ask(visit.id, form, by=ANYONE)


def _came_early(services: Services) -> None:
    """Somebody of a paper slip, who waited for longer than promised."""
    now = services.clock.now().astimezone(services.office.zone)
    arrived = now - dt.timedelta(minutes=services.office.policy.promise_minutes + 8)
    slip = {
        "name": _name(),
        "paper_date": now.date().isoformat(),
        "paper_time": arrived.strftime("%H:%M"),
        "served_time": (now - dt.timedelta(minutes=1)).strftime("%H:%M"),
        "paper_reason": paper_rules.WHY_LATE[0].code,
        "whereabouts": paper_rules.HERE,
    }
    with suppress(Invalid, Refused):  # a minute after midnight, or by a clock that is not set
        services.guestbook_desk.from_paper({**FORM, **slip}, language="id", key="", by=OFFICER)


def _name() -> str:
    return f"{random.choice(NAMES)} Contoh"  # noqa: S311 - made-up data
