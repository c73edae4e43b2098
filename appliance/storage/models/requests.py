"""Softcopies that were asked for, and the files they are answered with."""

from peewee import AutoField, ForeignKeyField, IntegerField, TextField

from appliance.storage.models.library import Publication
from appliance.storage.models.row import Row, UtcField
from appliance.storage.models.visits import Visit


class SoftcopyRequest(Row):
    id = AutoField()
    uuid = TextField()
    code = TextField(null=True)
    visit = ForeignKeyField(Visit, column_name="visit_id", backref="+")
    visit_id: int
    publication = ForeignKeyField(Publication, column_name="publication_id", backref="+", null=True)
    publication_id: int | None
    wanted = TextField()
    purpose = TextField(default="")
    email = TextField(null=True)
    area = TextField(default="")
    year_from = IntegerField(null=True)
    year_to = IntegerField(null=True)
    level = TextField(default="")
    period = TextField(default="")
    source = TextField(default="")
    national = TextField(default="")
    outcome = TextField(default="")
    quality = IntegerField(null=True)
    state = TextField()
    created_at = UtcField()
    taken_by = TextField(null=True)
    changed_at = UtcField(null=True)
    changed_by = TextField(null=True)
    reason = TextField(default="")
    note = TextField(default="")
    keeps_until = UtcField(null=True)
    forgotten_at = UtcField(null=True)

    class Meta:
        table_name = "softcopy_request"


class RequestFile(Row):
    id = AutoField()
    request = ForeignKeyField(SoftcopyRequest, column_name="request_id", backref="+")
    request_id: int
    name = TextField(null=True)
    kind = TextField()
    state = TextField()
    problem = TextField(null=True)
    number = TextField(null=True)
    size_bytes = IntegerField()
    sha256 = TextField()
    added_at = UtcField()
    added_by = TextField()

    class Meta:
        table_name = "request_file"
