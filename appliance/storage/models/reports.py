"""Reports on paper, and what they are known by."""

from peewee import AutoField, IntegerField, TextField

from appliance.storage.models.row import Row, UtcField


class SignedReport(Row):
    id = AutoField()
    number = TextField()
    period = TextField()
    state = TextField()
    problem = TextField(null=True)
    asked_at = UtcField()
    asked_by = TextField()
    verify_url = TextField()
    made_at = UtcField(null=True)
    journal_seq = IntegerField(null=True)
    name = TextField(null=True)
    pages = IntegerField(null=True)
    size_bytes = IntegerField(null=True)
    sha256 = TextField(null=True)
    signature = TextField(null=True)
    public_key = TextField(null=True)

    class Meta:
        table_name = "signed_report"
