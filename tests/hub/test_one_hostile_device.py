"""What one enrolled device does on purpose, and that the others do not pay for it."""

import contextlib
import json
import socket
import uuid
from urllib.parse import urlsplit

from appliance.hub import figures, health, projector, recount, server, store
from appliance.hub.api_downloads import ANSWER_LIMIT_BYTES
from appliance.hub.blobs import Blobs
from appliance.hub.counts import MOST_CODES, OTHERS
from appliance.hub.periods import Period, Scope
from appliance.sync import protocol, signing
from appliance.sync.envelope import canonical_bytes
from appliance.sync.events import full_type
from tests.hub.facts_kit import Room, caught_up, facts
from tests.hub_kit import LIMIT_S, ask, head_after

SAID_OFTEN = (
    "INSERT INTO record (stream, sequence, event_id, type, subject, clock, boot_id, boot_ms, data)"
    " SELECT %s, %s + n, gen_random_uuid(), %s, %s, 2, 'b', 1, %s FROM generate_series(1, %s) n"
)


def says_often(room, count, name, subject, **data):
    """The same so many times, by one statement."""
    values = (room.stream, room.sequence, full_type(name), subject, json.dumps(data), count)
    with room.database.transaction() as connection:
        connection.execute(SAID_OFTEN, values)
    room.sequence += count


def test_much_that_is_kept_aside_holds_up_no_erasure(hub, enrolled):
    enrolled.open()
    head = protocol.NOTHING
    for _ in range(12):
        large = [b"x" * (protocol.BODY_LIMIT_BYTES - 100)]
        assert enrolled.append(large, head, prefer="quarantine").status == 200
        head = head_after(large, head)
    erasures = [
        canonical_bytes(
            enrolled.event(
                head.sequence + number,
                type=full_type("person.erased"),
                subject=f"visit/{uuid.uuid4()}",
                data={},
            )
        )
        for number in range(1, protocol.BATCH_LIMIT + 1)
    ]
    assert enrolled.append(erasures, head).status == 200

    projector.catch_up(hub.database)

    assert projector.lag(hub.database).records == 0


def test_a_locker_that_one_visit_uses_without_end_holds_up_no_figures(hub):
    room, subject = Room(hub.database), f"visit/{uuid.uuid4()}"
    says_often(room, 30_000, "locker.assigned", subject, locker=7)
    says_often(room, 10_000, "locker.released", subject, locker=7, end_reason="visitor")

    projector.catch_up(hub.database)

    assert len(facts(hub.database)[1]) == 40_000


def test_answers_that_a_device_makes_up_are_told_together(hub):
    Room(hub.database, "solok").visits(40, sex="f")
    Room(hub.database, "agam").visits(30, sex="f")
    room, number = Room(hub.database), 400
    for made_up in range(number):
        room.visits(1, sex=f"0{made_up:03}")
        subject = f"visit/{uuid.uuid4()}"
        room.says("locker.released", subject, locker=7, end_reason=f"x{made_up}")
        room.says("locker.alarm", "locker/7", locker=7, alarm=f"y{made_up}")
    caught_up(hub.database)

    november = Period.month(2026, 11)
    sexes = figures.breakdown(hub.database, Scope(), november, "sex")
    lockers = figures.lockers(hub.database, Scope(), november)

    assert ("f", 70) in [(part.code, part.visits.number) for part in sexes.parts]
    assert OTHERS in [part.code for part in sexes.parts]
    assert len(sexes.parts) <= MOST_CODES + 2
    (kept,) = hub.database.row("SELECT count(*) FROM visit_count WHERE trait = 'sex'")
    assert kept <= MOST_CODES + 3
    assert [part.code for part in lockers.ends] == [OTHERS]
    assert lockers.alarms == (figures.Alarm(OTHERS, number),)


def test_a_record_that_cannot_be_folded_is_left_out_and_the_others_go_on(hub):
    room, others = Room(hub.database), Room(hub.database, "solok")
    others.visits(3)
    subject = room.visit("not a day")  # which no device gets past the hub's look at it
    room.says("person.erased", subject)
    others.visits(4)

    visits, _, _ = caught_up(hub.database)

    assert len(visits) == 7
    assert projector.lag(hub.database).records == 0
    assert hub.database.rows("SELECT is_done FROM erased") == [(True,)]


