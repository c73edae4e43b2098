"""The search index: what stands beside its two FTS5 tables."""

from peewee import AutoField, CompositeKey, ForeignKeyField, IntegerField, TextField

from appliance.storage.models.row import Row, UtcField
from appliance.storage.models.visits import Visit


class CatalogueEntry(Row):
    publication_id = AutoField()
    place = IntegerField()
    title_words = IntegerField()

    class Meta:
        table_name = "catalogue_entry"


class CatalogueWord(Row):
    word = TextField(primary_key=True)
    stem = TextField()
    records = IntegerField()

    class Meta:
        table_name = "catalogue_word"


class CatalogueCode(Row):
    code = TextField()
    publication_id = IntegerField()
    origin = TextField(default="record")  # whose number it is: the record's, or one of its copies'

    class Meta:
        table_name = "catalogue_code"
        primary_key = CompositeKey("code", "publication_id", "origin")


class CatalogueStale(Row):
    publication_id = AutoField()

    class Meta:
        table_name = "catalogue_stale"


class CatalogueQuestion(Row):
    """What was looked for in vain, by whom, until an officer has answered it."""

    id = AutoField()
    visit = ForeignKeyField(Visit, column_name="visit_id", backref="+")
    wanted = TextField()
    asked_at = UtcField()
    answered_at = UtcField(null=True)
    answered_by = TextField(null=True)

    class Meta:
        table_name = "catalogue_question"
