"""Error pages in Chromium: readable by everybody, and the passing ones pass by themselves."""

from collections.abc import Callable
from typing import Any

import pytest

from appliance.catalogue.service import CatalogueService
from appliance.errors import N_, Unavailable
from tests.end_to_end.conftest import assert_accessible, check

pytestmark = [pytest.mark.browser, pytest.mark.slow]


def test_what_is_not_there_is_said_in_words(open_page: Callable[..., Any]) -> None:
    page = open_page("/nowhere")
    for path in ("/nowhere", "/visits/" + "0" * 32, "/station/pages/x.jpg"):
        page.goto(path)
        check(page)


def test_a_page_that_may_work_again_comes_back_by_itself(
    open_page: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise Unavailable(N_("Penyimpanan tidak dapat menulis saat ini."))

    with monkeypatch.context() as broken:
        broken.setattr(CatalogueService, "search", fail)
        page = open_page("/catalogue")
        page.get_by_role("link", name="Coba lagi").wait_for()
        assert_accessible(page)

    page.get_by_role("heading", name="Cari publikasi").wait_for()
