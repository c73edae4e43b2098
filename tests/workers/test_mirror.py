"""The mirror in the sync process: beside the loop, stopped in the middle, never in two places."""

import io
import threading
import time

import pytest

from appliance.errors import Refused
from appliance.mirror import mirroring as at_work
from appliance.mirror.mirroring import LOCK, Mirroring
from appliance.mirror.trouble import SourceTrouble, Trouble
from appliance.runtime import logs
from appliance.runtime.ownership import own
from tests.fakes import START
from tests.mirror_kit import numbered, titles
from tests.webapi_server import KEY, html, running, slow, status

LIMIT_S = 30.0


@pytest.fixture
def source():
    with running() as server:
        server.put("publication", numbered(12))
        yield server


@pytest.fixture
def key_file(tmp_path):
    file = tmp_path / "key"
    file.write_text(KEY)
    file.chmod(0o400)
    return file


@pytest.fixture
def build(core, source, key_file):
    made = []

    def one(**changes):
        settings = source.settings(key_file=str(key_file), requests_per_s=10.0, **changes)
        mirroring = Mirroring(
            books=core.books,
            source=settings,
            office=core.office,
            data_dir=core.settings.data_dir,
            run_dir=core.settings.run_dir,
            poke=lambda: None,
        )
        mirroring._pace._gap_s = 0.0
        made.append(mirroring)
        return mirroring

    yield one
    for mirroring in made:
        mirroring.stop()


def look_until(mirroring, condition):
    deadline = time.monotonic() + LIMIT_S
    while not condition():
        assert time.monotonic() < deadline
        mirroring.look()
        threading.Event().wait(0.01)


def test_the_loop_looks_and_the_catalogue_comes(build):
    mirroring = build()

    look_until(mirroring, lambda: len(titles()) == 12)


def test_a_trouble_is_noted_and_told_without_the_key(build, source, capsys):
    stream = io.StringIO()
    logs.configure("sync", "debug", stream)
    source.faults.append(html)
    mirroring = build()

    look_until(mirroring, lambda: mirroring.state.standing().trouble is not None)

    standing = mirroring.state.standing()
    assert (standing.trouble, standing.tries) == (Trouble.NOT_JSON, 1)
    assert "trouble=not_json" in stream.getvalue()
    for text in (stream.getvalue(), *capsys.readouterr(), repr(vars(mirroring)), str(standing)):
        assert KEY not in text
        assert "&key=" not in text
    before = len(source.asked)
    for _ in range(5):
        mirroring.look()
    assert len(source.asked) == before, "it waits"


def test_a_refused_key_is_not_sent_again_until_its_file_is_another(build, source, key_file, clock):
    source.faults.append(status(401))
    mirroring = build()
    look_until(mirroring, lambda: mirroring.state.standing().trouble is Trouble.BAD_KEY)
    clock.advance(3600)
    mirroring.look()
    assert len(source.asked) == 1

    key_file.unlink()
    key_file.write_text(KEY + "\n")
    key_file.chmod(0o400)

    look_until(mirroring, lambda: len(titles()) == 12)


def test_a_stop_in_the_middle_of_an_answer_ends_it(build, source):
    release = threading.Event()
    source.faults.append(slow(release))
    mirroring = build()
    mirroring.look()
    look_until(mirroring, lambda: source.asked)

    mirroring.stop()

    release.set()
    assert titles() == {}
    assert mirroring.state.standing().trouble is None


def test_outside_its_hours_it_pulls_only_when_asked(build, source, core):
    assert START.astimezone(core.office.zone).hour == 9
    mirroring = build(hours="18-6")
    mirroring.look()
    mirroring.look()
    assert source.asked == []

    mirroring.state.ask()

    look_until(mirroring, lambda: len(titles()) == 12)


def test_one_at_a_time_on_a_data_folder(build, source, core, monkeypatch):
    monkeypatch.setattr(at_work, "COMMAND_WAIT_S", 0.2)
    lock = own(core.settings.run_dir, LOCK)
    mirroring = build()
    mirroring.look()
    with pytest.raises(Refused):
        mirroring.pull(lambda _: None)
    assert source.asked == []

    lock.release()

    mirroring.pull(lambda _: None)
    assert len(titles()) == 12


def test_a_pull_anew_begins_at_the_first_page(build, source):
    source.faults.extend([None, html])
    mirroring = build()
    with pytest.raises(SourceTrouble):
        mirroring.pull(lambda _: None)

    mirroring.pull(lambda _: None, anew=True)

    assert source.pages() == [1, 2, 1, 2]
