"""Fetching a marked copy, and verifying one: forms, waiting, ranges, and what nobody may."""

import hashlib
import io
from html import unescape
from types import SimpleNamespace

import pytest
from waitress.adjustments import Adjustments

from appliance.storage.models import MarkedCopy, PreparedCopy
from tests import copies_kit as kit
from tests.services.library import OFFICER, new_publication, new_visit
from tests.web.conftest import csrf_token, fragment, post
from web import uploads
from web.routes.home import OWN_VISIT

WAITRESS_LIMIT = 262_144


def html(response):
    return response.get_data(as_text=True)


def be(client, visit):
    with client.session_transaction() as session:
        session[OWN_VISIT] = visit.token


@pytest.fixture
def visit(core, services):
    return new_visit(core, services)


@pytest.fixture
def book(core, services):
    return kit.add_book(core, services)


@pytest.fixture
def path(book):
    return f"/catalogue/{book.id}/download"


@pytest.fixture
def preparer(core, attended):
    made = kit.new_preparer(core, attended)
    yield made
    made.stop()


@pytest.fixture
def ready(core, services, preparer, attended, book):
    assert kit.prepared(services, preparer, attended, book).is_ready


@pytest.fixture
def copy(client, ready, path, visit):
    """The address and the bytes of a copy that was made."""
    be(client, visit)
    address = post(client, path, {"purpose": "4"}).headers["Location"]
    return address, client.get(address).data


def send(client, data, name="salinan.pdf"):
    fields = {"csrf_token": csrf_token(client), "file": (io.BytesIO(data), name)}
    return client.post(uploads.PATH, data=fields, headers={"Origin": "http://localhost"})


def test_the_publication_offers_its_softcopy(client, services, book, path):
    assert f'href="{path}"' in html(client.get(f"/catalogue/{book.id}"))

    bare = new_publication(services, "Tanpa berkas")
    assert "/download" not in html(client.get(f"/catalogue/{bare.id}"))
    assert client.get(f"/catalogue/{bare.id}/download").status_code == 404
    assert client.get("/catalogue/99/download").status_code == 404


def test_without_a_visit_it_leads_to_the_guest_book(client, path):
    page = client.get(path)

    assert page.status_code == 200
    assert 'href="/guestbook"' in html(page)
    assert post(client, path, {"purpose": "1"}).status_code == 303
    assert PreparedCopy.select().count() == 0


def test_the_form_knows_what_the_visit_is_for(client, path, visit):
    be(client, visit)

    page = html(client.get(path))

    assert f'value="{visit.statistics.purpose}" id="field-purpose" checked' in page
    assert "Nama Anda tidak dicantumkan" in page
    assert PreparedCopy.select().count() == 0, "looking changes nothing"


def test_the_first_visitor_waits_on_a_page_that_asks_again(
    client, services, preparer, attended, book, path, visit
):
    be(client, visit)

    waiting = post(client, path, {"purpose": "4"}).headers["Location"]

    page = html(client.get(waiting))
    assert "sedang disiapkan" in page
    assert 'http-equiv="refresh"' in page
    assert 'hx-trigger="every 1s' in page
    assert fragment(client, f"{waiting}&v=waiting-1").status_code == 204
    kit.prepared(services, preparer, attended, book)
    shown = html(fragment(client, f"{waiting}&v=waiting-1"))
    assert "Tekan Unduh PDF" in shown
    assert 'value="4" id="field-purpose-4" checked' in shown
    assert "hx-get" not in shown


def test_a_prepared_file_that_was_lost_is_waited_for_again(client, core, ready, path, visit):
    (core.settings.prepared_dir / "1.pdf").unlink()
    be(client, visit)

    waiting = post(client, path, {"purpose": "4"}).headers["Location"]

    assert "sedang disiapkan" in html(client.get(waiting))


def test_while_nobody_prepares_the_page_says_so_and_goes_on_by_itself(
    client, core, services, book, path, visit
):
    be(client, visit)
    assert post(client, path, {"purpose": "4"}).status_code == 503

    page = html(client.get(path))

    assert "Layanan dokumen sedang tidak berjalan" in page
    assert "hx-get" in page


def test_the_copy_comes_as_a_file_with_its_number(client, copy, visit):
    address, data = copy
    row = MarkedCopy.get()

    answer = client.get(address)

    assert hashlib.sha256(data).hexdigest() == row.sha256
    assert answer.headers["Content-Length"] == str(row.size_bytes)
    assert row.number.lower() in answer.headers["Content-Disposition"]
    assert answer.mimetype == "application/pdf"
    assert data.count(row.number.encode()) >= 3


def test_parts_of_a_copy_can_be_fetched(client, copy):
    address, data = copy
    parts = {"0-9": data[:10], "1000-": data[1000:], "-700": data[-700:], "12-12": data[12:13]}

    for wanted, part in parts.items():
        answer = client.get(address, headers={"Range": f"bytes={wanted}"})

        assert answer.status_code == 206
        assert answer.data == part
        assert answer.headers["Content-Range"].endswith(f"/{len(data)}")


def test_a_part_that_is_not_there_is_refused(client, copy):
    address, data = copy

    assert client.get(address, headers={"Range": f"bytes={len(data)}-"}).status_code == 416


def test_the_visit_lists_its_copies(client, copy, visit):
    address, _ = copy

    assert f'href="{address}"' in html(client.get(f"/visits/{visit.token}"))


def test_nobody_else_fetches_it_nor_anybody_after_the_visit(client, core, services, copy, visit):
    address, _ = copy
    other = new_visit(core, services)

    assert client.get(address.replace(visit.token, other.token)).status_code == 404
    assert client.get(address.replace(".pdf", "x.pdf")).status_code == 404
    services.visits.close(visit.id, by=OFFICER)
    assert client.get(address).status_code in (404, 409)


