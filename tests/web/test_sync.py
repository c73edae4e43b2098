"""The page of the portal: how we stand, what is stuck, enrolling, sending now."""

import base64
import gzip
import io
import json

import msgspec
import pytest

from appliance import ed25519
from appliance.actor import SYSTEM
from appliance.mirror import portal_rows
from appliance.mirror.portal_rows import PortalRows
from appliance.portal_settings import book as portal_settings
from appliance.storage.models import Enrolment, Journal, Outbox
from appliance.sync import desk, protocol
from appliance.sync.answers import Judgement, Kind
from appliance.sync.backlog import Backlog
from appliance.sync.fork import Fork
from appliance.sync.protocol import CatalogueItem
from appliance.sync.standing import StandingBook, State
from tests.web.conftest import post, version_of

PAGE = "/staff/sync"
PORTAL = "https://hub.example"
CODE = "1B52-JF3S-1B52-JF3S"


@pytest.fixture
def settings(settings):
    return msgspec.structs.replace(settings, portal=PORTAL)


@pytest.fixture
def book(core):
    return StandingBook(core.writer, core.clock)


@pytest.fixture
def enrolled(core):
    core.writer.run(
        lambda: Enrolment.create(id=1, portal=PORTAL, key_id="k1", office="1309", state="active")
    )
    event(core)


def event(core) -> None:
    core.writer.run(
        lambda: core.recorder.fact(
            "locker.released", "locker/1", {"locker": 1, "end_reason": "visitor"}, by=SYSTEM
        )
    )


def shown(browser, language="id") -> str:
    browser.set_cookie("lang", language)
    answer = browser.get(PAGE)
    assert answer.status_code == 200
    return " ".join(answer.get_data(as_text=True).split())


def a_code() -> str:
    from appliance import codes

    return codes.new_card_code()


def test_before_enrolling_it_says_so_and_offers_nothing_else(officer):
    page = shown(officer)

    assert "Peranti belum didaftarkan ke portal" in page
    assert "Kirim sekarang" not in page
    assert "Kode pendaftaran" not in page, "an officer cannot enrol"


def test_an_admin_enrols_by_a_code_that_is_kept_for_the_process(sign_in, services):
    admin, code = sign_in("admin"), a_code()

    answer = post(admin, f"{PAGE}/enrol", {"code": code.lower()})

    assert answer.status_code == 303
    assert services.portal.report().papers.is_claiming
    page = shown(admin)
    assert "Kode pendaftaran sedang dikirim" in page
    assert code not in page
    assert Journal.select().where(Journal.action == "portal.enrol_asked").count() == 1


@pytest.mark.parametrize("wrong", ["", "1234", "ZZZZ-ZZZZ-ZZZZ-ZZZZ", "<script>"])
def test_what_is_no_code_is_told_at_the_field(sign_in, services, wrong):
    answer = post(sign_in("admin"), f"{PAGE}/enrol", {"code": wrong})

    assert answer.status_code == 422
    assert "16 huruf dan angka" in answer.get_data(as_text=True)
    assert not services.portal.report().papers.is_claiming


@pytest.mark.parametrize("kind", Kind)
def test_every_cause_has_a_sentence_and_what_to_do(officer, book, enrolled, kind):
    if kind in (Kind.DONE, Kind.HEAD, Kind.UNKNOWN):
        book.sent()
        assert "Catatan sedang dikirim." in shown(officer)
        return
    book.failed(Judgement(kind, "<b>HTTP 599</b>"), tries=3, wait_s=60)

    page, standing = shown(officer), book.standing()

    assert standing.sentence in page
    assert standing.advice
    assert standing.advice in page
    assert "&lt;b&gt;HTTP 599" in page
    assert "Dicoba lagi" in page
    assert standing.sentence not in shown(officer, "en")


def test_sending_now_is_asked_for_and_journalled(officer, book, enrolled):
    book.failed(Judgement(Kind.LOAD, "HTTP 503"), tries=3, wait_s=600)

    assert post(officer, f"{PAGE}/send").status_code == 303

    assert book.standing().asked_at is not None
    assert Journal.select().where(Journal.action == "portal.send_asked").count() == 1


def test_nothing_can_be_sent_before_enrolling(officer, book):
    assert post(officer, f"{PAGE}/send").status_code == 409
    assert book.standing().asked_at is None


def test_a_held_event_is_listed_and_tried_again(sign_in, enrolled, core):
    backlog = Backlog(core.clock)
    core.writer.run(lambda: (backlog.hold(_newest().event_id, "HTTP 400"), backlog.reopen("held")))
    admin = sign_in("admin")
    while core.writer.run(backlog.move):
        pass

    page = shown(admin)
    assert "Perlu dilihat" in page
    assert "HTTP 400" in page
    answer = post(admin, f"{PAGE}/stuck/{_held().id}")

    assert answer.status_code == 303
    assert "Perlu dilihat" not in shown(admin)
    core.writer.run(backlog.move)
    assert backlog.position() is not None
    assert [row.state for row in Outbox.select().where(Outbox.state == "held")] == []
    assert not list(Outbox.select().where(Outbox.epoch != backlog.position().epoch))


