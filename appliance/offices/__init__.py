"""Offices: what differs between the reading rooms of two districts, one TOML file each."""

import datetime as dt
import zoneinfo
from importlib import resources
from pathlib import Path
from typing import Annotated, Literal

import msgspec
from msgspec.structs import replace

from appliance.errors import N_, ConfigError
from appliance.hours import table as hours
from appliance.hours.rules import OpeningHours, opening_hours
from appliance.hours.table import ALWAYS, Week
from appliance.offices import queue as queues
from appliance.offices.queue import Queue
from appliance.toml_source import convert, line_of, read_toml

# What an office may accept for a locker: the word in its file, and as a message to translate.
CARD_TYPES = {
    "KTP": N_("KTP"),
    "SIM": N_("SIM"),
    "Paspor": N_("Paspor"),
    "KTM": N_("KTM"),
    "Kartu Pelajar": N_("Kartu Pelajar"),
    "KIA": N_("KIA"),
    "Lainnya": N_("Kartu lain"),
}
# What may stand for a locker in place of a card: the word in the office's file, and as a message.
GUARANTEES = {
    "Surat tugas": N_("Surat tugas atau surat sekolah"),
    "Kartu perpustakaan": N_("Kartu perpustakaan"),
    "Tanda titip": N_("Tanda titip bernomor"),
    "Pendamping": N_("Janji pendamping"),
    "Lainnya": N_("Jaminan lain"),
}
WITHOUT_SLOT = ("Tanda titip", "Pendamping")  # nothing of these lies in the tray
PANELS = ("requirements", "procedure", "time", "fee", "product", "complaints")
PROMISE = "{promise_minutes}"
"""What stands in the text of a panel for the minutes that the office promises just now."""

Text = Annotated[str, msgspec.Meta(min_length=1)]
Table = msgspec.Struct


class Panel(Table, forbid_unknown_fields=True, frozen=True):
    """One of the six panels of the service standard, as published."""

    items: tuple[Text, ...]
    items_en: tuple[Text, ...]


class Standard(Table, forbid_unknown_fields=True, frozen=True):
    """The service standard: its decree and six panels."""

    decree: str
    requirements: Panel
    procedure: Panel
    time: Panel
    fee: Panel
    product: Panel
    complaints: Panel


class Mark(Table, forbid_unknown_fields=True, frozen=True):
    """What copies of publications are marked with, in an office that marks them.

    The number always stands there, whatever `parts` says. `scans`: scanned pages get the diagonal
    as well, without a number, and whether or not publications are marked. `signed`: mark also what
    has an electronic signature, which then no longer holds.
    """

    shape: Literal["diagonal", "footer", "both"]
    strength: Literal["light", "normal", "strong"]
    parts: tuple[Literal["office", "date", "purpose"], ...]
    scans: bool
    signed: bool


class Policy(Table, forbid_unknown_fields=True, frozen=True):
    """What this office asks for and offers."""

    promise_minutes: Annotated[int, msgspec.Meta(ge=1, le=120)]
    email_required: bool
    phone_required: bool
    card_for_locker: bool
    lockers_per_group: Annotated[int, msgspec.Meta(ge=1, le=48)]
    locker_by_ticket: bool
    badge_opens_lockers: bool
    card_types: tuple[Literal[tuple(CARD_TYPES)], ...]  # type: ignore[valid-type]
    tray_slots: Annotated[int, msgspec.Meta(ge=0, le=500)]
    photocopy: bool
    photocopy_minutes: Annotated[int, msgspec.Meta(ge=5, le=480)]
    watermark: bool
    scan_text: bool
    mark: Mark
    scan_grace_minutes: Annotated[int, msgspec.Meta(ge=0, le=10080)]
    scan_pages_per_visit: Annotated[int, msgspec.Meta(ge=1, le=2000)]
    scan_megabytes_per_visit: Annotated[int, msgspec.Meta(ge=10, le=10000)]
    promise_outside_hours: bool = False

    @property
    def card_labels(self) -> dict[str, str]:
        """The accepted cards with the message that names each, in the office's order."""
        return {card: CARD_TYPES[card] for card in self.card_types}


class Cards(Table, forbid_unknown_fields=True, frozen=True):
    """What stands for a locker in place of a card, and what becomes of cards nobody collects.

    Days count from the day a card was taken: then it belongs into a sealed envelope, and later
    with the police or the civil registry. The appliance only reminds.
    """

    guarantees: tuple[Literal[tuple(GUARANTEES)], ...]  # type: ignore[valid-type]
    envelope_days: Annotated[int, msgspec.Meta(ge=1, le=60)]
    hand_over_days: Annotated[int, msgspec.Meta(ge=1, le=365)]

    @property
    def guarantee_labels(self) -> dict[str, str]:
        """The accepted guarantees with the message that names each, in the office's order."""
        return {one: GUARANTEES[one] for one in self.guarantees}


class Survey(Table, forbid_unknown_fields=True, frozen=True):
    """How satisfaction is asked and counted: the weight of one of nine elements as this office
    writes it, and whether the sixteen items of the SKD are offered after them."""

    weight: Literal["1/9", "0,11", "0,111"]
    skd: bool


