"""Names that an office seals: unreadable on the way and at the hub, erased with a visit."""

import dataclasses
import json

import pytest
from msgspec.structs import replace

from appliance import __main__ as command_line
from appliance.actor import SYSTEM, Actor
from appliance.base64url import encoded
from appliance.bootstrap import build_services
from appliance.core import privacy_of
from appliance.errors import NotFound
from appliance.hub import projector
from appliance.hub.sealed import opened
from appliance.privacy import rules
from appliance.record import Recorder
from appliance.sync.outbox import Outbox
from appliance.sync.standing import State
from tests.entries import filled
from tests.hub.test_pi_and_hub import pi

__all__ = ["pi"]
NAME, PHONE = "Kanari Siti", "0812 3456 7890"
DESK = Actor.staff("officer1", "officer")


def sealing(pi):
    """The services of this Pi when its office seals name and telephone number."""
    core = pi.core
    office = replace(core.office, notice=replace(core.office.notice, sealed=("name", "phone")))
    outbox = Outbox(core.clock, privacy_of(core.settings, office))
    recorder = Recorder(core.journal, outbox)
    return build_services(
        dataclasses.replace(core, office=office, outbox=outbox, recorder=recorder)
    )


def came(services, **changes):
    return services.guestbook.register(
        filled(name=NAME, phone=PHONE, **changes),
        channel="kiosk",
        language="id",
        idempotency_key="",
    )


def told(hub, visit) -> dict:
    (row,) = hub.database.rows(
        "SELECT data FROM record WHERE subject = %s AND type LIKE '%%visit.registered%%'",
        (f"visit/{visit.uuid}",),
    )
    return row[0]


def everything(hub) -> str:
    rows = hub.database.rows("SELECT row_to_json(r)::text FROM record r")
    return " ".join(text for (text,) in rows)


def test_a_sealed_name_is_opened_with_the_hubs_keys_alone_and_erased_with_the_visit(
    pi, hub, tmp_path, monkeypatch, capfd
) -> None:
    services = sealing(pi)
    early = came(services)  # before the portal has given its key
    assert pi.look() is State.IDLE
    visit = came(services)
    assert pi.look() is State.IDLE
    keys = {"signing": hub.keys.signing, "box": hub.keys.box}
    file = tmp_path / "keys.json"
    file.touch(0o600)
    file.write_text(json.dumps({name: encoded(key) for name, key in keys.items()}))
    monkeypatch.setenv("RUANGBACA_HUB_DSN", hub.dsn)
    monkeypatch.setenv("RUANGBACA_HUB_KEYS", str(file))
    device = pi.enrolment.identity().device_id
    words = ["hub", "unseal", device, visit.uuid, "name", "--reason", "Aduan 12"]

    assert not {"name", "phone"} & set(told(hub, early))
    assert told(hub, visit).keys() - told(hub, early).keys() == {"name", "phone"}
    assert "email" not in told(hub, visit)
    assert hub.aside() == []
    assert NAME not in everything(hub)
    capfd.readouterr()
    assert command_line.run(words) == 0
    assert capfd.readouterr().out.strip() == NAME
    (line,) = hub.database.rows("SELECT action, subject, detail FROM person_journal")
    assert line[:2] == ("unseal", device)
    assert "Aduan 12" in line[2]
    assert NAME not in line[2] + str(visit.uuid)
    other = encoded(b"o" * 32)
    file.write_text(json.dumps({"signing": encoded(hub.keys.signing), "box": other}))
    assert command_line.run(words) == 1

    services.visits.close(visit.id, by=DESK)
    services.erasures.erase(visit.id, by=DESK)
    assert pi.look() is State.IDLE
    capfd.readouterr()
    assert command_line.run(words) == 1  # at once: whoever projects may be far behind
    assert "Nothing is sealed there" in capfd.readouterr().err
    projector.catch_up(hub.database)
    assert told(hub, visit) == {}
    assert command_line.run(words) == 1
    assert "Nothing is sealed there" in capfd.readouterr().err


def test_a_corrected_name_is_sealed_anew_and_what_was_taken_out_is_not_opened(pi, hub) -> None:
    pi.core.writer.run(lambda: pi.core.recorder.fact("closing.started", "closing/1", by=SYSTEM))
    assert pi.look() is State.IDLE
    services = sealing(pi)
    visit = came(services)
    form = filled(name="Kanari Aminah", phone="")

    services.guestbook_desk.amend(visit.id, form, by=DESK, reason="told")
    assert pi.look() is State.IDLE

    def unsealed(field: str) -> str:
        device, subject = pi.enrolment.identity().device_id, f"visit/{visit.uuid}"
        asked = {"device": device, "subject": subject, "by": "head", "why": "Aduan 12"}
        return opened(hub.database, hub.keys, field=field, **asked)

    assert unsealed("name") == "Kanari Aminah"
    with pytest.raises(NotFound):
        unsealed("phone")
    assert "Aminah" not in everything(hub)
    (line,) = [one for one in pi.core.journal.latest() if one.action == "visit.corrected"]
    assert "box:" not in line.detail


def test_what_is_sealed_stays_out_of_the_journal_and_the_notice_tells_of_it(pi) -> None:
    pi.core.writer.run(lambda: pi.core.recorder.fact("closing.started", "closing/1", by=SYSTEM))
    assert pi.look() is State.IDLE
    services = sealing(pi)

    visit = came(services)

    (payload,) = pi.core.outbox.pending()
    boxes = json.loads(payload)["data"]
    assert boxes["name"].startswith("box:")
    assert NAME.encode() not in payload
    (line,) = [one for one in pi.core.journal.latest() if one.action == "visit.registered"]
    assert "box:" not in line.detail
    assert visit.uuid in line.subject
    for language, words in (("id", "nama, nomor handphone"), ("en", "name, telephone number")):
        shown = rules.notice(services.office, language)
        assert words in shown.short
        assert words in shown.text
        assert shown.text_hash != rules.notice(pi.core.office, language).text_hash