def test_a_month_without_end_is_counted_up_to_a_bound(hub, monkeypatch):
    monkeypatch.setattr(recount, "MOST_VISITS", 30)
    Room(hub.database).visits(40)
    Room(hub.database, "solok").visits(7)

    caught_up(hub.database)

    told = figures.by_place(hub.database, Scope("Sumatera Barat"), Period.month(2026, 11))
    assert [line.figures.visits.number for line in told.lines] == [30, 7]


def test_who_has_much_kept_aside_waits_until_somebody_has_looked(hub, enrolled, monkeypatch):
    monkeypatch.setattr(store, "ASIDE_LIMIT", 2)
    enrolled.open()
    odd = enrolled.events(3, type="com.example.odd")
    assert enrolled.append(odd[:2]).status == 200
    head = head_after(odd[:2])

    refused = enrolled.append(odd[2:], head)
    with hub.database.transaction() as connection:
        connection.execute("UPDATE quarantine SET settled_at = now(), settled_as = 'dropped'")
    taken = enrolled.append(odd[2:], head)

    assert (refused.status, refused.headers["retry-after"]) == (429, "60")
    assert taken.status == 200
    other = hub.enrol("solok")
    other.open()
    assert other.append(other.events(1, type="com.example.odd")).status == 200


def test_who_fetches_a_large_file_and_reads_nothing_holds_no_thread(hub, enrolled):
    content = bytes(24 << 20)
    path = f"/v1/blobs/{Blobs(hub.database).put(content, 'application/zip').hex()}"
    whole = urlsplit(hub.url)
    told = {"host": whole.netloc, "range": f"bytes=0-{ANSWER_LIMIT_BYTES - 1}"}
    message = signing.Message("GET", whole.netloc, path, headers=told)
    told |= signing.sign(
        message, enrolled.secret, key_id=enrolled.key_id, created=None, nonce="again"
    )
    lines = "".join(f"{name}: {value}\r\n" for name, value in told.items())
    asked = f"GET {path} HTTP/1.1\r\n{lines}\r\n".encode()

    refused = enrolled.ask("GET", path)
    with contextlib.ExitStack() as stack:
        for _ in range(server.WAITRESS["threads"] + 1):
            line = socket.create_connection((whole.hostname, whole.port), LIMIT_S)
            stack.enter_context(line).sendall(asked * 10)
        healthy = ask(hub.url, "GET", "/healthz", b"", {})

    assert (refused.status, healthy.status) == (413, 200)


def test_a_flood_of_health_leaves_its_last_word(hub, enrolled, monkeypatch):
    monkeypatch.setattr(health, "LOGGED_AN_HOUR", 3)
    target, told = f"/v1/devices/{enrolled.id}/health", {"content_type": protocol.JSON_TYPE}
    for waiting in range(6):
        body = b'{"software":"1","waiting":%d}' % waiting
        assert enrolled.ask("PUT", target, body, **told).status == 200

    assert hub.database.row("SELECT count(*) FROM health_log") == (3,)
    assert hub.database.row("SELECT document ->> 'waiting' FROM health_last") == ("5",)


def test_corrections_of_what_no_visit_has_are_not_kept(hub):
    room = Room(hub.database)
    subject = room.visit(sex="f")
    for number in range(3):
        now = {f"made up {number}": ["x" * 200] * 50, "purpose": ["x"] * 50, "sex": f"{number}"}
        room.says("visit.corrected", subject, fields=["sex"], was={}, now=now)
    caught_up(hub.database)

    assert hub.database.row("SELECT corrected, sex FROM visit_fact") == ({"sex": "2"}, "2")


def test_an_id_that_a_device_chose_takes_nobody_else_s_turn(hub):
    device = hub.enrol("pasaman", str(uuid.UUID(int=projector.LOCK)))
    device.open()
    with hub.database.transaction() as connection:
        connection.execute("SELECT pg_advisory_xact_lock(%s)", (projector.LOCK,))
        reply = device.append(device.events(1))

    assert reply.status == 200
