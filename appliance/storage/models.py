"""The tables as Peewee rows. The SQL in migrations/ is the schema; this mirrors it.

Rows never leave services and workers: what they return are frozen dataclasses.
"""

import datetime as dt

from peewee import (
    AutoField,
    BlobField,
    BooleanField,
    CompositeKey,
    FloatField,
    ForeignKeyField,
    IntegerField,
    Model,
    TextField,
)


class UtcField(TextField):
    """An aware UTC datetime kept as ISO 8601 text with milliseconds and a Z.

    Fixed width, so that text order is time order.
    """

    def db_value(self, value: dt.datetime | str | None) -> str | None:
        if value is None or isinstance(value, str):
            return value
        return utc_text(value)

    def python_value(self, value: str | None) -> dt.datetime | None:
        return None if value is None else dt.datetime.fromisoformat(value)


def utc_text(moment: dt.datetime) -> str:
    """How the database writes a moment."""
    utc = moment.astimezone(dt.UTC)
    return utc.strftime("%Y-%m-%dT%H:%M:%S.") + f"{utc.microsecond // 1000:03d}Z"


class Row(Model):
    """A table's row; the database is bound when it is opened."""


class Meta(Row):
    key = TextField(primary_key=True)
    value = TextField()

    class Meta:
        table_name = "meta"


class Idempotency(Row):
    scope = TextField()
    key_hash = TextField()
    subject = TextField()
    created_at = UtcField()

    class Meta:
        table_name = "idempotency"
        primary_key = CompositeKey("scope", "key_hash")


class ProcessState(Row):
    name = TextField(primary_key=True)
    pid = IntegerField()
    boot_id = TextField()
    started_at = UtcField()
    detail = TextField(default="")

    class Meta:
        table_name = "process_state"


class Staff(Row):
    id = AutoField()
    username = TextField()
    display_name = TextField()
    role = TextField()
    password_hash = TextField()
    active = BooleanField(default=True)
    created_at = UtcField()

    class Meta:
        table_name = "staff"


class StaffSession(Row):
    token_hash = TextField(primary_key=True)
    staff = ForeignKeyField(Staff, column_name="staff_id", backref="+")
    created_at = UtcField()
    created_boot_id = TextField()
    created_boot_ms = IntegerField()
    seen_at = UtcField()
    seen_boot_id = TextField()
    seen_boot_ms = IntegerField()
    ended_at = UtcField(null=True)
    end_reason = TextField(null=True)

    class Meta:
        table_name = "staff_session"


class LoginFailure(Row):
    id = AutoField()
    username = TextField()
    client = TextField()
    at = UtcField()
    boot_id = TextField()
    boot_ms = IntegerField()

    class Meta:
        table_name = "login_failure"


class Device(Row):
    id = AutoField()
    kind = TextField()
    name = TextField()
    token_hash = TextField()
    registered_by = TextField()
    registered_at = UtcField()
    revoked_at = UtcField(null=True)

    class Meta:
        table_name = "device"


class Visit(Row):
    id = AutoField()
    uuid = TextField()
    token_hash = TextField()
    code = TextField()
    business_date = TextField()
    number = IntegerField()
    state = TextField()
    channel = TextField()
    registered_at = UtcField()
    registered_boot_id = TextField()
    registered_boot_ms = IntegerField()
    registered_clock = IntegerField()
    called_at = UtcField(null=True)
    called_by = TextField(null=True)
    desk = TextField(default="")
    served_at = UtcField(null=True)
    served_by = TextField(null=True)
    wait_s = FloatField(null=True)
    leaving_at = UtcField(null=True)
    closed_at = UtcField(null=True)
    closed_by = TextField(null=True)
    close_reason = TextField(null=True)
    stay_s = FloatField(null=True)
    rated_at = UtcField(null=True)
    sex = TextField()
    age_band = TextField()
    education = TextField()
    occupation = TextField()
    occupation_other = TextField(default="")
    agency_category = TextField()
    agency_other = TextField(default="")
    purpose = TextField()
    purpose_other = TextField(default="")
    services = TextField()
    channels = TextField()
    disability = TextField(default="")
    data_wanted = TextField(default="")

    class Meta:
        table_name = "visit"


