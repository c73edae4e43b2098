"""The appliance's own screens: health, sync, journal, settings, poster, and what machines read."""

import json

import pytest
from flask import Flask
from flask.testing import FlaskClient

from appliance.actor import SYSTEM
from appliance.bootstrap import Core
from appliance.services import Services
from appliance.storage.models import Outbox
from tests.web.conftest import fragment, post
from web.announce import EXTENSION
from web.hosts import allow_name

OWNERS = ["lockers", "documents", "sync"]


def add_events(core: Core, count: int) -> None:
    for number in range(1, count + 1):
        core.writer.run(
            lambda n=number: core.recorder.fact(
                "locker.released", f"locker/{n}", {"locker": n}, by=SYSTEM, why="<b>uji</b>"
            )
        )


def test_a_probe_is_told_what_is_well_and_what_is_not(client: FlaskClient) -> None:
    answer = client.get("/healthz")

    assert answer.status_code == 200
    assert answer.json == {
        "status": "degraded",
        "ok": ["database", "disk", "clock"],
        "degraded": OWNERS,
        "failing": [],
    }


def test_a_full_disk_turns_the_probe_to_503(
    client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    import shutil

    usage = type(shutil.disk_usage("/"))(1000, 960, 40)
    monkeypatch.setattr("appliance.health.checks.shutil.disk_usage", lambda _path: usage)

    answer = client.get("/healthz")

    assert answer.status_code == 503
    assert answer.json["failing"] == ["disk"]


def test_metrics_are_for_this_machine_and_staff(client: FlaskClient, core: Core, sign_in) -> None:
    add_events(core, 3)

    own = client.get("/metrics")
    foreign = client.get("/metrics", environ_base={"REMOTE_ADDR": "192.168.1.7"})
    staff = sign_in("officer").get("/metrics", environ_base={"REMOTE_ADDR": "192.168.1.7"})

    assert (own.status_code, foreign.status_code, staff.status_code) == (200, 403, 200)
    assert "ruangbaca_outbox_waiting 3.0" in own.text
    assert 'ruangbaca_process_listening{process="lockers"} 0.0' in own.text


@pytest.mark.parametrize("path", ["/staff/health", "/staff/sync", "/staff/poster"])
@pytest.mark.parametrize("role", ["officer", "operator", "admin"])
def test_staff_may_look(sign_in, path: str, role: str) -> None:
    assert sign_in(role).get(path).status_code == 200


@pytest.mark.parametrize("path", ["/staff/journal", "/staff/settings"])
@pytest.mark.parametrize(("role", "status"), [("officer", 403), ("operator", 403), ("admin", 200)])
def test_only_an_admin_sees_journal_and_settings(
    sign_in, path: str, role: str, status: int
) -> None:
    assert sign_in(role).get(path).status_code == status


@pytest.mark.parametrize(
    "path", ["/staff/health", "/staff/sync", "/staff/poster", "/staff/journal", "/staff/settings"]
)
def test_visitors_are_sent_to_sign_in(client: FlaskClient, path: str) -> None:
    answer = client.get(path)

    assert answer.status_code == 303
    assert answer.headers["Location"].startswith("/staff/login?next=")


def test_health_is_told_in_sentences_and_polled_as_a_fragment(sign_in) -> None:
    officer = sign_in("officer")

    whole = officer.get("/staff/health").text
    part = fragment(officer, "/staff/health").text

    assert "Proses loker tidak menjawab." in whole
    assert "Pengunjung tetap dapat dilayani" in whole
    assert "<html" not in part
    assert 'id="health"' in part
    english = officer.get("/staff/health?lang=en", follow_redirects=True).text
    assert "The lockers process does not answer." in english


def test_sync_says_how_many_wait_in_plain_words(core: Core, sign_in) -> None:
    add_events(core, 28)

    text = sign_in("officer").get("/staff/sync").text

    assert "28 catatan menunggu." in text
    assert "Portal belum diatur." in text
    assert "Unduh catatan" not in text  # that is the admin's


def test_sync_warns_of_a_broken_chain(core: Core, sign_in) -> None:
    add_events(core, 2)
    core.writer.run(lambda: Outbox.update(payload=b"{}").where(Outbox.seq == 2).execute())

    assert "Rantai catatan putus pada nomor 2." in sign_in("admin").get("/staff/sync").text


def test_an_admin_downloads_what_waits_and_the_journal_says_so(
    core: Core, services: Services, sign_in
) -> None:
    add_events(core, 3)
    admin = sign_in("admin")

    answer = post(admin, "/staff/sync/export")

    assert answer.status_code == 200
    assert answer.mimetype == "application/cloudevents-batch+json"
    assert answer.headers["Content-Disposition"] == (
        "attachment; filename=ruangbaca-pasaman-2026-11-23.json"
    )
    assert len(json.loads(answer.data)) == 3
    answer.close()
    assert services.journal.latest(1)[0].action == "events.exported"
    assert services.journal.latest(1)[0].actor == "admin:admin1"
    assert post(sign_in("officer"), "/staff/sync/export").status_code == 403
    assert admin.get("/staff/sync/export").status_code == 405


def test_the_journal_is_read_page_by_page_and_escaped(core: Core, sign_in) -> None:
    add_events(core, 60)
    admin = sign_in("admin")

    first = admin.get("/staff/journal").text
    newest = core.journal.latest(1)[0].seq
    older = newest - 49
    second = admin.get(f"/staff/journal?before={older}").text

    assert f"before={older}" in first
    assert first.count("locker.released") + second.count("locker.released") == 60
    assert "&lt;b&gt;uji&lt;/b&gt;" in first
    assert "<b>uji</b>" not in first
    for odd in ("-1", "0", "x", "9" * 30):
        assert admin.get(f"/staff/journal?before={odd}").status_code == 200


def test_the_journal_is_proved_whole_or_broken(
    core: Core, sign_in, monkeypatch: pytest.MonkeyPatch
) -> None:
    add_events(core, 2)
    admin = sign_in("admin")

    whole = post(admin, "/staff/journal/check")
    assert whole.status_code == 303
    assert "Jurnal utuh" in admin.get("/staff/journal").text

    core.writer.run(lambda: core.database.execute_sql("DROP TRIGGER journal_is_never_rewritten"))
    core.writer.run(
        lambda: core.database.execute_sql("UPDATE journal SET actor = 'x' WHERE seq = 1")
    )
    post(admin, "/staff/journal/check")

    assert "Jurnal putus pada baris 1." in admin.get("/staff/journal").text


def test_settings_show_their_source(sign_in) -> None:
    text = sign_in("admin").get("/staff/settings").text

    assert "scanner.first_byte_s" in text
    assert "bawaan" in text


def test_the_poster_shows_address_and_announced_name(app: Flask, sign_in) -> None:
    app.extensions[EXTENSION] = "ruangbaca-2.local"
    admin = sign_in("admin")

    text = admin.get("/staff/poster", base_url="http://localhost:8080").text

    assert "http://ruangbaca-2.local:8080/" in text
    assert "<svg" in text
    assert ":8080/</p>" in text


def test_the_announced_name_is_answered_and_others_are_not(app: Flask, client: FlaskClient) -> None:
    before = client.get("/healthz", headers={"Host": "ruangbaca-2.local"})
    allow_name(app, "ruangbaca-2.local")
    after = client.get("/healthz", headers={"Host": "ruangbaca-2.local"})
    other = client.get("/healthz", headers={"Host": "ruangbaca-3.local"})

    assert [before.status_code, after.status_code, other.status_code] == [400, 200, 400]
