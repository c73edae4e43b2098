"""The appliance itself: its values, processes, staff and screens."""

from peewee import AutoField, BooleanField, CompositeKey, ForeignKeyField, IntegerField, TextField

from appliance.storage.models.row import Row, UtcField


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
    one_time_until = UtcField(null=True)
    pin_hash = TextField(null=True)

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
    uuid = TextField()
    client = TextField(default="")
    browser = TextField(default="")
    device_id = IntegerField(null=True)
    by_pin = BooleanField(default=False)

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


class Anchor(Row):
    id = AutoField()
    boot_id = TextField()
    boot_ms = IntegerField()
    utc = UtcField()
    source = TextField()
    err_ms = IntegerField()
    after_visit = IntegerField()

    class Meta:
        table_name = "anchor"


class Device(Row):
    id = AutoField()
    kind = TextField()
    name = TextField()
    token_hash = TextField()
    registered_by = TextField()
    registered_at = UtcField()
    revoked_at = UtcField(null=True)
    place = TextField(default="")

    class Meta:
        table_name = "device"