class Guest(Row):
    visit = ForeignKeyField(Visit, column_name="visit_id", backref="+", primary_key=True)
    name = TextField(null=True)
    email = TextField(null=True)
    phone = TextField(null=True)
    agency_name = TextField(null=True)
    erased_at = UtcField(null=True)

    class Meta:
        table_name = "guest"


class Consent(Row):
    id = AutoField()
    visit = ForeignKeyField(Visit, column_name="visit_id", backref="+")
    notice_version = TextField()
    text_hash = TextField()
    language = TextField()
    channel = TextField()
    action = TextField()
    at = UtcField()

    class Meta:
        table_name = "consent"


class Locker(Row):
    id = AutoField()
    number = IntegerField()
    size = TextField(default="M")
    condition = TextField(default="usable")
    condition_note = TextField(default="")
    has_sensor = BooleanField(default=True)
    door = TextField(default="unknown")
    door_at = UtcField(null=True)

    class Meta:
        table_name = "locker"


class LockerSession(Row):
    id = AutoField()
    uuid = TextField()
    locker = ForeignKeyField(Locker, column_name="locker_id", backref="+")
    visit = ForeignKeyField(Visit, column_name="visit_id", backref="+")
    started_at = UtcField()
    started_by = TextField()
    ended_at = UtcField(null=True)
    ended_by = TextField(null=True)
    end_reason = TextField(null=True)

    class Meta:
        table_name = "locker_session"


class DoorCommand(Row):
    id = AutoField()
    uuid = TextField()
    locker = ForeignKeyField(Locker, column_name="locker_id", backref="+")
    session = ForeignKeyField(LockerSession, column_name="session_id", backref="+", null=True)
    purpose = TextField()
    requested_by = TextField()
    reason = TextField(default="")
    created_at = UtcField()
    boot_id = TextField()
    created_boot_ms = IntegerField()
    expires_boot_ms = IntegerField()
    claimed_at = UtcField(null=True)
    pulsed_at = UtcField(null=True)
    open_seen_at = UtcField(null=True)
    closed_seen_at = UtcField(null=True)
    result = TextField(null=True)

    class Meta:
        table_name = "door_command"


class Deposit(Row):
    id = AutoField()
    uuid = TextField()
    visit = ForeignKeyField(Visit, column_name="visit_id", backref="+")
    card_type = TextField()
    tray_slot = IntegerField()
    state = TextField()
    received_at = UtcField()
    received_by = TextField()
    returned_at = UtcField(null=True)
    returned_by = TextField(null=True)
    note = TextField(default="")

    class Meta:
        table_name = "deposit"


class Publication(Row):
    id = AutoField()
    source_id = TextField(null=True)
    kind = TextField(default="publication")
    title = TextField()
    subject = TextField(default="")
    abstract = TextField(default="")
    year = IntegerField(null=True)
    released_on = TextField(null=True)
    issn = TextField(default="")
    catalogue_number = TextField(default="")
    publication_number = TextField(default="")
    pages = IntegerField(null=True)
    shelf = TextField(default="")
    barcode = TextField(null=True)
    copies = IntegerField(default=0)
    softcopy_path = TextField(null=True)
    withdrawn_at = UtcField(null=True)

    class Meta:
        table_name = "publication"


class Reading(Row):
    id = AutoField()
    uuid = TextField()
    visit = ForeignKeyField(Visit, column_name="visit_id", backref="+")
    publication = ForeignKeyField(Publication, column_name="publication_id", backref="+", null=True)
    title = TextField()
    noted_at = UtcField()
    noted_by = TextField()
    returned_at = UtcField(null=True)
    returned_by = TextField(null=True)

    class Meta:
        table_name = "reading"


class SoftcopyRequest(Row):
    id = AutoField()
    uuid = TextField()
    visit = ForeignKeyField(Visit, column_name="visit_id", backref="+")
    publication = ForeignKeyField(Publication, column_name="publication_id", backref="+", null=True)
    wanted = TextField()
    purpose = TextField(default="")
    email = TextField(null=True)
    state = TextField()
    created_at = UtcField()
    handled_at = UtcField(null=True)
    handled_by = TextField(null=True)
    note = TextField(default="")

    class Meta:
        table_name = "softcopy_request"


