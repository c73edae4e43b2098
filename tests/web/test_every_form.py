"""Every field of every form of the house with whatever can be sent: never a server error.

HOUSE_INPUTS=10000 in the environment tries that many of each group instead of the few of every
run; HOUSE_SEED another beginning.
"""

import os
import random
import re
from collections.abc import Iterator
from typing import ClassVar
from urllib.parse import quote_from_bytes

import msgspec
import pytest
from flask import before_render_template
from werkzeug.datastructures import ImmutableMultiDict
from werkzeug.formparser import FormDataParser

from appliance.config import MailSettings
from tests.web.conftest import csrf_token
from tests.web.every_form.desk import DESK_FORMS
from tests.web.every_form.house import FILES, FORMS, House, rules_of
from tests.web.every_form.houses import Houses
from tests.web.every_form.office import OFFICE_FORMS
from tests.web.every_form.payloads import PAYLOADS
from tests.web.every_form.visitors import VISITORS_FORMS

INPUTS = int(os.environ.get("HOUSE_INPUTS", "0"))
SEED = int(os.environ.get("HOUSE_SEED", "6"))
A_DAY = 80  # so many forms, and the house is as it was
GROUPS = {"visitors": VISITORS_FORMS, "desk": DESK_FORMS, "office": OFFICE_FORMS}
ODD = [
    *("", " ", "0", "-1", "1e9", "9" * 40, "\x00", "\r\n", "\u202e", "\ufeff", "½", "٣", "²"),
    *("nan", "null", "x" * 5000, "é" * 600, "2026-02-30", "0001-01-01", "9999-12-31", "24.00"),
    *("@a@b", "+" * 50, "0800" * 12, "../../etc/passwd", "%s%n", "%(name)s", str(2**63)),
]
# What pages are asked by their addresses.
QUERIES = (
    *("after", "area", "before", "book", "date", "drawn", "find", "found", "kind", "kiosk", "lang"),
    *("left", "literal", "locker", "month", "next", "number", "other", "page", "part", "period"),
    *("place", "publication", "purpose", "q", "show", "since", "sort", "step", "subject", "tablet"),
    *("to", "type", "until", "v", "visit", "who", "year", "zoom"),
)
ELSEWHERE = 0.15
ROWS = [2, 3, 4, 9999, 2**63 - 1]
EVERYWHERE = {"csrf_token", "idempotency_key"}  # forms that come back ask for both


class Asked(ImmutableMultiDict[str, str]):
    """A submitted form that remembers what it was asked for, until a page is drawn of it.

    Pages ask for the fields of every form that stands on them.
    """

    names: ClassVar[set[str]] = set()
    is_drawn: ClassVar[bool] = False

    def get(self, key, *given, **more):
        self._note(key)
        return super().get(key, *given, **more)

    def getlist(self, key, *given, **more):
        self._note(key)
        return super().getlist(key, *given, **more)

    def __getitem__(self, key):
        self._note(key)
        return super().__getitem__(key)

    def __contains__(self, key):
        self._note(key)
        return super().__contains__(key)

    def _note(self, key):
        if not Asked.is_drawn:
            self.names.add(str(key))


def page_is_drawn(*_sender, **_about) -> None:
    Asked.is_drawn = True


@pytest.fixture
def office_name() -> str:
    return "dharmasraya"


@pytest.fixture
def settings(settings):
    mail = MailSettings(host="mail.contoh.id", sender="ruangbaca@bps.contoh.id", largest_mb=1)
    return msgspec.structs.replace(settings, demo=True, mail=mail)


@pytest.fixture
def houses(settings, clock, tmp_path, monkeypatch) -> Iterator[Houses]:
    monkeypatch.setattr(FormDataParser, "__init__", remembering(FormDataParser.__init__))
    made = Houses(settings, clock, tmp_path / "pattern")
    try:
        with before_render_template.connected_to(page_is_drawn):
            made.build()
            yield made
    finally:
        made.close()


def remembering(make):
    """A parser of submitted forms that gives out `Asked`."""

    def init(parser, *given, **more):
        make(parser, *given, **more)
        parser.cls = Asked

    return init


