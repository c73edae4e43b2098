"""Every answer that the source was ever seen to give, and what becomes of the mirror."""

import contextlib
import json
import ssl
import threading
from pathlib import Path

import pytest

from appliance.mirror.client import WebApi, read_key
from appliance.mirror.fetch import ANSWER_LIMIT_BYTES
from appliance.mirror.puller import SetAside
from appliance.mirror.trouble import SourceTrouble, Trouble
from appliance.storage.models import MirrorList, Publication
from tests.mirror_kit import Mirror, numbered, titles
from tests.webapi_server import (
    KEY,
    bomb,
    cut_after,
    edited,
    html,
    no_answer,
    press_release,
    pub_id,
    publication,
    redirect,
    running,
    slow,
    status,
)

CERTIFICATE = Path(__file__).parents[1] / "mail_server.pem"  # of a server at 127.0.0.1, for tests


@pytest.fixture
def source():
    with running(per_page=4) as server:
        yield server


@pytest.fixture
def mirror(core, source):
    return Mirror(core, source)


def trouble_of(mirror):
    """What ended a pull, or set a list of it aside."""
    try:
        done = mirror.pull()
    except SourceTrouble as error:
        return error
    return next(one.error for one in done if isinstance(one, SetAside))


FAULTS = {
    "nothing": (no_answer, Trouble.CUT),
    "a cut": (cut_after(40), Trouble.CUT),
    "a page for people": (html, Trouble.NOT_JSON),
    "another host": (redirect("https://portal.example/login"), Trouble.REDIRECTED),
    "plain http": (redirect("http://127.0.0.1:1/v1/api/"), Trouble.REDIRECTED),
    "itself": (redirect("?again"), Trouble.BAD_KEY),
    "a refused key": (status(401), Trouble.BAD_KEY),
    "too much asked": (status(429, Retry_After="120"), Trouble.BUSY),
    "an error of theirs": (status(500), Trouble.REFUSED),
    "a packed bomb": (bomb, Trouble.TOO_LARGE),
    "a word for error": (edited(lambda answer: answer.update(status="Error")), Trouble.REFUSED),
    "another status": (edited(lambda answer: answer.update(status="Fine")), Trouble.SHAPE),
    "a list without end": (
        edited(lambda answer: answer["data"][0].update(pages=10**7, total=10**8)),
        Trouble.SHAPE,
    ),
    "text for data": (edited(lambda answer: answer.update(data="")), Trouble.SHAPE),
    "a text for a number": (
        edited(lambda answer: answer["data"][0].update(total="9")),
        Trouble.SHAPE,
    ),
    "a field that is gone": (
        edited(lambda answer: answer["data"][1][-1].pop("title")),
        Trouble.SHAPE,
    ),
    "an odd id": (
        edited(lambda answer: answer["data"][1][-1].update(pub_id="9/../x")),
        Trouble.SHAPE,
    ),
    "an odd date": (
        edited(lambda answer: answer["data"][1][-1].update(rl_date="soon")),
        Trouble.SHAPE,
    ),
    "no records": (edited(lambda answer: answer["data"][1].clear()), Trouble.SHAPE),
    "an old encoding": (
        lambda handler, body: handler.say(200, body.replace(b'"title": "', b'"title": "\xe9')),
        Trouble.SHAPE,
    ),
}


@pytest.mark.parametrize("name", FAULTS)
def test_nothing_of_an_answer_that_cannot_be_used_is_kept(source, core, name):
    fault, expected = FAULTS[name]
    source.put("publication", numbered(9))
    source.faults.extend([None, fault])
    mirror = Mirror(core, source, models=("publication",))

    error = trouble_of(mirror)

    assert error.trouble is expected
    assert len(titles()) == 4
    assert KEY not in f"{error} {error.detail} {error.__cause__!r}"
    assert MirrorList.get().next_page == 2
    mirror.again()
    assert len(titles()) == 9


