"""What the hub's own people do at the keyboard, and the months that its tables are made of."""

import datetime as dt
import json
import re
import uuid

import psycopg
import pytest

from appliance import __main__ as command_line
from appliance.base64url import encoded
from appliance.hub import partitions
from appliance.hub.database import opened
from appliance.hub.offices import NO_PROVINCE
from tests.hub.dashboard_kit import signed_in
from tests.hub.facts_kit import Room
from tests.hub.test_carried_files import file_of
from tests.hub_kit import claim, running_hub

CODE = re.compile(r"\w{4}-\w{4}-\w{4}-\w{4}")


@pytest.fixture
def ruangbaca(hub, tmp_path, monkeypatch, capfd):
    """ruangbaca("device", "list") -> (exit code, output, errors), of the hub of this test."""
    keys = {"signing": hub.keys.signing, "box": hub.keys.box}
    file = tmp_path / "keys.json"
    file.touch(0o600)
    file.write_text(json.dumps({name: encoded(key) for name, key in keys.items()}))
    monkeypatch.setenv("RUANGBACA_HUB_DSN", hub.dsn)
    monkeypatch.setenv("RUANGBACA_HUB_KEYS", str(file))

    def run(*words):
        capfd.readouterr()
        code = command_line.run(["hub", *map(str, words)])
        return code, *capfd.readouterr()

    return run


def test_an_office_is_added_with_a_code_that_enrols_its_device(hub, ruangbaca):
    code, out, _err = ruangbaca("office", "add", "pasaman", "--province", "Sumatera Barat")
    reply, _secret = claim(hub.url, CODE.search(out)[0].replace("-", ""), str(uuid.uuid4()))
    again = ruangbaca("office", "code", "pasaman")
    unknown = ruangbaca("office", "code", "nowhere")
    odd = ruangbaca("office", "add", "Kantor Pusat")

    assert (code, reply.status) == (0, 201)
    assert again[0] == 0
    assert CODE.search(again[1])[0] not in out
    assert (unknown[0], odd[0]) == (1, 1)
    assert "nowhere" in unknown[2]
    assert "Traceback" not in unknown[2] + odd[2]


def test_an_office_that_is_added_again_keeps_what_is_not_told_anew(hub, ruangbaca):
    places = ("--province", "Papua", "--timezone", "Asia/Jayapura")
    ruangbaca("office", "add", "biak", "--name", "BPS Kabupaten Biak Numfor", *places)
    ruangbaca("office", "add", "biak")
    ruangbaca("office", "add", "biak", "--name", "BPS Biak")
    ruangbaca("office", "add", "kupang")

    found = hub.database.rows("SELECT name, province, timezone FROM office ORDER BY code")

    assert found == [
        ("BPS Biak", "Papua", "Asia/Jayapura"),
        ("kupang", NO_PROVINCE, "Asia/Jakarta"),
    ]
    assert signed_in(hub).get(f"/provinces/{NO_PROVINCE}").status_code == 200


def test_devices_are_listed_suspended_and_revoked(hub, ruangbaca):
    device = hub.enrol()
    device.open()

    assert device.id in ruangbaca("device", "list")[1]
    for word, status in (("suspend", 403), ("resume", 200), ("revoke", 403)):
        assert ruangbaca("device", word, device.id)[0] == 0
        assert device.open().status == status, word
    assert ruangbaca("device", "resume", device.id)[0] == 1
    assert ruangbaca("key", "rotate", uuid.uuid4())[0] == 1


def test_settings_publications_and_files_are_given_to_the_offices(hub, ruangbaca, tmp_path):
    device = hub.enrol()
    settings, books, odd = (tmp_path / name for name in ("s.json", "books.jsonl", "odd"))
    settings.write_text('{"promise_minutes": 7}')
    books.write_text('{"id": "a", "title": "Satu"}\n{"id": "b", "title": "Dua"}\n')
    odd.write_text("no JSON")

    assert ruangbaca("config", "issue", settings, device.office)[0] == 0
    assert ruangbaca("catalogue", "import", books)[0] == 0
    _code, digest, _err = ruangbaca("blob", odd)

    assert device.ask("GET", f"/v1/devices/{device.id}/config").status == 200
    assert json.loads(device.ask("GET", "/v1/catalogue/changes").body)["next"] == 2
    assert device.ask("GET", f"/v1/blobs/{digest.strip()}").body == b"no JSON"
    assert ruangbaca("config", "issue", odd, device.office)[0] == 1
    assert ruangbaca("catalogue", "import", odd)[0] == 1


