"""Records that the hub did not understand: looked through, let in, thrown away, brought back."""

import json
import re
import uuid
from concurrent.futures import ThreadPoolExecutor

import pytest

from appliance.hub import event_kinds, projector
from appliance.hub.site.quarantine import Quarantine, Wanted, readable
from appliance.sync.envelope import canonical_bytes
from tests.hub.dashboard_kit import signed_in
from tests.hub_kit import head_after

NEW_KIND = "id.go.bps.ruangbaca.locker.polished.v1"


@pytest.fixture
def review(hub):
    return Quarantine(hub.database)


@pytest.fixture
def knows_polishing(monkeypatch):
    """The hub is brought up to date: locker.polished is a kind from now on."""

    def learn():
        decoder = event_kinds._decoder("locker.polished", frozenset({"locker"}))
        monkeypatch.setitem(event_kinds._DECODERS, "locker.polished", decoder)

    return learn


def send(device, *events):
    """Append these events to the device's first stream; the hub keeps aside what it must."""
    device.open()
    raw = [canonical_bytes(event) for event in events]
    assert device.append(raw).status == 200
    return raw


def polished(device, sequence, **changes):
    return device.event(sequence, **{"type": NEW_KIND, "data": {"locker": 7}, **changes})


def records(hub):
    return hub.database.rows("SELECT sequence, event_id::text, type, data FROM record ORDER BY 1")


def open_ids(hub):
    found = hub.database.rows("SELECT id FROM quarantine WHERE settled_at IS NULL ORDER BY id")
    return [number for (number,) in found]


def journal_of(hub):
    return hub.database.rows(
        "SELECT action, subject, detail FROM person_journal"
        " WHERE action NOT IN ('login') ORDER BY id"
    )


def test_a_record_is_let_in_once_its_kind_is_known(hub, enrolled, knows_polishing):
    send(enrolled, enrolled.event(1), event := polished(enrolled, 2), enrolled.event(3))
    (number,) = open_ids(hub)
    tini = signed_in(hub)

    early = tini.get(f"/quarantine/{number}")
    refused = tini.post(f"/quarantine/{number}/accept", {"why": ""})
    before = records(hub)
    knows_polishing()
    ready = tini.get(f"/quarantine/{number}")
    asked = tini.get(f"/quarantine/{number}/accept")
    done = tini.post(f"/quarantine/{number}/accept", {"why": "pusat diperbarui"})
    told = tini.get(done.location)
    again = tini.post(f"/quarantine/{number}/accept")

    assert "belum dapat diterima" in early.text
    assert f"/quarantine/{number}/accept" not in early.text
    assert (refused.status_code, len(before)) == (409, 2)
    assert f"/quarantine/{number}/accept" in ready.text
    assert "Terima 1 catatan?" in asked.text
    assert (done.status_code, "1 catatan diterima" in told.text) == (303, True)
    assert again.status_code == 404
    assert records(hub)[1] == (2, event["id"], NEW_KIND, {"locker": 7})
    assert len(records(hub)) == 3
    assert journal_of(hub) == [("accept", f"pasaman #{number}", "pusat diperbarui")]


def test_what_was_let_in_comes_after_all_that_was_received(hub, enrolled, review, knows_polishing):
    send(enrolled, polished(enrolled, 1), enrolled.event(2))
    knows_polishing()

    review.accept_one(open_ids(hub)[0], "tini", "")

    ordered = hub.database.rows("SELECT sequence FROM record ORDER BY received_id")
    assert ordered == [(2,), (1,)], "whoever reads by received_id would never see it"


