"""What must never be lost or changed: the journal and the outbox."""

from peewee import (
    AutoField,
    BlobField,
    BooleanField,
    CompositeKey,
    FloatField,
    ForeignKeyField,
    IntegerField,
    TextField,
)

from appliance.storage.models.row import Row, UtcField


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


class JournalWords(Row):
    seq = IntegerField(primary_key=True)
    salt = BlobField()
    words = TextField()

    class Meta:
        table_name = "journal_words"


class Stream(Row):
    epoch = TextField(primary_key=True)
    opened_at = UtcField()
    reason = TextField()
    prev_epoch = TextField(null=True)
    acked_seq = IntegerField(default=0)
    acked_chain = BlobField()
    open = BooleanField(default=True)
    announced = BooleanField(default=False)
    emptied = BooleanField(default=False)

    class Meta:
        table_name = "stream"


class StreamMark(Row):
    epoch = TextField()
    day = TextField()
    seq = IntegerField()

    class Meta:
        table_name = "stream_mark"
        primary_key = CompositeKey("epoch", "day")


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


class PortalState(Row):
    id = IntegerField(primary_key=True)
    state = TextField()
    since = UtcField()
    problem = TextField(default="")
    detail = TextField(default="")
    tries = IntegerField(default=0)
    next_at = UtcField(null=True)
    asked_at = UtcField(null=True)
    answered_at = UtcField(null=True)
    sent_at = UtcField(null=True)
    clock_offset_s = FloatField(null=True)
    forks = IntegerField(default=0)
    fork_at = UtcField(null=True)
    fork_reason = TextField(default="")
    forks_seen = IntegerField(default=0)
    dropped = IntegerField(default=0)
    dropped_at = UtcField(null=True)

    class Meta:
        table_name = "portal_state"


class PortalSettings(Row):
    id = IntegerField(primary_key=True)
    version = IntegerField(default=0)
    document = BlobField(null=True)
    taken_at = UtcField(null=True)
    problem = TextField(default="")

    class Meta:
        table_name = "portal_settings"


class Enrolment(Row):
    id = IntegerField(primary_key=True)
    code = TextField(null=True)
    problem = TextField(default="")
    portal = TextField(default="")
    office = TextField(default="")
    key_id = TextField(default="")
    state = TextField(default="")
    config_key = BlobField(null=True)
    box_key = BlobField(null=True)
    enrolled_at = UtcField(null=True)

    class Meta:
        table_name = "enrolment"