def test_a_size_beyond_all_sizes_is_a_size_or_none(source, mirror):
    source.put("publication", numbered(3))
    odd = "9" * 400 + " MB"
    source.faults.append(edited(lambda answer: answer["data"][1][0].update(size=odd)))

    mirror.pull()

    assert len(titles()) == 3


def test_where_an_answer_differs_is_told_but_nothing_of_it(source, mirror):
    source.put("publication", numbered(3))
    source.faults.append(edited(lambda answer: answer["data"][1][2].update(title=["Rahasia"])))

    error = trouble_of(mirror)

    assert error.detail == "data[1][2]: Expected `str`, got `array` - at `$.title`"


def test_a_list_of_another_form_does_not_hold_up_the_others(source, core, clock):
    mirror = Mirror(core, source, models=("pressrelease", "publication"))
    source.put("publication", numbered(5))
    source.put("pressrelease", [press_release(1)])

    def odd(server, path):
        server.faults.clear()
        if "list/model/pressrelease" in path:
            server.faults.append(edited(lambda answer: answer["data"][1][0].pop("brs_id")))

    source.before = odd
    mirror.pull()
    assert len(titles()) == 5
    assert mirror.state.standing().trouble is None
    row = MirrorList.get(MirrorList.model == "pressrelease")
    assert (row.trouble, row.completed_at) == ("shape", None)
    assert row.detail == "data[1][0]: Object missing required field `brs_id`"
    before = len(source.asked)
    mirror.pull()
    assert len(source.asked) == before, "it is left alone"

    source.before = None
    clock.advance(7 * 3600)
    mirror.pull()

    assert len(titles()) == 6
    assert MirrorList.get(MirrorList.model == "pressrelease").trouble is None


@pytest.mark.parametrize(
    "change",
    [lambda data: data.pop("kat_no"), lambda data: data.update(pub_id=pub_id(2))],
    ids=["a field is gone", "another record"],
)
def test_one_odd_record_does_not_hold_up_the_numbers_of_others(source, mirror, change):
    source.put("publication", numbered(3))
    source.numbers = {pub_id(n): (f"1102.{n}", f"13090.240{n}") for n in (1, 2, 3)}

    def odd(server, path):
        server.faults.clear()
        if "/view/" in path and pub_id(1) in path:
            server.faults.append(edited(lambda answer: change(answer["data"])))

    source.before = odd
    mirror.pull()

    told = {row.source_id: row.publication_number for row in Publication.select()}
    assert told == {pub_id(1): "", pub_id(2): "13090.2402", pub_id(3): "13090.2403"}
    assert len([path for path in source.asked if "/view/" in path]) == 5, "three tries"


@pytest.mark.parametrize("path", ["list/model/pressrelease", f"id={pub_id(1)}"])
def test_one_answer_that_is_never_json_does_not_hold_up_the_rest(source, core, clock, path):
    mirror = Mirror(core, source, models=("pressrelease", "publication"))
    source.put("pressrelease", [press_release(1)])
    source.put("publication", numbered(2))
    source.numbers = {pub_id(n): (f"1102.{n}", f"13090.240{n}") for n in (1, 2)}

    def broken(server, asked):
        server.faults.clear()
        if path in asked:
            server.faults.append(html)

    source.before = broken
    for _ in range(8):
        clock.advance(4000)
        mirror.state.ask()
        with contextlib.suppress(SourceTrouble):
            mirror.pull()

    found = {row.source_id: row.publication_number for row in Publication.select()}
    assert found[pub_id(2)] == "13090.2402"
    assert ("pressrelease/1309/1" in found) is ("pressrelease" not in path)
    assert (found[pub_id(1)] == "13090.2401") is ("pressrelease" in path)
    if "pressrelease" in path:
        assert MirrorList.get(MirrorList.model == "pressrelease").trouble == "not_json"


