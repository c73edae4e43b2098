"""Lockers, who uses them, and what their doors were told."""

from peewee import AutoField, BooleanField, ForeignKeyField, IntegerField, TextField

from appliance.storage.models.row import Row, UtcField
from appliance.storage.models.visits import Visit


class Locker(Row):
    id = AutoField()
    number = IntegerField()
    condition = TextField(default="usable")
    condition_note = TextField(default="")
    has_sensor = BooleanField(default=True)
    door = TextField(default="unknown")
    door_at = UtcField(null=True)
    size = TextField(default="M")

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


class LockerMove(Row):
    id = AutoField()
    uuid = TextField()
    session = ForeignKeyField(LockerSession, column_name="session_id", backref="+")
    left = ForeignKeyField(Locker, column_name="from_locker_id", backref="+")
    taken = ForeignKeyField(Locker, column_name="to_locker_id", backref="+")
    at = UtcField()
    by = TextField()
    reason = TextField()
    emptied_at = UtcField(null=True)
    emptied_by = TextField(null=True)

    class Meta:
        table_name = "locker_move"


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
    person_says = TextField(null=True)
    person_says_at = UtcField(null=True)
    person_says_by = TextField(null=True)
    emergency_id = IntegerField(null=True)

    class Meta:
        table_name = "door_command"


class DoorAlarm(Row):
    id = AutoField()
    uuid = TextField()
    locker = ForeignKeyField(Locker, column_name="locker_id", backref="+")
    kind = TextField()
    raised_at = UtcField()
    ended_at = UtcField(null=True)
    ended_by = TextField(null=True)
    note = TextField(default="")

    class Meta:
        table_name = "door_alarm"
