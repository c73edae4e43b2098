"""Calls of numbers, the sound device, and what happened to a wait."""

from peewee import AutoField, FloatField, ForeignKeyField, IntegerField, TextField

from appliance.storage.models.row import Row, UtcField
from appliance.storage.models.visits import Visit


class QueueCall(Row):
    id = AutoField()
    visit = ForeignKeyField(Visit, column_name="visit_id", backref="+")
    series = TextField()
    ticket = IntegerField()
    desk = TextField()
    called_at = UtcField()
    called_by = TextField()
    boot_id = TextField()
    boot_ms = IntegerField()
    claimed_at = UtcField(null=True)
    result = TextField(null=True)

    class Meta:
        table_name = "queue_call"


class SpeakerState(Row):
    id = AutoField()
    state = TextField()
    problem = TextField(default="")
    at = UtcField()

    class Meta:
        table_name = "speaker_state"


class VisitTransfer(Row):
    id = AutoField()
    visit = ForeignKeyField(Visit, column_name="visit_id", backref="+")
    from_lane = TextField()
    to_lane = TextField()
    to_desk = TextField()
    was_served = IntegerField()
    moved_at = UtcField()
    moved_by = TextField()

    class Meta:
        table_name = "visit_transfer"


class ServedCorrection(Row):
    id = AutoField()
    visit = ForeignKeyField(Visit, column_name="visit_id", backref="+")
    old_served_at = UtcField()
    old_wait_s = FloatField(null=True)
    new_served_at = UtcField()
    new_wait_s = FloatField(null=True)
    reason = TextField()
    corrected_at = UtcField()
    corrected_by = TextField()

    class Meta:
        table_name = "served_correction"
