"""What visitors say: ratings of the service and of publications, complaints."""

from peewee import AutoField, BooleanField, CompositeKey, ForeignKeyField, IntegerField, TextField

from appliance.storage.models.library import Publication
from appliance.storage.models.row import Row, UtcField
from appliance.storage.models.visits import Visit


class Rating(Row):
    id = IntegerField(primary_key=True)  # random: see the schema
    month = TextField()
    comment = TextField(default="")

    class Meta:
        table_name = "rating"


class RatingAnswer(Row):
    rating = ForeignKeyField(Rating, column_name="rating_id", backref="+")
    element = TextField()
    value = IntegerField()

    class Meta:
        table_name = "rating_answer"
        primary_key = CompositeKey("rating", "element")


class RatingProfile(Row):
    month = TextField()
    trait = TextField()
    code = TextField()
    respondents = IntegerField()

    class Meta:
        table_name = "rating_profile"
        primary_key = CompositeKey("month", "trait", "code")


class RatingCount(Row):
    month = TextField()
    kind = TextField()
    code = TextField()
    times = IntegerField()

    class Meta:
        table_name = "rating_count"
        primary_key = CompositeKey("month", "kind", "code")


class SkdReply(Row):
    id = IntegerField(primary_key=True)  # random: see the schema
    month = TextField()
    overall = IntegerField(null=True)

    class Meta:
        table_name = "skd_reply"


class SkdAnswer(Row):
    reply = ForeignKeyField(SkdReply, column_name="reply_id", backref="+")
    item = TextField()
    importance = IntegerField(null=True)
    satisfaction = IntegerField(null=True)

    class Meta:
        table_name = "skd_answer"
        primary_key = CompositeKey("reply", "item")


class SkdAsked(Row):
    visit = ForeignKeyField(Visit, primary_key=True, column_name="visit_id", backref="+")

    class Meta:
        table_name = "skd_asked"


class RatingTablet(Row):
    id = AutoField()
    name = TextField()
    token_hash = TextField()
    registered_by = TextField()
    registered_at = UtcField()
    revoked_at = UtcField(null=True)

    class Meta:
        table_name = "rating_tablet"


class RatingInvitation(Row):
    id = AutoField()
    uuid = TextField()
    token_hash = TextField()
    code = TextField()
    visit = ForeignKeyField(Visit, column_name="visit_id", backref="+")
    visit_id: int
    is_member = BooleanField()
    tablet = ForeignKeyField(RatingTablet, null=True, column_name="tablet_id", backref="+")
    tablet_id: int | None
    step = TextField()
    created_at = UtcField()
    expires_at = UtcField()

    class Meta:
        table_name = "rating_invitation"


class Complaint(Row):
    id = AutoField()
    uuid = TextField()
    code = TextField(null=True)
    kind = TextField(default="complaint")
    topic = TextField()
    body = TextField()
    contact = TextField(null=True)
    state = TextField()
    created_at = UtcField()
    first_due_at = UtcField(null=True)
    due_at = UtcField()
    needs_check = BooleanField(default=False)
    taken_at = UtcField(null=True)
    handler = TextField(null=True)
    answer = TextField(default="")
    answered_at = UtcField(null=True)
    answered_by = TextField(null=True)
    closed_at = UtcField(null=True)
    reopened_at = UtcField(null=True)
    reopen_words = TextField(default="")
    earlier_answer = TextField(default="")
    forgotten_at = UtcField(null=True)
    channel = TextField(default="box")
    entered_by = TextField(null=True)

    class Meta:
        table_name = "complaint"


class ComplaintNote(Row):
    id = AutoField()
    complaint = ForeignKeyField(Complaint, column_name="complaint_id", backref="+")
    at = UtcField()
    by = TextField()
    words = TextField()

    class Meta:
        table_name = "complaint_note"


class PublicationRating(Row):
    id = IntegerField(primary_key=True)  # random: see the schema
    publication = ForeignKeyField(Publication, column_name="publication_id", backref="+")
    publication_id: int
    stars = IntegerField()
    word = TextField(default="")

    class Meta:
        table_name = "publication_rating"


class PublicationRatingTie(Row):
    visit = ForeignKeyField(Visit, column_name="visit_id", backref="+")
    publication = ForeignKeyField(Publication, column_name="publication_id", backref="+")
    publication_id: int
    rating = ForeignKeyField(PublicationRating, column_name="rating_id", backref="+")
    rating_id: int

    class Meta:
        table_name = "publication_rating_tie"
        primary_key = CompositeKey("visit", "publication")
