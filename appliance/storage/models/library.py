"""Publications, and what visitors do with them."""

from peewee import AutoField, ForeignKeyField, IntegerField, TextField

from appliance.storage.models.row import Row, UtcField
from appliance.storage.models.visits import Visit


class Publication(Row):
    id = AutoField()
    source_id = TextField(null=True)
    kind = TextField(default="publication")
    title = TextField()
    subject = TextField(default="")
    abstract = TextField(default="")
    year = IntegerField(null=True)
    released_on = TextField(null=True)
    issn = TextField(default="")
    catalogue_number = TextField(default="")
    publication_number = TextField(default="")
    pages = IntegerField(null=True)
    shelf = TextField(default="")  # this and the next two: told by BookCopy, never written
    barcode = TextField(null=True)
    copies = IntegerField(default=0)
    softcopy_path = TextField(null=True)
    withdrawn_at = UtcField(null=True)
    domain = TextField(default="")  # BPS code of the area; empty: the office's own
    quick_added_at = UtcField(null=True)

    class Meta:
        table_name = "publication"


class BookCopy(Row):
    id = AutoField()
    uuid = TextField()
    publication = ForeignKeyField(Publication, column_name="publication_id", backref="+")
    barcode = TextField()
    inventory_number = TextField(default="")
    shelf = TextField(default="")
    state = TextField(default="on_shelf")  # being read is an open Reading
    note = TextField(default="")
    added_at = UtcField()

    class Meta:
        table_name = "book_copy"


class Reading(Row):
    id = AutoField()
    uuid = TextField()
    visit = ForeignKeyField(Visit, column_name="visit_id", backref="+")
    publication = ForeignKeyField(Publication, column_name="publication_id", backref="+", null=True)
    title = TextField()
    noted_at = UtcField()
    noted_by = TextField()
    returned_at = UtcField(null=True)
    returned_by = TextField(null=True)
    book_copy = ForeignKeyField(BookCopy, column_name="copy_id", backref="+", null=True)
    is_assumed = IntegerField(default=0)
    missing_reason = TextField(null=True)

    class Meta:
        table_name = "reading"


class PhotocopyForm(Row):
    id = AutoField()
    visit = ForeignKeyField(Visit, column_name="visit_id", backref="+")
    made_at = UtcField()
    made_by = TextField()

    class Meta:
        table_name = "photocopy_form"


class Photocopy(Row):
    id = AutoField()
    uuid = TextField()
    form = ForeignKeyField(PhotocopyForm, column_name="form_id", backref="+")
    form_id: int
    visit = ForeignKeyField(Visit, column_name="visit_id", backref="+")
    visit_id: int
    publication = ForeignKeyField(Publication, column_name="publication_id", backref="+", null=True)
    publication_id: int | None
    title = TextField()
    pages = TextField()
    page_count = IntegerField(null=True)
    state = TextField()
    created_at = UtcField()
    out_at = UtcField(null=True)
    out_by = TextField(null=True)
    carrier = TextField(null=True)
    due_at = UtcField(null=True)
    back_at = UtcField(null=True)
    back_by = TextField(null=True)
    lost_at = UtcField(null=True)
    lost_by = TextField(null=True)
    lost_reason = TextField(default="")

    class Meta:
        table_name = "photocopy"
