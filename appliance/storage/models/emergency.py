"""Every door at once, who must be outside then, and what a start of the lockers found."""

from peewee import AutoField, CompositeKey, ForeignKeyField, TextField

from appliance.storage.models.lockers import DoorCommand, Locker, LockerSession
from appliance.storage.models.row import Row, UtcField
from appliance.storage.models.visits import Visit


class Emergency(Row):
    id = AutoField()
    uuid = TextField()
    source = TextField()
    reason = TextField()
    started_at = UtcField()
    started_by = TextField()
    ended_at = UtcField(null=True)
    ended_by = TextField(null=True)

    class Meta:
        table_name = "emergency"


class RollCall(Row):
    emergency = ForeignKeyField(Emergency, column_name="emergency_id", backref="+")
    visit = ForeignKeyField(Visit, column_name="visit_id", backref="+")
    seen_at = UtcField(null=True)
    seen_by = TextField(null=True)

    class Meta:
        table_name = "roll_call"
        primary_key = CompositeKey("emergency", "visit")


class StartReport(Row):
    id = AutoField()
    uuid = TextField()
    at = UtcField()
    cause = TextField()
    before_at = UtcField(null=True)
    seen_at = UtcField(null=True)
    seen_by = TextField(null=True)

    class Meta:
        table_name = "start_report"


class StartLine(Row):
    id = AutoField()
    report = ForeignKeyField(StartReport, column_name="report_id", backref="+")
    locker = ForeignKeyField(Locker, column_name="locker_id", backref="+")
    finding = TextField()
    door = TextField()
    command = ForeignKeyField(DoorCommand, column_name="command_id", backref="+", null=True)
    session = ForeignKeyField(LockerSession, column_name="session_id", backref="+", null=True)
    settled_at = UtcField(null=True)
    settled_by = TextField(null=True)
    note = TextField(default="")

    class Meta:
        table_name = "start_line"
