"""The hub's catalogue on its way into an office's: beside what is there, and over every break."""

import json

import pytest

from appliance.actor import SYSTEM
from appliance.bootstrap import open_core
from appliance.catalogue.service import CatalogueService
from appliance.config import Settings
from appliance.hub.catalogue import CatalogueStore, Item
from appliance.mirror import portal_rows
from appliance.mirror.portal_catalogue import FOLDER, PortalCatalogue
from appliance.storage.models import Enrolment, Journal, PortalRecord, Publication
from appliance.sync.answers import Judgement, Kind, Reply
from appliance.sync.identity import Identity
from appliance.sync.portal import Address, Line, LineTrouble
from tests.fakes import FakeClock

PIECE = 100


class CutLine:
    """The line, which is lost before or after each request that `is_lost` says, and counts."""

    def __init__(self, line: Line) -> None:
        self.line = line
        self.asked: list[str] = []
        self.lost_after = 10**9
        self.spoil = lambda path, reply: reply

    def ask(self, method, path, *, query="", headers=None):
        if self.lost_after <= 0:
            raise LineTrouble(Judgement(Kind.OFFLINE, "lost"))
        self.lost_after -= 1
        self.asked.append(path.removeprefix("/v1/") + (f" {headers['range']}" if headers else ""))
        return self.spoil(path, self.line.ask(method, path, query=query, headers=headers))


class Pi:
    """An enrolled appliance with a catalogue of its own; `follow` is one run of the errand."""

    def __init__(self, folder, hub, device) -> None:
        self.now_s = 0.0
        self.folder = folder
        self.core = open_core(Settings(data=str(folder), portal=hub.url), clock=FakeClock())
        self.core.writer.run(
            lambda: Enrolment.create(
                id=1, portal=hub.url, key_id=device.key_id, config_key=hub.keys.signing_public
            )
        )
        identity = Identity(device.id, device.key_id, device.secret)
        self.line = CutLine(Line(Address(hub.url), self.core.clock, identity))
        self.catalogue = CatalogueService(books=self.core.books)
        self.start()

    def start(self) -> None:
        """As a new process."""
        self.errand = PortalCatalogue(
            books=self.core.books,
            data_dir=self.folder,
            monotonic=lambda: self.now_s,
            piece_bytes=PIECE,
        )

    def follow(self):
        """How far it has come after the next run."""
        self.now_s += 24 * 3600
        assert self.errand.is_due()
        self.errand.run(self.line)
        return portal_rows.followed()

    def titles(self) -> list[str]:
        rows = Publication.select().where(Publication.withdrawn_at.is_null())
        return sorted(row.title for row in rows)

    def close(self) -> None:
        self.line.line.close()
        self.core.close()


@pytest.fixture
def store(hub):
    return CatalogueStore(hub.database)


@pytest.fixture
def pi(tmp_path, hub, enrolled):
    made = Pi(tmp_path / "pi", hub, enrolled)
    yield made
    made.close()


def books(count: int, first: int = 0) -> list[Item]:
    return [
        Item(f"p{n}", {"title": f"Angka {n}", "year": 2020 + n % 5, "abstract": f"Isi {n} " * 9})
        for n in range(first, first + count)
    ]


def test_the_whole_comes_as_a_pack_and_then_only_what_changes(pi, store, hub) -> None:
    store.put(books(30), hub.keys)

    assert pi.follow().after == 30

    assert pi.titles() == sorted(f"Angka {n}" for n in range(30))
    assert len([one for one in pi.line.asked if one.startswith("blobs/")]) > 2
    assert list((pi.folder / FOLDER).iterdir()) == []
    assert pi.catalogue.search("angka 17").hits
    store.put([Item("p3", None), Item("p4", {"title": "Angka empat"}), *books(1, 30)], hub.keys)
    pi.line.asked.clear()
    state = pi.follow()
    assert pi.line.asked == ["catalogue/changes"]
    assert (state.after, state.problem, portal_rows.count()) == (33, "", 30)
    assert {"Angka empat", "Angka 30"} <= set(pi.titles())
    assert "Angka 3" not in pi.titles()
    told = [
        json.loads(row.detail) for row in Journal.select() if row.action == "catalogue.from_portal"
    ]
    assert told == [
        {"added": 30, "changed": 0, "gone": 0},
        {"added": 1, "changed": 1, "gone": 1},
    ]


def test_every_break_is_gone_on_from(pi, store, hub) -> None:
    """The line is lost after each single request, and each time the process ends, too."""
    store.put(books(12), hub.keys)
    runs = 0
    while portal_rows.followed().checked_at is None:
        runs += 1
        assert runs < 60
        pi.line.lost_after = 1
        pi.start()
        try:
            pi.follow()
        except LineTrouble:
            continue

    assert pi.titles() == sorted(f"Angka {n}" for n in range(12))
    ranges = [one for one in pi.line.asked if "bytes=" in one]
    assert len(ranges) == len(set(ranges)), "no byte is fetched twice"
    assert len(ranges) > 1


