"""Settings on their way from the hub to an appliance, and the hub's key that changes meanwhile."""

import datetime as dt
import json
import threading
from pathlib import Path

import apsw
import msgspec
import pytest

from appliance import __main__ as command_line
from appliance import renewal
from appliance.bootstrap import open_core
from appliance.config import Settings
from appliance.errors import ConfigError, Invalid
from appliance.hub import fleet, key_succession, own_keys
from appliance.hub.catalogue import CatalogueStore, Item
from appliance.hub.offices import Offices
from appliance.hub.signed_documents import ConfigDocuments
from appliance.hub.site import words
from appliance.mirror.portal_catalogue import PortalCatalogue
from appliance.portal_settings import book
from appliance.portal_settings.book import Refusal
from appliance.storage.models import Journal
from appliance.sync.config_errand import ConfigErrand
from appliance.sync.health_report import HealthReport
from appliance.sync.standing import State
from tests.hub.dashboard_kit import signed_in
from tests.hub.test_pi_and_hub import pi

__all__ = ["pi"]
DAY = {"date": "2027-05-25", "name": "Cuti bersama", "name_en": "Joint leave"}


@pytest.fixture
def asking(pi):
    """The Pi asks for settings and tells of its health, and has nothing else to do."""
    pi.sending._reports = [
        HealthReport(
            outbox=pi.core.outbox,
            standing=pi.sending.standing,
            clock=pi.clock,
            data_dir=pi.folder,
            heard=lambda *_: None,
            monotonic=lambda: pi.now_s,
        )
    ]
    pi.sending._errands = [
        ConfigErrand(
            writer=pi.core.writer,
            clock=pi.clock,
            notes=pi.core.recorder,
            enrolment=pi.enrolment,
            monotonic=lambda: pi.now_s,
        )
    ]
    assert pi.look() is State.IDLE
    return pi


@pytest.fixture
def keys_file(hub, tmp_path) -> Path:
    file = tmp_path / "hub-keys.json"
    own_keys.write(file, hub.keys)
    return file


def issue(hub, settings, keys=None) -> int:
    documents = ConfigDocuments(hub.database)
    return documents.issue(["pasaman"], settings, keys or hub.keys, "tini")["pasaman"]


def sign(hub, document: bytes, version: int, keys=None) -> None:
    """As a hub would that checks nothing."""
    keys = keys or hub.keys
    with hub.database.transaction() as connection:
        connection.execute(
            "INSERT INTO config_document (office, version, document, signature, key_id)"
            " VALUES ('pasaman', %s, %s, %s, %s)",
            (version, document, keys.sign(document), hub.keys.key_id),
        )


def document(version: int, office: str = "pasaman", **settings) -> bytes:
    return msgspec.json.encode({"version": version, "office": office, "settings": settings})


def test_what_the_hub_issues_holds_once_the_process_begins_anew(asking, hub) -> None:
    issue(hub, {"promise_minutes": 9, "closed_days": [DAY]})

    assert asking.look() is State.IDLE
    assert asking.look() is State.IDLE  # tells of it

    taken = book.taken()
    assert (taken.version, taken.wishes.promise_minutes, taken.problem) == (1, 9, None)
    assert asking.core.office.policy.promise_minutes != 9
    again = open_core(Settings(data=str(asking.folder), portal=hub.url), clock=asking.clock)
    assert again.office.policy.promise_minutes == 9
    assert not again.office.opening.day(dt.date(2027, 5, 25)).is_open
    elsewhere = open_core(Settings(data=str(asking.folder)), clock=asking.clock)
    assert elsewhere.office.policy.promise_minutes != 9, "of another portal, or none"
    (line,) = fleet.lines(hub.database)
    assert (line.config_version, line.config_wanted, line.config_refused) == (1, 1, [])
    (noted,) = Journal.select().where(Journal.action == "portal.settings_taken")
    assert json.loads(noted.detail) == {"version": 1, "refused": []}


def test_a_process_ends_for_new_settings_only_while_the_room_is_closed(asking, hub) -> None:
    core, ended = asking.core, []
    step = renewal.ends_when_outdated(core, lambda: None, lambda: ended.append(1))
    monday = core.office.opening.next_opening(asking.clock.now())

    asking.clock.jump((monday - asking.clock.now()).total_seconds() + 300)
    issue(hub, {"promise_minutes": 9})
    step()
    asking.look()
    step()
    assert not ended

    asking.clock.jump(12 * 3600)
    step()
    assert ended


def test_a_page_on_the_scanner_is_waited_for(asking, hub) -> None:
    core, ended, scanning = asking.core, [], [True]
    step = renewal.ends_when_outdated(
        core, lambda: None, lambda: ended.append(1), is_busy=lambda: scanning[0]
    )
    issue(hub, {"promise_minutes": 9})
    asking.look()
    night = core.office.opening.next_opening(asking.clock.now()).replace(hour=23)
    asking.clock.jump((night - asking.clock.now()).total_seconds())

    step()
    assert not ended
    scanning[0] = False
    step()
    assert ended


