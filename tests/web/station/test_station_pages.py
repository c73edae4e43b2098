"""Pages at the station over HTTP, the queue for the scanner, and visitors without a ticket."""

import pytest

from appliance.actor import SYSTEM
from appliance.storage.models import ScanPage
from tests.documents_kit import a_visit
from tests.entries import filled
from tests.web.conftest import fragment, post
from tests.web.station.kit import finish_page, page_uuids, words


def test_a_page_is_turned_cut_moved_removed_and_brought_back(scanned, services, documents):
    post(scanned, "/station/pages")
    finish_page(services, documents)
    first, second = page_uuids()

    answer = post(scanned, "/station/pages/turn", {"page": first, "turned": "90"})
    assert answer.headers["Location"] == f"/station/scan?page={first}"
    assert "is-turned-90" in words(scanned.get(f"/station/scan?page={first}"))
    assert "Potong halaman 1" in words(scanned.get(f"/station/pages/{first}/crop"))
    post(scanned, "/station/pages/crop", {"page": first, "cut": "edges"})
    post(scanned, "/station/pages/move", {"page": first, "place": "2"})
    assert page_uuids() == [second, first]
    answer = post(scanned, "/station/pages/remove", {"page": second})
    assert answer.headers["Location"] == f"/station/scan?page={first}"
    assert "Satu halaman dihapus." in words(scanned.get("/station/scan"))
    post(scanned, "/station/pages/restore", {"page": second})

    row = ScanPage.get(ScanPage.uuid == first)
    assert (row.turned, bool(row.crop)) == (90, True)
    assert page_uuids() == [second, first]


@pytest.mark.parametrize(
    ("edges", "said"),
    [({"left": "x"}, "Tulis berapa milimeter"), ({"top": "290"}, "terlalu besar"),
     ({"left": "12,5"}, "")],
)  # fmt: skip
def test_the_four_edges_are_cut_in_millimetres(scanned, services, documents, edges, said):
    (uuid,) = page_uuids()

    answer = post(scanned, "/station/pages/crop", {"page": uuid} | edges)

    shown = words(scanned.get(answer.headers["Location"]))
    assert (said in shown) if said else (ScanPage.get().crop.split(",")[0] == "20")


def test_a_page_that_seems_blank_is_asked_about(core, scanned):
    (uuid,) = page_uuids()
    core.writer.run(ScanPage.update(is_blank=True).execute)
    assert "Halaman 1 tampak kosong. Hapus?" in words(scanned.get("/station/scan"))

    post(scanned, "/station/pages/keep", {"page": uuid})

    assert "tampak kosong" not in words(scanned.get("/station/scan"))


def test_an_edit_that_comes_too_late_is_refused_with_a_sentence(scanned, services):
    (uuid,) = page_uuids()
    post(scanned, "/station/finish")

    answer = post(scanned, "/station/pages/turn", {"page": uuid, "turned": "90"})

    assert answer.status_code == 409
    assert "PDF sedang dibuat" in words(answer)


@pytest.mark.parametrize("where", ["turn", "crop", "move", "remove", "restore", "keep"])
def test_a_page_of_somebody_else_is_not_touched(core, scanned, services, visit, where):
    (uuid,) = page_uuids()
    other = services.visits.by_id(a_visit(core, services))
    post(scanned, "/station/visit", {"code": other.code})
    job = services.documents.open_job(other.id, "colour", by=SYSTEM)
    post(scanned, "/station/visit", {"code": other.code})

    fields = {"page": uuid, "turned": "90", "cut": "edges", "place": "1"}
    answer = post(scanned, f"/station/pages/{where}", fields)

    assert answer.status_code == 404
    assert job.pages == ()
    assert scanned.get(f"/station/pages/{uuid}/large.jpg").status_code == 404


def test_who_waits_is_called_when_the_other_station_is_done(
    core, app, bound, screen, services, documents
):
    other = services.documents.open_job(a_visit(core, services), "colour", by=SYSTEM)
    services.scan_pages.ask_page(other.uuid, by=SYSTEM)
    documents.run_until(lambda: services.documents.job(other.uuid).active is None)
    post(bound, "/station/job", {"preset": "colour"})
    assert "Anda urutan ke-1" in words(fragment(bound, "/station/scan?v=0"))

    services.documents.finish(other.uuid, by=SYSTEM)

    shown = words(fragment(bound, "/station/scan?v=0"))
    assert "Giliran Anda" in shown
    assert "Letakkan halaman di kaca" in shown


def test_going_home_gives_the_scanner_back(core, scanned, services):
    other = services.documents.open_job(a_visit(core, services), "colour", by=SYSTEM)

    scanned.get("/station")

    assert services.scan_pages.ask_page(other.uuid, by=SYSTEM).is_active


def test_staff_write_down_who_has_no_ticket_and_scan_at_once(sign_in, services):
    operator = sign_in("operator")
    assert "/guestbook?station=1" in words(operator.get("/station"))

    answer = post(operator, "/guestbook?station=1", filled())

    assert answer.headers["Location"] == "/station/scan"
    assert "Apa yang dipindai?" in words(operator.get("/station/scan"))
    (visit,) = services.visits.inside()
    assert visit.channel == "desk"


def test_a_screen_without_staff_registers_nobody_for_the_station(screen):
    assert "Tanpa tiket" not in words(screen.get("/station"))

    answer = post(screen, "/guestbook?station=1", filled())

    assert answer.headers["Location"] != "/station/scan"
    assert screen.get("/station/scan").headers["Location"] == "/station"


def test_two_stacks_are_put_together_from_the_screen(core, scanned, services):
    (uuid,) = page_uuids()
    first = ScanPage.get()
    second = {"id": None, "uuid": "b", "position": 2, "batch": "b", "source": "feeder"}
    core.writer.run(
        lambda: (
            ScanPage.update(source="feeder", batch="a").execute(),
            ScanPage.insert(first.__data__ | second).execute(),
        )
    )
    assert "Susun bolak-balik" in words(scanned.get("/station/scan"))

    post(scanned, "/station/pages/collate")

    assert page_uuids() == [uuid, "b"]
    assert "Susun bolak-balik" not in words(scanned.get("/station/scan"))