def test_a_date_beyond_all_dates_in_retry_after_is_read_over(source, mirror):
    source.faults.append(status(503, Retry_After=f"Mon, 01 Jan {'9' * 30} 00:00:00 GMT"))

    with pytest.raises(SourceTrouble) as caught:
        mirror.pull()

    assert (caught.value.trouble, caught.value.retry_after_s) == (Trouble.BUSY, None)


def test_a_new_field_is_named_and_read_over(source, mirror):
    source.put("publication", [publication(1, doi="10.1/x")])

    mirror.pull()

    assert mirror.state.standing().new_fields == ("publication.doi",)
    assert len(titles()) == 1


def test_an_answer_that_never_ends_is_given_up(source, core):
    source.put("publication", numbered(1))
    release = threading.Event()
    source.faults.append(slow(release))

    error = trouble_of(Mirror(core, source, answer_s=0.3))

    release.set()
    assert error.trouble is Trouble.SLOW


def test_a_source_that_is_not_there_is_offline(core):
    with running() as gone:
        pass

    assert trouble_of(Mirror(core, gone)).trouble is Trouble.OFFLINE


def test_a_certificate_that_nobody_vouches_for_is_not_spoken_to(core):
    with running(certificate=CERTIFICATE) as server:
        assert trouble_of(Mirror(core, server)).trouble is Trouble.CERTIFICATE
        assert server.asked == []


def test_a_source_that_is_vouched_for_is_not_left_for_plain_http(core, source):
    with running(certificate=CERTIFICATE) as server:
        server.put("publication", numbered(1))
        server.faults.append(redirect(f"{source.address}/v1/api/list/model/publication"))
        trusting = ssl.create_default_context(cafile=CERTIFICATE)
        settings = server.settings()
        api = WebApi(settings, KEY, pace=lambda: None, tls=trusting)
        mirror = Mirror(core, server, api=api)

        assert trouble_of(mirror).trouble is Trouble.REDIRECTED
        mirror.again()

    assert source.asked == []
    assert len(titles()) == 1


def test_after_a_refused_key_nothing_is_asked_until_the_file_is_another(source, mirror, clock):
    source.faults.append(status(401))
    error = trouble_of(mirror)
    mirror.state.failed(error, "old key")

    clock.advance(3600)

    assert not mirror.state.may_ask("old key")
    assert mirror.state.may_ask("new key")


def test_a_busy_source_is_left_alone_as_long_as_it_says(source, mirror, clock):
    source.faults.append(status(429, Retry_After="7200"))
    mirror.state.failed(trouble_of(mirror), "")

    clock.advance(7000)
    assert not mirror.state.may_ask("")
    clock.advance(300)
    assert mirror.state.may_ask("")


def test_waits_grow_and_end_with_an_answer(source, mirror):
    source.faults.extend([html] * 3)
    waits = [mirror.state.failed(trouble_of(mirror), "") for _ in range(3)]

    mirror.pull()

    assert waits == [30.0, 60.0, 120.0]
    assert mirror.state.standing().tries == 0


# The key --------------------------------------------------------------------------------------


def test_a_key_that_others_may_read_is_not_used(tmp_path):
    file = tmp_path / "key"
    file.write_text(KEY + "\n")
    file.chmod(0o400)
    assert read_key(file) == KEY

    for mode in (0o404, 0o440, 0o420):
        file.chmod(mode)
        with pytest.raises(SourceTrouble):
            read_key(file)


@pytest.mark.parametrize("text", ["", "two words", "k" * 1000, "kunci/../x?y=1"])
def test_what_is_no_key_is_not_sent(tmp_path, text):
    file = tmp_path / "key"
    file.write_text(text)
    file.chmod(0o400)

    with pytest.raises(SourceTrouble) as caught:
        read_key(file)

    assert caught.value.trouble is Trouble.NO_KEY


def test_an_answer_is_bounded_however_large_it_is(source, mirror):
    source.put("publication", [publication(1, abstract="x" * ANSWER_LIMIT_BYTES)])

    assert trouble_of(mirror).trouble is Trouble.TOO_LARGE
    assert json.dumps(titles()) == "{}"