def test_a_carried_file_is_taken_and_its_receipt_written(hub, ruangbaca, tmp_path):
    device = hub.enrol()
    file = tmp_path / "pasaman.sync"
    file.write_bytes(b"".join(file_of(device, device.events(7), size=3)))
    odd = tmp_path / "odd"
    odd.write_bytes(b"\x00" * 100)

    code, _out, err = ruangbaca("import", file)

    assert (code, err) == (0, "")
    signed = json.loads((tmp_path / "pasaman.sync.receipt").read_bytes())
    assert signed["key_id"] == hub.keys.key_id
    assert len(hub.stored()) == 7
    assert ruangbaca("import", odd)[0] == 1


def test_a_hub_says_in_one_line_why_it_does_not_start(postgres, ruangbaca, tmp_path, monkeypatch):
    with psycopg.connect(postgres.dsn("postgres"), autocommit=True) as connection:
        connection.execute("CREATE DATABASE unmigrated")
    open_file = tmp_path / "dsn"
    open_file.write_text(postgres.dsn("unmigrated"))
    serve = ("serve", "--listen", "127.0.0.1:0")

    def why(*words) -> str:
        code, _out, err = ruangbaca(*words)
        assert (code, err.count("\n")) == (1, 1), err
        return err

    open_file.chmod(0o644)
    assert "chmod 600" in why(*serve, "--dsn-file", open_file)
    open_file.chmod(0o600)
    assert "hub migrate" in why(*serve, "--dsn-file", open_file)
    assert "PostgreSQL" in why("device", "list", "--dsn-file", nowhere(tmp_path))
    assert "keys" in why(*serve, "--keys", tmp_path / "keys")
    monkeypatch.delenv("RUANGBACA_HUB_DSN")
    assert "RUANGBACA_HUB_DSN" in why(*serve)


def nowhere(folder):
    """A DSN that nobody answers."""
    file = folder / "nowhere"
    file.touch(0o600)
    file.write_text(f"host={folder} dbname=x")
    return file


def test_a_hub_with_other_keys_does_not_start(postgres, ruangbaca, monkeypatch):
    with running_hub(postgres.new_database()) as other:
        monkeypatch.setenv("RUANGBACA_HUB_DSN", other.dsn)
        code, _out, err = ruangbaca("serve", "--listen", "127.0.0.1:0")

    assert (code, "bukan kunci pusat ini" in err) == (1, True)


def test_every_record_goes_into_its_month_and_none_is_without_one(postgres):
    with opened(postgres.new_database()) as database:
        made = partitions.prepare(database, dt.date(2031, 11, 30))
        again = partitions.prepare(database, dt.date(2031, 11, 30))
        with database.transaction() as connection:
            for at in ("2031-12-31T23:59:59Z", "2032-01-01T00:00:00Z", "2099-01-01T00:00:00Z"):
                connection.execute(
                    "INSERT INTO health_log VALUES (%s, gen_random_uuid(), '{}')", (at,)
                )
        rows = database.rows("SELECT tableoid::regclass::text FROM health_log ORDER BY at")

        months = ("2031_11", "2031_12", "2032_01", "2032_02")
        assert made == [f"{table}_{m}" for table in ("record", "health_log") for m in months]
        assert again == []
        assert rows == [("health_log_2031_12",), ("health_log_2032_01",), ("health_log_default",)]
        assert partitions.strays(database) == 1


def test_figures_are_made_and_old_months_named_at_the_keyboard(hub, ruangbaca):
    Room(hub.database).visits(3)
    behind = "not in the figures yet: "

    for words in (("project",), ("project", "--rebuild")):
        code, out, _err = ruangbaca(*words)
        assert (code, out.strip().endswith(f"{behind}0")) == (0, True)
    assert hub.database.row("SELECT count(*) FROM visit_fact") == (3,)
    assert ruangbaca("retention", "--months", "12", "--dry-run") == (0, "", "")
