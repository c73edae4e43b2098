"""Somebody who types payloads into every text of every form."""

import itertools
import re

from werkzeug.test import TestResponse

from tests.web.every_form.day import Step
from tests.web.every_form.house import House
from tests.web.every_form.payloads import CANARY, PAYLOADS
from tests.web.every_form.reading import suspicious

MOST_TRIES = 12
SHORT, BRIEF = 28, 20
TAKEN = (200, 303)
# Fields in which a person may write what they like, as far as their length goes.
TEXTS = {
    *("name", "guardian_name", "occupation_other", "agency_name", "agency_other", "purpose_other"),
    *("data_wanted", "note", "without_card", "left_note", "handed_note", "swap_note", "handed_to"),
    *("description", "kept_at", "proof", "passed_to", "holder", "place", "title", "body"),
    *("contact", "words", "answer", "word", "comment", "label_id", "label_en", "display_name"),
    *("why", "wanted", "area", "abstract", "shelf", "subject", "happened", "done"),
    *("reason-2", "inventory_number"),
}
# Where these are words and no choice.
WORDS = {
    "reason": {"staff_visits.close", "queue.correct", "checkout.publication_is_missing"},
    "purpose": {"requests.make"},
}


class Typist:
    """Writes the next payloads into every text of a form, and reads what comes back."""

    def __init__(self, house: House, first: int) -> None:
        self._house = house
        self._next = itertools.cycle((*PAYLOADS[first:], *PAYLOADS[:first]))
        self.found: list[tuple[str, object]] = []

    def word(self, _good: str = "") -> str:
        """The next one that is short enough for a name."""
        short = (one for one in self._next if len(one) <= SHORT and one.isprintable())
        return next(short) + CANARY

    def fill(self, step: Step) -> None:
        """Send the form of the day with a payload in all its texts, which must take some."""
        texts = [
            name for name in self._house.filled(step.form, **step.changes) if is_text(step, name)
        ]
        for _ in range(MOST_TRIES):
            said = {name: next(self._next) + CANARY for name in texts}
            answer = self._house.send(step.form, step.at, **(step.changes | said))
            self.read(step.form, answer)
            if answer.status_code in TAKEN:
                return
            assert answer.status_code == 422, (step, answer.status_code)
        self._fall_back(step, texts)

    def _fall_back(self, step: Step, texts: list[str]) -> None:
        said = {name: self.word() for name in texts}
        for _ in range(MOST_TRIES):
            answer = self._house.send(step.form, step.at, **(step.changes | said))
            if answer.status_code in TAKEN:
                return
            refused = set(re.findall(r'id="error-([\w-]+)', answer.text)) & set(texts)
            said |= {name: self._brief() for name in refused or texts}
        raise AssertionError((step, said))

    def _brief(self) -> str:
        return next(one for one in self._next if len(one) <= BRIEF and one.isprintable())

    def read(self, name: str, answer: TestResponse) -> None:
        """Look for what the payloads did in this answer."""
        assert answer.status_code != 500, name
        found = suspicious(answer)
        self.found += [(f"{name} {answer.request.path}", one) for one in found]
        answer.close()


def is_text(step: Step, name: str) -> bool:
    """Whether a person writes in words into this field of this form."""
    if name in WORDS:
        return step.form in WORDS[name]
    return name in TEXTS or name.startswith("title-")
