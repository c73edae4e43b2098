"""What must never be lost or changed: the journal and the outbox."""

from peewee import AutoField, BlobField, BooleanField, ForeignKeyField, IntegerField, TextField

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
