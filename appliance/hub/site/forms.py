"""What somebody typed into a form, and what was wrong with it."""

from collections.abc import Mapping

from flask import current_app

from appliance.errors import Invalid
from appliance.hub.site import language


class Form:
    """Shown again with what was typed, but never with a password."""

    def __init__(self, values: Mapping[str, str]) -> None:
        self._values = values
        self.problems: dict[str, str] = {}

    def value(self, name: str) -> str:
        """What was typed, without the blanks around it."""
        return self._values.get(name, "").strip()

    def problem(self, name: str) -> str:
        """What is wrong with this field, in the language of the page; empty when nothing is."""
        return self.problems.get(name, "")

    def refuse(self, name: str, message: str, **values: object) -> None:
        """Say a message marked by N_ beside a field."""
        self.problems[name] = language.translated(current_app, message, **values)

    def refuse_all(self, invalid: Invalid) -> None:
        """Say every problem beside its field."""
        for name, message in invalid.problems.items():
            self.refuse(name, message)