def test_what_the_portal_put_aside_is_told_until_somebody_has_seen_it(sign_in, enrolled, core):
    admin, row = sign_in("admin"), _newest()
    core.writer.run(lambda: Outbox.update(problem="data: <i>").where(Outbox.id == row.id).execute())
    assert "&lt;i&gt;" in shown(admin)

    assert post(admin, f"{PAGE}/stuck/{row.id}").status_code == 303
    assert post(admin, f"{PAGE}/stuck/{row.id}").status_code == 404


def test_a_new_stream_is_told_with_its_cause_until_somebody_has_looked(
    sign_in, officer, book, enrolled
):
    book.forked(Fork.UNKNOWN_HEAD)
    assert "kartu memorinya disalin" in shown(officer)
    assert "was cloned" in shown(officer, "en")
    assert "Sudah saya periksa" not in shown(officer), "that is the admin's to say"
    admin = sign_in("admin")
    assert "Sudah saya periksa" in shown(admin)

    assert post(admin, f"{PAGE}/forks/seen").status_code == 303

    assert "memorinya disalin" not in shown(admin)
    assert Journal.select().where(Journal.action == "portal.forks_seen").count() == 1
    book.forked(Fork.PORTAL_LOST)
    assert "Portal kehilangan sebagian catatan" in shown(admin)
    book.forked(Fork.REWOUND)
    assert "Catatan yang sudah terkirim dikirim lagi" in shown(admin)
    assert "are being sent again" in shown(admin, "en")


def test_dropped_telemetry_is_told(officer, book, enrolled):
    book.dropped(700)

    assert "700 catatan teknis pemindai tidak dikirim" in shown(officer)


def test_what_waits_is_told_apart_in_words_while_it_is_not_too_much(
    officer, enrolled, core, monkeypatch
):
    monkeypatch.setattr(desk, "MOST_TOLD_APART", 4)
    for _ in range(2):
        event(core)
    page = {"position": 1, "resolution_dpi": 300, "mode": "color"}
    core.writer.run(lambda: core.recorder.fact("scan.page", "scan/1", page, by=SYSTEM))

    told = shown(officer)

    assert "4 catatan menunggu. Yang tertua " in told
    assert "<dt>Loker</dt><dd>3<" in told
    assert "<dt>Pindaian dan salinan</dt><dd>1<" in told
    event(core)
    told = shown(officer)
    assert "5 catatan menunggu." in told
    assert "<dt>Loker</dt>" not in told


def test_many_kept_aside_are_marked_at_once_and_a_held_one_stays(sign_in, enrolled, core):
    for _ in range(3):
        event(core)
    core.writer.run(lambda: Outbox.update(problem="unknown kind").execute())
    core.writer.run(lambda: Backlog(core.clock).hold(_newest().event_id, "HTTP 400"))
    admin = sign_in("admin")
    told = shown(admin)
    assert "Portal belum mengenal jenis catatan ini" in told
    assert _newest().event_id in told, "the portal's people find it by this"

    assert post(admin, f"{PAGE}/stuck/seen").status_code == 303

    told = shown(admin)
    assert "Portal belum mengenal" not in told
    assert "Tertahan di sini" in told


def test_nothing_new_costs_nothing(officer, enrolled, core):
    version = version_of(shown(officer), PAGE)
    fragment = {"HX-Request": "true"}

    assert officer.get(f"{PAGE}?v={version}", headers=fragment).status_code == 204
    event(core)
    assert officer.get(f"{PAGE}?v={version}", headers=fragment).status_code == 200


def test_states_that_are_well(officer, book, enrolled):
    book.is_in(State.IDLE)

    assert "Semua catatan sudah ada di portal." in shown(officer)
    assert "Terhubung" in shown(officer)


def test_the_portals_catalogue_is_told_once_there_is_one(officer, enrolled, core):
    assert "Katalog dari portal" not in shown(officer)
    item = CatalogueItem("p1", 1, {"title": "Pasaman Dalam Angka"})

    def write() -> None:
        PortalRows(core.clock).take([item], 1)
        portal_rows.note(checked_at=core.clock.now(), problem="blob: HTTP <500>", skipped=2)

    core.writer.run(write)

    told = shown(officer)

    assert "1 publikasi datang dari portal." in told
    assert "blob: HTTP &lt;500&gt;" in told
    assert "2 publikasi dari portal tidak dapat dipakai." in told
    assert "Terakhir diperiksa" in told
    assert "1 publication came from the portal." in shown(officer, "en")


def test_the_health_page_tells_of_a_portal_that_revoked_us(officer, book, enrolled):
    book.failed(Judgement(Kind.REVOKED, "HTTP 403"), tries=1, wait_s=60)

    assert "Portal mencabut izin peranti ini" in officer.get("/staff/health").text
    assert "portal" in officer.get("/healthz").json["degraded"]


