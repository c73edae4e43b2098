"""Whatever is written into the journal can be told in plain words."""

import ast
import re
from collections.abc import Iterator

from appliance.journal.words import ACTIONS, KINDS
from tests.architecture.source import name, tracked

WRITERS = {"note", "_note", "fact", "_fact"}
ACTION = re.compile(r"[a-z_]+\.[a-z_]+")


def written() -> Iterator[tuple[str, str]]:
    """Every action that stands whole in a call that journals, and where."""
    for path in tracked(".py"):
        if not name(path).startswith("appliance/"):
            continue
        for node in ast.walk(ast.parse(path.read_text())):
            if not isinstance(node, ast.Call) or not node.args:
                continue
            called = getattr(node.func, "attr", getattr(node.func, "id", ""))
            if called not in WRITERS:
                continue
            for part in ast.walk(node.args[0]):
                told = part.value if isinstance(part, ast.Constant) else None
                if isinstance(told, str) and ACTION.fullmatch(told):
                    yield told, f"{name(path)}:{node.lineno}"


def test_every_action_has_words() -> None:
    found = dict(written())

    assert len(found) > 80, "hardly any action found: this test looks in the wrong place"
    missing = {action: where for action, where in found.items() if action not in ACTIONS}
    assert missing == {}, "add a line to appliance/journal/words.py and to journal_words.po"


def test_every_kind_has_words() -> None:
    assert {action.partition(".")[0] for action in ACTIONS} - set(KINDS) == set()
