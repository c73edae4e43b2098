"""Found property on the screens: from a locker or the room to its owner, with its papers."""

import pytest

from appliance.actor import SYSTEM, Actor
from appliance.runtime.wakeup import WakeSocket
from tests.services.library import new_visit
from tests.web.conftest import post

OFFICER = Actor.staff("officer1", "officer")
FOUND = "/staff/found"
OWNER = {"handed_to": "Siti Aminah", "proof": "menyebut isi tas"}
READS = (FOUND, f"{FOUND}/1", f"{FOUND}/1/label", f"{FOUND}/1/receipt")
CHANGES = (FOUND, f"{FOUND}/1/hand-over", f"{FOUND}/1/pass-on", f"{FOUND}/1/move",
           f"{FOUND}/export")  # fmt: skip


@pytest.fixture
def visit(core, services):
    """A visit with locker 1 of three."""
    services.lockers.sync_bank(dict.fromkeys((1, 2, 3), True), by=SYSTEM)
    wake = WakeSocket(core.settings.run_dir, "lockers")
    visit = new_visit(core, services)
    services.lockers.assign(visit.id, by=OFFICER)
    yield visit
    wake.close()


@pytest.fixture
def left(services, visit):
    """Its bag, left in the locker: BT-0001."""
    services.lockers.release(
        visit.id, by=OFFICER, reason="found_property", description="tas punggung hitam"
    )
    return services.found_property.get(1)


@pytest.mark.parametrize("path", READS)
def test_the_register_is_the_desks(client, sign_in, left, path) -> None:
    assert client.get(path).location.startswith("/staff/login")
    assert sign_in("operator").get(path).status_code == 403


@pytest.mark.parametrize("path", CHANGES)
def test_nobody_else_changes_it(client, sign_in, services, left, path) -> None:
    for browser in (client, sign_in("operator")):
        assert post(browser, path, OWNER).status_code == 403

    assert services.found_property.get(1).is_kept
    assert len(services.found_property.kept()) == 1


def test_from_the_lockers_page_into_the_register(sign_in, services, visit) -> None:
    browser = sign_in("officer")

    blank = post(browser, "/staff/lockers/1/release", {"visit": visit.id, "found": "yes"})
    assert (blank.status_code, services.found_property.kept()) == (422, ())
    assert "Tulis apa yang terlihat dari luar" in blank.text
    form = {"visit": visit.id, "found": "yes", "description": "tas merah"}
    done = post(browser, "/staff/lockers/1/release", form)

    assert done.location == f"{FOUND}/1"
    text = browser.get(done.location).text
    for words in ("BT-0001", "tas merah", "Tempelkan label ini", visit.label, "di loker 01"):
        assert words in text


def test_forgotten_after_the_locker_was_given_back(sign_in, services, visit) -> None:
    services.lockers.release(visit.id, by=OFFICER)
    browser = sign_in("officer")
    path = "/staff/lockers/1/property"
    assert "Ada barang di dalamnya?" in browser.get("/staff/lockers/1").text

    blank = post(browser, path)
    assert blank.status_code == 422
    assert "Tulis apa yang terlihat dari luar" in blank.text
    form = {"description": "payung biru", "idempotency_key": "k"}
    answers = {post(browser, path, form).location for _ in range(2)}

    assert answers == {f"{FOUND}/1"}
    assert services.lockers.tile(1).state == "blocked"
    text = browser.get("/staff/lockers/1").text
    assert "Di dalamnya ada BT-0001: payung biru" in text
    assert f"{FOUND}/1" in text
    assert (
        post(browser, "/staff/lockers/9/property", form | {"idempotency_key": "l"}).status_code
        == 404
    )


def test_a_locker_in_use_is_emptied_first(client, sign_in, services, visit) -> None:
    path, form = "/staff/lockers/1/property", {"description": "payung"}

    assert post(client, path, form).status_code == 403
    assert post(sign_in("operator"), path, form).status_code == 403
    assert post(sign_in("officer"), path, form).status_code == 409
    assert services.found_property.kept() == ()


def test_a_visit_that_was_leaving_ends_with_that(sign_in, services, visit) -> None:
    services.checkout.start(visit.id, by=OFFICER)

    post(
        sign_in("officer"),
        "/staff/lockers/1/release",
        {"visit": visit.id, "found": "yes", "description": "tas merah"},
    )

    assert services.visits.by_id(visit.id).state == "finished"


