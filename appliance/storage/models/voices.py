"""What visitors say: ratings of the service and of publications, complaints."""

from peewee import AutoField, CompositeKey, ForeignKeyField, IntegerField, TextField

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


class Complaint(Row):
    id = AutoField()
    uuid = TextField()
    code = TextField()
    topic = TextField()
    body = TextField()
    contact = TextField(null=True)
    state = TextField()
    created_at = UtcField()
    due_at = UtcField()
    answer = TextField(default="")
    answered_at = UtcField(null=True)
    answered_by = TextField(null=True)

    class Meta:
        table_name = "complaint"


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
