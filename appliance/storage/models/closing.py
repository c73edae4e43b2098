"""What was left in lockers, their keys, the walk at closing time, and days that were closed."""

from peewee import AutoField, CompositeKey, ForeignKeyField, IntegerField, TextField

from appliance.storage.models.lockers import Locker
from appliance.storage.models.row import Row, UtcField
from appliance.storage.models.visits import Visit


class FoundProperty(Row):
    id = AutoField()
    uuid = TextField()
    number = IntegerField()
    locker = ForeignKeyField(Locker, column_name="locker_id", backref="+", null=True)
    visit = ForeignKeyField(Visit, column_name="visit_id", backref="+", null=True)
    found_at = UtcField()
    found_by = TextField()
    description = TextField()
    kept_at = TextField()
    state = TextField()
    ended_at = UtcField(null=True)
    ended_by = TextField(null=True)
    handed_to = TextField(default="")
    proof = TextField(default="")
    note = TextField(default="")

    class Meta:
        table_name = "found_property"


class KeyEvent(Row):
    id = AutoField()
    uuid = TextField()
    locker = ForeignKeyField(Locker, column_name="locker_id", backref="+")
    event = TextField()
    at = UtcField()
    by = TextField()
    holder = TextField(default="")
    note = TextField(default="")

    class Meta:
        table_name = "key_event"


class ClosingWalk(Row):
    id = AutoField()
    uuid = TextField()
    business_date = TextField()
    scope = TextField()
    started_at = UtcField()
    started_by = TextField()
    ended_at = UtcField(null=True)
    ended_by = TextField(null=True)

    class Meta:
        table_name = "closing_walk"


class ClosingLook(Row):
    walk = ForeignKeyField(ClosingWalk, column_name="walk_id", backref="+")
    locker = ForeignKeyField(Locker, column_name="locker_id", backref="+")
    found = TextField()
    visit = ForeignKeyField(Visit, column_name="visit_id", backref="+", null=True)
    property = ForeignKeyField(FoundProperty, column_name="property_id", backref="+", null=True)
    at = UtcField()
    by = TextField()
    note = TextField(default="")

    class Meta:
        table_name = "closing_look"
        primary_key = CompositeKey("walk", "locker")


class DayDecision(Row):
    id = AutoField()
    business_date = TextField()
    kind = TextField()
    subject = IntegerField()
    label = TextField()
    decision = TextField()
    at = UtcField()
    by = TextField()

    class Meta:
        table_name = "day_decision"


class DayReport(Row):
    id = AutoField()
    business_date = TextField()
    version = IntegerField()
    sealed_at = UtcField()
    sealed_by = TextField()
    content = TextField()
    before = TextField()
    seal = TextField()

    class Meta:
        table_name = "day_report"