def test_a_pack_that_is_not_the_signed_one_is_thrown_away(pi, store, hub) -> None:
    store.put(books(12), hub.keys)

    def spoil(path, reply):
        if "/blobs/" in path:
            object.__setattr__(reply, "body", bytes(len(reply.body)))
        return reply

    pi.line.spoil = spoil
    state = pi.follow()
    assert "another hash" in state.problem
    assert pi.titles() == []
    assert list((pi.folder / FOLDER).iterdir()) == []

    pi.line.spoil = lambda path, reply: reply
    assert pi.follow().after == 12
    assert portal_rows.followed().problem == ""


def test_a_manifest_that_the_portals_key_has_not_signed_is_not_believed(pi, store, hub) -> None:
    store.put(books(3), hub.keys)
    Enrolment.update(config_key=bytes(32)).execute()

    assert "signature" in pi.follow().problem

    assert not [one for one in pi.line.asked if one.startswith("blobs/")]
    assert not pi.errand.is_due()


def test_what_the_office_has_and_wrote_stays_its_own(pi, store, hub) -> None:
    values = {"title": "Angka 1", "year": 2021, "subject": "Milik kantor", "copies": 2}
    own = pi.catalogue.add(values, by=SYSTEM)
    store.put(
        [
            Item("p1", {"title": "Angka 1", "year": 2021, "subject": "Pusat", "issn": "1234-5678"}),
            Item("p2", {"title": "Angka 2", "shelf": "X", "copies": 9, "barcode": "RB-1"}),
        ],
        hub.keys,
    )
    pi.follow()

    kept = pi.catalogue.get(own.id).record
    assert (kept.subject, kept.issn, kept.copies) == ("Milik kantor", "1234-5678", 2)
    added = Publication.get(Publication.title == "Angka 2")
    assert (added.shelf, added.copies, added.barcode) == ("", 0, None)
    pi.catalogue.edit(added.id, {"title": "Angka dua"}, by=SYSTEM)
    pi.catalogue.edit(added.id, {"copies": 1}, by=SYSTEM)

    store.put([Item("p1", None), Item("p2", {"title": "Angka 2!", "year": 2019})], hub.keys)
    pi.follow()
    store.put([Item("p2", None)], hub.keys)
    pi.follow()

    assert pi.titles() == ["Angka 1", "Angka dua"], "what stands on a shelf is not taken back"
    assert pi.catalogue.get(added.id).record.year == 2019
    assert portal_rows.count() == 0


def test_what_was_taken_back_comes_again_but_not_what_a_person_withdrew(pi, store, hub) -> None:
    store.put(books(2), hub.keys)
    pi.follow()
    by_hand = Publication.get(Publication.title == "Angka 1")
    pi.catalogue.withdraw(by_hand.id, by=SYSTEM)
    pi.core.clock.advance(60)
    store.put([Item("p0", None), Item("p1", None)], hub.keys)
    pi.follow()
    assert pi.titles() == []

    store.put(books(2), hub.keys)
    pi.follow()

    assert pi.titles() == ["Angka 0"]


def test_a_cursor_that_the_hub_does_not_know_begins_anew(pi, store, hub) -> None:
    """As after a restored backup of the hub; what the whole no longer has is taken back."""
    store.put(books(5), hub.keys)
    pi.follow()
    pi.core.writer.run(lambda: portal_rows.note(after=99))
    pi.core.writer.run(
        lambda: portal_rows.PortalRows(pi.core.clock).take(
            [portal_rows.CatalogueItem("px", 1, {"title": "Hanya di sini"})], 1
        )
    )

    state = pi.follow()

    assert state.after == 5
    assert pi.titles() == sorted(f"Angka {n}" for n in range(5))


def test_a_hub_without_a_pack_and_records_that_cannot_be_kept(pi, store, hub) -> None:
    assert pi.follow().after == 0
    poison = [Item("bad", {"title": ""}), Item("worse", {"title": "x" * 500, "year": "soon"})]
    store.put([*poison, *books(1)], hub.keys)

    state = pi.follow()

    assert (state.skipped, state.problem, pi.titles()) == (2, "", ["Angka 0"])
    assert PortalRecord.select().count() == 1


def test_a_pack_that_is_no_pack_is_told(pi, store, hub, monkeypatch) -> None:
    monkeypatch.setattr("appliance.hub.catalogue._lines", lambda rows: [b"[1, 2]\n", b"{}\n"])
    store.put(books(2), hub.keys)

    state = pi.follow()

    assert "cannot be read" in state.problem
    assert pi.titles() == []


def test_a_portal_that_answers_nonsense_about_changes_is_told(pi, store, hub) -> None:
    store.put(books(1), hub.keys)
    before = pi.follow()
    deep = b"[" * 100_000 + b"]" * 100_000
    for body in (
        b'{"items":[],"next":-5,"more":false}',
        b'{"items":[],"next":9223372036854775808,"more":false}',
        b'{"items":[{"id":"a","version":1,"document":{"title":' + deep + b'}}],"next":1,"more":0}',
    ):
        answer = Reply(200, {"content-type": "application/json"}, body)
        pi.line.spoil = lambda path, reply, answer=answer: answer
        after = pi.follow()
        assert (after.after, after.problem) == (before.after, "changes: HTTP 200")
