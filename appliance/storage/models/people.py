"""What belongs to staff beside the people themselves: where a PIN opens, and hand-overs."""

from peewee import AutoField, CompositeKey, ForeignKeyField, IntegerField, TextField

from appliance.storage.models.house import Device, Staff
from appliance.storage.models.row import Row, UtcField


class PinGrant(Row):
    staff = ForeignKeyField(Staff, column_name="staff_id", backref="+")
    device = ForeignKeyField(Device, column_name="device_id", backref="+")
    at = UtcField()
    boot_id = TextField()
    boot_ms = IntegerField()
    misses = IntegerField(default=0)

    class Meta:
        table_name = "pin_grant"
        primary_key = CompositeKey("staff", "device")


class HandOver(Row):
    id = AutoField()
    at = UtcField()
    device = ForeignKeyField(Device, column_name="device_id", backref="+")
    from_name = TextField()
    to_name = TextField()
    note = TextField(default="")
    visits = IntegerField()
    cards = IntegerField()
    walks = IntegerField()

    class Meta:
        table_name = "hand_over"
