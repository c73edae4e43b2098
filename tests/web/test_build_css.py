"""Bootstrap loses only the rules that nothing of ours can match."""

import pytest

from tests.architecture.source import ROOT
from web.build_css import only_used, words_of

CSS = (
    '@charset "UTF-8";:root{--a:1}.btn,.card{color:red}.card-body{x:y}.btn:not(.card){p:q}'
    "@media (min-width:1px){.btn{a:b}.card{c:d}}@media print{.card{e:f}}"
    '@keyframes k{to{g:h}}.btn::after{content:"}{;"}a:is(.btn,.card){i:j}'
)


def test_rules_whose_classes_we_use_stay_as_they_are() -> None:
    assert only_used(CSS, frozenset({"btn", "card", "card-body"})) == CSS


def test_rules_of_unused_classes_go_with_the_blocks_they_leave_empty() -> None:
    assert only_used(CSS, frozenset({"btn"})) == (
        '@charset "UTF-8";:root{--a:1}.btn{color:red}.btn:not(.card){p:q}'
        "@media (min-width:1px){.btn{a:b}}"
        '@keyframes k{to{g:h}}.btn::after{content:"}{;"}'
    )


def test_the_licence_stays_and_the_charset_stays_first() -> None:
    css = '@charset "UTF-8";/*! MIT */.card{a:b}/* note */.btn{c:d}'

    assert only_used(css, frozenset({"btn"})) == '@charset "UTF-8";/*! MIT */.btn{c:d}'


def test_a_torn_style_sheet_is_not_taken() -> None:
    with pytest.raises(ValueError, match="unclosed block"):
        only_used(".btn{color:red", frozenset({"btn"}))


def test_the_words_are_those_of_our_templates_and_scripts() -> None:
    words = words_of([ROOT / "web" / "templates", ROOT / "web" / "static"])

    assert {"btn-primary", "form-control", "visually-hidden", "htmx"} <= words
    assert "accordion-button" not in words
