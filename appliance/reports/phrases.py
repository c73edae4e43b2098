"""A few words of a report in both languages.

Files and paper are made without a screen's translations, so a report brings its own.
"""

from dataclasses import dataclass

from appliance.choice import Choice


@dataclass(frozen=True, slots=True)
class Phrase:
    """The same in Indonesian and in English."""

    id: str
    en: str

    def said(self, language: str) -> str:
        """In this language; Indonesian unless it is English."""
        return self.en if language == "en" else self.id


def label_of(choice: Choice) -> Phrase:
    """What an entry of a list is called."""
    return Phrase(choice.label_id, choice.label_en)