def test_a_record_is_thrown_away_with_a_reason_and_brought_back(hub, enrolled):
    send(enrolled, polished(enrolled, 1))
    (number,) = open_ids(hub)
    tini = signed_in(hub)

    silent = tini.post(f"/quarantine/{number}/discard", {"why": "  "})
    done = tini.post(f"/quarantine/{number}/discard", {"why": "uji coba"})
    told = tini.get(done.location)
    settled = tini.get("/quarantine?state=settled")
    gone = open_ids(hub)
    undo = re.search(r'action="(/quarantine/undo/[\w-]+)"', told.text)[1]
    back = tini.post(undo)
    twice = tini.post(undo)

    tini.post(f"/quarantine/{number}/discard", {"why": "uji coba lagi"})
    record = tini.get(f"/quarantine/{number}").text
    alone = tini.post(f"/quarantine/{number}/undo")

    assert (silent.status_code, "Tulis alasannya" in silent.text) == (422, True)
    assert (gone, records(hub)) == ([], [])
    assert "uji coba" in settled.text
    assert (back.status_code, alone.status_code, open_ids(hub)) == (303, 303, [number])
    assert (twice.status_code, "uji coba lagi" in record) == (404, True)
    assert [action for action, _, _ in journal_of(hub)] == ["discard", "undo"] * 2


def test_all_of_a_problem_are_settled_at_once_and_no_others(hub, enrolled, knows_polishing):
    broken = polished(enrolled, 3, data={"locker": "seven"})
    odd = enrolled.event(4, type="id.go.bps.ruangbaca.locker.painted.v1")
    too_many = enrolled.event(5, data={"locker": "x", "end_reason": "visitor"})
    send(enrolled, polished(enrolled, 1), polished(enrolled, 2), broken, odd, too_many)
    knows_polishing()
    tini = signed_in(hub)
    page = tini.get("/quarantine").text
    group = re.findall(r"/quarantine/problems/(\w+)/accept", page)[0]

    asked = tini.get(f"/quarantine/problems/{group}/accept")
    done = tini.post(f"/quarantine/problems/{group}/accept")
    told = tini.get(done.location).text
    left = tini.post(f"/quarantine/problems/{group}/discard", {"why": "tidak pernah ada"})
    nothing = tini.post(f"/quarantine/problems/{group}/discard", {"why": "x"})

    assert "Terima 4 catatan?" in asked.text, "unknown kind: four of the five"
    assert "2 catatan diterima" in told
    assert "2 catatan belum cocok" in told
    assert [row[0] for row in records(hub)] == [1, 2]
    assert "2 catatan dibuang" in tini.get(left.location).text
    assert nothing.status_code == 404
    assert len(open_ids(hub)) == 1


def test_a_deed_in_one_office_leaves_the_same_problem_of_another(hub, review):
    here, there = hub.enrol("padang"), hub.enrol("solok")
    send(here, polished(here, 1))
    send(there, polished(there, 1))
    (group,) = review.groups(Wanted())

    done = review.discard_group(Wanted("padang", group.id), "tini", "uji")

    assert (group.count, group.offices, done.count) == (2, 2, 1)
    assert [code for code, _name, _count in review.offices()] == ["solok"]
    assert review.records(Wanted("padang"))[0] == []


def test_two_people_who_let_in_the_same_records_store_each_once(
    hub, enrolled, review, knows_polishing
):
    send(enrolled, *(polished(enrolled, n) for n in range(1, 41)))
    knows_polishing()
    (group,) = review.groups(Wanted())

    with ThreadPoolExecutor(3) as pool:
        ask = [pool.submit(review.accept_group, Wanted(group=group.id), who, "") for who in "abc"]
        counts = [done.result().count for done in ask if done.exception() is None]

    assert sum(counts) == 40
    assert len(records(hub)) == 40


def test_a_record_that_came_otherwise_meanwhile_is_not_stored_twice(
    hub, enrolled, review, knows_polishing
):
    (raw,) = send(enrolled, event := polished(enrolled, 1))
    knows_polishing()
    with hub.database.transaction() as connection:  # as a hub before the look-up would have it
        connection.execute(
            "INSERT INTO record (stream, sequence, event_id, type, subject, clock, boot_id,"
            " boot_ms, data) SELECT id, 9, %s, 't', '', 2, 'b', 1, '{}' FROM stream",
            (event["id"],),
        )

    done = review.accept_one(open_ids(hub)[0], "tini", "")

    assert (done.count, len(records(hub)), open_ids(hub)) == (1, 1, [])
    assert enrolled.append([raw]).status == 412, "and the stream goes on where it was"
    assert head_after([raw]).sequence == 1