def test_found_in_the_room(sign_in, services) -> None:
    browser = sign_in("officer")
    assert "Tidak ada barang tertinggal" in browser.get(FOUND).text

    blank = post(browser, FOUND, {"description": "kacamata"})
    assert blank.status_code == 422
    assert "Tulis di mana barang ini disimpan." in blank.text
    assert 'value="kacamata"' in blank.text
    form = {"description": "kacamata", "kept_at": "laci meja", "idempotency_key": "k"}
    answers = {post(browser, FOUND, form).location for _ in range(2)}

    assert answers == {f"{FOUND}/1"}
    assert "laci meja" in browser.get(FOUND).text
    assert "sudah kosong" not in browser.get(f"{FOUND}/1").text  # it is in no locker


def test_to_its_owner_and_the_locker_free_by_a_tick(sign_in, services, left) -> None:
    browser = sign_in("officer")
    blank = post(browser, f"{FOUND}/1/hand-over")
    assert blank.status_code == 422
    assert "Tulis nama yang menerima" in blank.text

    answers = [
        post(browser, f"{FOUND}/1/hand-over", OWNER | {"handed_locker_is_empty": "1"})
        for _ in range(2)
    ]

    assert [answer.location for answer in answers] == [f"{FOUND}/1", f"{FOUND}/1"]
    text = browser.get(f"{FOUND}/1").text
    assert "Siti Aminah" in text
    assert "Loker 1 dapat dipakai lagi." in text
    assert services.lockers.tile(1).is_free
    assert post(browser, f"{FOUND}/1/hand-over", OWNER | {"handed_to": "X"}).status_code == 409


def test_without_the_tick_the_locker_stays_blocked(sign_in, services, left) -> None:
    browser = sign_in("officer")

    post(browser, f"{FOUND}/1/hand-over", OWNER)

    assert "Loker 1 masih diblokir" in browser.get(f"{FOUND}/1").text
    assert services.lockers.tile(1).state == "blocked"


def test_a_locker_with_property_in_it_is_not_made_usable(sign_in, services, left) -> None:
    answer = post(sign_in("officer"), "/staff/lockers/1/condition", {"condition": "usable"})

    assert answer.status_code == 409
    assert "BT-0001" in answer.text
    assert services.lockers.tile(1).state == "blocked"


def test_moved_and_then_passed_on(sign_in, services, left) -> None:
    browser = sign_in("officer")
    assert post(browser, f"{FOUND}/1/move").status_code == 422

    post(browser, f"{FOUND}/1/move", {"kept_at": "lemari arsip", "moved_locker_is_empty": "1"})
    assert services.lockers.tile(1).is_free
    blank = post(browser, f"{FOUND}/1/pass-on", {"note": "surat 12"})
    assert blank.status_code == 422
    assert 'id="field-passed_to"' in blank.text
    assert "Tulis ke mana barang ini diteruskan." in blank.text
    post(browser, f"{FOUND}/1/pass-on", {"passed_to": "Polsek Bonjol", "note": "surat 12"})

    assert services.found_property.get(1).state == "passed_on"
    assert "Polsek Bonjol" in browser.get(f"{FOUND}/1").text


def test_its_papers(sign_in, core, services, left) -> None:
    browser = sign_in("officer")
    label = browser.get(f"{FOUND}/1/label").text
    assert "BT-0001" in label
    assert "data-print" in label
    assert browser.get(f"{FOUND}/1/receipt").status_code == 404  # nobody has received it

    services.found_property.hand_over(1, OWNER, by=OFFICER, locker_is_empty=False)
    receipt = browser.get(f"{FOUND}/1/receipt").text

    assert "Siti Aminah" in receipt
    assert "Yang menerima" in receipt
    assert core.journal.latest(1)[0].action == "property.read"


def test_the_list_as_a_file(sign_in, core, services, left) -> None:
    services.found_property.hand_over(1, OWNER, by=OFFICER, locker_is_empty=False)

    answer = post(sign_in("officer"), f"{FOUND}/export")

    assert answer.mimetype == "text/csv"
    assert "tas punggung hitam" in answer.text
    assert "Siti" not in answer.text
    assert core.journal.latest(1)[0].action == "property.exported"


def test_a_number_that_was_never_given(sign_in, left) -> None:
    browser = sign_in("officer")

    for path in ("", "/label", "/receipt"):
        assert browser.get(f"{FOUND}/9{path}").status_code == 404
    for path in ("hand-over", "move"):
        filled = OWNER | {"kept_at": "laci"}
        assert post(browser, f"{FOUND}/9/{path}", filled).status_code == 404
    assert post(browser, f"{FOUND}/9/pass-on", {"passed_to": "x"}).status_code == 404
    assert post(browser, f"{FOUND}/9/hand-over").status_code == 404


def test_what_is_typed_is_only_text(sign_in, left) -> None:
    browser = sign_in("officer")
    script = "<script>alert(1)</script>"

    post(browser, FOUND, {"description": script, "kept_at": script})

    for path in (FOUND, f"{FOUND}/2", f"{FOUND}/2/label", "/staff/closing"):
        assert script not in browser.get(path).text
