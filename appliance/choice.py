"""One entry of a list that people choose from."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Choice:
    """The code that is stored, and its label in both languages."""

    code: str
    label_id: str
    label_en: str

    def label(self, language: str) -> str:
        return self.label_en if language == "en" else self.label_id
