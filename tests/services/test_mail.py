"""E-mail as it is asked for and cancelled: shares, rooms, addresses, and what is left of them."""

import datetime as dt

import msgspec
import pytest

from appliance.config import MailSettings
from appliance.errors import Invalid, NotFound, Refused
from appliance.mail import rules
from appliance.mail.copies import Copies
from appliance.mail.rules import MailState
from appliance.mail.service import MailService
from appliance.mail.views import MailKind, Parcel
from appliance.privacy.service import PrivacyService
from appliance.storage.models import Guest, Journal, MailMessage, Visit
from appliance.storage.secret_file import read_secret
from appliance.toml_source import ConfigError
from tests.documents_kit import a_visit
from tests.mail_kit import ADDRESS, VISITOR, a_parcel

SET = MailSettings(host="mail.contoh.id", sender="ruangbaca@bps.contoh.id", kept_mb=1)


@pytest.fixture
def visit_id(core, services) -> int:
    return a_visit(core, services)


@pytest.fixture
def mail(core) -> MailService:
    return MailService(
        books=core.books,
        waker=core.waker,
        settings=SET,
        copies=Copies(core.settings.mail_dir),
    )


@pytest.fixture
def ask(mail, visit_id, tmp_path):
    def make(content=b"%PDF-1.7", *, address=ADDRESS, about="job-1", visit=None, **further):
        parcel = a_parcel(tmp_path / about, content, about=about)
        chosen = visit_id if visit is None else visit
        return mail.ask(parcel, address, visit_id=chosen, by=VISITOR, **further)

    return make


def test_what_is_asked_waits_with_a_copy_that_outlives_the_file(ask, mail, core, tmp_path):
    asked = ask(b"%PDF-1.7 mine")
    (tmp_path / "job-1" / "scan-1.pdf").unlink()

    (waiting,) = mail.of_visit(asked.visit_id)
    copy = core.settings.mail_dir / asked.uuid / "1"
    assert (waiting.state, waiting.address, waiting.is_pending) == ("waiting", ADDRESS, True)
    assert waiting.expires_at == core.clock.now() + dt.timedelta(days=3)
    assert copy.read_bytes() == b"%PDF-1.7 mine"
    assert copy.parent.stat().st_mode & 0o077 == 0
    assert "siti" not in "".join(row.detail + row.subject for row in Journal.select())


@pytest.mark.parametrize(
    "typed",
    ["", "siti", "siti@", "a@contoh.id\nBcc: b@contoh.id", "a@contoh.id, b@contoh.id", "é@x.id"],
)
def test_what_is_no_address_is_told_at_the_field(ask, typed):
    with pytest.raises(Invalid) as told:
        ask(address=typed)

    assert set(told.value.problems) == {"email"}
    assert not MailMessage.select().exists()


def test_a_double_tap_and_the_same_wish_again_are_one_message(ask):
    first = ask(idempotency_key="one")
    assert ask(idempotency_key="one").uuid == first.uuid
    assert ask(idempotency_key="two").uuid == first.uuid
    assert ask(address="lain@contoh.id").uuid != first.uuid


def test_a_visit_has_its_share_and_a_cancelled_one_is_none(ask, mail):
    made = [ask(about=f"job-{number}") for number in range(3)]
    with pytest.raises(Refused):
        ask(about="job-4")

    mail.cancel(made[0].uuid, by=VISITOR)

    assert ask(about="job-4").is_pending


def test_what_the_desk_answers_is_nobodys_share(ask, mail, visit_id, tmp_path):
    for number in range(3):
        ask(about=f"job-{number}")
    scan = a_parcel(tmp_path / "x", about="request-1")
    answer = Parcel(MailKind.ANSWER, "request-1", scan.files)

    made = mail.ask(answer, ADDRESS, visit_id=visit_id, by=VISITOR)

    assert mail.about("request-1") == (made,)


def test_the_house_sends_so_many_an_hour(ask, core, services, clock, monkeypatch):
    monkeypatch.setattr(rules, "PER_HOUR", 2)
    for number in range(2):
        ask(about=f"job-{number}")
    with pytest.raises(Refused):
        ask(about="job-9")

    clock.advance(3601)

    assert ask(about="job-9", visit=a_visit(core, services)).is_pending


def test_what_is_too_large_or_one_too_many_is_told_and_leaves_nothing(ask, mail, core):
    mail._settings = msgspec.structs.replace(SET, largest_mb=1, kept_mb=1)
    ask(b"x" * 600_000, about="a")
    for content in (b"x" * 600_000, b"x" * 1_100_000):
        with pytest.raises(Refused):
            ask(content, about="b")

    assert len(mail._copies.kept()) == 1


