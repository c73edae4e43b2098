"""Templates without what Jinja and Flask-Babel do again for every word of a page.

Jinja lays a chain of maps over the globals for every template, empty for all of ours, and walks it
for each import of a macro; a translated word goes through five calls and asks for the request's
language anew. Together that was half of what a page of staff cost.
"""

from collections.abc import MutableMapping
from typing import Any

from flask import Flask, g
from flask.templating import Environment
from flask_babel import get_translations
from jinja2 import pass_context
from jinja2.runtime import Context
from markupsafe import Markup


class LeanEnvironment(Environment):
    """The app's templates; what is added to the globals later is seen as well."""

    def make_globals(self, d: MutableMapping[str, Any] | None) -> MutableMapping[str, Any]:
        return super().make_globals(d) if d else self.globals


def init_app(app: Flask) -> None:
    """Translate by these; call it after Flask-Babel put its own in."""
    app.jinja_env.globals.update(_=_gettext, gettext=_gettext, ngettext=_ngettext)


@pass_context
def _gettext(context: Context, text: str, /, **values: Any) -> str:
    return _filled(context, _translations().ugettext(text), values)


@pass_context
def _ngettext(context: Context, one: str, many: str, num: int, /, **values: Any) -> str:
    return _filled(context, _translations().ungettext(one, many, num), {"num": num} | values)


def _filled(context: Context, text: str, values: dict[str, Any]) -> str:
    """As Jinja does it: values are escaped, and a percent sign is written twice without any too."""
    return (Markup(text) if context.eval_ctx.autoescape else text) % values  # noqa: S704


def _translations() -> Any:
    """Those of the request's language, which stays the same for all of it."""
    found = g.get("translations")
    if found is None:
        found = g.translations = get_translations()
    return found
