"""What tells of a person does not leave the house: every column of every table is thrown at it."""

import base64
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st
from nacl import bindings

from appliance.actor import SYSTEM
from appliance.bootstrap import Core
from appliance.choice import Choice
from appliance.errors import ConfigError
from appliance.guestbook import choices as guestbook
from appliance.offices import CARD_TYPES, GUARANTEES
from appliance.record import Recorder
from appliance.requests import choices as requests
from appliance.storage import models
from appliance.sync import events, privacy
from appliance.sync.outbox import Outbox
from appliance.sync.privacy import CLASSES, Privacy, PrivacyClass, linked, sealed

CANARIES = (
    "Kanari Siti Aminah",
    "kanari@contoh.id",
    "081234567890",
    "+6281234567890",
    "Jl. Kanari No. 7",
    "1304\nkanari",
)
SUBJECT = "visit/0b0e36f4-5f86-4d0e-9a3c-3e0e7ff2a001"
COLUMNS = sorted({column for model in models.ALL for column in model._meta.columns})
KEYS = Privacy(office_key=lambda: b"k" * 32)


@pytest.fixture(autouse=True)
def every_field_leaves() -> None:
    """As tests elsewhere may not: what is thrown here is to stay."""


def refuses(kept: Privacy, name: str, field: str, value: object) -> bool:
    """Whether it does not leave; its field alone is told of."""
    try:
        return field not in kept.leaving(name, events.checked(name, {field: value}))
    except ConfigError as error:
        return str(value) not in str(error)  # nor may the log have it


def test_every_field_of_every_event_has_a_class() -> None:
    listed = set().union(*events.FIELDS.values(), *events.SEALABLE.values())

    assert listed == set(CLASSES)
    sealable = set().union(*events.SEALABLE.values())
    assert sealable == {f for f, c in CLASSES.items() if c is PrivacyClass.PERSONAL}
    assert not sealable & set().union(*events.FIELDS.values())


def test_no_column_of_any_table_brings_a_person_out() -> None:
    """Each canary in each column's name, at each event: refused, or hidden by the office's key."""
    let_out = []
    for name in events.FIELDS:
        for column in COLUMNS:
            for canary in CANARIES:
                if refuses(KEYS, name, column, canary):
                    continue
                told = KEYS.leaving(name, {column: canary})[column]
                if CLASSES[column] is PrivacyClass.CATEGORY and column in privacy.OF_THE_HOUSE:
                    continue  # written by the house: see the next test
                if canary in json.dumps(told, ensure_ascii=False):
                    let_out.append((name, column, canary))

    assert len(COLUMNS) > 200
    assert let_out == []


def test_only_words_of_the_house_may_hold_more_than_a_code() -> None:
    codes = {f for f, c in CLASSES.items() if c is PrivacyClass.CATEGORY} - privacy.OF_THE_HOUSE
    name_of = {field: name for name, fields in events.FIELDS.items() for field in fields}

    assert all(
        refuses(KEYS, name_of[field], field, shape)
        for field in codes
        for canary in CANARIES
        for shape in (canary, [canary], {"code": canary}, {canary: 1}, canary.encode())
    )


def test_every_answer_that_an_office_offers_may_leave() -> None:
    """Whoever brings an odd card, or asks for an odd service, must not be refused for it."""
    tables = [*vars(guestbook).values(), *vars(requests).values()]
    offered = [table for table in tables if isinstance(table, tuple) and table]
    codes = [one.code for table in offered for one in table if isinstance(one, Choice)]

    assert len(codes) > 50
    for code in codes:
        asked = {"services": [code], "purpose": code}
        assert KEYS.leaving("visit.registered", asked) == asked
    for card in (*CARD_TYPES, *GUARANTEES):
        assert KEYS.leaving("deposit.received", {"card_type": card}) == {"card_type": card}


@given(st.text(), st.sampled_from(" @\n"), st.text())
def test_free_text_is_no_category(before: str, between: str, after: str) -> None:
    assert refuses(KEYS, "request.made", "level", f"{before}{between}{after}")


