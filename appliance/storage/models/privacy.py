"""Requests about one's data, restrictions, erasures, notices as shown, breaches, guardians."""

from peewee import AutoField, ForeignKeyField, TextField

from appliance.storage.models.row import Row, UtcField
from appliance.storage.models.visits import Visit


class PrivacyRequest(Row):
    id = AutoField()
    uuid = TextField()
    visit = ForeignKeyField(Visit, column_name="visit_id", backref="+")
    visit_id: int
    kind = TextField()
    words = TextField(default="")
    state = TextField(default="open")
    asked_at = UtcField()
    asked_by = TextField()
    due_at = UtcField()
    answered_at = UtcField(null=True)
    answered_by = TextField(null=True)
    answer = TextField(default="")

    class Meta:
        table_name = "privacy_request"


class RestrictedIdentity(Row):
    visit = ForeignKeyField(Visit, column_name="visit_id", backref="+", primary_key=True)
    visit_id: int
    name = TextField(null=True)
    email = TextField(null=True)
    phone = TextField(null=True)
    agency_name = TextField(null=True)
    guardian_name = TextField(null=True)
    at = UtcField()
    by = TextField()

    class Meta:
        table_name = "restricted_identity"


class Erasure(Row):
    id = AutoField()
    number = TextField()
    uuid = TextField()
    at = UtcField()
    by = TextField()
    kinds = TextField()

    class Meta:
        table_name = "erasure"


class NoticeText(Row):
    text_hash = TextField(primary_key=True)
    version = TextField()
    language = TextField()
    text = TextField()
    kept_at = UtcField()

    class Meta:
        table_name = "notice_text"


class Breach(Row):
    id = AutoField()
    uuid = TextField()
    number = TextField()
    noticed_at = UtcField()
    began_at = UtcField()
    ended_at = UtcField()
    scope = TextField()
    kinds = TextField()
    happened = TextField()
    done = TextField(default="")
    people_told_at = UtcField(null=True)
    authority_told_at = UtcField(null=True)
    made_at = UtcField()
    made_by = TextField()

    class Meta:
        table_name = "breach"


class GuardianConsent(Row):
    id = AutoField()
    visit = ForeignKeyField(Visit, column_name="visit_id", backref="+")
    visit_id: int
    action = TextField()
    relation = TextField()
    way = TextField()
    reason = TextField(default="")
    notice_version = TextField()
    text_hash = TextField()
    language = TextField()
    channel = TextField()
    at = UtcField()
    by = TextField()

    class Meta:
        table_name = "guardian_consent"