def test_a_database_that_cannot_be_asked_ends_no_process(asking, monkeypatch) -> None:
    asked, ended, stopping = [], [], threading.Event()

    def broken(_core):
        asked.append(1)
        stopping.set()
        raise apsw.CorruptError

    monkeypatch.setattr(renewal, "is_outdated", broken)
    monkeypatch.setattr(renewal, "LOOK_S", 0.01)
    monkeypatch.setattr(threading, "excepthook", ended.append)

    renewal.end_when_outdated(asking.core, stopping).join(10)

    assert asked
    assert not ended


def test_a_break_at_noon_is_no_time_to_begin_anew(asking, hub) -> None:
    core, ended = asking.core, []
    step = renewal.ends_when_outdated(core, lambda: None, lambda: ended.append(1))
    friday = dt.datetime(2026, 11, 6, 12, 0, tzinfo=core.office.zone)
    assert not core.office.opening.is_open(friday)
    issue(hub, {"promise_minutes": 9})
    asking.look()

    for at, expected in ((friday, 0), (friday.replace(hour=16), 1)):
        asking.clock.jump((at - asking.clock.now()).total_seconds())
        step()
        assert len(ended) == expected


def test_a_setting_that_is_not_known_here_is_left_out_and_told_of(asking, hub) -> None:
    sign(hub, document(1, promise_minutes=8, lamp="red", closed_days="all"), 1)

    asking.look()
    asking.look()

    taken = book.taken()
    assert (taken.version, taken.wishes.promise_minutes) == (1, 8)
    assert taken.refused == ("closed_days", "lamp")
    (line,) = fleet.lines(hub.database)
    assert line.config_refused == ["closed_days", "lamp"]
    with pytest.raises(Invalid):
        issue(hub, {"lamp": "red"})


FAULTS = {
    "forged": (document(3, promise_minutes=2), Refusal.FORGED),
    "foreign": (document(3, "dharmasraya", promise_minutes=2), Refusal.FOREIGN),
    "older": (document(1, promise_minutes=2), Refusal.OLDER),
    "twin": (document(2, promise_minutes=2), Refusal.OLDER),
    "no object": (b"[]", Refusal.UNREADABLE),
    "deep": (b'{"settings":' + b"[" * 3000, Refusal.UNREADABLE),
    "huge number": (
        b'{"version":9223372036854775808,"office":"pasaman","settings":{}}',
        Refusal.UNREADABLE,
    ),
}


@pytest.mark.parametrize("name", FAULTS)
def test_what_is_not_ours_newer_and_signed_changes_nothing(asking, hub, name) -> None:
    content, refusal = FAULTS[name]
    issue(hub, {"promise_minutes": 5})
    issue(hub, {"promise_minutes": 6})
    asking.look()
    stranger = own_keys.OwnKeys(b"s" * 32, b"b" * 32)
    sign(hub, content, 3, stranger if name == "forged" else None)

    asking.look()
    asking.look()

    taken = book.taken()
    assert (taken.version, taken.wishes.promise_minutes, taken.problem) == (2, 6, refusal)
    (line,) = fleet.lines(hub.database)
    assert (line.config_version, line.config_wanted) == (2, 3)
    assert line.config_problem == refusal
    page = signed_in(hub).get("/offices/pasaman/devices").text
    assert "terbaru di pusat: 3" in page
    assert str(words.REFUSALS[refusal]) in page
    sign(hub, document(4, promise_minutes=7), 4)
    asking.look()
    assert (book.taken().version, book.taken().problem) == (4, None)


def test_a_complaint_ends_once_the_portal_offers_what_is_in_force(asking, hub) -> None:
    issue(hub, {"promise_minutes": 5})
    asking.look()
    sign(hub, document(2, promise_minutes=2), 2, own_keys.OwnKeys(b"s" * 32, b"b" * 32))
    asking.look()
    assert book.taken().problem is Refusal.FORGED

    with hub.database.transaction() as connection:
        connection.execute("DELETE FROM config_document WHERE version = 2")
    asking.look()

    assert (book.taken().version, book.taken().problem) == (1, None)


def test_keys_are_followed_whatever_the_hubs_clock_said_of_them(asking, hub, keys_file) -> None:
    issue(hub, {"promise_minutes": 5})
    key_succession.change(hub.database, keys_file, "tini")
    last = key_succession.change(hub.database, keys_file, "tini")
    with hub.database.transaction() as connection:
        connection.execute(
            "UPDATE hub_key SET created_at = '2020-01-01' WHERE id = %s", (last.key_id,)
        )

    asking.look()

    assert asking.enrolment.portal_key() == last.signing_public


