"""Visits, the people behind them, and what they agreed to."""

from peewee import (
    AutoField,
    CompositeKey,
    FloatField,
    ForeignKeyField,
    Function,
    IntegerField,
    TextField,
    fn,
)

from appliance.storage.models.row import Row, UtcField

OF_DAY = "coalesce(v.dated_on, v.business_date)"
"""As `Visit.day`, for statements as text."""


class Visit(Row):
    id = AutoField()
    uuid = TextField()
    token_hash = TextField()
    code = TextField()
    business_date = TextField()
    number = IntegerField()
    state = TextField()
    channel = TextField()
    registered_at = UtcField()
    registered_boot_id = TextField()
    registered_boot_ms = IntegerField()
    registered_clock = IntegerField()
    called_at = UtcField(null=True)
    called_by = TextField(null=True)
    desk = TextField(default="")
    served_at = UtcField(null=True)
    served_by = TextField(null=True)
    wait_s = FloatField(null=True)
    leaving_at = UtcField(null=True)
    closed_at = UtcField(null=True)
    closed_by = TextField(null=True)
    close_reason = TextField(null=True)
    stay_s = FloatField(null=True)
    rated_at = UtcField(null=True)
    sex = TextField()
    age_band = TextField()
    education = TextField()
    occupation = TextField()
    occupation_other = TextField(default="")
    agency_category = TextField()
    agency_other = TextField(default="")
    purpose = TextField()
    purpose_other = TextField(default="")
    services = TextField()
    channels = TextField()
    disability = TextField(default="")
    data_wanted = TextField(default="")
    persons = IntegerField(default=1)
    members_asked = IntegerField(default=0)
    incomplete = IntegerField(default=0)
    entered_at = UtcField(null=True)
    entered_by = TextField(null=True)
    series = TextField(default="A")
    ticket = IntegerField(null=True)
    lane = TextField(default="A")
    for_desk = TextField(default="")
    skips = IntegerField(default=0)
    after_call = IntegerField(null=True)
    aside_at = UtcField(null=True)
    waits_at = UtcField(null=True)
    waits_boot_id = TextField(null=True)
    waits_boot_ms = IntegerField(null=True)
    waits_clock = IntegerField(null=True)
    served_cause = TextField(default="")
    late_reason = TextField(default="")
    late_note = TextField(default="")
    promise_minutes = IntegerField(null=True)
    dated = TextField(default="")
    dated_at = UtcField(null=True)
    dated_on = TextField(null=True)

    @classmethod
    def day(cls) -> Function:
        """The business date that a visit counts on; the words of `OF_DAY`, and of its index."""
        return fn.COALESCE(cls.dated_on, cls.business_date)

    class Meta:
        table_name = "visit"


class Guest(Row):
    visit = ForeignKeyField(Visit, column_name="visit_id", backref="+", primary_key=True)
    name = TextField(null=True)
    email = TextField(null=True)
    phone = TextField(null=True)
    agency_name = TextField(null=True)
    guardian_name = TextField(null=True)
    taken_over = TextField(default="")
    erased_at = UtcField(null=True)

    class Meta:
        table_name = "guest"


class GroupMember(Row):
    visit = ForeignKeyField(Visit, column_name="visit_id", backref="+")
    sex = TextField()
    age_band = TextField()
    heads = IntegerField()

    class Meta:
        table_name = "group_member"
        primary_key = CompositeKey("visit", "sex", "age_band")


class Visitor(Row):
    id = AutoField()
    uuid = TextField()
    created_at = UtcField()
    card_hash = TextField(null=True)
    card_at = UtcField(null=True)
    card_by = TextField(null=True)

    class Meta:
        table_name = "visitor"


class VisitorVisit(Row):
    visit = ForeignKeyField(Visit, column_name="visit_id", backref="+", primary_key=True)
    visitor = ForeignKeyField(Visitor, column_name="visitor_id", backref="+")

    class Meta:
        table_name = "visitor_visit"


class Consent(Row):
    id = AutoField()
    visit = ForeignKeyField(Visit, column_name="visit_id", backref="+")
    notice_version = TextField()
    text_hash = TextField()
    language = TextField()
    channel = TextField()
    action = TextField()
    at = UtcField()

    class Meta:
        table_name = "consent"


class PortalAccount(Row):
    visit = ForeignKeyField(Visit, column_name="visit_id", backref="+", primary_key=True)
    state = TextField()
    told_at = UtcField()
    verified_at = UtcField(null=True)

    class Meta:
        table_name = "portal_account"
