"""A portal in memory that keeps the protocol, lines that lose and double, and devices to be cloned.

The devices take turns in one database in memory: whose turn it is puts its own image in.
"""

import gzip
import hashlib
import itertools
import json
from collections import Counter
from pathlib import Path

import msgspec
from playhouse.apsw_ext import APSWDatabase

from appliance.errors import ConfigError
from appliance.storage import models
from appliance.sync import envelope, protocol
from appliance.sync.answers import Judgement, Kind, Reply
from appliance.sync.backlog import Backlog
from appliance.sync.outbox import Outbox
from appliance.sync.portal import LineTrouble
from appliance.sync.protocol import Head
from appliance.sync.sender import Sender
from tests.fakes import FakeClock

TABLES = ("meta", "stream", "outbox", "stream_mark")
MIGRATIONS = Path(models.__file__).parents[1] / "migrations"


def json_reply(status: int, body: object, **headers: str) -> Reply:
    found = {"content-type": protocol.JSON_TYPE, **headers}
    return Reply(status, found, msgspec.json.encode(body))


def problem(kind: protocol.ProblemKind, head: Head | None = None, detail: str = "") -> Reply:
    etag = head.etag if head else ""
    body = protocol.Problem(kind.uri, kind.title, kind.status, detail, kind.retryable, etag)
    headers = {"content-type": protocol.PROBLEM_TYPE}
    if head:
        headers["etag"] = etag
    return Reply(kind.status, headers, msgspec.json.encode(body))


class Hub:
    """Keeps heads and counts what is stored; `poison` holds ids that make it stumble."""

    def __init__(self) -> None:
        self.heads: dict[tuple[str, str], Head] = {}
        self.previous: dict[str, str] = {}
        self.stored: Counter[str] = Counter()
        self.aside: set[str] = set()
        self.poison: set[str] = set()
        self.unreadable: set[str] = set()
        self.largest = 10**9
        self.revoked: set[str] = set()
        self.is_ill = False
        self.requests = 0

    def backup(self) -> tuple:
        """What `put_back` takes."""
        return dict(self.heads), dict(self.previous), self.stored.copy(), set(self.aside)

    def put_back(self, backup: tuple) -> None:
        heads, previous, stored, aside = backup
        self.heads, self.previous = dict(heads), dict(previous)
        self.stored, self.aside = stored.copy(), set(aside)

    def ask(self, method, path, *, query="", body=b"", headers=None) -> Reply:
        self.requests += 1
        _, _, _, device, _, epoch, *rest = path.split("/")
        if self.is_ill:
            return Reply(500, {}, b"")
        if device in self.revoked:
            return problem(protocol.REVOKED)
        if method == "PUT":
            self.previous[epoch] = json.loads(body)["previous"]
            head = self.heads.setdefault((device, epoch), protocol.NOTHING)
            return json_reply(200, {"head": head.etag}, etag=head.etag)
        assert rest == ["events"], path
        return self.append(device, epoch, headers or {}, body)

    def append(self, device, epoch, headers, body) -> Reply:
        head = self.heads.get((device, epoch))
        if head is None:
            return problem(protocol.UNKNOWN_STREAM)
        if protocol.head_of(headers["if-match"]) != head:
            return problem(protocol.HEAD_MISMATCH, head)
        raw = [
            bytes(one) for one in msgspec.json.decode(gzip.decompress(body), type=list[msgspec.Raw])
        ]
        ids = [json.loads(one)["id"] for one in raw]
        if len(raw) > self.largest:
            return problem(protocol.TOO_LARGE)
        if self.unreadable.intersection(ids):
            return problem(protocol.BAD_REQUEST)
        is_aside = headers.get("prefer") == protocol.PREFER_QUARANTINE
        if self.poison.intersection(ids) and not is_aside:
            return Reply(500, {"content-type": "text/html"}, b"<h1>oops</h1>")
        return self.keep(device, epoch, head, raw, ids, is_aside=is_aside)

    def keep(self, device, epoch, head, raw, ids, *, is_aside) -> Reply:
        for number, (one, event_id) in enumerate(zip(raw, ids, strict=True), head.sequence + 1):
            event = json.loads(one)
            assert (int(event["sequence"]), event["epoch"]) == (number, epoch)
            head = Head(number, envelope.link(head.chain, one))
            has_more = sum(of == device for of, _ in self.heads) > 1
            if not (has_more and self.stored[event_id]):
                self.stored[event_id] += 1
            if is_aside:
                self.aside.add(event_id)
        self.heads[device, epoch] = head
        asides = [protocol.Aside(one, "asked for") for one in ids] if is_aside else []
        return json_reply(200, protocol.Appended(head.etag, len(raw), asides), etag=head.etag)


class NaiveHub(Hub):
    """The control: no heads, only 'skip what has a number that I have seen'."""

    def append(self, device, epoch, headers, body) -> Reply:
        last = self.heads.get((device, ""), protocol.NOTHING)
        events = json.loads(gzip.decompress(body))
        for event in events:
            if int(event["sequence"]) > last.sequence:
                last = Head(int(event["sequence"]), bytes(32))
                self.stored[event["id"]] += 1
        self.heads[device, ""] = last
        # It confirms everything, whatever it did with it.
        head = protocol.head_of(headers["if-match"])
        for event in events:
            head = Head(
                head.sequence + 1, envelope.link(head.chain, envelope.canonical_bytes(event))
            )
        body = protocol.Appended(head.etag, len(events))
        return json_reply(200, body, etag=head.etag)


