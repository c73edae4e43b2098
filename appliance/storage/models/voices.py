"""What visitors say: ratings and complaints."""

from peewee import AutoField, CompositeKey, ForeignKeyField, IntegerField, TextField

from appliance.storage.models.row import Row, UtcField


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
