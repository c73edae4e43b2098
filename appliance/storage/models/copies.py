"""Publications prepared for marking, and the marked copies handed out."""

from peewee import AutoField, ForeignKeyField, IntegerField, TextField

from appliance.storage.models.library import Publication
from appliance.storage.models.row import Row, UtcField
from appliance.storage.models.visits import Visit


class PreparedCopy(Row):
    id = AutoField()
    publication = ForeignKeyField(Publication, column_name="publication_id", backref="+")
    publication_id: int
    source_stamp = TextField()
    look = TextField()
    state = TextField()
    problem = TextField(null=True)
    name = TextField(null=True)
    pages = IntegerField(null=True)
    size_bytes = IntegerField(null=True)
    sha256 = TextField(null=True)
    tail = TextField(null=True)
    asked_at = UtcField()
    ended_at = UtcField(null=True)
    used_at = UtcField(null=True)

    class Meta:
        table_name = "prepared_copy"


class MarkedCopy(Row):
    id = AutoField()
    number = TextField()
    publication = ForeignKeyField(Publication, column_name="publication_id", backref="+", null=True)
    publication_id: int | None
    prepared = ForeignKeyField(PreparedCopy, column_name="prepared_id", backref="+", null=True)
    prepared_id: int | None
    visit = ForeignKeyField(Visit, column_name="visit_id", backref="+", null=True)
    visit_id: int | None
    title = TextField()
    purpose = TextField(default="")
    made_at = UtcField()
    size_bytes = IntegerField()
    sha256 = TextField()

    class Meta:
        table_name = "marked_copy"
