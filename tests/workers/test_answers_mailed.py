"""Answers of requests that go by e-mail, through a real server on loopback."""

import io

import pytest

from appliance.actor import ANYONE
from appliance.errors import Refused
from appliance.requests.book import RequestBook
from appliance.requests.files import AnswerFiles
from appliance.requests.mailing import AnswerMail
from appliance.requests.rules import RequestState
from tests.services.library import OFFICER, new_visit

pytestmark = pytest.mark.parametrize("office_name", ["dharmasraya"], indirect=True)
PDF = b"%PDF-1.7 jawaban"
FORM = {"wanted": "PDRB", "purpose": "skripsi", "email": "siti@contoh.id"}


@pytest.fixture
def files(core, post):
    return AnswerFiles(
        books=core.books,
        office=core.office,
        waker=core.waker,
        mail=post.service,
        data_dir=core.settings.data_dir,
        folder=core.settings.answers_dir,
    )


@pytest.fixture
def answers(core, post, files):
    post.sending._answer_sent = RequestBook(books=core.books, office=core.office).mailed
    return AnswerMail(mail=post.service, files=files)


def ready(core, services, files, **changes: str):
    visit = new_visit(core, services)
    made = services.requests.make(visit.id, FORM | changes, by=ANYONE)
    return files.add(made.id, io.BytesIO(PDF), by=OFFICER)


def test_an_answer_that_arrived_is_delivered(
    core, services, post, mail_server, files, answers
) -> None:
    made = ready(core, services, files)
    assert answers.may_send(made, files.of(made.id))

    asked = answers.send(made.id, by=OFFICER)
    post.run_until(lambda: not post.now(asked).is_pending)

    (mail,) = mail_server.mails()
    attached = [(one.get_filename(), one.get_content()) for one in mail.iter_attachments()]
    assert attached == [(files.file_of(made.id).download_name, PDF)]
    assert made.code.lower() not in attached[0][0].lower()
    assert mail["To"] == "siti@contoh.id"
    assert services.requests.get(made.id).state is RequestState.DELIVERED
    assert answers.of(made).state == "sent"
    assert files.file(made.code).path.read_bytes() == PDF


def test_a_file_that_is_taken_back_is_not_sent(
    core, services, post, mail_server, files, answers
) -> None:
    made = ready(core, services, files)
    asked = answers.send(made.id, by=OFFICER)

    files.take_back(made.id, by=OFFICER)

    assert post.now(asked).state == "cancelled"
    assert post.now(asked).address is None


def test_without_an_address_or_a_pdf_nothing_is_sent(core, services, post, files, answers) -> None:
    made = ready(core, services, files, email="")

    assert not answers.may_send(made, files.of(made.id))
    with pytest.raises(Refused):
        answers.send(made.id, by=OFFICER)
