"""What the content security policy, offline rooms and escaping ask of every template."""

import re
from pathlib import Path

import pytest

from tests.architecture.source import ROOT, name

SCREENS = (ROOT / "web", ROOT / "appliance" / "hub" / "site", ROOT / "appliance" / "look")
TEMPLATES = sorted(path for home in SCREENS for path in (home / "templates").rglob("*.html"))
STATIC = sorted(path for home in SCREENS for path in (home / "static").rglob("*") if path.is_file())
TEXT = {".css", ".js", ".svg", ".txt", ".webmanifest"}

COMMENT = re.compile(r"\{#.*?#\}|<!--.*?-->", re.S)
JINJA = re.compile(r"\{\{.*?\}\}|\{%.*?%\}", re.S)
TAG = re.compile(r"<[a-zA-Z][^<>]*>")
UNQUOTED = re.compile(r"\s[a-zA-Z:-]+=(?![\"'])")
QUOTED_VALUE = re.compile(r"\"[^\"]*\"|'[^']*'")
REMOTE = re.compile(r"\b(src|srcset|href|action|formaction|data|poster)\s*=\s*[\"']\s*(https?:)?//")
NAMESPACES = ("http://www.w3.org/2000/svg", "http://www.w3.org/1999/xlink")


def markup(template: Path) -> str:
    """The HTML of a template; every Jinja expression and statement is the word JINJA."""
    return JINJA.sub("JINJA", COMMENT.sub("", template.read_text()))


def tags(template: Path) -> list[str]:
    return TAG.findall(markup(template))


def faulty_tags(pattern: str, template: Path) -> list[str]:
    return [tag for tag in tags(template) if re.search(pattern, tag, re.I)]


@pytest.fixture(params=TEMPLATES, ids=name)
def template(request: pytest.FixtureRequest) -> Path:
    return request.param


def test_there_are_templates() -> None:
    assert all(any(path.is_relative_to(home) for path in TEMPLATES) for home in SCREENS)


def test_no_inline_style(template: Path) -> None:
    assert faulty_tags(r"\sstyle\s*=", template) == []
    assert faulty_tags(r"^<style", template) == []


def test_no_inline_script(template: Path) -> None:
    assert faulty_tags(r"\s(on[a-z]+|hx-on[:a-z-]*|data-hx-on[:a-z-]*)\s*=", template) == []
    assert faulty_tags(r"^<script(?![^>]*\ssrc=)", template) == []
    assert faulty_tags(r"=\s*[\"']\s*(js|javascript):", template) == []


def test_every_attribute_is_quoted(template: Path) -> None:
    bare = [QUOTED_VALUE.sub('""', tag) for tag in tags(template)]

    assert [tag for tag in bare if UNQUOTED.search(tag)] == []


def test_escaping_is_never_switched_off(template: Path) -> None:
    source = COMMENT.sub("", template.read_text())

    assert re.findall(r"\|\s*safe\b|\|\s*forceescape\b|autoescape\s+false", source) == []


def test_nothing_is_fetched_from_elsewhere(template: Path) -> None:
    assert [tag for tag in tags(template) if REMOTE.search(tag)] == []


@pytest.mark.parametrize("path", STATIC, ids=name)
def test_static_files_fetch_nothing_from_elsewhere(path: Path) -> None:
    if path.suffix not in TEXT:
        return
    text = path.read_text()
    for namespace in NAMESPACES:
        text = text.replace(namespace, "")

    assert re.findall(r"https?://\S*|@import\s.*|url\(\s*[\"']?//.*", text) == []


@pytest.mark.parametrize("tag", ['<a href=JINJA class="b">', "<input value=x>"])
def test_the_quoting_check_sees_a_bare_value(tag: str) -> None:
    assert UNQUOTED.search(QUOTED_VALUE.sub('""', tag))


def test_the_remote_check_sees_a_foreign_host() -> None:
    assert REMOTE.search('<script src="//cdn.example/x.js">')
    assert not REMOTE.search('<script src="/static/x.js">')
