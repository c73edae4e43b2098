"""What the hub asks of a device, and how keys change while answers are lost and power goes."""

import pytest

from appliance.hub import device_keys
from appliance.hub.offices import Offices
from appliance.storage.models import DoorCommand, Journal, Meta
from appliance.sync import device_secret
from appliance.sync.commands import KEY_IS_OLD, CommandErrand
from appliance.sync.portal import Line, LineTrouble
from appliance.sync.standing import State
from tests.hub.test_pi_and_hub import pi

__all__ = ["pi"]


class PowerCutError(Exception):
    """What ends a process between two steps."""


@pytest.fixture
def errand(pi):
    made = CommandErrand(
        writer=pi.core.writer,
        notes=pi.core.recorder,
        enrolment=pi.enrolment,
        monotonic=lambda: pi.now_s,
    )
    pi.sending._errands = [made]
    assert pi.look() is State.IDLE
    return made


def ask_for_a_key(pi, hub) -> str:
    identity = pi.enrolment.identity()
    device_keys.ask_to_rotate(hub.database, identity.device_id)
    return identity.key_id


def good_keys(hub) -> list[str]:
    sql = "SELECT id FROM device_key WHERE revoked_at IS NULL AND confirmed_at IS NOT NULL"
    return [row[0] for row in hub.database.rows(sql)]


def test_a_key_is_changed_when_the_hub_asks_and_the_old_one_ends(pi, hub, errand) -> None:
    old = ask_for_a_key(pi, hub)

    assert pi.look() is State.IDLE
    pi.record(2)
    assert pi.look() is State.IDLE

    new = pi.enrolment.identity().key_id
    assert new != old
    assert good_keys(hub) == [new]
    assert len(hub.stored()) == 2
    assert Journal.select().where(Journal.action == "portal.key_changed").count() == 1
    pi.look()
    assert pi.enrolment.identity().key_id == new, "a command is obeyed once"


@pytest.mark.parametrize("lost", [1, 2, 3])
def test_an_answer_lost_on_the_way_to_a_new_key_costs_a_try(
    pi, hub, errand, monkeypatch, lost
) -> None:
    old = ask_for_a_key(pi, hub)
    asked, answers = Line.ask, iter(range(1, 100))

    def losing(line, method, path, **values):
        reply = asked(line, method, path, **values)
        if ("/commands" in path or "/keys" in path) and next(answers) == lost:
            raise LineTrouble(line._judged(TimeoutError()))
        return reply

    monkeypatch.setattr(Line, "ask", losing)
    assert pi.look() is State.OFFLINE
    assert pi.enrolment.identity().key_id == old

    assert pi.look() is State.IDLE
    pi.record(1)
    assert pi.look() is State.IDLE
    assert good_keys(hub) == [pi.enrolment.identity().key_id] != [old]


@pytest.mark.parametrize("before", ["rotated", "settle"])
def test_a_power_cut_between_the_answer_and_the_files_loses_no_key(
    pi, hub, errand, monkeypatch, before
) -> None:
    old = ask_for_a_key(pi, hub)

    def cut(*_):
        raise PowerCutError

    with monkeypatch.context() as away:
        away.setattr(pi.enrolment, before, cut)
        pi.look()

    pi.look()
    pi.record(1)
    assert pi.look() is State.IDLE
    assert good_keys(hub) == [pi.enrolment.identity().key_id] != [old]
    assert not (pi.folder / "secrets" / device_secret.NEXT_KEY).exists()
    assert not Meta.select().where(Meta.key == KEY_IS_OLD).exists()


def test_a_device_that_was_enrolled_comes_back_with_another_key(pi, hub, errand) -> None:
    offices, identity = Offices(hub.database), pi.enrolment.identity()
    pi.core.writer.run(
        lambda: pi.enrolment.ask(offices.issue("pasaman", device=identity.device_id).code)
    )
    pi.record(1)

    assert pi.look() is State.IDLE

    assert pi.enrolment.papers().problem == ""
    assert pi.enrolment.identity().key_id != identity.key_id
    assert len(hub.stored()) == 1


def test_no_command_of_the_hub_reaches_a_door(pi, hub, errand) -> None:
    device = pi.enrolment.identity().device_id
    add = "INSERT INTO device_command (device, kind) VALUES (%s, %s)"
    with hub.database.transaction() as connection:  # a hub that somebody has changed
        connection.execute("ALTER TABLE device_command DROP CONSTRAINT device_command_kind_check")
        for kind in ("open", "open-all", "lockers.open_all", "send-health", "check-config"):
            connection.execute(add, (device, kind))
    before = {row.key: row.value for row in Meta.select()}

    assert pi.look() is State.IDLE

    assert DoorCommand.select().count() == 0
    changed = {row.key for row in Meta.select() if before.get(row.key) != row.value}
    assert changed == {"portal_command"}