def test_a_category_that_looks_like_none_stays_and_nobody_is_turned_away(core, caplog) -> None:
    """A code with a space, of an office's own list: the visit is registered, without it."""
    told = {"sex": "female", "services": ["baca", "Kanari Siti"], "purpose": "081234567890"}
    core.writer.run(lambda: core.recorder.fact("visit.registered", SUBJECT, told, by=SYSTEM))

    event = json.loads(next(core.outbox.pending()))
    (line,) = core.journal.latest()
    (said,) = caplog.records
    assert event["data"] == {"sex": "female"}
    assert json.loads(line.detail) == {"sex": "female", "withheld": ["purpose", "services"]}
    assert "services" in str(said.fields)
    for canary in ("Kanari", "081234567890"):
        assert canary not in caplog.text + str(said.fields) + line.detail


def test_what_json_has_not_is_a_mistake_of_ours() -> None:
    with pytest.raises(ConfigError):
        KEYS.leaving("locker.outcome", {"result": b"opened"})


def test_a_subject_names_a_thing_and_nobody(core: Core) -> None:
    for subject in ("visitor/Kanari Siti", "visit/kanari@contoh.id", "visit/081234567890", ""):
        with pytest.raises(ConfigError):
            core.writer.run(lambda s=subject: core.outbox.append("visit.leaving", s, {}))

    assert core.outbox.state().waiting == 0


def test_who_comes_again_is_told_by_the_offices_own_key_alone(core: Core) -> None:
    told = {"visitor": "  Kanari@Contoh.ID "}
    core.writer.run(lambda: core.recorder.fact("visit.registered", SUBJECT, told, by=SYSTEM))

    event = json.loads(next(core.outbox.pending()))
    (line,) = core.journal.latest()
    secret = (core.settings.data_dir / "secrets" / "office").read_bytes()
    assert event["data"]["visitor"] == linked(secret, "visitor", "kanari@contoh.id")
    assert linked(b"x" * 32, "visitor", "kanari@contoh.id") != event["data"]["visitor"]
    assert json.loads(line.detail) == event["data"]


def test_a_name_leaves_only_sealed_and_never_enters_the_journal(core: Core) -> None:
    secret = b"s" * 32
    public = bindings.crypto_scalarmult_base(secret)
    policy = Privacy(box_key=lambda: public, sealed=frozenset({"name"}))
    recorder = Recorder(core.journal, Outbox(core.clock, policy))
    told = {"name": "Kanari Siti", "sex": "female"}

    core.writer.run(lambda: recorder.fact("visit.registered", SUBJECT, told, by=SYSTEM))

    payload = next(core.outbox.pending())
    (line,) = core.journal.latest()
    assert b"Kanari" not in payload
    assert json.loads(line.detail) == {"sex": "female"}
    box = json.loads(payload)["data"]["name"].removeprefix(privacy.SEAL)
    opened = bindings.crypto_box_seal_open(
        base64.urlsafe_b64decode(box + "=" * (-len(box) % 4)), public, secret
    )
    assert bindings.sodium_unpad(opened, privacy.SEALED_STEP_BYTES).decode() == "Kanari Siti"


def test_sealing_one_field_opens_no_other_and_needs_the_portals_key() -> None:
    public = bindings.crypto_scalarmult_base(b"s" * 32)
    one = Privacy(box_key=lambda: public, sealed=frozenset({"name"}))

    assert refuses(one, "visit.registered", "phone", "081234567890")
    assert refuses(one, "visit.closed", "name", "Kanari Siti")
    for key in (None, bytes(32)):  # before an enrolment, and one that hides nothing
        kept = Privacy(sealed=frozenset({"name"}), box_key=lambda key=key: key)
        assert kept.leaving("visit.registered", {"name": "Kanari", "sex": "f"}) == {"sex": "f"}
    assert sealed(public, "x") != sealed(public, "x")


def test_a_box_does_not_tell_how_long_a_name_is() -> None:
    public = bindings.crypto_scalarmult_base(b"s" * 32)

    assert len(str(sealed(public, "Al"))) == len(str(sealed(public, "Raden Ajeng Kartini")))
