"""Facts in the journal and in the outbox."""

import json

import apsw
import pytest
from hypothesis import given
from hypothesis import strategies as st

from appliance.actor import SYSTEM, Actor
from appliance.bootstrap import Core
from appliance.clock import ClockQuality
from appliance.errors import ConfigError, Refused
from appliance.storage import database as storage
from appliance.sync import events
from tests.fakes import FakeClock


def serve(core: Core, name: str = "v1") -> None:
    core.recorder.fact(
        "visit.served",
        f"visit/{name}",
        {"wait_s": 61.5, "within_promise": True},
        by=Actor.staff("sari", "officer"),
        why="",
    )


def tamper(core: Core, statement: str) -> None:
    other = apsw.Connection(str(core.settings.data_dir / storage.FILE_NAME))
    other.execute("DROP TRIGGER IF EXISTS journal_is_never_rewritten")
    other.execute(statement)
    other.close()


def test_a_fact_is_one_event_and_one_line(core: Core) -> None:
    core.writer.run(lambda: serve(core))

    (payload,) = core.outbox.pending()
    event = json.loads(payload)
    (line,) = core.journal.latest()
    assert event["specversion"] == "1.0"
    assert event["type"] == "id.go.bps.ruangbaca.visit.served.v1"
    assert event["subject"] == line.subject == "visit/v1"
    assert event["sequence"] == "000000000001"
    assert event["data"] == {"wait_s": 61.5, "within_promise": True}
    assert line.actor == "officer:sari"


def test_a_refused_fact_leaves_neither(core: Core) -> None:
    def refused() -> None:
        serve(core)
        raise Refused("tidak")

    with pytest.raises(Refused):
        core.writer.run(refused)

    assert core.outbox.state().waiting == 0
    assert core.journal.latest() == []


@pytest.mark.parametrize("field", ["name", "email", "phone", "agency_name", "card_number"])
def test_personal_data_cannot_enter_the_outbox(core: Core, field: str) -> None:
    with pytest.raises(ConfigError, match=field):
        core.writer.run(
            lambda: core.recorder.fact("visit.registered", "visit/1", {field: "x"}, by=SYSTEM)
        )

    assert core.outbox.state().waiting == 0


def test_no_event_lists_a_field_of_identity() -> None:
    identity = {"name", "email", "phone", "agency_name", "guardian", "contact", "body", "comment"}

    assert not identity & set().union(*events.FIELDS.values())


def test_an_unset_clock_sends_no_time(core: Core, clock: FakeClock) -> None:
    clock.set_quality(ClockQuality.UNSET)
    core.writer.run(lambda: serve(core))

    event = json.loads(next(core.outbox.pending()))
    assert "time" not in event
    assert event["clockq"] == 0


def test_the_chains_hold_and_sequences_have_no_hole(core: Core, clock: FakeClock) -> None:
    for number in range(10):
        clock.jump(-86_400 * number)
        core.writer.run(lambda n=number: serve(core, f"v{n}"))

    assert core.outbox.state().last_sequence == 10
    assert core.outbox.first_broken_link() is None
    assert core.journal.first_broken_link() is None


def test_a_changed_line_breaks_the_journal_there(core: Core) -> None:
    for number in range(5):
        core.writer.run(lambda n=number: serve(core, f"v{n}"))
    tamper(core, "UPDATE journal SET actor = 'admin:x' WHERE seq = 3")

    assert core.journal.first_broken_link() == 3


@given(place=st.integers(1, 5))
def test_a_missing_event_breaks_the_chain_there(place: int) -> None:
    import tempfile

    from appliance.bootstrap import open_core
    from appliance.config import Settings

    with tempfile.TemporaryDirectory() as folder:
        core = open_core(Settings(data=folder), clock=FakeClock())
        for number in range(6):
            core.writer.run(lambda n=number: serve(core, f"v{n}"))
        tamper(core, f"DELETE FROM outbox WHERE seq = {place}")

        assert core.outbox.first_broken_link() in (place, place + 1)
        core.close()
