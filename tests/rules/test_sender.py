"""The sender against a portal in memory: what is lost, doubled, cloned, forgotten, at fault."""

import os
import random

import pytest

from appliance.sync.answers import Kind
from appliance.sync.sender import Fork
from tests.sync_kit import House, Hub, Line, NaiveHub

RUNS = int(os.environ.get("SYNC_RUNS", "80"))
CONTROL_RUNS = max(RUNS // 20, 20)


@pytest.fixture
def house():
    made = House()
    yield made
    made.close()


@pytest.fixture
def hub():
    return Hub()


@pytest.fixture
def device(house, hub):
    made = house.device()
    made.record(3)
    made.start(Line(hub))
    return made


def test_everything_arrives_once_and_in_order(device, hub) -> None:
    ids = device.ids() + device.record(700)

    device.drain()

    assert hub.stored == dict.fromkeys(ids, 1)
    assert device.states() == {"acked": 703}
    assert hub.requests == 1 + 4, "100, 200, 400 and the rest"


def test_a_lost_reply_is_found_in_the_next_answer(device, hub) -> None:
    fates = iter(["good", "reply lost"])
    device.line.fate = lambda: next(fates, "good")

    device.drain()

    assert set(hub.stored.values()) == {1}
    assert device.states() == {"acked": 3}
    assert len(device.epochs()) == 1


def test_a_restored_copy_begins_a_new_stream(device, hub) -> None:
    device.drain()
    copy = device.image
    lost = device.record(2)
    device.drain()

    device.restart(copy)
    new = device.record(2)
    device.drain()

    assert hub.stored == dict.fromkeys([*device.ids(), *lost, *new], 1)
    assert [reason for _, reason in device.epochs()] == ["first start", Fork.UNKNOWN_HEAD]
    newest = device.epochs()[-1][0]
    assert hub.previous[newest] == device.epochs()[0][0], "the portal is told where it came from"


def test_a_clone_gets_a_stream_of_its_own(device, hub, house) -> None:
    waiting = device.record(5)
    clone = house.device(device.image)
    clone.start(Line(hub))
    own, other = device.record(2), clone.record(3)

    for one in (clone, device, clone, device):
        one.drain()

    assert hub.stored == dict.fromkeys({*device.ids(), *clone.ids(), *waiting, *own, *other}, 1)
    assert len(device.epochs()) + len(clone.epochs()) == 3


def test_a_portal_that_was_put_back_gets_again_what_is_still_here(device, hub) -> None:
    device.drain()
    old = dict(hub.heads), hub.stored.copy()
    device.record(4)
    device.drain()

    hub.heads, hub.stored = dict(old[0]), old[1]
    device.record(1)
    device.drain()

    assert set(hub.stored) == set(device.ids())
    assert set(hub.stored.values()) == {1}
    assert len(device.epochs()) == 1


def test_a_portal_that_forgot_everything_gets_everything(device, hub) -> None:
    device.drain()
    hub.heads.clear()
    hub.stored.clear()

    device.record(1)
    device.drain()

    assert hub.stored == dict.fromkeys(device.ids(), 1)


def test_a_portal_that_lost_what_is_gone_here_costs_a_new_stream(device, hub, house) -> None:
    device.drain()
    device._enter()
    house.database.execute_sql("DELETE FROM outbox WHERE seq = 1")
    device._leave()
    hub.heads.clear()
    hub.stored.clear()

    device.record(1)
    device.drain()

    assert hub.stored == dict.fromkeys(device.ids(), 1)
    assert [reason for _, reason in device.epochs()] == ["first start", Fork.PORTAL_LOST]


def test_one_event_at_fault_goes_aside_and_the_others_go_on(device, hub) -> None:
    ids = device.record(300)
    hub.poison = {ids[133]}

    device.drain()

    assert hub.aside == hub.poison
    assert set(hub.stored) == set(device.ids())
    assert set(hub.stored.values()) == {1}
    assert hub.requests < 40


def test_a_portal_that_was_ill_puts_nothing_aside(device, hub) -> None:
    device.record(10)
    hub.is_ill = True
    kinds = {device.turn().judgement.kind for _ in range(40)}

    hub.is_ill = False
    device.drain()

    assert kinds == {Kind.FAILED}
    assert not hub.aside
    assert set(hub.stored) == set(device.ids())


def test_an_event_that_nobody_can_read_is_held_and_the_others_go_on(device, hub) -> None:
    ids = device.record(30)
    hub.unreadable = {ids[7]}

    device.drain()

    assert device.states() == {"acked": 32, "held": 1}
    assert set(hub.stored) == set(device.ids()) - hub.unreadable
    assert set(hub.stored.values()) == {1}
    assert device.epochs()[-1][1] == Fork.HELD


def test_a_portal_that_reads_nothing_gets_one_event_held_at_most(device, hub) -> None:
    ids = device.record(30)
    hub.unreadable = set(device.ids())

    for _ in range(60):
        device.turn()
    assert device.states()["held"] == 1

    hub.unreadable = set()
    device.drain()
    assert len(set(hub.stored)) == len(ids) + 2


def test_batches_shrink_to_what_is_taken(device, hub) -> None:
    device.record(300)
    hub.largest = 20

    device.drain()

    assert hub.stored == dict.fromkeys(device.ids(), 1)
    assert device.states() == {"acked": 303}


def test_a_revoked_device_keeps_everything(device, hub) -> None:
    device.start(Line(hub))
    hub.revoked = {device.sender._device_id}

    assert device.turn().judgement.kind is Kind.REVOKED
    assert device.states() == {"pending": 3}


FATES = ["good"] * 6 + ["lost", "reply lost", "reply lost", "twice", "late", "deliver late"]


class World:
    """Devices of one data folder, a portal, and everything bad that may happen to them."""

    def __init__(self, house: House, hub: Hub, seed: int) -> None:
        self.chance = random.Random(seed)
        self.house, self.hub = house, hub
        first = house.device()
        self.known = set(first.record(1))
        first.start(Line(hub, self.fate))
        self.devices, self.copies, self.backups = [first], [first.image], [hub.backup()]

    def fate(self) -> str:
        return self.chance.choice(FATES)

    def some(self):
        return self.chance.choice(self.devices)

    def record(self) -> None:
        self.known.update(self.some().record(self.chance.randint(1, 12)))

    def turn(self) -> None:
        self.some().turn()

    def copy(self) -> None:
        """A backup; or what the disk holds before a power cut."""
        self.copies.append(self.some().image)

    def put_back(self) -> None:
        self.some().restart(self.chance.choice(self.copies))

    def clone(self) -> None:
        if len(self.devices) < 3:
            twin = self.house.device(self.some().image)
            twin.start(Line(self.hub, self.fate))
            self.devices.append(twin)

    def copy_portal(self) -> None:
        self.backups.append(self.hub.backup())

    def put_portal_back(self) -> None:
        self.hub.put_back(self.chance.choice(self.backups))

    def let_go(self) -> None:
        self.some().let_go()

    def revoke(self) -> None:
        self.hub.revoked = {self.some().sender._device_id} - self.hub.revoked

    def end(self) -> set[str]:
        """Everything is well again, and everybody has something to say; what must be there now."""
        self.hub.revoked = set()
        for device in self.devices:  # who is silent does not ring up, and hears of no loss
            self.known.update(device.record(1))
        for _ in range(2):  # a twin's last events may cost the other one a new stream
            for device in self.devices:
                device.line.fate = lambda: "good"
                device.drain()
        return {event_id for device in self.devices for event_id in device.ids()}


HAPPENINGS = {
    World.record: 40,
    World.turn: 45,
    World.copy: 5,
    World.put_back: 4,
    World.clone: 2,
    World.copy_portal: 1,
    World.put_portal_back: 1,
    World.let_go: 1,
    World.revoke: 1,
}


def life(house: House, hub: Hub, seed: int) -> tuple[set[str], set[str]]:
    """Which events must be stored after a life in a bad world, and which may."""
    world = World(house, hub, seed)
    happenings = world.chance.choices(
        list(HAPPENINGS), list(HAPPENINGS.values()), k=world.chance.randint(10, 35)
    )
    for happening in happenings:
        happening(world)
    return world.end(), world.known


def test_nothing_is_lost_and_nothing_stored_twice_in_a_bad_world() -> None:
    for seed in range(RUNS):
        house, hub = House(), Hub()
        try:
            must, known = life(house, hub, seed)
            assert must <= set(hub.stored) <= known, f"seed {seed}"
            assert set(hub.stored.values()) <= {1}, f"seed {seed}"
        finally:
            house.close()


def test_counting_alone_does_lose_events_in_the_same_world() -> None:
    lossy = 0
    for seed in range(CONTROL_RUNS):
        house, hub = House(), NaiveHub()
        try:
            must, _ = life(house, hub, seed)
            lossy += not must <= set(hub.stored) or set(hub.stored.values()) != {1}
        finally:
            house.close()

    assert lossy > CONTROL_RUNS / 4
