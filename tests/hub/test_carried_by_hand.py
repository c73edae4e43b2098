"""What the Pi writes for the hub when it has no line, and the receipt that comes back."""

import base64
import io
import json

import msgspec
import pytest

from appliance import __main__ as command_line
from appliance.actor import SYSTEM
from appliance.errors import Invalid, Refused
from appliance.hub.app import Hub
from appliance.hub.carried_files import CarriedFiles
from appliance.storage.models import Enrolment as Row
from appliance.sync import carried_file, protocol
from appliance.sync.carried_file import CarriedFile
from appliance.sync.fork import Fork
from appliance.sync.standing import State
from tests.hub.test_pi_and_hub import Pi, pi, stored_ids

__all__ = ["pi"]


@pytest.fixture
def desk(pi: Pi) -> CarriedFile:
    """Of a device that is enrolled and has sent what it had over the line."""
    pi.record(2)
    assert pi.look() is State.IDLE
    return desk_of(pi)


def desk_of(pi: Pi) -> CarriedFile:
    return CarriedFile(
        writer=pi.core.writer,
        clock=pi.clock,
        notes=pi.core.recorder,
        enrolment=pi.enrolment,
        portal=pi.url,
    )


def written(desk: CarriedFile) -> list[bytes]:
    file = io.BytesIO()
    desk.to_stream(file, by=SYSTEM)
    return file.getvalue().splitlines(keepends=True)


def carried(hub, lines: list[bytes]) -> bytes:
    """The receipt of the real hub for these lines."""
    files = CarriedFiles(Hub(hub.database, hub.keys))
    return files.sealed(files.take(lines))


def forged(receipt: bytes, **changes: object) -> bytes:
    """A receipt whose document says something else than what was signed."""
    signed = json.loads(receipt)
    document = json.loads(base64.b64decode(signed["document"])) | changes
    signed["document"] = base64.b64encode(json.dumps(document).encode()).decode()
    return json.dumps(signed).encode()


def signed_by(hub, receipt: protocol.Receipt) -> bytes:
    return CarriedFiles(Hub(hub.database, hub.keys)).sealed(receipt)


def waiting(pi: Pi) -> int:
    return pi.core.outbox.state().waiting


def test_what_was_carried_counts_as_sent_when_its_receipt_is_here(pi, desk, hub) -> None:
    pi.record(700)
    lines = written(desk)
    receipt = carried(hub, lines)

    assert waiting(pi) == 700
    taken = desk.take(receipt, by=SYSTEM)

    assert (taken.delivered, taken.aside, taken.refused, taken.fork) == (700, 0, 0, None)
    assert waiting(pi) == 0
    assert sorted(stored_ids(hub)) == sorted(pi.ids())
    assert [line.action for line in pi.core.journal.latest(2)] == [
        "events.receipt_taken",
        "events.exported",
    ]


def test_file_line_and_receipt_in_any_order_store_nothing_twice(pi, desk, hub) -> None:
    pi.record(5)
    lines = written(desk)
    old = carried(hub, lines)
    pi.record(4)
    assert pi.look() is State.IDLE  # the line came back before the receipt
    again = carried(hub, lines)

    assert desk.take(old, by=SYSTEM).delivered == 0
    assert desk.take(again, by=SYSTEM).delivered == 0
    assert waiting(pi) == 0
    assert len(stored_ids(hub)) == len(pi.ids()) == 11


def test_what_happened_after_the_file_waits_on(pi, desk, hub) -> None:
    pi.record(5)
    receipt = carried(hub, written(desk))
    pi.record(3)

    assert desk.take(receipt, by=SYSTEM).delivered == 5
    assert waiting(pi) == 3


@pytest.mark.parametrize(
    "content", [b"", b"{}", b"\xff", b"[" * 5000, b'{"version":1,"document":"\xc3\xa9"}']
)
def test_garbage_is_no_receipt(desk, content) -> None:
    with pytest.raises(Invalid):
        desk.take(content, by=SYSTEM)


def test_forged_and_foreign_receipts_change_nothing(pi, desk, hub) -> None:
    pi.record(5)
    good = carried(hub, written(desk))
    head = protocol.StreamHead(pi.backlog.position().epoch, protocol.Head(7, bytes(32)).etag)
    other = signed_by(
        hub, protocol.Receipt("someone-else", "2026-11-23T00:00:00+00:00", streams=[head])
    )

    for bad in (forged(good, stored=0), other):
        with pytest.raises(Invalid):
            desk.take(bad, by=SYSTEM)

    assert waiting(pi) == 5
    assert pi.backlog.position().head.sequence == 2


def test_a_head_beyond_ours_that_is_not_ours_begins_a_new_stream(pi, desk, hub) -> None:
    pi.record(5)
    before = pi.backlog.position()
    head = protocol.StreamHead(before.epoch, protocol.Head(4, b"\1" * 32).etag)
    mine = pi.enrolment.identity().device_id
    twin = signed_by(hub, protocol.Receipt(mine, "2026-11-23T00:00:00+00:00", streams=[head]))

    taken = desk.take(twin, by=SYSTEM)

    assert taken.fork is Fork.UNKNOWN_HEAD
    assert taken.delivered == 0
    assert pi.backlog.position().previous == before.epoch
    assert pi.sending.standing.standing().forks == 1
    again = carried(hub, written(desk))
    assert desk.take(again, by=SYSTEM).delivered == 5
    assert sorted(stored_ids(hub)) == sorted(pi.ids())


def test_before_an_enrolment_nothing_is_signed(pi) -> None:
    desk = desk_of(pi)
    pi.record(1)

    assert not desk.can_sign
    with pytest.raises(Refused):
        desk.to_stream(io.BytesIO(), by=SYSTEM)
    with pytest.raises(Refused):
        desk.take(msgspec.json.encode(protocol.Signed(1, "", "", "")), by=SYSTEM)
    assert Row.get_or_none(Row.key_id != "") is None


def test_the_commands_write_the_file_and_take_the_receipt(
    pi, desk, hub, tmp_path, monkeypatch, capfd
) -> None:
    monkeypatch.setenv("RUANGBACA_DATA", str(pi.folder))
    monkeypatch.setenv("RUANGBACA_PORTAL", pi.url)
    pi.record(3)
    pi.core.database.close()
    file, receipt = tmp_path / "out.jsonl", tmp_path / "out.jsonl.receipt"

    assert command_line.run(["sync", "export", str(file)]) == 0
    receipt.write_bytes(carried(hub, file.read_bytes().splitlines(keepends=True)))
    assert command_line.run(["sync", "import", str(receipt)]) == 0
    assert "3 delivered" in capfd.readouterr().out
    receipt.write_bytes(b"{}")
    assert command_line.run(["sync", "import", str(receipt)]) == 1
    assert carried_file.NO_RECEIPT in capfd.readouterr().err

    assert waiting(pi) == 0