class Photocopy(Row):
    id = AutoField()
    uuid = TextField()
    visit = ForeignKeyField(Visit, column_name="visit_id", backref="+")
    publication = ForeignKeyField(Publication, column_name="publication_id", backref="+", null=True)
    title = TextField()
    pages = TextField()
    state = TextField()
    created_at = UtcField()
    out_at = UtcField(null=True)
    out_by = TextField(null=True)
    back_at = UtcField(null=True)
    back_by = TextField(null=True)

    class Meta:
        table_name = "photocopy"


class ScanJob(Row):
    id = AutoField()
    uuid = TextField()
    visit = ForeignKeyField(Visit, column_name="visit_id", backref="+")
    visit_id: int
    state = TextField()
    preset = TextField(default="")
    opened_at = UtcField()
    opened_by = TextField()
    closed_at = UtcField(null=True)
    page_count = IntegerField(null=True)
    pdf_name = TextField(null=True)
    pdf_bytes = IntegerField(null=True)
    pdf_sha256 = TextField(null=True)
    problem = TextField(null=True)

    class Meta:
        table_name = "scan_job"


class ScanPage(Row):
    id = AutoField()
    uuid = TextField()
    job = ForeignKeyField(ScanJob, column_name="job_id", backref="+")
    job_id: int
    position = IntegerField()
    scanner = TextField()
    state = TextField()
    cancel_asked = BooleanField(default=False)
    resolution_dpi = IntegerField()
    mode = TextField()
    width_mm = FloatField()
    height_mm = FloatField()
    asked_at = UtcField()
    boot_id = TextField()
    asked_boot_ms = IntegerField()
    replaces = ForeignKeyField("self", column_name="replaces_id", backref="+", null=True)
    replaces_id: int | None
    rows_done = IntegerField(default=0)
    rows_total = IntegerField(default=0)
    image_name = TextField(null=True)
    width_px = IntegerField(null=True)
    height_px = IntegerField(null=True)
    size_bytes = IntegerField(null=True)
    sha256 = TextField(null=True)
    finished_at = UtcField(null=True)
    problem = TextField(null=True)

    class Meta:
        table_name = "scan_page"


class Rating(Row):
    id = IntegerField(primary_key=True)  # random: see the schema
    month = TextField()
    comment = TextField(default="")

    class Meta:
        table_name = "rating"


class RatingProfile(Row):
    month = TextField()
    trait = TextField()
    code = TextField()
    respondents = IntegerField()

    class Meta:
        table_name = "rating_profile"
        primary_key = CompositeKey("month", "trait", "code")


class RatingAnswer(Row):
    rating = ForeignKeyField(Rating, column_name="rating_id", backref="+")
    element = TextField()
    value = IntegerField()

    class Meta:
        table_name = "rating_answer"
        primary_key = CompositeKey("rating", "element")


class Complaint(Row):
    id = AutoField()
    uuid = TextField()
    code = TextField()
    topic = TextField()
    body = TextField()
    contact = TextField(null=True)
    state = TextField()
    created_at = UtcField()
    due_at = UtcField()
    answer = TextField(default="")
    answered_at = UtcField(null=True)
    answered_by = TextField(null=True)

    class Meta:
        table_name = "complaint"


class Journal(Row):
    seq = IntegerField(primary_key=True)
    at = UtcField()
    boot_id = TextField()
    boot_ms = IntegerField()
    clock = IntegerField()
    actor = TextField()
    action = TextField()
    subject = TextField()
    reason = TextField(default="")
    detail = TextField(default="{}")
    chain = BlobField()

    class Meta:
        table_name = "journal"


class Stream(Row):
    epoch = TextField(primary_key=True)
    opened_at = UtcField()
    reason = TextField()
    prev_epoch = TextField(null=True)
    acked_seq = IntegerField(default=0)
    acked_chain = BlobField()
    open = BooleanField(default=True)

    class Meta:
        table_name = "stream"


class Outbox(Row):
    id = AutoField()
    epoch = ForeignKeyField(Stream, column_name="epoch", backref="+")
    seq = IntegerField()
    event_id = TextField()
    type = TextField()
    prio = IntegerField(default=1)
    payload = BlobField()
    chain = BlobField()
    state = TextField(default="pending")
    tries = IntegerField(default=0)
    problem = TextField(default="")

    class Meta:
        table_name = "outbox"


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
)
