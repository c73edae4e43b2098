"""Files on their way to an e-mail address."""

from peewee import AutoField, BooleanField, ForeignKeyField, IntegerField, TextField

from appliance.storage.models.row import Row, UtcField
from appliance.storage.models.visits import Visit


class MailMessage(Row):
    id = AutoField()
    uuid = TextField()
    visit = ForeignKeyField(Visit, column_name="visit_id", backref="+")
    visit_id: int
    kind = TextField()
    about = TextField()
    address = TextField(null=True)
    language = TextField()
    files = TextField()
    pages = IntegerField()
    size_bytes = IntegerField()
    has_copy = BooleanField(default=True)
    state = TextField()
    cancel_asked = BooleanField(default=False)
    attempts = IntegerField(default=0)
    unheard = IntegerField(default=0)
    problem = TextField(null=True)
    reply = IntegerField(null=True)
    asked_at = UtcField()
    next_at = UtcField(null=True)
    expires_at = UtcField(null=True)
    ended_at = UtcField(null=True)

    class Meta:
        table_name = "mail_message"