@pytest.mark.parametrize(
    ("raw", "shown"),
    [
        (b"<script>alert(1)</script>", "&lt;script&gt;alert(1)&lt;/script&gt;"),
        (b"\xff\xfe{}", "\\xff\\xfe{}"),
        ("a\u202eb\u0000".encode(), "a\\u202eb\\x00"),
        (b'{"type":"\x1b[2J"}', "\\x1b[2J"),
    ],
)
def test_what_an_office_sent_is_shown_and_does_nothing(hub, enrolled, raw, shown):
    send(enrolled, polished(enrolled, 1))
    with hub.database.transaction() as connection:
        connection.execute("UPDATE quarantine SET raw = %s", (raw,))
    (number,) = open_ids(hub)
    tini = signed_in(hub)

    page = tini.get(f"/quarantine/{number}")

    assert page.status_code == 200
    assert shown in page.text
    assert "<script" not in page.text
    assert tini.post(f"/quarantine/{number}/accept").status_code == 409
    assert tini.get("/quarantine").status_code == 200


def test_of_an_erased_person_nothing_is_left_to_be_let_in(hub, enrolled, knows_polishing):
    subject = f"visit/{uuid.uuid4()}"
    erased = enrolled.event(
        2, type="id.go.bps.ruangbaca.person.erased.v1", subject=subject, data={}
    )
    send(enrolled, polished(enrolled, 1, subject=subject), erased)
    projector.catch_up(hub.database)
    knows_polishing()
    (number,) = open_ids(hub)
    tini = signed_in(hub)

    page = tini.get(f"/quarantine/{number}")

    assert "sudah dihapus" in page.text
    assert subject not in page.text
    assert tini.post(f"/quarantine/{number}/accept").status_code == 409
    assert len(records(hub)) == 1


def test_readable_hides_nothing_and_keeps_words():
    assert readable("Perpustakaan – 5 °C".encode()) == "Perpustakaan – 5 °C"
    assert readable(json.dumps({"a": "b\n"}).encode()) == '{"a": "b\\n"}'
    assert readable(b"a\nb") == "a\\nb"


def test_addresses_that_nobody_has_are_not_there(hub):
    tini = signed_in(hub)

    for address in (
        "/quarantine/1",
        "/quarantine/99999999999999999999999",
        f"/quarantine/problems/{'0' * 32}/discard",
        "/quarantine/problems/%00/accept",
        "/quarantine/1/polish",
    ):
        assert tini.get(address, Accept="text/html").status_code == 404, address
    assert tini.post(f"/quarantine/undo/{uuid.uuid4()}").status_code == 404
    assert tini.get("/quarantine?before=x&office=%00&group='&deed=1").status_code == 200
    assert "Karantina kosong" in tini.get("/quarantine").text


def test_a_list_reads_of_large_records_their_beginning(hub, enrolled, review):
    enrolled.open()
    large = [b'{"type":"id.go.bps.ruangbaca.visit.polished.v1","x":"' + b"x" * 100_000]
    enrolled.append(large, prefer="quarantine")

    (found,), _ = review.records(Wanted())

    assert found.kind == "visit.polished.v1"
    assert len(found.raw) < 10_000
    assert review.record(found.id).raw == large[0]


def test_a_long_list_goes_on_page_by_page(hub, enrolled):
    send(enrolled, *(polished(enrolled, n) for n in range(1, 61)))
    tini = signed_in(hub)

    first = tini.get("/quarantine").text
    older = re.search(r'href="(/quarantine\?before=\d+)"', first)[1]
    second = tini.get(older).text

    shown = [set(re.findall(r'href="/quarantine/(\d+)"', page)) for page in (first, second)]
    assert [len(page) for page in shown] == [50, 10]
    assert not shown[0] & shown[1]
