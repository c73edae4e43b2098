"""What is read on the screen, counted."""

from peewee import CompositeKey, ForeignKeyField, IntegerField, TextField

from appliance.storage.models.library import Publication
from appliance.storage.models.row import Row


class PageReading(Row):
    publication = ForeignKeyField(Publication, column_name="publication_id", backref="+")
    day = TextField()
    opened = IntegerField(default=0)
    pages = IntegerField(default=0)
    searches = IntegerField(default=0)

    class Meta:
        table_name = "page_reading"
        primary_key = CompositeKey("publication", "day")