class Line:
    """Between a device and the hub; `fate` says what becomes of the next request."""

    def __init__(self, hub: Hub, fate=lambda: "good") -> None:
        self.hub = hub
        self.fate = fate
        self._late: list[tuple] = []

    def ask(self, method, path, *, query="", body=b"", headers=None) -> Reply:
        call = (method, path, body, headers)
        fate = self.fate()
        if fate == "lost":
            raise LineTrouble(Judgement(Kind.OFFLINE, "lost"))
        if fate == "late":  # the network delivers it later, when nobody waits for an answer
            self._late.append(call)
            raise LineTrouble(Judgement(Kind.OFFLINE, "late"))
        if fate == "deliver late" and self._late:
            self._send(self._late.pop(0))
        reply = self._send(call)
        if fate == "twice":
            self._send(call)
        if fate == "reply lost":
            raise LineTrouble(Judgement(Kind.OFFLINE, "reply lost"))
        return reply

    def _send(self, call) -> Reply:
        method, path, body, headers = call
        return self.hub.ask(method, path, body=body, headers=headers)


class PlainWriter:
    """Every function in a transaction of its own."""

    def __init__(self, database: APSWDatabase) -> None:
        self._database = database

    def run(self, function, *, is_urgent=False, may_be_lost=False):
        with self._database.atomic():
            return function()


class House:
    """The one database in memory, and whose image is in it."""

    def __init__(self) -> None:
        self.database = APSWDatabase(":memory:")
        self._before = {model: model._meta.database for model in models.ALL}
        self.database.bind(models.ALL)
        script = "".join(path.read_text() for path in sorted(MIGRATIONS.glob("*.sql")))
        connection = self.database.connection()
        for statement in _of_tables(script):
            connection.execute(statement)
        self.empty = connection.serialize("main")
        self.clock = FakeClock()
        self.numbers = itertools.count()

    def close(self) -> None:
        for model, database in self._before.items():
            model.bind(database)
        self.database.close()

    def device(self, image: bytes | None = None) -> "Device":
        return Device(self, image or self.empty)


def _of_tables(script: str):
    """The statements that make the tables of the outbox, in their order."""
    lines = [line.partition("--")[0] for line in script.splitlines()]
    for statement in "\n".join(lines).split(";"):
        words = statement.split()
        if words[:2] in (["CREATE", "TABLE"], ["ALTER", "TABLE"]) and words[2] in TABLES:
            yield statement
        if words[:2] == ["DROP", "INDEX"] and words[2].startswith("outbox"):
            yield statement
        if "INDEX" in words[:3] and "ON" in words and words[words.index("ON") + 1] in TABLES:
            yield statement


class Device:
    """Events of one data folder. Its id is in its data, so that a copy of it has the same."""

    def __init__(self, house: House, image: bytes) -> None:
        self.house = house
        self.image = image
        self.line: Line | None = None
        self.sender: Sender | None = None

    def _enter(self) -> None:
        self.house.database.connection().deserialize("main", self.image)

    def _leave(self) -> None:
        self.image = self.house.database.connection().serialize("main")

    def record(self, count: int) -> list[str]:
        """So many events; their ids."""
        self._enter()
        outbox, writer = Outbox(self.house.clock), PlainWriter(self.house.database)
        for _ in range(count):
            number = next(self.house.numbers)
            data = {"locker": number, "end_reason": "visitor"}
            writer.run(lambda d=data, n=number: outbox.append("locker.released", f"locker/{n}", d))
        self._leave()
        return self.ids()[-count:]

    def start(self, line: Line) -> None:
        """A new process."""
        self._enter()
        self.line = line
        found = self.house.database.execute_sql("SELECT value FROM meta").fetchone()
        if found is None:
            raise ConfigError("a device without events has no id yet")
        self.sender = Sender(
            portal=line,
            backlog=Backlog(self.house.clock),
            writer=PlainWriter(self.house.database),
            clock=self.house.clock,
            device_id=found[0],
        )

    def turn(self):
        """One exchange."""
        self._enter()
        self.house.clock.advance(660)
        try:
            return self.sender.turn()
        finally:
            self._leave()

    def drain(self, *, most: int = 500):
        """Exchanges until nothing waits; the last one. Raises when that does not end."""
        for _ in range(most):
            turn = self.turn()
            if turn.judgement is None:
                return turn
        raise AssertionError(f"still not empty after {most} exchanges: {turn}")

    def let_go(self) -> None:
        """A month passes, and what the portal had long before goes."""
        self.house.clock.advance(31 * 24 * 3600)
        self._enter()
        while PlainWriter(self.house.database).run(Backlog(self.house.clock).prune):
            pass
        self._leave()

    def restart(self, image: bytes) -> None:
        """Go on from another image of the data, as a new process."""
        self.image = image
        self.start(self.line)

    def ids(self) -> list[str]:
        self._enter()
        rows = self.house.database.execute_sql("SELECT event_id FROM outbox ORDER BY id")
        return [row[0] for row in rows]

    def states(self) -> Counter[str]:
        self._enter()
        return Counter(
            row[0]
            for row in self.house.database.execute_sql(
                "SELECT CASE WHEN state = 'held' THEN state"
                " WHEN seq <= acked_seq THEN 'acked' ELSE 'pending' END"
                " FROM outbox JOIN stream USING (epoch)"
            )
        )

    def epochs(self) -> list[tuple[str, str]]:
        self._enter()
        rows = self.house.database.execute_sql("SELECT epoch, reason FROM stream ORDER BY rowid")
        return list(rows)


def digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
