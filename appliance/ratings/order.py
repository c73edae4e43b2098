"""The order of rows inside the file, which must not tell who answered when."""

from peewee import Field

from appliance.storage.models import Rating, RatingAnswer, Row, SkdAnswer, SkdReply

CHUNK = 100


def rewrite(
    forms: type[Rating] | type[SkdReply],
    answers: type[RatingAnswer] | type[SkdAnswer],
    key: tuple[Field, Field],
    month: str,
) -> None:
    """Write the forms of a month and their answers anew, in the order of their random ids.

    Inside a page SQLite puts each new row before the last one, whatever its id is, so the bytes
    of the page would keep the order in which they came. `key` is that of an answer, its form
    first. Belongs inside a function given to the writer.
    """
    of_month = forms.month == month
    of_forms = key[0].in_(forms.select(forms.id).where(of_month))
    kept: list[tuple[type[Row], list[dict[str, object]]]] = [
        (forms, list(forms.select().where(of_month).order_by(forms.id).dicts().iterator())),
        (answers, list(answers.select().where(of_forms).order_by(*key).dicts().iterator())),
    ]
    answers.delete().where(of_forms).execute()
    forms.delete().where(of_month).execute()
    for model, rows in kept:
        for start in range(0, len(rows), CHUNK):
            model.insert_many(rows[start : start + CHUNK]).execute()
