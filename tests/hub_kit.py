"""A hub on a real PostgreSQL, and a device that has enrolled at it.

One cluster a test process, made at first use, on a Unix socket in a folder of its own, without
TCP; each database is copied from one that was migrated once. Fixtures to be imported by a conftest:
`postgres` (skips, saying why, where PostgreSQL is missing), `lasting_hub`, `hub` (empty for each
test), `enrolled`.
"""

import contextlib
import datetime as dt
import functools
import gzip
import itertools
import json
import os
import pwd
import secrets
import shutil
import subprocess
import sys
import tempfile
import threading
import uuid
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.client import HTTPConnection
from pathlib import Path
from urllib.parse import urlsplit

import psycopg
import pytest
from waitress import wasyncore
from waitress.server import create_server

from appliance import ed25519
from appliance.base64url import encoded
from appliance.hub import own_keys, partitions, schema, server
from appliance.hub.app import Hub, create_app
from appliance.hub.database import Database
from appliance.hub.offices import Offices
from appliance.sync import protocol, signing
from appliance.sync.answers import Reply
from appliance.sync.envelope import canonical_bytes, link
from appliance.sync.protocol import Head

OFFICE = "pasaman"
LIMIT_S = 30
# Kills of a backend need no disk that keeps its word, and fsync would make every database slow.
OPTIONS = "-c listen_addresses= -c max_connections=60"
HASTY = "-c fsync=off -c full_page_writes=off"
# Every table that a test may fill, in an order that references allow.
FILLED = (
    *("record", "quarantine", "stream", "health_last", "health_log", "device_command"),
    *("key_nonce", "claim", "device_key", "device", "config_document", "office"),
    *("catalogue_item", "blob_part", "blob"),
    *("person_session", "person", "person_journal", "attempt"),
    *("visit_fact", "locker_fact", "rating_fact", "erased", "anchor"),
    *("visit_count", "visit_count_stale"),
)
_numbers = itertools.count(1)


