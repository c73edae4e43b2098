"""One day in the house, told by forms: afterwards there is one of everything, and words in all."""

from collections.abc import Callable
from dataclasses import dataclass, field

from appliance.lockers.alarm_rules import AlarmKind
from appliance.lockers.outcomes import DoorOutcomes
from appliance.storage.models import ScanJob, ScanPage
from tests.documents_kit import STATION, put_pdf
from tests.web.every_form.house import House


@dataclass(frozen=True)
class Step:
    """A form that is sent, what differs in its address, and what differs in its fields."""

    form: str
    at: dict[str, object] = field(default_factory=dict)
    changes: dict[str, str] = field(default_factory=dict)


SECOND = {"visit_id": 2}
THIRD = {"visit_id": 3}

MORNING: tuple[Step, ...] = (
    Step("guestbook.register"),
    Step(
        "guestbook.register",
        {},
        {"name": "Budi", "phone": "0813 1111 2222", "email": "b@contoh.id", "idempotency_key": "2"},
    ),
    Step("staff_entry.register", {}, {"name": "Ani", "phone": "", "idempotency_key": "3"}),
    Step("staff_entry.note", {}, {"idempotency_key": "4"}),
    Step("staff_entry.late", {}, {"phone": "", "idempotency_key": "5"}),
    Step("desk.call"),
    Step("desk.serve"),
    Step("desk.serve", SECOND),
    Step("queue.explain"),
    Step("queue.correct"),
    Step("staff_entry.amend", THIRD),
    Step("deposits.receive"),
    Step("deposits.receive_guarantee", SECOND),
    Step("lockers.assign", {}, {"number": "1"}),
    Step("lockers.assign", SECOND, {"number": "2"}),
)
NOON: tuple[Step, ...] = (
    Step("catalogue.add"),
    Step("catalogue.change", {"publication_id": 2}),
    Step("holdings.add"),
    Step("holdings.change", {"copy_id": 3}),
    Step("catalogue.ask"),
    Step("readings.note", {}, {"code": "{code}", "book": "RBX9", "choice": "new", "asked": ""}),
    Step("photocopies.ask"),
    Step("staff_photocopies.ask", SECOND),
    Step("staff_photocopies.out", {"trip_id": 1}, {"book-1": "RBP88"}),
    Step("staff_photocopies.out", {"trip_id": 2}, {"book-2": ""}),
    Step("staff_photocopies.lose", {"trip_id": 2}, {"reason-2": "Hilang"}),
    Step("requests.make", {}, {"publication_id": ""}),
    Step("requests.make", {}, {"wanted": "PDRB", "idempotency_key": "2"}),
    Step("staff_requests.take"),
    Step("staff_requests.refuse"),
    Step("staff_requests.take", {"request_id": 2}),
    Step("staff_requests.answer", {"request_id": 2}),
    Step("complaints.make"),
    Step("staff_complaints.note"),
    Step("staff_complaints.answer"),
    Step("complaints.reopen"),
    Step("privacy.ask"),
    Step("ratings.give"),
    Step("staff_ratings.to_phone", SECOND),
    Step("publication_ratings.rate"),
    Step("handed_ratings.register"),
)
AFTERNOON: tuple[Step, ...] = (
    Step("lockers.acknowledge", {"number": 3}),
    Step("lockers.condition", {"number": 4}),
    Step("found_property.register"),
    Step("keys.note", {"number": 6}),
    Step("deposits.left_behind", SECOND),
    Step("deposits.contact", {"deposit_id": 2}, {"way": "called"}),
    Step("staff_visits.close", {"visit_id": 4}),
    Step("devices.register_kiosk"),
    Step("devices.move"),
    Step("scanners.change"),
    Step("users.add"),
    Step("users.active", {"username": "dewi"}),
    Step("mail.ask"),
    Step("station.bind"),
    Step("start_report.settle"),
    Step("breaches.note"),
    Step("staff_complaints.enter"),
)


def spend_a_day(house: House, send: Callable[[Step], object]) -> None:
    """Send every form of the day, and let the other processes do what they do meanwhile."""
    for step in MORNING:
        send(step)
    house.be_visitor()
    _shut_doors(house)
    for step in NOON:
        send(step)
    _scan(house)
    _others(house)
    for step in AFTERNOON:
        send(step)
    for place in ("lockers", "desk", "station"):
        house.services.readers.state(f"pembaca {place}", place, "ready")
        house.services.readers.read(f"pembaca {place}", place, "RBP88")


def _shut_doors(house: House) -> None:
    outcomes = DoorOutcomes(books=house.core.books)
    while claimed := outcomes.claim_next():
        outcomes.pulsed(claimed.id)
        outcomes.seen_open(claimed.id)
        outcomes.seen_closed(claimed.id)
    house.clock.advance(120)


def _scan(house: House) -> None:
    """A finished document, and one of which a page is kept."""
    documents = house.services.documents
    for is_ready in (True, False):
        job = documents.open_job(1, "colour", by=STATION)
        if is_ready:
            book = house.core.settings.data_dir / "1.pdf"
            put_pdf(house.core, job.uuid, book.read_bytes())
        else:
            house.core.writer.run(lambda uuid=job.uuid: _page(house, uuid))


def _page(house: House, job_uuid: str) -> None:
    job, now = ScanJob.get(ScanJob.uuid == job_uuid), house.clock.stamp()
    ScanPage.create(
        uuid="halaman",
        job=job.id,
        position=1,
        scanner=house.core.settings.scanners[0].name,
        state="kept",
        resolution_dpi=150,
        mode="Color",
        width_mm=210.0,
        height_mm=297.0,
        asked_at=now.at,
        boot_id=now.boot_id,
        asked_boot_ms=now.boot_ms,
        image_name="halaman.jpg",
        width_px=1240,
        height_px=1754,
        size_bytes=3,
        sha256="0" * 64,
        finished_at=now.at,
    )


def _others(house: House) -> None:
    """What the lockers process finds."""
    house.services.alarms.raise_(3, AlarmKind.NOT_OPENED)
    shut, sensors = dict.fromkeys(range(1, 9), "closed"), dict.fromkeys(range(1, 9), True)
    house.services.start_report.begin(shut | {2: "open"}, sensors)
    house.services.start_report.begin(shut | {5: "open"}, sensors)
