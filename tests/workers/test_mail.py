"""E-mail handed to a real server on loopback, which answers, falls silent, lies or goes away."""

import email
import email.policy
import io

import pytest

from appliance.mail.answers import Problem
from appliance.mail.letter import Dispatch, Enclosure
from appliance.mail.rules import MailState
from appliance.mail.views import Letter
from appliance.storage.models import Journal, Outbox
from tests.mail_kit import ADDRESS, VISITOR, MailServer, Post, a_parcel, files_below

PDF = b"%PDF-1.7\n" + bytes(range(256)) * 700 + b"\n.\n.."  # 179 kB, some of it dots


def test_a_file_arrives_as_it_was_and_nothing_of_it_stays(post, mail_server, ask, core):
    asked = ask(PDF, b"%PDF-1.7 second part")
    kept = files_below(core.settings.mail_dir)

    post.run_until(lambda: not post.now(asked).is_pending)

    sent = post.now(asked)
    assert (sent.state, sent.address, sent.problem, sent.reply) == ("sent", None, None, 250)
    ((recipient, _),) = mail_server.accepted
    (mail,) = mail_server.mails()
    attached = [(one.get_filename(), one.get_content()) for one in mail.iter_attachments()]
    assert recipient == ADDRESS
    assert attached == [
        ("hasil-pindai-1.pdf", PDF),
        ("hasil-pindai-2.pdf", b"%PDF-1.7 second part"),
    ]
    assert mail["Message-ID"] == f"<{asked.uuid}@bps.contoh.id>"
    assert (mail["To"], mail["Auto-Submitted"]) == (ADDRESS, "auto-generated")
    assert mail["Subject"] == f"Hasil pindai dari {core.office.name}"
    assert core.office.address in mail.get_body().get_content()
    assert sorted(kept) == ["1", "2"]
    post.run_until(lambda: not files_below(core.settings.mail_dir))
    noted = [row.action for row in Journal.select() if row.action.startswith("mail.")]
    assert noted == ["mail.asked", "mail.sent", "mail.copy_deleted"]
    assert Outbox.select().where(Outbox.type.contains("scan.mailed")).count() == 1


def test_a_line_that_is_a_dot_does_not_end_the_message(core):
    letter = Letter("1@contoh.id", "a@contoh.id", "Kantor", ADDRESS, "Hal", "satu\n.\n..dua\n")
    enclosure = Enclosure(io.BytesIO(PDF), len(PDF), "a.pdf")

    dispatch = Dispatch(letter, (enclosure,), core.clock.now())

    lines = b"".join(dispatch.pieces()).split(b"\r\n")
    assert b"." not in lines
    assert dispatch.size_bytes == len(b"\r\n".join(lines))
    plain = b"\r\n".join(line.removeprefix(b".") for line in lines)
    read = email.message_from_bytes(plain, policy=email.policy.default)
    assert read.get_body().get_content().replace("\r\n", "\n") == "satu\n.\n..dua\n"
    assert next(read.iter_attachments()).get_content() == PDF


def test_the_words_are_english_for_who_reads_english(post, mail_server, ask):
    ask(language="en")

    post.run_until(lambda: mail_server.accepted)

    (mail,) = mail_server.mails()
    assert mail["Subject"].startswith("Your scan from")
    assert "There is no need to answer." in mail.get_body().get_content()


@pytest.mark.parametrize("tls", ["starttls", "tls"])
def test_a_password_goes_over_a_line_that_was_made_sure_of(core, mail_visit_id, tmp_path, tls):
    with MailServer(tls=tls, login=True) as server:
        post = Post(core, server, tmp_path)
        asked = post.service.ask(
            a_parcel(tmp_path / "job", PDF), ADDRESS, visit_id=mail_visit_id, by=VISITOR
        )
        post.run_until(lambda: not post.now(asked).is_pending)
        post.sending.stop()

    assert post.now(asked).state is MailState.SENT
    assert ("STARTTLS" in server.verbs) == (tls == "starttls")
    assert "AUTH" in server.verbs
    assert len(server.accepted) == 1


@pytest.mark.parametrize("tls", ["starttls", "tls"])
def test_a_server_that_nobody_vouches_for_is_told_nothing(core, mail_visit_id, tmp_path, tls):
    with MailServer(tls=tls, login=True) as server:
        post = Post(core, server, tmp_path, ca_file="")
        asked = post.service.ask(
            a_parcel(tmp_path / "job", PDF), ADDRESS, visit_id=mail_visit_id, by=VISITOR
        )
        post.run_once()
        post.sending.stop()

    waits = post.now(asked)
    assert (waits.state, waits.problem) == (MailState.WAITING, Problem.TLS)
    assert not {"AUTH", "MAIL", "RCPT", "DATA"} & set(server.verbs)


def test_a_server_without_starttls_gets_no_message(core, mail_visit_id, tmp_path):
    with MailServer() as server:
        post = Post(core, server, tmp_path, security="starttls")
        post.service.ask(a_parcel(tmp_path / "job"), ADDRESS, visit_id=mail_visit_id, by=VISITOR)
        post.run_once()
        post.sending.stop()

    assert post.service.report().problem is Problem.TLS
    assert "MAIL" not in server.verbs
