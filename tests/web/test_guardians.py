"""Screens of consent for a child: the guest book, the desk, the visit's own page; and its proof."""

from tests.entries import filled
from tests.web.conftest import post

CHILD = {"age_band": "1", "guardian_name": "Ibu Ani", "email": "", "phone": ""}
YES = {"guardian_relation": "parent", "guardian_consent": "1"}


def register(services, **answers):
    return services.guestbook.register(
        filled(**(CHILD | answers)), channel="phone", language="id", idempotency_key="one"
    )


def test_the_guest_book_asks_who_consents(client, services) -> None:
    page = client.get("/guestbook").text
    assert "Saya yang bertanggung jawab atas anak ini." in page

    refused = post(client, "/guestbook", filled(**CHILD, guardian_relation=""))
    taken = post(client, "/guestbook", filled(**CHILD, **YES))

    assert refused.status_code == 422
    assert "Pilih hubungan pendamping dengan anak." in refused.text
    assert taken.status_code == 303
    assert services.guardians.of_visit(1).is_given


def test_the_desk_sees_what_is_missing_notes_it_and_can_take_it_back(sign_in, services) -> None:
    visit = register(services)
    officer = sign_in("officer")
    page, url = f"/staff/privacy/visits/{visit.id}", f"/staff/visits/{visit.id}/guardian"
    assert "belum dicatat" in officer.get(f"/staff?visit={visit.id}").text
    assert "Belum ada persetujuan pendamping" in officer.get(page).text
    assert post(officer, url, {"guardian_name": "Ibu Ani"}).status_code == 422

    said = {"guardian_name": "Ibu Ani", "guardian_relation": "parent", "guardian_way": "written"}
    assert post(officer, url, said).status_code == 303

    assert "Tertulis, lembarnya disimpan kantor" in officer.get(page).text
    assert post(officer, f"{url}/withdraw", {"reason": ""}).status_code == 422
    assert post(officer, f"{url}/withdraw", {"reason": "wish"}).status_code == 303
    assert "Ibu Ani" not in officer.get(page).text
    assert "Persetujuannya dicabut." in officer.get(page).text


def test_a_guardian_takes_it_back_on_the_page_of_the_visit(client, services) -> None:
    visit = register(services, **YES)
    page = f"/visits/{visit.token}/data"
    assert "Cabut persetujuan untuk anak" in client.get(page).text

    assert post(client, f"/visits/{visit.token}/guardian/withdraw").status_code == 303

    after = client.get(page).text
    assert "Pendamping anak mencabut" in after
    assert "Cabut persetujuan untuk anak" not in after
    assert "Siti Rahmawati" not in after


def test_proof_of_consent_says_where_and_to_which_words(client, sign_in, services) -> None:
    visit = register(services, age_band="2", guardian_name="")
    proof = services.consents.of_visit(visit.id)[0]

    for page in (
        client.get(f"/visits/{visit.token}/data").text,
        sign_in("officer").get(f"/staff/privacy/visits/{visit.id}").text,
    ):
        assert "Di HP pengunjung" in page
        assert proof.text_hash in page
    shown = client.get(f"/privacy/texts/{proof.text_hash}")
    assert "Teks ini sama dengan saat disetujui" in shown.text
    assert client.get("/privacy/texts/none").status_code == 404


def test_my_data_can_be_printed(client, services) -> None:
    page = client.get(f"/visits/{register(services).token}/data").text

    assert "data-print" in page
    assert 'class="print-only"' in page
