"""E-mail to a server that refuses, falls silent, lies, is slow or goes away; and kill -9."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import msgspec
import pytest

from appliance.actor import Actor
from appliance.bootstrap import build_services
from appliance.errors import Unavailable
from appliance.mail.answers import Problem
from appliance.mail.rules import LONGEST_WAIT_S, MailState
from appliance.runtime.logs import configure
from appliance.storage.models import MailMessage
from tests.mail_kit import (
    ADDRESS,
    CUT,
    GARBAGE,
    HOLD,
    LONGEST_S,
    PASSWORD,
    VISITOR,
    MailServer,
    Post,
    a_parcel,
    files_below,
)

PDF = b"%PDF-1.7\n" + bytes(range(256)) * 700 + b"\n.\n.."  # 179 kB, some of it dots


@pytest.mark.parametrize(
    ("verb", "said", "state", "problem", "reply"),
    [
        ("CONNECT", "421 too busy", "waiting", "busy", 421),
        ("CONNECT", "554 not you", "waiting", "unreachable", 554),
        ("CONNECT", CUT, "waiting", "unreachable", None),
        ("CONNECT", GARBAGE, "waiting", "unreachable", None),
        ("EHLO", CUT, "waiting", "unreachable", None),
        ("MAIL", "451 later", "waiting", "postponed", 451),
        ("MAIL", "553 not from you", "waiting", "sender", 553),
        ("MAIL", "552 too much", "refused", "too_large", 552),
        ("RCPT", "450 grey", "waiting", "postponed", 450),
        ("RCPT", "550 nobody of that name", "refused", "recipient", 550),
        ("RCPT", GARBAGE, "waiting", "unreachable", None),
        ("DATA", "421 going away", "waiting", "busy", 421),
        ("DATA", "554 no", "refused", "content", 554),
        ("DATA", CUT, "waiting", "unreachable", None),
        ("END", "451 later", "waiting", "postponed", 451),
        ("END", "552 too much", "refused", "too_large", 552),
        ("END", "554 spam", "refused", "content", 554),
        ("END", CUT, "waiting", "silent", None),
        ("END", GARBAGE, "waiting", "silent", None),
    ],
)
def test_each_answer_at_each_step(post, mail_server, ask, verb, said, state, problem, reply):
    asked = ask()
    mail_server.says[verb].append(said)

    post.run_once()

    found = post.now(asked)
    assert (found.state, found.problem, found.reply) == (state, problem, reply)
    assert found.unheard == (1 if problem == "silent" else 0)
    assert (found.address is None) == (state != "waiting")


def test_what_had_to_wait_is_sent_later_by_itself(post, mail_server, ask, core, clock):
    asked = ask()
    mail_server.says["RCPT"] += ["450 grey", "451 still grey"]
    post.run_once()
    post.sending.look()
    still = post.now(asked)

    clock.advance(60)
    post.run_once()
    clock.advance(120)
    post.run_until(lambda: not post.now(asked).is_pending)

    assert (still.state, len(mail_server.accepted)) == (MailState.WAITING, 1)
    assert MailMessage.get().attempts == 3


def test_a_wrong_password_keeps_everything_and_does_not_hammer(
    core, mail_visit_id, tmp_path, clock
):
    with MailServer(login=True) as server:
        post = Post(core, server, tmp_path)
        Path(post.settings.password_file).chmod(0o600)
        Path(post.settings.password_file).write_text("salah\n")
        for about in ("a", "b"):
            parcel = a_parcel(tmp_path / about, about=about)
            post.service.ask(parcel, ADDRESS, visit_id=mail_visit_id, by=VISITOR)
        post.run_once()
        post.sending.look()
        report, tries = post.service.report(), server.verbs.count("AUTH")

        Path(post.settings.password_file).write_text(PASSWORD + "\n")
        post.service.send_now(by=Actor.staff("rina", "officer"))
        post.run_until(lambda: len(server.accepted) == 2)
        post.sending.stop()

    assert (report.waiting, report.problem, report.reply, tries) == (2, Problem.LOGIN, 535, 1)
    assert (report.next_at - clock.now()).total_seconds() == LONGEST_WAIT_S


def test_a_password_that_others_can_read_is_not_used(core, mail_visit_id, tmp_path):
    with MailServer(login=True) as server:
        post = Post(core, server, tmp_path)
        Path(post.settings.password_file).chmod(0o444)
        post.service.ask(a_parcel(tmp_path / "job"), ADDRESS, visit_id=mail_visit_id, by=VISITOR)
        post.run_once()
        post.sending.stop()

    assert post.service.report().problem is Problem.PASSWORD
    assert server.verbs == []


def test_an_acceptance_that_was_not_heard_is_asked_again_under_the_same_name(
    post, mail_server, ask, clock
):
    asked = ask(PDF)
    mail_server.says["END"].append(CUT)
    post.run_once()
    unheard = post.now(asked)

    clock.advance(LONGEST_WAIT_S)
    post.run_until(lambda: not post.now(asked).is_pending)

    sent = post.now(asked)
    first, second = mail_server.mails()
    assert (unheard.problem, unheard.unheard) == (Problem.SILENT, 1)
    assert (sent.state, sent.unheard) == (MailState.SENT, 1)  # so the page says: maybe twice
    assert first["Message-ID"] == second["Message-ID"]


def test_a_server_that_never_answers_gets_a_message_three_times_at_most(
    post, mail_server, ask, clock
):
    asked = ask()
    mail_server.says["END"] += [CUT, GARBAGE, CUT, CUT]

    for _ in range(3):
        post.run_once()
        clock.advance(LONGEST_WAIT_S)
    post.sending.look()

    found = post.now(asked)
    assert (found.state, found.address, len(mail_server.received)) == ("unclear", None, 3)


def test_a_server_that_is_slow_is_left_after_a_while(post, mail_server, ask):
    asked = ask()
    mail_server.says["RCPT"].append(HOLD)

    post.run_once()

    assert (post.now(asked).state, mail_server.accepted) == (MailState.WAITING, [])
    assert post.now(asked).problem is Problem.UNREACHABLE


def test_nothing_that_fails_is_in_the_way_of_the_others(post, mail_server, ask):
    poison, good = ask(about="a", address="poison@contoh.id"), ask(about="b")
    mail_server.says["RCPT"] += [CUT]

    post.run_until(lambda: mail_server.accepted)

    assert mail_server.accepted[0][0] == ADDRESS
    assert post.now(poison).state is MailState.WAITING
    post.run_until(lambda: post.now(good).state is MailState.SENT)


def test_without_a_server_everything_waits_and_is_sent_when_one_is_there(
    core, mail_visit_id, tmp_path, clock
):
    with MailServer() as gone:
        post = Post(core, gone, tmp_path)
    asked = post.service.ask(
        a_parcel(tmp_path / "job"), ADDRESS, visit_id=mail_visit_id, by=VISITOR
    )
    post.run_once()
    offline = post.service.report()
    clock.advance(2 * 24 * 3600)
    with MailServer() as server:
        post.sender._settings = msgspec.structs.replace(post.settings, port=server.port)
        post.run_until(lambda: not post.now(asked).is_pending)
        post.sending.stop()

    assert (offline.waiting, offline.problem) == (1, Problem.UNREACHABLE)
    assert post.now(asked).state is MailState.SENT


def test_what_is_too_large_for_the_server_is_told_without_sending_it(post, mail_server, ask):
    mail_server.features = ("SIZE 1000",)
    asked = ask(PDF)

    post.run_once()

    assert (post.now(asked).state, post.now(asked).problem) == ("refused", "too_large")
    assert "DATA" not in mail_server.verbs


def test_a_message_whose_copy_is_gone_ends(post, mail_server, ask, core):
    asked = ask()
    (core.settings.mail_dir / asked.uuid / "1").unlink()

    post.run_until(lambda: not post.now(asked).is_pending)

    assert (post.now(asked).state, post.now(asked).problem) == ("expired", "gone")
    assert mail_server.verbs == []


def test_what_waited_too_long_goes_with_its_address(post, ask, core, clock):
    asked = ask()
    MailMessage.update(next_at=core.clock.now()).execute()
    clock.advance(3 * 24 * 3600 + 1)

    post.sending._settings = type("Off", (), {"is_offered": False})()
    post.sending.look()

    found = post.now(asked)
    assert (found.state, found.address) == (MailState.EXPIRED, None)
    assert files_below(core.settings.mail_dir) == []


def test_cancelling_while_it_is_sent_holds_the_last_byte_back(post, mail_server, ask):
    asked = ask(PDF)
    mail_server.says["DATA"].append(HOLD)
    post.sending.look()
    assert mail_server.held.wait(LONGEST_S)

    during = post.service.cancel(asked.uuid, by=VISITOR)
    mail_server.go_on.set()
    post.run_until(lambda: not post.now(asked).is_pending)

    assert (during.state, during.cancel_asked) == (MailState.SENDING, True)
    assert post.now(asked).state is MailState.CANCELLED
    assert mail_server.accepted == []


def test_stopping_ends_a_talk_at_once_and_the_next_process_takes_it_up(post, mail_server, ask):
    asked = ask(PDF)
    mail_server.says["RCPT"].append(HOLD)
    post.sender._answer_s = LONGEST_S
    post.sending.look()
    assert mail_server.held.wait(LONGEST_S)

    post.sending.stop()
    left = post.now(asked).state
    post.start()
    post.run_until(lambda: not post.now(asked).is_pending)

    assert (left, post.now(asked).state) == (MailState.SENDING, MailState.SENT)
    assert len(mail_server.accepted) == 1


KILLED = """
import sys, time
from pathlib import Path
from appliance.bootstrap import open_core
from appliance.config import load_settings
from appliance.mail.copies import Copies
from appliance.mail.sending import MailSending
settings = load_settings(Path(sys.argv[1]))
core = open_core(settings)
sending = MailSending(books=core.books, settings=settings.mail, office=core.office,
                      copies=Copies(settings.mail_dir), poke=lambda: None)
