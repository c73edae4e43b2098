"""The key log on the screens."""

import pytest

from appliance.actor import SYSTEM
from tests.web.conftest import post

KEYS = "/staff/keys"


@pytest.fixture(autouse=True)
def lockers(services):
    services.lockers.sync_bank(dict.fromkeys((1, 2, 3), True), by=SYSTEM)


@pytest.mark.parametrize("path", [KEYS, f"{KEYS}/1", f"{KEYS}/find?number=1"])
def test_keys_are_the_desks(client, sign_in, path) -> None:
    assert client.get(path).location.startswith("/staff/login")
    assert sign_in("operator").get(path).status_code == 403


def test_nobody_else_writes_into_the_log(client, sign_in, services) -> None:
    for browser in (client, sign_in("operator")):
        sent = {"event": "lost", "note": "x"}
        assert post(browser, f"{KEYS}/1", sent).status_code == 403

    assert services.keys.latest() == ()
    assert services.lockers.tile(1).is_free


def test_a_key_goes_out_and_comes_back(sign_in, services) -> None:
    browser = sign_in("officer")
    assert "Semua kunci ada di meja" in browser.get(KEYS).text
    assert browser.get(f"{KEYS}/find?number=2").location == f"{KEYS}/2"

    post(browser, f"{KEYS}/2", {"event": "handed_out", "holder": "Pak Dedi"})
    text = browser.get(KEYS).text
    assert "Pak Dedi" in text
    assert "Kunci kembali" in text
    back = post(browser, f"{KEYS}/2", {"event": "brought_back"})

    assert back.location == f"{KEYS}/2"
    assert services.keys.out() == ()
    assert post(browser, f"{KEYS}/2", {"event": "brought_back"}).status_code == 409


def test_the_same_form_twice_is_one_line(sign_in, services) -> None:
    browser = sign_in("officer")
    form = {"event": "handed_out", "holder": "Pak Dedi", "idempotency_key": "k"}

    answers = {post(browser, f"{KEYS}/2", form).status_code for _ in range(2)}

    assert answers == {303}
    assert len(services.keys.latest()) == 1


@pytest.mark.parametrize(
    ("sent", "problem"),
    [
        ({}, "Pilih apa yang terjadi"),
        ({"event": "melted"}, "Pilih apa yang terjadi"),
        ({"event": "handed_out"}, "Tulis siapa yang membawa"),
        ({"event": "used", "note": " "}, "Tulis mengapa loker dibuka"),
        ({"event": "lost"}, "Tulis bagaimana kunci ini hilang"),
    ],
)
def test_what_is_missing_is_named_and_the_rest_kept(sign_in, services, sent, problem) -> None:
    answer = post(sign_in("officer"), f"{KEYS}/2", sent | {"holder": sent.get("holder", "")})

    assert answer.status_code == 422
    assert problem in answer.text
    assert services.keys.latest() == ()


def test_a_lost_key_blocks_its_locker_until_somebody_says_otherwise(sign_in, services) -> None:
    browser = sign_in("officer")

    post(browser, f"{KEYS}/3", {"event": "lost", "note": "jatuh di parkiran"})
    assert services.lockers.tile(3).state == "key_lost"
    assert "jatuh di parkiran" in browser.get(KEYS).text
    assert "Loker dapat dipakai lagi" in browser.get(f"{KEYS}/3").text
    post(browser, f"{KEYS}/3", {"event": "replaced", "is_usable": "1"})

    assert services.lockers.tile(3).is_free


def test_a_door_opened_by_key_is_written_down(sign_in, services) -> None:
    browser = sign_in("officer")

    post(browser, f"{KEYS}/1", {"event": "used", "note": "listrik padam"})

    assert "Dibuka dengan kunci" in browser.get(f"{KEYS}/1").text
    assert "listrik padam" in browser.get(KEYS).text


def test_a_locker_that_does_not_exist(sign_in) -> None:
    browser = sign_in("officer")

    assert browser.get(f"{KEYS}/9").status_code == 404
    assert post(browser, f"{KEYS}/9", {"event": "used", "note": "x"}).status_code == 404
    for nonsense in ("", "?number=x", f"?number={2**70}", "?number=0"):
        assert browser.get(f"{KEYS}/find{nonsense}").location == KEYS
