"""Payloads typed into every text of every form; then every page, print view and file is read.

PAYLOAD_DAYS=160 in the environment types each of them into each text.
"""

import os
import re
from collections.abc import Iterator

import msgspec
import pytest

from appliance.catalogue.export_file import Format as CatalogueFormat
from appliance.config import MailSettings
from appliance.reports import draw
from appliance.reports.periods import parse
from appliance.reports.sheet import paper_of
from tests.services.library import OFFICER, new_publication, new_visit
from tests.web.every_form.day import spend_a_day
from tests.web.every_form.house import FORMS, House
from tests.web.every_form.payloads import MARKUP, PAPERS
from tests.web.every_form.reading import Page, in_pdf, in_rows, words_of_pdf
from tests.web.every_form.typist import Typist

DAYS = int(os.environ.get("PAYLOAD_DAYS", "1"))
MORE = ("visit_id", "publication_id", "complaint_id", "request_id", "number", "deposit_id")
EXPORTS = (
    *(("reports.export", {"period": "2026-11", "format": one}) for one in ("csv", "xlsx")),
    *(("shelf_lists.export", {"format": one}) for one in tuple(CatalogueFormat)),
    *(("journal.export", {"format": one, **dict.fromkeys(("who", "kind", "subject"), "")})
      for one in ("csv", "jsonl")),
    *((form, {}) for form in ("found_property.export", "privacy.take", "staff_privacy.take",
                              "sync.export", "breaches.pack")),
)  # fmt: skip


@pytest.fixture
def office_name() -> str:
    return "dharmasraya"


@pytest.fixture
def settings(settings):
    mail = MailSettings(host="mail.contoh.id", sender="ruangbaca@bps.contoh.id", largest_mb=1)
    return msgspec.structs.replace(settings, demo=True, mail=mail)


@pytest.fixture
def house(app, core, services, clock, listening, attended) -> House:
    return House(app, core, services, clock)


def test_what_a_payload_does_is_found() -> None:
    """Else the walk below would find nothing in a house without any care."""
    frames = ("<p>{}</p>", "<input value={}>", '<input value="{}">', "<textarea>{}</textarea>")
    missed = [one for one in MARKUP if not any(Page(f.replace("{}", one)).found for f in frames)]
    assert not missed, missed
    assert Page('<a href="javascript:pwned()">').found
    assert Page("<p>490119</p>").found
    assert in_rows("a,=1+1\n") == ["=1+1"]
    assert Page('<a href="/cari?q=%3Cpwned()">&lt;script&gt;pwned()</a>').found == []


@pytest.mark.slow
@pytest.mark.parametrize("day", range(DAYS))
def test_a_payload_is_only_text_wherever_it_is_shown(house, day) -> None:
    typist = Typist(house, first=day)
    house.furnish(typist.word)
    spend_a_day(house, typist.fill)
    read_everything(typist, house)

    assert not typist.found, typist.found


def test_a_report_on_paper_shows_titles_as_they_are_and_does_nothing(house, tmp_path) -> None:
    title, target = PAPERS[1], tmp_path / "laporan.pdf"
    house.furnish()
    book = new_publication(house.services, title)
    visit = new_visit(house.core, house.services)
    house.services.reading.note(visit.id, publication_id=book.id, by=OFFICER)
    period = parse("2026-11")
    assert period is not None

    report = house.services.reports.report(period)
    draw.draw(paper_of(report, house.services.office, "1311-2026-7K3M9QXA", "", 1), target)

    assert in_pdf(target.read_bytes()) == []
    assert title.replace(" ", "") in words_of_pdf(target).replace(" ", "")


def read_everything(typist: Typist, house: House) -> None:
    """Every form that comes back with what was typed, every page and every file."""
    for form, changes in EXPORTS:
        answer = house.send(form, **changes)
        assert answer.status_code == 200, form
        typist.read(form, answer)
    strangers: set[str] = set()
    for page in sorted(set(house.gets) - {"shell.patterns"}):  # whose forms lead nowhere
        for at in abouts(house, page):
            answer = house.look(page, at)
            strangers |= unknown_fields(house, answer) if answer.status_code == 200 else set()
            typist.read(page, answer)
    assert sorted(strangers) == []
    for form in sorted(set(house.posts) & set(FORMS)):
        said = {name: typist.word() for name in house.filled(form)}
        typist.read(form, house.send(form, **said))


def abouts(house: House, page: str) -> Iterator[dict[str, object]]:
    """What the page is opened about: every row of the house that it may be about."""
    names = [name for name in MORE if name in house.gets[page].arguments]
    return iter([{name: row} for name in names for row in (1, 2)] or [{}])


def unknown_fields(house: House, answer) -> set[str]:
    """Fields of forms on this page that the entries of those forms do not name."""
    if not answer.mimetype.endswith("html"):
        return set()
    adapter, found = house.app.url_map.bind("localhost"), set()
    for address, fields in Page(answer.text).forms:
        path = address.partition("?")[0] or answer.request.path
        form = str(adapter.match(path, method="POST")[0])
        known = {plain(name) for name in FORMS.get(form, fields)}
        strange = {plain(name) for name in fields} - known - {"csrf_token", "idempotency_key"}
        found |= {f"{form}: {name}" for name in strange if not name.startswith("was_")}
    return found


def plain(name: str) -> str:
    """A field without the number or row that it carries."""
    return re.sub(r"\d+|\*", "#", name)