def test_a_file_that_has_gone_is_not_found(mail, visit_id, tmp_path):
    parcel = a_parcel(tmp_path / "job")
    parcel.files[0][0].unlink()

    with pytest.raises(NotFound):
        mail.ask(parcel, ADDRESS, visit_id=visit_id, by=VISITOR)


def test_an_office_without_an_account_offers_nothing(services, visit_id, tmp_path):
    assert not services.mail.is_offered
    assert "[mail]" in services.mail.obstacle
    with pytest.raises(Refused):
        services.mail.ask(a_parcel(tmp_path / "a"), ADDRESS, visit_id=visit_id, by=VISITOR)


def test_cancelling_wipes_address_and_copy_at_once(ask, mail, core, visit_id):
    asked = ask()
    with pytest.raises(NotFound):
        mail.cancel(asked.uuid, by=VISITOR, visit_id=visit_id + 1)

    mail.cancel(asked.uuid, by=VISITOR, visit_id=visit_id)
    ended = mail.cancel(asked.uuid, by=VISITOR, visit_id=visit_id)

    assert (ended.state, ended.address) == (MailState.CANCELLED, None)
    assert not mail._copies.kept()
    noted = [row.action for row in Journal.select() if row.action.startswith("mail.")]
    assert noted == ["mail.asked", "mail.cancelled", "mail.copy_deleted"]


def test_files_that_were_thrown_away_are_not_sent(ask, mail, core):
    asked, other = ask(about="job-1"), ask(about="job-2")

    core.writer.run(lambda: mail.withdraw_about("job-1", VISITOR))

    states = {one.uuid: one.state for one in mail.of_visit(asked.visit_id)}
    assert states == {asked.uuid: MailState.CANCELLED, other.uuid: MailState.WAITING}


def test_the_report_tells_since_when_and_why(ask, mail, core, clock):
    assert mail.report().waiting == 0
    first_at = core.clock.now()
    ask(about="a")
    clock.advance(60)
    ask(about="b")
    tried = {"problem": "unreachable", "next_at": clock.now()}
    MailMessage.update(**tried).execute()

    report = mail.report()
    mail.send_now(by=VISITOR)

    assert (report.waiting, report.oldest_at) == (2, first_at)
    assert report.sentence.startswith("Server email belum terjangkau")
    assert {row.next_at for row in MailMessage.select()} == {None}


def test_an_erased_visit_leaves_no_address(core, services, ask, clock, visit_id):
    core.writer.run(lambda: Guest.create(visit=visit_id, name="Siti"))
    asked = ask()
    services.visits.close(visit_id, by=VISITOR)
    Visit.update(business_date="2024-01-01", registered_clock=2).execute()

    privacy = PrivacyService(books=core.books, journal=services.journal, office=core.office)
    assert privacy.erase_due() == 1

    row = MailMessage.get(MailMessage.uuid == asked.uuid)
    assert (row.address, row.state) == (None, MailState.CANCELLED)


def test_the_database_itself_keeps_no_address_of_what_has_ended(ask, core):
    asked = ask()
    ended = MailMessage.update(state="sent", ended_at=core.clock.now())

    with pytest.raises(Exception, match="CHECK constraint"):
        ended.where(MailMessage.uuid == asked.uuid).execute()


@pytest.mark.parametrize(
    "wrong",
    [
        {"host": "mail.contoh.id"},
        {"host": "h", "sender": "a@b.id", "user": "u"},
        {"host": "h", "sender": "a@b.id", "password_file": "/x"},
        {"host": "h", "sender": "a@b.id", "user": "u", "password_file": "/x", "security": "none"},
    ],
)
def test_settings_that_cannot_work_are_refused(wrong):
    with pytest.raises(ValueError, match=r"mail|password"):
        MailSettings(**wrong)


@pytest.mark.parametrize(
    "wrong", [{"sender": "a,b@x.id"}, {"sender": "a@x.id\n"}, {"sender_name": "a\r\nBcc: b@x.id"}]
)
def test_no_sender_can_break_a_header(wrong):
    with pytest.raises(msgspec.ValidationError):
        msgspec.convert({"host": "h", "sender": "a@x.id"} | wrong, MailSettings)


def test_a_secret_file_that_cannot_be_used_says_what_to_do(tmp_path):
    file = tmp_path / "password"
    with pytest.raises(ConfigError, match="tidak bisa dibaca"):
        read_secret(file)
    file.write_text("\n")
    file.chmod(0o400)
    with pytest.raises(ConfigError, match="kosong"):
        read_secret(file)
    file.chmod(0o640)
    with pytest.raises(ConfigError, match="chmod 400"):
        read_secret(file)
