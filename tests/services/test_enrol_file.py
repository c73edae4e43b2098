"""A claim code in a file on the card: used once, gone afterwards, told when it cannot be used."""

import json
import os
import stat

import pytest

from appliance.storage.models import Journal
from appliance.sync import enrol_file
from appliance.sync.enrol_file import EnrolFile
from appliance.sync.enrolment import BAD_CODE, Enrolment

PORTAL = "https://hub.example"
CODE = "DR8ZHX70M2G1YDN0"  # the same in every process that collects these tests


class Card:
    """The card's first partition and an appliance that looks at it; `start` is a new process."""

    def __init__(self, core, folder) -> None:
        self.core = core
        self.file = folder / enrol_file.NAME
        self.enrolment = Enrolment(
            writer=core.writer,
            clock=core.clock,
            portal=PORTAL,
            data_dir=core.settings.data_dir,
        )
        self.start()

    def start(self) -> None:
        self.looking = EnrolFile(
            files=[self.file.parent / "nowhere" / "file", self.file],
            portal=PORTAL,
            enrolment=self.enrolment,
            writer=self.core.writer,
            notes=self.core.recorder,
        )

    def look(self):
        """The papers after one look."""
        self.looking.look()
        return self.enrolment.papers()


@pytest.fixture
def card(core, tmp_path):
    folder = tmp_path / "firmware"
    folder.mkdir()
    yield Card(core, folder)
    folder.chmod(0o755)


def asked() -> int:
    return Journal.select().where(Journal.action == "portal.enrol_asked").count()


@pytest.mark.parametrize(
    "content",
    [
        json.dumps({"code": CODE}),
        json.dumps({"code": CODE.lower(), "portal": f"{PORTAL}/", "office": "pasaman"}),
        "\ufeff" + json.dumps({"code": CODE}, indent=2) + "\r\n",
    ],
)
def test_a_code_is_kept_and_its_file_is_gone(card, content) -> None:
    assert not card.look().is_claiming

    card.file.write_text(content)

    assert card.look().is_claiming
    assert not card.file.exists()
    assert asked() == 1
    assert CODE not in json.dumps([line.detail for line in Journal.select()])


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (b"", enrol_file.UNREADABLE),
        (b"[1]", enrol_file.UNREADABLE),
        (b"\xff\xfe{\x00", enrol_file.UNREADABLE),
        (b'{"code": "' + b"1" * 9000 + b'"}', enrol_file.UNREADABLE),
        (b'{"code": "hello"}', BAD_CODE),
        (json.dumps({"code": CODE, "portal": "https://x.example"}).encode(), enrol_file.ELSEWHERE),
    ],
)
def test_a_file_that_cannot_be_used_stays_and_is_told(card, content, problem) -> None:
    card.file.write_bytes(content)

    papers = card.look()

    assert (papers.is_claiming, papers.problem) == (False, problem)
    assert card.file.exists()
    card.file.write_text(json.dumps({"code": CODE}))
    assert card.look().is_claiming, "mended, it is used"
    assert card.enrolment.papers().problem == ""


def test_a_file_that_cannot_be_deleted_is_used_once_also_after_a_restart(card, monkeypatch):
    def refuse(path, *args, **kwargs):
        raise PermissionError(13, "Permission denied")

    card.file.write_text(json.dumps({"code": CODE}))
    monkeypatch.setattr("pathlib.Path.unlink", refuse)
    card.look()
    card.start()

    card.look()

    assert asked() == 1
    monkeypatch.undo()
    card.start()
    card.look()
    assert asked() == 1
    assert not card.file.exists()


def test_what_is_no_file_is_left_alone(card) -> None:
    os.mkfifo(card.file)

    card.look()

    assert stat.S_ISFIFO(card.file.stat().st_mode)
    assert not card.enrolment.papers().is_claiming