def test_there_is_an_entry_for_every_form(app) -> None:
    assert sorted(set(rules_of(app, "POST")) - set(FORMS)) == []


@pytest.mark.parametrize("group", GROUPS)
def test_no_input_makes_a_server_error(houses, group) -> None:
    chance, unknown = random.Random(SEED), set()
    for number, (form, fields) in enumerate(tries(chance, GROUPS[group])):
        if number % A_DAY == 0:
            house = houses.fresh()
        if form not in house.posts:
            continue
        Asked.names, Asked.is_drawn = set(), False
        answer = send(house, form, fields, elsewhere(chance, house.posts[form]))
        answer.close()
        assert answer.status_code != 500, (number, form, fields)
        unknown |= {f"{form}: {name}" for name in strange(form)}

    assert house.services.journal.first_broken_link() is None
    assert not unknown, sorted(unknown)  # every field that the product reads has an entry, too


def tries(chance: random.Random, forms) -> Iterator[tuple[str, dict[str, bytes]]]:
    """Every form once, with something odd in some of its fields; then as many more as asked."""
    order = sorted(forms)
    chance.shuffle(order)
    order += chance.choices(order, k=max(0, INPUTS - len(order)))
    for form in order:
        names = sorted(forms[form]) or ["extra"]
        odd = chance.sample(names, chance.randint(1, min(4, len(names))))
        yield form, {name.replace("*", "1"): value(chance) for name in odd}


def value(chance: random.Random) -> bytes:
    """Something that no person types, or that somebody types who means us no good."""
    kind = chance.randrange(4)
    if kind == 0:
        return chance.choice(ODD).encode()
    if kind == 1:
        return chance.choice(PAYLOADS).encode()
    if kind == 2:
        return chance.randbytes(chance.randrange(40))
    return "".join(chr(chance.randrange(1, 0xD800)) for _ in range(chance.randrange(60))).encode()


def send(house: House, form: str, fields: dict[str, bytes], at: dict[str, object]):
    """The form as a browser sends it, down to its bytes."""
    if form in FILES:
        return house.send(form, file=fields["file"].decode("utf-8", "replace"))
    house.let_in()
    browser = house.browser(form)
    pairs = [("csrf_token", csrf_token(browser).encode())]
    for name, good in house.filled(form).items():
        each = good if isinstance(good, list) else [good]
        pairs += [(name, fields.get(name, one.encode())) for one in each]
    pairs += [(name, odd) for name, odd in fields.items() if name not in dict(pairs)]
    return browser.post(
        house.address(form, house.posts[form], **at),
        data="&".join(f"{name}={quote_from_bytes(said, safe='')}" for name, said in pairs),
        content_type="application/x-www-form-urlencoded",
        headers={"Origin": "http://localhost"},
    )


def elsewhere(chance: random.Random, rule) -> dict[str, object]:
    """Now and then another address than that of something in the house."""
    if chance.random() > ELSEWHERE or not rule.arguments:
        return {}
    name, is_number = next((one, f"int:{one}" in rule.rule) for one in sorted(rule.arguments))
    return {name: chance.choice(ROWS if is_number else ODD[1:])}


def strange(form: str) -> set[str]:
    """What was asked of this form that its entry does not name."""
    known = {re.sub(r"\d+|\*", "#", name) for name in FORMS[form]} | EVERYWHERE
    return {name for name in Asked.names if re.sub(r"\d+", "#", name) not in known}


def test_no_address_makes_a_server_error(houses) -> None:
    chance, house = random.Random(SEED), houses.fresh()
    for _ in range(max(1, INPUTS // len(house.gets))):
        for page in sorted(house.gets):
            asked = {name: value(chance) for name in chance.sample(QUERIES, 6)}
            at = elsewhere(chance, house.gets[page])
            house.let_in()
            path = house.address(page, house.gets[page], **at)
            query = "&".join(f"{n}={quote_from_bytes(v, safe='')}" for n, v in asked.items())
            answer = house.browser(page).get(f"{path}?{query}")
            answer.close()
            assert answer.status_code != 500, (page, at, asked)
