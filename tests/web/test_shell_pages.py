"""Pages and fragments, forms that come back, languages, polls."""

import re

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.web.conftest import fragment, post


def test_a_browser_gets_the_page_and_htmx_the_fragment(trial: FlaskClient) -> None:
    whole, part = trial.get("/trial/form"), fragment(trial, "/trial/form")

    assert "<!doctype html>" in whole.text
    assert part.text.lstrip().startswith("<div id='trial'>")
    assert "HX-Request" in whole.headers["Vary"]


@pytest.mark.parametrize("header", ["HX-Boosted", "HX-History-Restore-Request"])
def test_boosted_links_and_restored_history_get_the_page(trial: FlaskClient, header: str) -> None:
    assert "<!doctype html>" in fragment(trial, "/trial/form", **{header: "true"}).text


@pytest.mark.parametrize("htmx", [False, True])
def test_a_faulty_form_comes_back_with_its_values_and_problems(
    trial: FlaskClient, htmx: bool
) -> None:
    data = {"name": "", "kind": "2", "idempotency_key": "kunci-pertama"}

    reply = post(trial, "/trial/form", data, htmx=htmx)

    assert reply.status_code == 422
    assert ("<!doctype html>" in reply.text) is not htmx
    assert 'href="#field-name"' in reply.text
    assert re.search(r'id="field-name"[^>]* aria-describedby="hint-name error-name"', reply.text)
    assert 'aria-invalid="true"' in reply.text
    assert re.search(r'value="2"[^>]* checked', reply.text)
    assert 'value="kunci-pertama"' in reply.text
    assert htmx or "<title>Galat: " in reply.text


def test_typed_markup_comes_back_as_text(trial: FlaskClient) -> None:
    app = trial.application
    with app.test_request_context("/"):
        from flask import g, render_template
        from werkzeug.datastructures import MultiDict

        from web.forms import Form

        g.staff = None
        form = Form(MultiDict({"name": '"><script>alert(1)</script>'}), {"name": "<b>salah</b>"})
        html = render_template("trial/_form.html", form=form)

    assert "<script>" not in html
    assert "<b>salah" not in html


def test_a_form_works_without_javascript_from_page_to_message(trial: FlaskClient) -> None:
    html = trial.get("/trial/form").text
    token = re.search(r'name="csrf_token" value="([^"]+)"', html)[1]
    key = re.search(r'name="idempotency_key" value="([^"]+)"', html)[1]

    fields = {"csrf_token": token, "idempotency_key": key, "name": "Siti", "kind": "1"}
    reply = trial.post("/trial/form", data=fields, follow_redirects=True)

    assert reply.status_code == 200
    assert "Tersimpan." in reply.text


def test_htmx_is_sent_on_by_a_header_because_it_follows_redirects_unseen(
    trial: FlaskClient,
) -> None:
    reply = post(trial, "/trial/form", {"name": "Siti"}, htmx=True)

    assert (reply.status_code, reply.headers["HX-Redirect"]) == (204, "/trial/form")


def test_every_blank_form_has_a_key_of_its_own(trial: FlaskClient) -> None:
    keys = [re.search(r'idempotency_key" value="([^"]+)"', trial.get("/trial/form").text)[1]
            for _ in range(3)]  # fmt: skip

    assert len(set(keys)) == 3


def test_a_poll_that_knows_the_version_gets_nothing(trial: FlaskClient) -> None:
    assert fragment(trial, "/trial/poll?v=7").status_code == 204
    assert fragment(trial, "/trial/poll?v=6").status_code == 200
    assert fragment(trial, "/trial/poll").status_code == 200


def test_switching_language_keeps_the_page_and_is_remembered(trial: FlaskClient) -> None:
    html = trial.get("/trial/form?a=1").text
    assert '<html lang="id">' in html
    assert 'href="/trial/form?a=1&amp;lang=en"' in html

    switched = trial.get("/trial/form?a=1&lang=en")

    assert (switched.status_code, switched.location) == (303, "/trial/form?a=1")
    html = trial.get("/trial/form").text
    assert '<html lang="en">' in html
    assert "Skip to content" in html
    assert "Langsung ke isi" not in html


def test_a_language_we_do_not_speak_is_ignored(trial: FlaskClient) -> None:
    reply = trial.get("/trial/form?lang=%22%3E%3Cscript%3E")

    assert reply.status_code == 200
    assert '<html lang="id">' in reply.text
    assert "<script>" not in reply.text


def test_a_page_that_answered_a_form_still_offers_the_other_language(trial: FlaskClient) -> None:
    assert 'href="/trial/form?lang=en"' in post(trial, "/trial/form").text
    assert 'href="/?lang=en"' in post(trial, "/trial/guess", {"code": "x"}).text


def test_the_pattern_page_is_for_the_demo_only(client: FlaskClient) -> None:
    assert client.get("/patterns").status_code == 404


def test_missing_assets_are_said_in_a_sentence(services, settings, tmp_path) -> None:
    from web.app import create_app
    from web.assets import MissingBuild

    with pytest.raises(MissingBuild, match=r"provisioning/run"):
        create_app(services, settings, build_dir=tmp_path)


def test_every_page_refers_only_to_assets_that_exist(app: Flask, trial: FlaskClient) -> None:
    addresses = re.findall(r'(?:href|src)="(/static/[^"]+)"', trial.get("/trial/form").text)

    assert len(addresses) == 5
    for address in addresses:
        reply = trial.get(address)
        assert reply.status_code == 200
        reply.close()
