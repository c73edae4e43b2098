"""Forms filled in by hand, and typed in by an officer afterwards."""

from collections.abc import Iterable, Mapping

from appliance.actor import Actor
from appliance.errors import Invalid
from appliance.offices import Office
from appliance.ratings.months import Months
from appliance.ratings.questions import Element
from appliance.ratings.rules import Channel, How
from appliance.ratings.service import RatingService
from appliance.ratings.skd_rules import FIELDS as ITEM_FIELDS
from appliance.ratings.skd_service import SkdService
from appliance.record import Books

FROM_PAPER = How(Channel.PAPER, partly=True)


class PaperForms:
    """Takes a sheet with one or both questionnaires, blanks and all."""

    def __init__(
        self, *, books: Books, office: Office, ratings: RatingService, skd: SkdService
    ) -> None:
        self._writer = books.writer
        self._months = Months(books.clock, office)
        self._ratings = ratings
        self._skd = skd

    def months(self) -> tuple[str, str]:
        """The months that a sheet may be of, the present one first."""
        return self._months.enterable()

    def take(
        self, form: Mapping[str, str], *, by: Actor, month: str = "", idempotency_key: str = ""
    ) -> None:
        """Keep what the sheet says. Raises Invalid with the problems of both, and keeps nothing.

        The same key again changes nothing.
        """
        has_items = _any(form, ITEM_FIELDS)
        has_questions = _any(form, map(str, Element)) or _any(form, ["comment"]) or not has_items

        def write() -> None:
            problems: dict[str, str] = {}
            for give, is_there in ((self._give, has_questions), (self._give_items, has_items)):
                try:
                    if is_there:
                        give(form, by, month, idempotency_key)
                except Invalid as invalid:
                    problems |= invalid.problems
            if problems:
                raise Invalid(problems)

        self._writer.run(write)

    def _give(self, form: Mapping[str, str], by: Actor, month: str, key: str) -> None:
        comment = form.get("comment", "")
        self._ratings.give_apart(
            form, comment, by=by, how=FROM_PAPER, month=month, idempotency_key=key
        )

    def _give_items(self, form: Mapping[str, str], by: Actor, month: str, key: str) -> None:
        self._skd.give_apart(form, by=by, month=month, idempotency_key=key)


def _any(form: Mapping[str, str], names: Iterable[str]) -> bool:
    return any(form.get(name, "").strip() for name in names)