while True:
    sending.look()
    time.sleep(0.05)
"""


def test_a_process_killed_before_it_heard_the_answer_says_so_and_sends_no_second_mail_to_see(
    post, mail_server, ask, core, tmp_path
):
    asked = ask(PDF)
    mail_server.says["END"].append(HOLD)
    config = tmp_path / "ruangbaca.toml"
    config.write_text(
        f'data = "{core.settings.data_dir}"\n[mail]\nhost = "127.0.0.1"\n'
        f'port = {mail_server.port}\nsecurity = "none"\nsender = "ruangbaca@bps.contoh.id"\n'
    )
    child = subprocess.Popen([sys.executable, "-c", KILLED, config], cwd=Path.cwd())
    try:
        assert mail_server.held.wait(LONGEST_S)
    finally:
        os.kill(child.pid, signal.SIGKILL)
        child.wait(LONGEST_S)
    left = post.now(asked)
    mail_server.go_on.set()

    post.run_until(lambda: not post.now(asked).is_pending)

    sent = post.now(asked)
    assert (left.state, left.unheard) == (MailState.SENDING, 1)
    assert (sent.state, sent.unheard) == (MailState.SENT, 1)
    assert len({mail["Message-ID"] for mail in mail_server.mails()}) == 1


def test_a_copy_that_no_row_knows_goes_with_the_start(post, core, ask):
    asked = ask()
    post.copies.put("11111111-aaaa", [core.settings.mail_dir / asked.uuid / "1"])

    post.sending.look()

    assert "11111111-aaaa" not in post.copies.kept()


def test_no_line_of_the_log_and_no_lasting_record_names_the_address(
    post, mail_server, ask, core, capfd
):
    configure("sync", "debug")
    for verb, said in (("RCPT", f"550 <{ADDRESS}> is unknown"), ("END", GARBAGE)):
        mail_server.says[verb].append(said)
        asked = ask(about=verb)
        post.run_once()
        post.service.cancel(asked.uuid, by=VISITOR)
    asked = ask(about="good")
    post.run_until(lambda: post.now(asked).state is MailState.SENT)

    list(core.database.connection().execute("PRAGMA wal_checkpoint(TRUNCATE)"))
    told = capfd.readouterr()
    kept = b"".join(path.read_bytes() for path in core.settings.data_dir.glob("ruangbaca.db*"))
    assert "a message was accepted" in told.err
    assert "siti.kenari" not in told.err + told.out
    assert b"siti.kenari" not in kept


def test_the_services_of_the_house_have_it(core):
    assert not build_services(core).mail.is_offered


def test_an_answer_that_cannot_be_written_down_is_kept_until_it_can(
    post, mail_server, ask, monkeypatch
):
    asked = ask()

    def full(*_):
        raise Unavailable("penuh")

    with monkeypatch.context() as disk:
        disk.setattr(post.sending, "_settle", full)
        post.run_until(lambda: post.sending._result is not None)
        post.sending.look()
        unwritten = post.now(asked).state
    post.run_until(lambda: not post.now(asked).is_pending)

    assert (unwritten, post.now(asked).state) == (MailState.SENDING, MailState.SENT)
    assert len(mail_server.accepted) == 1