def test_a_device_that_was_away_follows_the_hub_from_key_to_key(asking, hub, keys_file) -> None:
    first = hub.keys
    issue(hub, {"promise_minutes": 5})
    CatalogueStore(hub.database).put([Item("a", {"title": "Padi"})], first)
    key_succession.change(hub.database, keys_file, "tini")
    last = key_succession.change(hub.database, keys_file, "tini")
    assert own_keys.load(keys_file) == last

    catalogue = PortalCatalogue(
        books=asking.core.books, data_dir=asking.folder, monotonic=lambda: asking.now_s
    )
    asking.sending._errands.insert(0, catalogue)
    assert asking.enrolment.portal_key() == first.signing_public
    asking.look()

    assert asking.enrolment.portal_key() == last.signing_public
    assert (book.taken().version, book.taken().wishes.promise_minutes) == (3, 5)
    sign(hub, document(4, promise_minutes=2), 4, first)  # whoever has the old key still
    asking.look()
    assert (book.taken().version, book.taken().problem) == (3, Refusal.FORGED)


def test_who_has_the_old_key_signs_nothing_and_does_not_start(hub, keys_file) -> None:
    old = hub.keys
    Offices(hub.database).add("pasaman")
    key_succession.change(hub.database, keys_file, "tini")
    new = own_keys.of(hub.database, keys_file)

    assert new.box == old.box
    with pytest.raises(ConfigError, match="old key"):
        own_keys.adopt(hub.database, old, keys_file)
    with pytest.raises(ConfigError, match="old key"):
        issue(hub, {"promise_minutes": 5}, old)
    with pytest.raises(ConfigError, match="old key"):
        CatalogueStore(hub.database).put([], old)
    assert issue(hub, {"promise_minutes": 5}, new) == 1


@pytest.mark.parametrize(
    ("owner", "step"), [(key_succession, "_introduce"), (Path, "replace")], ids=["row", "file"]
)
def test_a_change_of_key_that_was_cut_off_is_made_again(
    asking, hub, keys_file, monkeypatch, owner, step
) -> None:
    issue(hub, {"promise_minutes": 5})
    following = key_succession.NEXT
    own_keys.write(keys_file.with_name(f"{keys_file.name}{following}"), _another(hub))

    def cut(*_):
        raise OSError("the power went")

    with monkeypatch.context() as away:
        away.setattr(owner, step, cut)
        with pytest.raises(OSError, match="power"):
            key_succession.change(hub.database, keys_file, "tini")

    new = key_succession.change(hub.database, keys_file, "tini")

    assert own_keys.of(hub.database, keys_file) == new == _another(hub)
    assert hub.database.rows("SELECT count(*) FROM hub_key") == [(2,)]
    asking.look()
    assert asking.enrolment.portal_key() == new.signing_public


def _another(hub) -> own_keys.OwnKeys:
    return own_keys.OwnKeys(b"n" * 32, hub.keys.box)


def test_another_portal_has_no_say_by_what_the_last_one_wished(asking, hub) -> None:
    issue(hub, {"promise_minutes": 9})
    asking.look()
    assert book.state()[0] == 1
    device = asking.enrolment.identity().device_id
    code = Offices(hub.database).issue("pasaman", device=device).code

    asking.core.writer.run(lambda: asking.enrolment.trust(b"o" * 32))  # as the last one's
    asking.core.writer.run(lambda: asking.enrolment.ask(code))
    asking.sending._errands = []
    asking.look()

    assert book.state()[0] == 0
    assert asking.enrolment.portal_key() == hub.keys.signing_public


def test_settings_are_issued_and_shown_at_the_keyboard(
    hub, keys_file, monkeypatch, capfd, tmp_path
) -> None:
    monkeypatch.setenv("RUANGBACA_HUB_DSN", hub.dsn)
    monkeypatch.setenv("RUANGBACA_HUB_KEYS", str(keys_file))
    wanted = tmp_path / "settings.json"
    wanted.write_text(json.dumps({"promise_minutes": 7, "closed_days": [DAY]}))
    bad = tmp_path / "bad.json"
    bad.write_text(json.dumps({"promise_minutes": 700, "lamp": 1}))

    for office in ("pasaman", "dharmasraya"):
        Offices(hub.database).add(office, name=office, province="Sumatera Barat")
    assert command_line.run(["hub", "config", "issue", str(wanted), "pasaman"]) == 0
    assert command_line.run(["hub", "config", "issue", str(wanted), "--all"]) == 0
    assert command_line.run(["hub", "config", "issue", str(bad), "--all"]) == 1
    capfd.readouterr()
    assert command_line.run(["hub", "config", "show", "pasaman"]) == 0
    shown = json.loads(capfd.readouterr().out)
    assert (shown["version"], shown["settings"]["promise_minutes"]) == (2, 7)
    assert command_line.run(["hub", "change-key"]) == 0
    assert command_line.run(["hub", "config", "show", "dharmasraya"]) == 0
    actions = hub.database.rows("SELECT action, subject FROM person_journal ORDER BY id")
    assert [row[0] for row in actions] == ["config", "config", "config", "key"]
