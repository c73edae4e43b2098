"""What waits for the portal: counted, checked, exported, and never with anybody's name."""

import json
import re
from pathlib import Path

import pytest

from appliance.actor import Actor
from appliance.bootstrap import Core
from appliance.clock import ClockQuality
from appliance.errors import Refused, Unavailable
from appliance.services import Services
from appliance.storage.models import Outbox as Row
from appliance.sync.events import FIELDS
from appliance.sync.worker import POLL_S, SyncWorker
from tests.fakes import FakeClock

ADMIN = Actor.staff("admin", "admin")
UUID = r"[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}"
# CloudEvents 1.0.2: attribute names are lower-case letters and digits only.
ATTRIBUTE = re.compile(r"[a-z0-9]{1,20}")


class Lines:
    """A log that keeps what it was told."""

    def __init__(self) -> None:
        self.lines: list[tuple[str, str, dict[str, object]]] = []

    def info(self, event: str, **values: object) -> None:
        self.lines.append(("info", event, values))

    def warning(self, event: str, **values: object) -> None:
        self.lines.append(("warning", event, values))


def add_events(core: Core, count: int) -> None:
    for number in range(1, count + 1):
        core.writer.run(
            lambda n=number: core.recorder.fact(
                "locker.released", f"locker/{n}", {"locker": n, "end_reason": "visitor"}, by=ADMIN
            )
        )


def test_an_export_is_a_cloudevents_batch_in_order(
    core: Core, services: Services, tmp_path: Path
) -> None:
    add_events(core, 3)
    target = tmp_path / "batch.json"

    done = services.exports.to_file(target, by=ADMIN)

    events = json.loads(target.read_text())
    assert (done.count, done.size_bytes) == (3, target.stat().st_size)
    assert [event["sequence"] for event in events] == [
        "000000000001",
        "000000000002",
        "000000000003",
    ]
    for event in events:
        assert event["specversion"] == "1.0"
        assert re.fullmatch(UUID, event["id"])
        assert re.fullmatch(f"urn:uuid:{UUID}", event["source"])
        assert event["type"] == "id.go.bps.ruangbaca.locker.released.v1"
        assert event["datacontenttype"] == "application/json"
        assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", event["time"])
        assert all(ATTRIBUTE.fullmatch(name) for name in event)
    assert len({event["id"] for event in events}) == 3
    assert target.stat().st_mode & 0o777 == 0o600


def test_an_export_without_events_is_an_empty_array(services: Services, tmp_path: Path) -> None:
    done = services.exports.to_file(tmp_path / "empty.json", by=ADMIN)

    assert done.count == 0
    assert json.loads((tmp_path / "empty.json").read_text()) == []


def test_an_export_is_written_in_the_journal(
    core: Core, services: Services, tmp_path: Path
) -> None:
    add_events(core, 2)

    services.exports.to_file(tmp_path / "batch.json", by=ADMIN)

    line = services.journal.latest(1)[0]
    assert (line.action, line.actor) == ("events.exported", "admin:admin")
    assert json.loads(line.detail) == {"count": 2}


def test_a_file_is_overwritten_only_when_asked(services: Services, tmp_path: Path) -> None:
    target = tmp_path / "batch.json"
    target.write_text("mine")

    with pytest.raises(Refused):
        services.exports.to_file(target, by=ADMIN)
    assert target.read_text() == "mine"

    services.exports.to_file(target, by=ADMIN, overwrite=True)
    assert json.loads(target.read_text()) == []


def test_a_folder_that_is_not_there_is_an_error_and_leaves_no_draft(
    services: Services, tmp_path: Path
) -> None:
    before = sorted(tmp_path.iterdir())

    with pytest.raises(Unavailable):
        services.exports.to_file(tmp_path / "nowhere" / "batch.json", by=ADMIN)

    assert sorted(tmp_path.iterdir()) == before


def test_no_event_has_a_field_for_a_person() -> None:
    personal = {"name", "email", "phone", "agency_name", "data_wanted", "comment", "body",
                "contact", "address", "token", "code", "display_name", "username"}  # fmt: skip

    assert {name: fields & personal for name, fields in FIELDS.items() if fields & personal} == {}


def test_the_process_says_how_many_wait_when_it_changes_but_not_at_every_step(
    core: Core, services: Services
) -> None:
    log = Lines()
    passed = iter([0.0, 1.0, POLL_S, 2 * POLL_S])
    worker = SyncWorker(services.sync, log, lambda: next(passed))

    worker.step()
    add_events(core, 2)
    worker.step()
    worker.step()
    worker.step()

    assert log.lines == [
        ("info", "no portal configured, events wait", {"waiting": 0, "held": 0}),
        ("info", "no portal configured, events wait", {"waiting": 2, "held": 0}),
    ]


@pytest.mark.parametrize("tail", [1, 2, 5, 1000])
def test_a_changed_event_breaks_the_chain_and_is_told_once(
    core: Core, services: Services, tail: int
) -> None:
    add_events(core, 5)
    assert services.sync.report(tail=tail).broken_at is None
    core.writer.run(lambda: Row.update(payload=b'{"forged":true}').where(Row.seq == 5).execute())
    log = Lines()
    worker = SyncWorker(services.sync, log)

    worker.step()
    worker.step()

    assert services.sync.report(tail=tail).broken_at == 5
    assert [line for line in log.lines if line[0] == "warning"] == [
        ("warning", "the outbox chain is broken", {"sequence": 5})
    ]


def test_a_missing_event_is_seen(core: Core, services: Services) -> None:
    add_events(core, 4)
    core.writer.run(lambda: Row.delete().where(Row.seq == 3).execute())

    assert services.sync.report().broken_at == 3


def test_a_clock_before_the_release_or_far_behind_its_own_records_is_not_believed(
    core: Core, services: Services, clock: FakeClock
) -> None:
    add_events(core, 1)
    assert services.sync.report().clock_is_sane
    clock.jump(-3 * 24 * 3600)
    assert not services.sync.report().clock_is_sane
    clock.set_quality(ClockQuality.UNSET)
    add_events(core, 1)  # recording never stops

    assert services.sync.report().waiting == 2


def test_a_new_epoch_starts_at_one_and_keeps_what_waited(core: Core, services: Services) -> None:
    add_events(core, 3)

    core.writer.run(lambda: core.outbox.open_epoch("restored"))
    add_events(core, 2)

    state = core.outbox.state()
    assert (state.waiting, state.last_sequence) == (5, 2)
    assert core.outbox.first_broken_link() is None
    assert services.sync.report().broken_at is None