def test_a_purpose_that_is_none_is_a_problem(client, ready, path, visit):
    be(client, visit)

    answer = post(client, path, {"purpose": "<b>"})

    assert answer.status_code == 422
    assert "Pilih untuk keperluan apa" in html(answer)
    assert MarkedCopy.select().count() == 0


def test_what_cannot_be_marked_says_why_and_leads_to_the_request(
    client, core, services, preparer, attended, visit
):
    book = kit.add_book(core, services, kit.signed, "Bertanda tangan")
    kit.prepared(services, preparer, attended, book)
    be(client, visit)

    page = html(client.get(f"/catalogue/{book.id}/download"))

    assert "tanda tangan elektronik" in page
    assert f"/visits/{visit.token}/requests?publication={book.id}" in page
    assert 'name="purpose"' not in page


@pytest.mark.parametrize("office_name", ["dharmasraya"], indirect=True)
def test_an_office_without_marks_gives_the_file_itself(client, core, book, path, visit):
    be(client, visit)
    assert 'name="purpose"' not in html(client.get(path))

    answer = client.get(post(client, path).headers["Location"])

    assert answer.data == (core.settings.data_dir / f"{book.id}.pdf").read_bytes()


def test_a_number_is_verified_and_tells_no_person(client, copy, book):
    number = MarkedCopy.get().number

    page = html(post(client, "/verify", {"number": number.lower()}))

    assert "Nomor ini tercatat" in page
    assert book.title in page
    assert "Penelitian" in page
    assert "Siti" not in page


def test_an_unknown_number_is_told_beside_its_field_and_guessing_ends(client):
    answers = [post(client, "/verify", {"number": "1309-2026-00000000"}) for _ in range(12)]

    assert answers[0].status_code == 404
    assert "tidak ada di daftar" in html(answers[0])
    assert answers[-1].status_code == 429


def test_a_file_is_verified_without_being_kept(client, copy, core, book):
    _, data = copy
    changed = data[:400] + b"?" + data[401:]
    before = set(core.settings.data_dir.rglob("*.pdf"))

    assert "Asli dan utuh" in html(send(client, data))
    assert "Sudah berubah" in html(send(client, changed))
    assert "Tidak dikenal" in html(send(client, b"%PDF-1.7 whatever"))
    assert set(core.settings.data_dir.rglob("*.pdf")) == before


def test_a_prepared_file_without_its_end_is_told(client, copy, core):
    base = next(core.settings.prepared_dir.glob("*.pdf")).read_bytes()

    assert "Nomornya dihilangkan" in html(send(client, base))


def test_no_file_is_a_problem_of_the_form(client):
    answer = send(client, b"", name="")

    assert answer.status_code == 422
    assert "Pilih berkas PDF" in html(answer)


def test_files_are_accepted_nowhere_else(client):
    fields = {"csrf_token": csrf_token(client), "number": (io.BytesIO(b"x" * 300_000), "x.pdf")}

    answer = client.post("/verify", data=fields, headers={"Origin": "http://localhost"})

    assert answer.status_code == 413


def test_english_is_complete(client, copy):
    client.set_cookie("lang", "en")

    assert "Genuine and whole" in html(send(client, copy[1]))
    assert "Every page gets the copy's number" in unescape(
        html(client.get("/catalogue/1/download"))
    )


def test_looking_changes_nothing_and_changing_needs_a_post(client, path):
    assert client.get("/verify").status_code == 200
    assert client.get(uploads.PATH).status_code == 405
    assert client.put(path).status_code in (403, 405)


def arriving(path, length):
    """What the server makes of the head of such a request."""
    parser = uploads.UploadParser(Adjustments(max_request_body_size=WAITRESS_LIMIT))
    parser.received(f"POST {path} HTTP/1.1\r\nContent-Length: {length}\r\n\r\n".encode())
    return parser


def test_the_server_takes_large_bodies_only_where_files_are_verified():
    assert arriving("/verify", 300_000).error.code == 413
    assert arriving(uploads.PATH, uploads.MOST_BYTES + 1).error.code == 413
    taken = arriving(uploads.PATH, 50_000_000)
    assert taken.error is None
    assert not taken.completed


@pytest.mark.parametrize(
    ("path", "most"),
    [(uploads.PATH, "128"), (uploads.SHELF_LIST_PATH, "8"), ("/staff/requests/1/file", "64")],
)
def test_a_body_that_is_too_large_is_told_so_in_words_of_ours(path, most):
    assert f"paling besar {most} MB" in arriving(path, 500_000_000).error.body


def test_only_a_few_large_files_arrive_at_once():
    first = [arriving(uploads.PATH, 50_000_000) for _ in range(uploads.AT_ONCE)]
    assert arriving(uploads.PATH, 50_000_000).error.code == 503
    assert arriving(uploads.PATH, 1000).error is None

    first.clear()

    assert arriving(uploads.PATH, 50_000_000).error is None


def test_who_sends_drop_by_drop_keeps_no_place(monkeypatch):
    now = 1000.0
    monkeypatch.setattr(uploads, "time", SimpleNamespace(monotonic=lambda: now))
    steady, dripping = (arriving(uploads.PATH, 50_000_000) for _ in range(2))

    now += uploads.GRACE_S + 10
    steady.received(b"x" * 10 * uploads.LEAST_BYTES_PER_S)
    dripping.received(b"x")

    assert (steady.error, steady.completed) == (None, False)
    assert (dripping.error.code, dripping.completed) == (408, True)
