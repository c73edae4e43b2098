"""The life of a softcopy request, its form, and what may answer it."""

import contextlib
import datetime as dt
import io
import zipfile

import pytest
from hypothesis import given
from hypothesis import strategies as st

from appliance.clock import ClockQuality, Stamp
from appliance.errors import Invalid, Refused
from appliance.requests import form, rules
from appliance.requests.file_types import (
    MOST_DIRECTORY_BYTES,
    NOT_TAKEN,
    TOO_LARGE,
    FileKind,
    kind_of,
)
from appliance.requests.rules import ENDED, RequestState
from tests.fakes import START

KEPT = dt.timedelta(days=14)
WISH = {"wanted": "PDRB", "purpose": "skripsi"}


def stamp(at: dt.datetime = START, quality: ClockQuality = ClockQuality.SYNCED) -> Stamp:
    return Stamp(at, "boot", 0, quality)


@given(st.lists(st.sampled_from(list(RequestState)), max_size=12))
def test_whatever_is_tried_a_request_keeps_to_its_life(tried) -> None:
    now, been = RequestState.NEW, [RequestState.NEW]
    for target in tried:
        try:
            rules.check_step(now, target)
        except Refused:
            continue
        assert now not in ENDED, "something happened to a request that was done with"
        now = target
        been.append(now)

    assert been.count(RequestState.NEW) == 1
    assert sum(state in ENDED for state in been) <= 1


def reachable(state: RequestState) -> set[RequestState]:
    """Every state that may come after this one, after any number of steps."""
    found: set[RequestState] = set()
    ahead = [state]
    while ahead:
        new = rules.STEPS[ahead.pop()] - found
        found |= new
        ahead += new
    return found


def test_every_state_is_reached_and_every_request_can_end() -> None:
    assert reachable(RequestState.NEW) == set(RequestState) - {RequestState.NEW}
    for state in set(RequestState) - set(ENDED):
        assert set(ENDED) - {RequestState.ANSWERED} <= reachable(state)


def test_how_long_a_request_waits_is_told_by_a_set_clock_only() -> None:
    unset = stamp(quality=ClockQuality.UNSET)

    assert rules.waits_days(START - KEPT, unset) is None
    assert rules.waits_days(START + KEPT, stamp()) is None
    assert rules.waits_days(START - KEPT, stamp()) == 14


def test_of_the_codes_none_is_required_and_all_are_checked() -> None:
    assert form.check(WISH).level == ""
    coded = {"level": "4", "period": "10", "source": "tabulation", "national": "0"}
    found = form.check(WISH | coded | {"year_from": "2019", "year_to": "2019"})
    assert {name: getattr(found, name) for name in coded} == coded
    assert (found.year_from, found.year_to) == (2019, 2019)

    with pytest.raises(Invalid) as caught:
        form.check(dict.fromkeys(coded, "x") | {"email": "siti@", "year_from": "19"})
    assert set(caught.value.problems) == {*coded, "wanted", "purpose", "email", "year_from"}


@pytest.mark.parametrize(
    "years", [("2024", "2023"), ("", "3000"), ("", "²024"), ("", "24"), ("", "-999")]
)
def test_a_year_is_a_year_and_the_last_is_not_before_the_first(years) -> None:
    with pytest.raises(Invalid) as caught:
        form.check(WISH | {"year_from": years[0], "year_to": years[1]})

    assert set(caught.value.problems) == {"year_to"}


def test_only_another_reason_needs_words() -> None:
    assert form.check_refusal("not_ours", " ") == (rules.Reason.NOT_OURS, "")
    for reason, wrong in (("other", {"note"}), ("", {"reason"}), ("x", {"reason"})):
        with pytest.raises(Invalid) as caught:
            form.check_refusal(reason, "")
        assert set(caught.value.problems) == wrong


def test_quality_is_asked_only_of_what_was_obtained() -> None:
    assert form.check_verdict({"outcome": "3", "quality": "9"}).quality is None
    assert form.check_verdict({"outcome": "2", "quality": "10"}).quality == 10
    assert form.check_verdict({"outcome": "1"}).quality is None
    for bad in (
        {"outcome": "5"},
        {},
        {"outcome": "1", "quality": "11"},
        {"outcome": "1", "quality": "0"},
    ):
        with pytest.raises(Invalid):
            form.check_verdict(bad)


def spreadsheet(*more: str) -> io.BytesIO:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        for name in ("[Content_Types].xml", "xl/workbook.xml", *more):
            archive.writestr(name, "<x/>")
    return made


def archive_of(name: str) -> io.BytesIO:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        archive.writestr(name, "isi")
    return made


def crowded() -> io.BytesIO:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        for number in range(MOST_DIRECTORY_BYTES // 100):
            archive.writestr(f"{number:060}", "")
        archive.writestr("[Content_Types].xml", "")
        archive.writestr("xl/workbook.xml", "")
    return made


def test_a_file_is_what_it_holds() -> None:
    assert kind_of(io.BytesIO(b"%PDF-1.7 isi")) is FileKind.PDF
    assert kind_of(io.BytesIO(b"\xef\xbb\xbf\n%PDF-1.4")) is FileKind.PDF
    file = spreadsheet()
    assert kind_of(file) is FileKind.XLSX
    assert file.tell() == 0


@pytest.mark.parametrize(
    "file",
    [
        io.BytesIO(b"MZ\x90"),
        io.BytesIO(b"<html>%PDX"),
        io.BytesIO(b"PK\x03\x04"),
        io.BytesIO(b"PK\x03\x04" + b"PK\x05\x06" + b"\x00" * 18),
        spreadsheet("xl/vbaProject.bin"),
        spreadsheet("XL/macros/VBAProject.BIN"),
        spreadsheet("xl/macrosheets/sheet1.xml"),
        archive_of("surat.docx"),
        crowded(),
    ],
    ids=[
        "program",
        "page",
        "torn",
        "empty archive",
        "macros",
        "named otherwise",
        "macros of old",
        "archive",
        "crowded",
    ],
)
def test_nothing_else_is_taken(file) -> None:
    with pytest.raises(Invalid) as caught:
        kind_of(file)

    assert caught.value.problems == {"file": NOT_TAKEN}


class LongFile(io.BytesIO):
    """Says that it is longer than anything that is taken."""

    def seek(self, offset: int, whence: int = 0) -> int:
        return 10**9 if whence == 2 else super().seek(offset, whence)


def test_a_file_has_something_in_it_and_not_too_much() -> None:
    for file, said in ((io.BytesIO(), "Pilih berkas"), (LongFile(b"%PDF-"), TOO_LARGE[:20])):
        with pytest.raises(Invalid) as caught:
            kind_of(file)
        assert caught.value.problems["file"].startswith(said)


@given(st.binary(max_size=300), st.booleans())
def test_no_bytes_break_the_look_at_a_file(content, is_archive) -> None:
    file = io.BytesIO((b"PK\x03\x04" if is_archive else b"") + content)
    with contextlib.suppress(Invalid):
        kind_of(file)
    assert file.tell() == 0
