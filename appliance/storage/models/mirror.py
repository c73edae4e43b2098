"""What of the catalogue comes from the WebAPI of BPS, and how far it was read."""

from peewee import (
    AutoField,
    BooleanField,
    CompositeKey,
    ForeignKeyField,
    IntegerField,
    TextField,
)

from appliance.storage.models.library import Publication
from appliance.storage.models.row import Row, UtcField


class MirrorState(Row):
    id = AutoField()
    asked_at = UtcField(null=True)
    next_at = UtcField(null=True)
    tries = IntegerField(default=0)
    trouble = TextField(null=True)
    trouble_at = UtcField(null=True)
    detail = TextField(default="")
    answered_at = UtcField(null=True)
    key_mark = TextField(default="")
    new_fields = TextField(default="")

    class Meta:
        table_name = "mirror_state"


class MirrorList(Row):
    model = TextField()
    domain = TextField()
    lang = TextField()
    pass_ = IntegerField(column_name="pass", default=1)
    next_page = IntegerField(default=1)
    pages = IntegerField(default=0)
    total = IntegerField(default=0)
    is_moved = BooleanField(default=False)
    moves = IntegerField(default=0)
    added = IntegerField(default=0)
    changed = IntegerField(default=0)
    began_at = UtcField(null=True)
    ended_at = UtcField(null=True)
    completed_at = UtcField(null=True)
    complete_total = IntegerField(default=0)
    gone_before = IntegerField(default=0)
    trouble = TextField(null=True)
    trouble_at = UtcField(null=True)
    detail = TextField(default="")
    doubted_pass = IntegerField(null=True)

    class Meta:
        table_name = "mirror_list"
        primary_key = CompositeKey("model", "domain", "lang")


class MirrorRecord(Row):
    model = TextField()
    domain = TextField()
    lang = TextField()
    remote_id = TextField()
    publication = ForeignKeyField(Publication, column_name="publication_id", backref="+")
    publication_id: int
    seen_pass = IntegerField()
    said = TextField()
    held = TextField(default="")
    updated_on = TextField(default="")
    size_bytes = IntegerField(null=True)
    viewed_at = UtcField(null=True)
    view_tries = IntegerField(default=0)
    gone_at = UtcField(null=True)

    class Meta:
        table_name = "mirror_record"
        primary_key = CompositeKey("model", "domain", "lang", "remote_id")


class MirrorFile(Row):
    publication = ForeignKeyField(Publication, column_name="publication_id", backref="+")
    publication_id: int
    what = TextField()
    path = TextField(null=True)
    size_bytes = IntegerField(null=True)
    sha256 = TextField(null=True)
    fetched_at = UtcField(null=True)
    updated_on = TextField(default="")
    validator = TextField(default="")
    part_bytes = IntegerField(default=0)
    told_bytes = IntegerField(null=True)
    tries = IntegerField(default=0)
    next_at = UtcField(null=True)
    problem = TextField(null=True)

    class Meta:
        table_name = "mirror_file"
        primary_key = CompositeKey("publication", "what")


class MirrorPin(Row):
    publication = ForeignKeyField(
        Publication, column_name="publication_id", primary_key=True, backref="+"
    )
    publication_id: int
    pinned_at = UtcField()
    pinned_by = TextField()

    class Meta:
        table_name = "mirror_pin"


class PortalRecord(Row):
    remote_id = TextField(primary_key=True)
    publication = ForeignKeyField(Publication, column_name="publication_id", backref="+")
    publication_id: int
    made = BooleanField()
    said = TextField()
    seen = IntegerField()
    gone_at = UtcField(null=True)

    class Meta:
        table_name = "portal_record"


class PortalCatalogueRow(Row):
    id = IntegerField(primary_key=True)
    after = IntegerField(null=True)
    checked_at = UtcField(null=True)
    problem = TextField(default="")
    skipped = IntegerField(default=0)
    pack_version = IntegerField(null=True)
    pack_sha256 = TextField(null=True)
    pack_bytes = IntegerField(null=True)
    pack_lines = IntegerField(default=0)

    class Meta:
        table_name = "portal_catalogue"
