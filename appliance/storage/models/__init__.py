"""The tables as Peewee rows. The SQL in migrations/ is the schema; this mirrors it.

Rows never leave services and workers: what they return are frozen dataclasses.
"""

from appliance.storage.models.closing import ClosingLook, ClosingWalk, FoundProperty, KeyEvent
from appliance.storage.models.codes import CodeRead, ReaderRow, StaffBadge
from appliance.storage.models.emergency import Emergency, RollCall, StartLine, StartReport
from appliance.storage.models.house import (
    Device,
    Idempotency,
    LoginFailure,
    Meta,
    ProcessState,
    Staff,
    StaffSession,
)
from appliance.storage.models.ledger import Journal, Outbox, Stream
from appliance.storage.models.library import Photocopy, Publication, Reading, SoftcopyRequest
from appliance.storage.models.lockers import (
    Deposit,
    DoorAlarm,
    DoorCommand,
    Locker,
    LockerMove,
    LockerSession,
)
from appliance.storage.models.row import Row, UtcField, utc_text
from appliance.storage.models.scans import ScanJob, ScanPage
from appliance.storage.models.visits import Consent, Guest, Visit
from appliance.storage.models.voices import Complaint, Rating, RatingAnswer, RatingProfile

ALL: tuple[type[Row], ...] = (
    Meta,
    Idempotency,
    ProcessState,
    Staff,
    StaffSession,
    LoginFailure,
    Device,
    Visit,
    Guest,
    Consent,
    Locker,
    LockerSession,
    DoorCommand,
    Deposit,
    Publication,
    Reading,
    SoftcopyRequest,
    Photocopy,
    ScanJob,
    ScanPage,
    Rating,
    RatingProfile,
    RatingAnswer,
    Complaint,
    Journal,
    Stream,
    Outbox,
    LockerMove,
    DoorAlarm,
    FoundProperty,
    KeyEvent,
    ClosingWalk,
    ClosingLook,
    Emergency,
    RollCall,
    StartReport,
    StartLine,
    CodeRead,
    ReaderRow,
    StaffBadge,
)

__all__ = [
    "ALL",
    "ClosingLook",
    "ClosingWalk",
    "CodeRead",
    "Complaint",
    "Consent",
    "Deposit",
    "Device",
    "DoorAlarm",
    "DoorCommand",
    "Emergency",
    "FoundProperty",
    "Guest",
    "Idempotency",
    "Journal",
    "KeyEvent",
    "Locker",
    "LockerMove",
    "LockerSession",
    "LoginFailure",
    "Meta",
    "Outbox",
    "Photocopy",
    "ProcessState",
    "Publication",
    "Rating",
    "RatingAnswer",
    "RatingProfile",
    "ReaderRow",
    "Reading",
    "RollCall",
    "Row",
    "ScanJob",
    "ScanPage",
    "SoftcopyRequest",
    "Staff",
    "StaffBadge",
    "StaffSession",
    "StartLine",
    "StartReport",
    "Stream",
    "UtcField",
    "Visit",
    "utc_text",
]