def test_metrics_tell_how_sending_goes(client, book, enrolled, core):
    book.failed(Judgement(Kind.LOAD, "HTTP 503"), tries=3, wait_s=600)
    core.writer.run(lambda: Outbox.update(problem="data").execute())
    book.forked("unknown_head")

    lines = client.get("/metrics").text.splitlines()

    oldest_s = core.clock.now().timestamp()
    for line in (
        'ruangbaca_sync_state{state="waiting"} 1.0',
        'ruangbaca_sync_state{state="idle"} 0.0',
        'ruangbaca_sync_problem{problem="load"} 1.0',
        "ruangbaca_sync_enrolled 1.0",
        "ruangbaca_sync_tries 3.0",
        "ruangbaca_sync_forks 1.0",
        "ruangbaca_sync_quarantined 1.0",
        "ruangbaca_sync_dropped 0.0",
    ):
        assert line in lines, line
    [oldest] = [one for one in lines if one.startswith("ruangbaca_sync_oldest_timestamp_seconds")]
    assert float(oldest.split()[1]) == pytest.approx(oldest_s, abs=1)
    assert not any("sync_sent" in line for line in lines), "nothing was ever sent"


def _newest() -> Outbox:
    return Outbox.select().order_by(Outbox.id.desc()).first()


def _held() -> Outbox:
    return Outbox.select().where(Outbox.state == "held").get()


def receipt_of(core, **told) -> bytes:
    """What the portal of this device would sign for a file that it took."""
    secret = b"p" * 32
    key = ed25519.public_key(secret)
    core.writer.run(lambda: Enrolment.update(config_key=key).where(Enrolment.id == 1).execute())
    device = core.database.execute_sql("SELECT value FROM meta WHERE key = 'device_id'")
    receipt = protocol.Receipt(device.fetchone()[0], "2026-11-23T02:00:00+00:00", **told)
    document = msgspec.json.encode(receipt)
    signature = ed25519.sign(secret, document)
    words = (base64.b64encode(one).decode() for one in (document, signature))
    return msgspec.json.encode(protocol.Signed(1, *words, "k"))


def test_the_portals_settings_and_what_is_wrong_with_them_are_shown(officer, core, enrolled):
    assert "Setelan dari pusat" not in shown(officer)
    days = [{"date": "2027-05-25", "name": "Cuti bersama", "name_en": "Joint leave"}]
    settings = {"promise_minutes": 7, "closed_days": days, "lamp": 1}
    document = msgspec.json.encode({"version": 3, "office": "1309", "settings": settings})
    core.writer.run(lambda: portal_settings.keep(document, 3, core.clock.now()))

    page = shown(officer)

    for words in ("Setelan nomor 3", "Berlaku begitu ruang tutup.", "7 menit", "Cuti bersama"):
        assert words in page
    assert "<code>lamp</code>" in page
    english = shown(officer, "en")
    assert "They hold as soon as the room closes." in english
    assert "Joint leave" in english
    for refusal in portal_settings.Refusal:
        core.writer.run(lambda why=refusal: portal_settings.complain(why))
        assert "tidak dipakai" in shown(officer)


def test_a_signed_file_is_downloaded_and_its_receipt_taken(sign_in, core, enrolled):
    admin = sign_in("admin")
    file = post(admin, f"{PAGE}/export")
    head, opening, append = (json.loads(line) for line in file.data.splitlines())
    file.close()
    (event_bytes,) = core.outbox.pending()
    position = Backlog(core.clock).position()
    reached = Outbox.get(Outbox.epoch == position.epoch)
    tag = protocol.Head(1, bytes(reached.chain)).etag
    good = receipt_of(core, stored=1, streams=[protocol.StreamHead(position.epoch, tag)])

    bad = post(admin, f"{PAGE}/receipt", {"file": (io.BytesIO(b"{}"), "x.receipt")})
    none = post(admin, f"{PAGE}/receipt")
    huge = (io.BytesIO(b"x" * 300_000), "x.receipt")
    assert head["format"] == protocol.FILE_FORMAT
    assert (opening["method"], append["headers"]["if-match"]) == ("PUT", protocol.NOTHING.etag)
    assert json.loads(gzip.decompress(base64.b64decode(append["body"]))) == [
        json.loads(event_bytes)
    ]
    assert (bad.status_code, none.status_code) == (422, 422)
    assert "Berkas ini bukan tanda terima dari portal." in bad.text
    assert post(admin, f"{PAGE}/receipt", {"file": huge}).status_code == 413
    assert core.outbox.state().waiting == 1

    taken = post(admin, f"{PAGE}/receipt", {"file": (io.BytesIO(good), "x.receipt")})

    assert taken.status_code == 303
    assert core.outbox.state().waiting == 0
    assert "1 catatan sudah ada di portal." in shown(admin)


def test_only_an_admin_takes_a_receipt(officer, core, enrolled):
    good = receipt_of(core)

    refused = post(officer, f"{PAGE}/receipt", {"file": (io.BytesIO(good), "x.receipt")})

    assert refused.status_code == 403
    assert "sync/receipt" not in shown(officer)