class Requests(Table, forbid_unknown_fields=True, frozen=True):
    """How requests for softcopies are kept once they are answered."""

    kept_days: Annotated[int, msgspec.Meta(ge=1, le=90)]

    @property
    def kept(self) -> dt.timedelta:
        return dt.timedelta(days=self.kept_days)


class PortalAccount(Table, forbid_unknown_fields=True, frozen=True):
    """What visitors are told of an account on the portal, in an office that asks for one."""

    ask: bool
    url: Annotated[str, msgspec.Meta(pattern=r"^https://[!-~]+$")]
    steps: tuple[Text, ...]
    steps_en: tuple[Text, ...]


class Notice(Table, forbid_unknown_fields=True, frozen=True):
    """The privacy notice; a changed text needs a new version."""

    version: Text
    contact: Text
    identity_kept_months: Annotated[int, msgspec.Meta(ge=1, le=120)]
    # Leaves sealed for the head office alone, and the notice says so; without any, no name leaves.
    sealed: tuple[Literal["agency_name", "email", "name", "phone"], ...] = ()


class ComplaintChannel(Table, forbid_unknown_fields=True, frozen=True):
    """One way to complain outside this box, shown as published."""

    label: Text
    value: Text
    link: str = ""


class Office(Table, forbid_unknown_fields=True, frozen=True):
    """One district office."""

    key: Text
    name: Text
    district: Text
    domain: Annotated[str, msgspec.Meta(pattern=r"^\d{4}$")]
    address: Text
    phone: Text
    website: Text
    portal: Text
    timezone: Literal["Asia/Jakarta", "Asia/Makassar", "Asia/Jayapura"]
    policy: Policy
    survey: Survey
    cards: Cards
    requests: Requests
    portal_account: PortalAccount
    hours: Week
    notice: Notice
    standard: Standard
    channels: tuple[ComplaintChannel, ...]
    queue: Queue = Queue()

    @property
    def zone(self) -> zoneinfo.ZoneInfo:
        return zoneinfo.ZoneInfo(self.timezone)

    @property
    def zone_name(self) -> str:
        """The abbreviation shown beside every clock time."""
        return {"Asia/Jakarta": "WIB", "Asia/Makassar": "WITA", "Asia/Jayapura": "WIT"}[
            self.timezone
        ]

    @property
    def opening(self) -> OpeningHours:
        """The calendar of the room: its week, its exceptions, and the nation's holidays."""
        return opening_hours(self.hours, self.zone)

    @property
    def promise_hours(self) -> OpeningHours:
        """When the promise runs: while the room is open, or always where the office says so."""
        week = ALWAYS if self.policy.promise_outside_hours else self.hours
        return opening_hours(week, self.zone)

    def business_date(self, moment: dt.datetime) -> dt.date:
        """The day at the office on which this moment falls."""
        return moment.astimezone(self.zone).date()


def load_office(name: str, folder: Path | None = None) -> Office:
    """The office from ``<folder>/<name>.toml``, the shipped ones by default.

    Raises ConfigError with file and line when a value is missing, unknown or contradictory.
    """
    folder = folder or Path(str(resources.files(__name__)))
    path = folder / f"{name}.toml"
    if not path.is_file():
        known = ", ".join(sorted(file.stem for file in folder.glob("*.toml")))
        raise ConfigError(
            N_("Kantor '%(name)s' tidak dikenal; yang ada: %(known)s."), name=name, known=known
        )
    office = convert(read_toml(path), Office, source=path)
    _check(office, path)
    # The later holds: Ramadan opens no holiday within it, a date that the office names may.
    ranges = tuple(one for one in office.hours.exceptions if one.date is None)
    dates = tuple(one for one in office.hours.exceptions if one.date is not None)
    exceptions = ranges + hours.national_holidays() + dates
    return replace(office, hours=replace(office.hours, exceptions=exceptions))


def _check(office: Office, path: Path) -> None:
    if office.policy.card_for_locker and not office.policy.tray_slots:
        _refuse(path, "policy.tray_slots", N_("kartu untuk loker memerlukan slot baki"))
    if office.policy.card_for_locker and not office.policy.card_types:
        _refuse(path, "policy.card_types", N_("kartu untuk loker memerlukan jenis kartu"))
    for setting, problem in hours.problems(office.hours):
        _refuse(path, f"hours.{setting}", problem)
    for setting, problem in queues.problems(office.queue):
        _refuse(path, f"queue.{setting}", problem)
    if len(office.portal_account.steps) != len(office.portal_account.steps_en):
        _refuse(path, "portal_account.steps_en", N_("jumlah butir Indonesia dan Inggris berbeda"))
    for panel in PANELS:
        texts: Panel = getattr(office.standard, panel)
        if len(texts.items) != len(texts.items_en):
            _refuse(
                path, f"standard.{panel}.items_en", N_("jumlah butir Indonesia dan Inggris berbeda")
            )


def _refuse(path: Path, setting: str, problem: str) -> None:
    raise ConfigError(
        N_("%(file)s, baris %(line)s: %(problem)s (%(setting)s)."),
        file=path,
        line=line_of(path, setting) or "?",
        problem=problem,
        setting=setting,
    )
