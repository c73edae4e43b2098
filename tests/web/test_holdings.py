"""Copies on the staff's screens: their list, their labels, and books without a record."""

from tests.services.library import OFFICER, new_publication, new_visit
from tests.web.conftest import fragment, post


def test_copies_are_added_changed_and_labelled(officer, services):
    card = new_publication(services, publication_number="13090.2401")
    here = f"/staff/catalogue/{card.id}/copies"

    assert post(officer, here, {"shelf": "4D"}).location == here
    page = officer.get(here).text
    first, second = services.holdings.of(card.id)
    assert f"/staff/catalogue/copies/{first.id}" in page
    assert second.barcode in page

    changed = post(
        officer,
        f"/staff/catalogue/copies/{second.id}",
        {"barcode": second.barcode, "state": "repair", "note": "Punggung lepas"},
    )
    assert changed.location == here
    assert "Punggung lepas" in officer.get(here).text
    labels = officer.get(f"/staff/catalogue/{card.id}/labels").text
    assert first.barcode in labels
    assert second.barcode in labels


def test_a_copy_changed_from_an_old_screen_keeps_what_others_said(officer, services):
    card = new_publication(services, publication_number="13090.2401")
    (copy,) = services.holdings.of(card.id)
    here = f"/staff/catalogue/copies/{copy.id}"
    assert 'name="was_state" value="on_shelf"' in officer.get(here).text

    services.holdings.change(copy.id, {"state": "missing"}, by=OFFICER)
    shown = {"state": "on_shelf", "shelf": copy.shelf, "barcode": copy.barcode, "note": ""}
    was = {f"was_{name}": value for name, value in shown.items()}
    wrong = post(officer, here, was | shown | {"barcode": "?"})
    assert 'name="was_barcode" value="RBP13090.2401"' in wrong.text
    post(officer, here, was | shown | {"note": "Punggung lepas", "shelf": ""})

    changed = services.holdings.get(copy.id)
    assert (changed.note, changed.shelf, changed.state) == ("Punggung lepas", "", "missing")


def test_a_taken_barcode_is_told_at_its_field(officer, services):
    card = new_publication(services, publication_number="13090.2401")

    answer = post(officer, f"/staff/catalogue/{card.id}/copies", {"barcode": "RBP13090.2401"})

    assert answer.status_code == 422
    assert 'href="#field-barcode"' in answer.text
    assert 'value="RBP13090.2401"' in answer.text
    assert officer.get("/staff/catalogue/copies/99").status_code == 404


def test_an_unknown_barcode_is_added_by_its_title_and_listed(officer, core, services):
    visit = new_visit(core, services)
    form = {"code": visit.code, "book": "B00123"}

    asked = post(officer, "/staff/readings", form)
    assert 'id="field-title"' in asked.text
    untitled = post(officer, "/staff/readings", form | {"choice": "new"})
    assert 'href="#field-title"' in untitled.text
    noted = post(officer, "/staff/readings", form | {"choice": "new", "title": "Atlas Tua"})

    assert noted.status_code == 303
    assert services.reading.open_notes()[0].barcode == "B00123"
    assert "belum terkatalog" in officer.get("/staff/readings").text
    listed = officer.get("/staff/catalogue/incomplete").text
    assert "Atlas Tua" in listed
    assert f"/staff/catalogue/{services.reading.open_notes()[0].publication_id}" in listed


def test_a_scan_without_a_ticket_brings_the_book_back(officer, core, services):
    new_publication(services, publication_number="13090.2401")
    visit = new_visit(core, services)
    form = {"book": "RBP13090.2401"}

    assert 'href="#field-code"' in post(officer, "/staff/readings", form).text
    post(officer, "/staff/readings", form | {"code": visit.code})
    listed = fragment(officer, "/staff/readings")
    assert visit.label in listed.text
    back = post(officer, "/staff/readings", form)

    assert back.status_code == 303
    assert services.reading.open_notes() == ()
    assert "kembali ke rak 3B" in officer.get("/staff/readings").text


def test_one_of_several_copies_is_chosen_by_a_person(officer, core, services):
    card = new_publication(services, issn="9780306406157", copies=3)
    one, two = new_visit(core, services), new_visit(core, services)
    form = {"book": "9780306406157"}
    copies = services.holdings.of(card.id)

    asked = post(officer, "/staff/readings", form | {"code": one.code})
    assert f'value="copy:{copies[1].id}"' in asked.text
    post(officer, "/staff/readings", form | {"code": one.code, "choice": f"copy:{copies[1].id}"})
    asked = post(officer, "/staff/readings", form)
    assert f'value="back:{copies[1].id}"' in asked.text

    taken = {"code": two.code, "book": copies[1].barcode}
    refused = post(officer, "/staff/readings", taken)
    assert "sedang dibaca" in refused.text
    assert refused.status_code == 422
    post(officer, "/staff/readings", form | {"choice": f"back:{copies[1].id}"})
    assert services.reading.open_notes() == ()


def test_the_list_of_books_on_tables_is_quiet_while_nothing_changes(officer, core, services):
    book = new_publication(services)
    page = fragment(officer, "/staff/readings").text
    version = page.partition("?v=")[2].partition('"')[0]

    assert fragment(officer, f"/staff/readings?v={version}").status_code == 204
    services.reading.note(new_visit(core, services).id, publication_id=book.id, by=OFFICER)
    assert fragment(officer, f"/staff/readings?v={version}").status_code == 200


def test_the_way_out_asks_for_open_books(officer, core, services):
    books = [new_publication(services, f"Buku {n}") for n in range(3)]
    visit = new_visit(core, services)
    notes = [services.reading.note(visit.id, publication_id=book.id, by=OFFICER) for book in books]
    services.checkout.start(visit.id, by=OFFICER)
    base = f"/staff/visits/{visit.id}"

    assert "Sudah dikembalikan semua" in officer.get(f"/staff?visit={visit.id}").text
    post(officer, f"{base}/reading/{notes[0].id}/missing", {"reason": " "})
    assert services.reading.get(notes[0].id).is_open
    post(officer, f"{base}/reading/{notes[0].id}/missing", {"reason": "Tidak ada di meja"})
    assert services.visits.by_id(visit.id).is_open
    answer = post(officer, f"{base}/readings/back")

    assert answer.location == "/staff"
    assert not services.visits.by_id(visit.id).is_open
    assert services.holdings.get(notes[0].copy_id).state == "missing"
