"""A school class arrives: sixty-four phones send the guest book at the same moment, over HTTP."""

import re
import threading
from concurrent.futures import ThreadPoolExecutor

from tests.end_to_end.conftest import Site
from tests.end_to_end.plain_browser import PlainBrowser
from tests.entries import filled

CROWD = 64


def test_sixty_four_phones_at_once_get_sixty_four_numbers(site: Site) -> None:
    gate = threading.Barrier(CROWD)

    def visit(index: int) -> tuple[int, str, str]:
        phone = PlainBrowser(site.url)
        form = phone.get("/guestbook")
        gate.wait()
        ticket = phone.submit(form, "/guestbook", **filled(name=f"Siswa {index}"))
        number = re.search(r"A-\d{3}", ticket.text)
        return ticket.status, ticket.path, number[0] if number else ""

    with ThreadPoolExecutor(CROWD) as pool:
        answers = list(pool.map(visit, range(CROWD)))

    assert {status for status, _, _ in answers} == {200}
    assert len({path for _, path, _ in answers}) == CROWD
    assert {number for _, _, number in answers} == {f"A-{n:03d}" for n in range(1, CROWD + 1)}
    names = {visit.name for visit in site.services.visits.inside()}
    assert names == {f"Siswa {index}" for index in range(CROWD)}


def test_a_double_tap_over_http_is_one_visit(site: Site) -> None:
    phone = PlainBrowser(site.url)
    form = phone.get("/guestbook")

    with ThreadPoolExecutor(2) as pool:
        taps = list(pool.map(lambda _: phone.submit(form, "/guestbook", **filled()), range(2)))

    assert taps[0].path == taps[1].path
    assert site.services.visits.today().registered == 1
