"""Bootstrap without the rules that no template of ours can match.

Phones in the room fetch it over plain HTTP, where browsers take gzip and not brotli: the whole of
Bootstrap would be half of the first visit's bytes. A rule stays when every class its selector
needs stands as a word in a template or script, so a class put together from pieces must be
written out somewhere (the pattern page shows every piece).
"""

import re
from collections.abc import Iterable, Iterator
from pathlib import Path

_WORD = re.compile(r"[A-Za-z][\w-]*")
_CLASS = re.compile(r"\.([A-Za-z][\w-]*)")
_NEGATED = re.compile(r":not\([^()]*\)")
_COMMENT = re.compile(r"/\*.*?\*/", re.S)
_LICENCE = re.compile(r"/\*!.*?\*/", re.S)
_NESTING = ("@media", "@supports", "@layer", "@container")


def words_of(folders: Iterable[Path]) -> frozenset[str]:
    """Every word in the templates and scripts below these folders."""
    files = (path for folder in folders for path in folder.rglob("*"))
    texts = (path.read_text("utf-8") for path in files if path.suffix in (".html", ".js"))
    return frozenset(word for text in texts for word in _WORD.findall(text))


def only_used(css: str, words: frozenset[str]) -> str:
    """The style sheet without rules that need a class outside `words`; its licence stays."""
    licence = "".join(_LICENCE.findall(css))
    kept = "".join(_kept(_COMMENT.sub("", css), words))
    if kept.startswith("@charset"):  # must be the first thing in the file
        return kept.replace(";", f";{licence}", 1)
    return licence + kept


def _kept(css: str, words: frozenset[str]) -> Iterator[str]:
    for prelude, block in _statements(css):
        if block is None:
            yield prelude
        elif prelude.startswith(_NESTING):
            inner = "".join(_kept(block, words))
            if inner:
                yield f"{prelude}{{{inner}}}"
        elif prelude.startswith("@"):
            yield f"{prelude}{{{block}}}"
        else:
            selectors = [s for s in _split(prelude) if _can_match(s, words)]
            if selectors:
                yield f"{','.join(selectors)}{{{block}}}"


def _can_match(selector: str, words: frozenset[str]) -> bool:
    return set(_CLASS.findall(_NEGATED.sub("", selector))) <= words


def _statements(css: str) -> Iterator[tuple[str, str | None]]:
    """Prelude and block of each rule; block None for a statement that ends in a semicolon."""
    start = at = 0
    while at < len(css):
        at = _after_string(css, at)
        if at >= len(css):
            return
        if css[at] == ";":
            yield css[start : at + 1].strip(), None
            start = at + 1
        elif css[at] == "{":
            end = _closing(css, at)
            yield css[start:at].strip(), css[at + 1 : end]
            at, start = end, end + 1
        at += 1


def _closing(css: str, opening: int) -> int:
    depth, at = 0, opening
    while at < len(css):
        at = _after_string(css, at)
        depth += {"{": 1, "}": -1}.get(css[at], 0)
        if depth == 0:
            return at
        at += 1
    raise ValueError(f"unclosed block in the style sheet at {opening}")


def _after_string(css: str, at: int) -> int:
    """`at`, or the place after the string that begins there."""
    while at < len(css) and css[at] in "\"'":
        end = css.index(css[at], at + 1)
        while css[end - 1] == "\\":
            end = css.index(css[at], end + 1)
        at = end + 1
    return at


def _split(selectors: str) -> list[str]:
    """The selectors of a list, split at the commas that are not inside brackets."""
    parts, depth = [""], 0
    for symbol in selectors:
        depth += {"(": 1, ")": -1}.get(symbol, 0)
        if symbol == "," and depth == 0:
            parts.append("")
        else:
            parts[-1] += symbol
    return [part.strip() for part in parts]
