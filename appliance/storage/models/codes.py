"""What the code readers read, how they are, and the badges of staff."""

from peewee import AutoField, ForeignKeyField, IntegerField, TextField

from appliance.storage.models.house import Staff
from appliance.storage.models.library import BookCopy, Publication
from appliance.storage.models.lockers import Locker
from appliance.storage.models.row import Row, UtcField
from appliance.storage.models.visits import Visit


class CodeRead(Row):
    id = AutoField()
    uuid = TextField()
    reader = TextField()
    place = TextField()
    at = UtcField()
    boot_id = TextField()
    boot_ms = IntegerField()
    kind = TextField()
    answer = TextField()
    locker = ForeignKeyField(Locker, column_name="locker_id", backref="+", null=True)
    visit = ForeignKeyField(Visit, column_name="visit_id", backref="+", null=True)
    publication = ForeignKeyField(Publication, column_name="publication_id", backref="+", null=True)
    book = TextField(default="")
    staff = ForeignKeyField(Staff, column_name="staff_id", backref="+", null=True)
    chosen = TextField(null=True)
    chosen_at = UtcField(null=True)
    book_copy = ForeignKeyField(BookCopy, column_name="copy_id", backref="+", null=True)

    class Meta:
        table_name = "code_read"


class ReaderRow(Row):
    reader = TextField(primary_key=True)
    place = TextField()
    state = TextField()
    since = UtcField()

    class Meta:
        table_name = "reader_state"


class StaffBadge(Row):
    id = AutoField()
    staff = ForeignKeyField(Staff, column_name="staff_id", backref="+")
    token_hash = TextField()
    issued_at = UtcField()
    issued_by = TextField()
    revoked_at = UtcField(null=True)

    class Meta:
        table_name = "staff_badge"