class Postgres:
    """A cluster of its own. `dsn` names one of its databases."""

    def __init__(self, programs: Path, folder: Path, *, durable: bool = False) -> None:
        self._programs = programs
        self._durable = durable
        self.folder = folder

    def start(self) -> None:
        data = self.folder / "data"
        self._run("initdb", "-D", data, "-U", "hub", "-A", "trust", "-N", "-E", "UTF8")
        options = OPTIONS if self._durable else f"{OPTIONS} {HASTY}"
        options = f"{options} -c unix_socket_directories={self.folder}"
        self._run("pg_ctl", "-D", data, "-o", options, "-l", self.folder / "log", "-w", "start")
        with psycopg.connect(self.dsn("postgres"), autocommit=True) as connection:
            connection.execute("CREATE DATABASE pattern")
        with contextlib.closing(Database(self.dsn("pattern"))) as database:
            schema.migrate(database)
            partitions.prepare(database, dt.datetime.now(dt.UTC).date())

    def stop(self) -> None:
        self._run("pg_ctl", "-D", self.folder / "data", "-m", "immediate", "-w", "stop")

    def dsn(self, name: str) -> str:
        return f"host={self.folder} user=hub dbname={name}"

    def new_database(self) -> str:
        """The DSN of a fresh database with the newest schema."""
        name = f"hub_{next(_numbers)}"
        with psycopg.connect(self.dsn("postgres"), autocommit=True) as connection:
            connection.execute(f"CREATE DATABASE {name} TEMPLATE pattern STRATEGY file_copy")
        return self.dsn(name)

    def _run(self, program: str, *arguments: object) -> None:
        command = [*_as_nobody_special(), str(self._programs / program), *map(str, arguments)]
        done = subprocess.run(command, cwd="/", capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stdout + done.stderr


def _as_nobody_special() -> list[str]:
    """PostgreSQL refuses to run as root."""
    if os.geteuid() != 0:
        return []
    return ["setpriv", "--reuid=nobody", "--regid=nogroup", "--clear-groups", "--"]


def _programs() -> Path | None:
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    if found:
        return found[-1].parent
    there = shutil.which("initdb")
    return Path(there).parent if there else None


@contextlib.contextmanager
def cluster(*, durable: bool = False) -> Iterator[Postgres]:
    """A cluster until the end of the block; `durable`: its commits reach the disk."""
    programs = _programs()
    if programs is None:
        pytest.skip("PostgreSQL is not installed (Debian: postgresql)")
    folder = Path(tempfile.mkdtemp(prefix="rb-pg-"))
    if os.geteuid() == 0:
        nobody = pwd.getpwnam("nobody")
        os.chown(folder, nobody.pw_uid, nobody.pw_gid)
    made = Postgres(programs, folder, durable=durable)
    try:
        made.start()
        yield made
    finally:
        made.stop()
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def postgres() -> Iterator[Postgres]:
    with cluster() as made:
        yield made


@dataclass
class Device:
    """An enrolled device: who it is, its key, and how it asks the hub at `url`."""

    url: str
    id: str
    key_id: str
    secret: bytes
    office: str = OFFICE
    epoch: str = field(default_factory=lambda: str(uuid.uuid4()))

    @property
    def stream(self) -> str:
        return f"/v1/devices/{self.id}/streams/{self.epoch}"

    def ask(
        self, method: str, target: str, body: bytes = b"", *, sign=True, **headers: str
    ) -> Reply:
        """One signed request; `target` with its query, header names with underscores."""
        path, _, query = target.partition("?")
        told = {name.replace("_", "-"): value for name, value in headers.items()}
        told["host"] = urlsplit(self.url).netloc
        if body:
            told.setdefault("content-digest", signing.content_digest(body))
        message = signing.Message(method, told["host"], path, query, told)
        if sign:
            nonce = secrets.token_urlsafe(8)
            signed = signing.sign(
                message, self.secret, key_id=self.key_id, created=None, nonce=nonce
            )
            told |= {name.lower(): value for name, value in signed.items()}
        return ask(self.url, method, target, body, told)

    def open(self, epoch: str | None = None, **told: str) -> Reply:
        """Begin a stream, which is this device's present one from then on."""
        self.epoch = epoch or self.epoch
        body = json.dumps({"previous": None, "reason": "first", **told}).encode()
        return self.ask("PUT", self.stream, body, content_type=protocol.JSON_TYPE)

    def append(self, events: list[bytes], after: Head = protocol.NOTHING, **headers) -> Reply:
        body = gzip.compress(b"[" + b",".join(events) + b"]", 1)
        told = {
            "content_type": protocol.BATCH_TYPE,
            "content_encoding": "gzip",
            "if_match": after.etag,
            **headers,
        }
        return self.ask("POST", f"{self.stream}/events", body, **told)

    def events(self, count: int, first: int = 1, **changes: object) -> list[bytes]:
        """Bytes of so many events of the present stream."""
        return [canonical_bytes(self.event(first + place, **changes)) for place in range(count)]

    def event(self, sequence: int, **changes: object) -> dict[str, object]:
        return {
            "specversion": "1.0",
            "id": str(uuid.uuid4()),
            "source": f"urn:uuid:{self.id}",
            "type": "id.go.bps.ruangbaca.locker.released.v1",
            "subject": "locker/7",
            "datacontenttype": "application/json",
            "sequence": f"{sequence:012d}",
            "epoch": self.epoch,
            "bootid": "0123456789abcdef",
            "bootms": 1000 + sequence,
            "clockq": 2,
            "time": "2026-11-05T02:00:00.000000Z",
            "recordedtime": "2026-11-05T02:00:00.000000Z",
            "data": {"locker": 7, "end_reason": "visitor"},
            **changes,
        }


def head_after(events: list[bytes], head: Head = protocol.NOTHING) -> Head:
    """The head that these events lead to."""
    for event in events:
        head = Head(head.sequence + 1, link(head.chain, event))
    return head


def ask(url: str, method: str, target: str, body: bytes, headers: dict[str, str]) -> Reply:
    """One request on a connection of its own."""
    connection = HTTPConnection(urlsplit(url).netloc, timeout=LIMIT_S)
    with contextlib.closing(connection):
        connection.request(method, target, body or None, headers)
        response = connection.getresponse()
        told = {name.lower(): value for name, value in response.headers.items()}
        return Reply(response.status, told, response.read())


@dataclass
class RunningHub:
    """A hub that listens at `url`; its database and DSN, for whoever looks behind it."""

    url: str
    dsn: str
    database: Database
    keys: own_keys.OwnKeys

    def enrol(self, office: str = OFFICE, device_id: str = "") -> Device:
        """A device that has claimed a place of its own."""
        return enrol_at(self.url, self.database, office, device_id)

    def stored(self) -> list[tuple]:
        """Every event: device, epoch, sequence, id."""
        return self.database.rows(
            "SELECT s.device::text, s.epoch::text, r.sequence, r.event_id::text"
            " FROM record r JOIN stream s ON s.id = r.stream ORDER BY r.received_id"
        )

    def aside(self) -> list[tuple]:
        """Every event in quarantine: sequence, bytes, problem."""
        return self.database.rows("SELECT sequence, raw, problem FROM quarantine ORDER BY id")


def enrol_at(url: str, database: Database, office: str = OFFICE, device_id: str = "") -> Device:
    """A device that has claimed a place of its own at the hub of this database."""
    offices = Offices(database)
    offices.add(office, f"Kantor {office}", province="Sumatera Barat")
    code = offices.issue(office).code
    reply, secret = claim(url, code, device_id or str(uuid.uuid4()))
    found = json.loads(reply.body)
    assert reply.status == 201, found
    return Device(url, found["device_id"], found["key_id"], secret, office)


def claim(
    url: str, code: str, device_id: str, secret: bytes | None = None, **changes: object
) -> tuple[Reply, bytes]:
    """The answer to a claim, and the secret that it was made with."""
    secret = secret or secrets.token_bytes(32)
    proof = ed25519.sign(secret, protocol.claim_text(code, device_id))
    body = {
        "code": code,
        "device_id": device_id,
        "public_key": {"x": encoded(ed25519.public_key(secret)), "crv": "Ed25519", "kty": "OKP"},
        "proof": encoded(proof),
        "software": "0.1.0",
        **changes,
    }
    headers = {"content-type": protocol.JSON_TYPE}
    reply = ask(url, "POST", "/v1/enrolments", json.dumps(body).encode(), headers)
    return reply, secret


@contextlib.contextmanager
def running_hub(
    dsn: str, port: int = 0, keys: own_keys.OwnKeys | None = None
) -> Iterator[RunningHub]:
    """A hub on threads of this process; port 0: a free one, no keys: new ones."""
    database = Database(dsn)
    keys = keys or own_keys.OwnKeys(secrets.token_bytes(32), secrets.token_bytes(32))
    own_keys.adopt(database, keys, Path("keys"))
    app = create_app(Hub(database, keys))
    waitress = create_server(app, host="127.0.0.1", port=port, **server.WAITRESS)
    thread = threading.Thread(target=waitress.run, daemon=True)
    thread.start()
    try:
        yield RunningHub(f"http://127.0.0.1:{waitress.effective_port}", dsn, database, keys)
    finally:
        end_serving(waitress, thread)
        database.close()


def end_serving(waitress, thread: threading.Thread) -> None:
    """End a server with its connections, as the end of a process would; waits for its thread."""
    # The loop may be awake already and come before our own pull, whose pipe must be open still.
    pulled = threading.Event()
    close = functools.partial(wasyncore.close_all, waitress._map)
    waitress.trigger.pull_trigger(lambda: pulled.wait(LIMIT_S) and close())
    pulled.set()
    waitress.task_dispatcher.shutdown()
    thread.join(LIMIT_S)


@pytest.fixture(scope="session")
def lasting_hub(postgres: Postgres) -> Iterator[RunningHub]:
    """One hub for all tests of this process that do not break it."""
    with running_hub(postgres.new_database()) as running:
        yield running


@pytest.fixture
def hub(lasting_hub: RunningHub) -> RunningHub:
    """A hub that has nothing yet."""
    with lasting_hub.database.transaction() as connection:
        for table in FILLED:
            connection.execute(f"DELETE FROM {table}")
        connection.execute(
            "UPDATE catalogue_state"
            " SET version = 0, oldest = 0, pack = NULL, signature = NULL, key_id = NULL"
        )
        connection.execute("DELETE FROM hub_key WHERE introduced_by IS NOT NULL")
    return lasting_hub


@pytest.fixture
def enrolled(hub: RunningHub) -> Device:
    return hub.enrol()


@contextlib.contextmanager
def hub_process(dsn: str, folder: Path, port: int = 0) -> Iterator[tuple[subprocess.Popen, str]]:
    """`ruangbaca hub serve` as a process of its own, and where it listens. May be killed."""
    keys = folder / "hub-keys.json"
    environment = {**os.environ, "RUANGBACA_HUB_DSN": dsn, "RUANGBACA_HUB_KEYS": str(keys)}
    ruangbaca = [sys.executable, "-m", "appliance", "hub"]
    if not keys.exists():  # else it is started again
        subprocess.run([*ruangbaca, "migrate"], env=environment, check=True, capture_output=True)
    process = subprocess.Popen(
        [*ruangbaca, "serve", "--listen", f"127.0.0.1:{port}"],
        env=environment,
        stderr=subprocess.PIPE,
        text=True,
    )
    reading = None
    try:
        lines = iter(process.stderr.readline, "")
        told = next((line for line in lines if "listening" in line), "")
        address = told.rpartition("address=")[2].strip()
        assert address, "the hub did not start"
        # Nobody else reads what it says, and a full pipe would stop it.
        reading = threading.Thread(target=lambda: list(lines), daemon=True)
        reading.start()
        yield process, f"http://{address}"
    finally:
        process.kill()
        process.wait(LIMIT_S)
        if reading is not None:
            reading.join(LIMIT_S)
        process.stderr.close()
