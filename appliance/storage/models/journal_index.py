"""What the journal is looked through by; filled once a day, see appliance/journal/index.py."""

from peewee import AutoField, CompositeKey, ForeignKeyField, IntegerField, TextField

from appliance.storage.models.row import Row


class JournalKey(Row):
    id = AutoField()
    what = TextField()
    value = TextField()
    lines = IntegerField(default=0)

    class Meta:
        table_name = "journal_key"


class JournalFind(Row):
    key = ForeignKeyField(JournalKey, column_name="key_id", backref="+")
    seq = IntegerField()

    class Meta:
        table_name = "journal_find"
        primary_key = CompositeKey("key", "seq")


class JournalStretch(Row):
    last_seq = IntegerField(primary_key=True)
    first_seq = IntegerField()
    earliest = TextField()
    latest = TextField()

    class Meta:
        table_name = "journal_stretch"
