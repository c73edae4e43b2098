"""The words that real backends use, and what is made of a request for them."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hardware.interfaces import ScannerDescription, ScanRequest, ScanSource
from hardware.scan_fitting import (
    fitted,
    modes_of,
    nearest_resolution,
    source_kind,
    sources_of,
    spelled_mode,
    spelled_source,
)

PLAIN = ScannerDescription("d", "V", "M", (), (), (), 215.9, 297.0)
FUJITSU = ("ADF Front", "ADF Back", "ADF Duplex")
BROTHER = (
    "FlatBed",
    "Automatic Document Feeder(left aligned)",
    "Automatic Document Feeder(left aligned,Duplex)",
)


@pytest.mark.parametrize(
    ("word", "kind"),
    [
        ("Flatbed", ScanSource.FLATBED),
        ("FlatBed", ScanSource.FLATBED),
        ("FB", ScanSource.FLATBED),
        ("Document Table", ScanSource.FLATBED),
        ("Platen", ScanSource.FLATBED),
        ("Normal", ScanSource.FLATBED),
        ("Automatic Document Feeder", ScanSource.FEEDER),
        ("ADF", ScanSource.FEEDER),
        ("ADF Front", ScanSource.FEEDER),
        ("ADF Simplex", ScanSource.FEEDER),
        ("Card Front", ScanSource.FEEDER),
        ("ADF Duplex", ScanSource.DUPLEX),
        ("ADF (Duplex)", ScanSource.DUPLEX),
        ("Duplex", ScanSource.DUPLEX),
        ("Automatic Document Feeder(centrally aligned,Duplex)", ScanSource.DUPLEX),
        ("ADF - both sides", ScanSource.DUPLEX),
        ("ADF Back", None),
        ("Transparency Adapter", None),
        ("TPU8x10", None),
        ("Negative Film", None),
        ("Magazine", None),
    ],
)
def test_every_backends_word_for_a_source_is_understood(word: str, kind: ScanSource) -> None:
    assert source_kind(word) is kind


@pytest.mark.parametrize(
    ("words", "option", "kinds"),
    [
        ((), None, ["flatbed"]),
        (("Flatbed", "Automatic Document Feeder"), None, ["flatbed", "feeder"]),
        (FUJITSU, None, ["feeder", "duplex"]),
        (BROTHER, None, ["flatbed", "feeder", "duplex"]),
        (("Flatbed", "ADF"), ("adf-mode", "Simplex", "Duplex"), ["flatbed", "feeder", "duplex"]),
        (("Flatbed",), ("duplex", "no", "yes"), ["flatbed"]),
    ],
)
def test_what_paper_a_scanner_takes(words: tuple, option: tuple, kinds: list[str]) -> None:
    assert sources_of(replace(PLAIN, sources=words, duplex_option=option)) == tuple(kinds)


@pytest.mark.parametrize(
    ("wanted", "words", "word"),
    [
        ("flatbed", ("Flatbed", "ADF"), "Flatbed"),
        ("flatbed", (), None),
        ("feeder", FUJITSU, "ADF Front"),
        ("duplex", FUJITSU, "ADF Duplex"),
        ("duplex", BROTHER, BROTHER[2]),
        ("duplex", ("Flatbed", "ADF"), "ADF"),
        ("feeder", ("Flatbed",), "feeder"),
        ("Flatbed", ("Flatbed", "ADF"), "Flatbed"),
        (None, ("Flatbed", "ADF"), None),
    ],
)
def test_a_source_is_spelled_as_the_scanner_does(wanted: str, words: tuple, word: str) -> None:
    assert spelled_source(wanted, words) == word


@pytest.mark.parametrize(
    ("wanted", "available", "spelled"),
    [
        ("Gray", ("Lineart", "Gray", "Color"), "Gray"),
        ("Gray", ("Lineart", "Grayscale", "24bit Color"), "Grayscale"),
        ("Gray", ("True Gray", "Black & White"), "True Gray"),
        ("Color", ("Lineart", "Grayscale", "24bit Color"), "24bit Color"),
        ("Lineart", ("Black & White", "24bit Color"), "Black & White"),
        ("Lineart", ("Binary", "Gray"), "Binary"),
        ("Color", ("Lineart",), None),
        ("Color", (), None),
    ],
)
def test_modes_are_spelled_as_the_scanner_does(wanted: str, available: tuple, spelled: str) -> None:
    assert spelled_mode(wanted, available) == spelled


@given(st.sampled_from((150, 300, 600)), st.lists(st.integers(50, 1200), max_size=8))
def test_the_nearest_resolution_is_one_the_scanner_has(wanted: int, available: list[int]) -> None:
    found = nearest_resolution(wanted, available)

    assert found in available or (found == wanted and not available)
    assert all(abs(found - wanted) <= abs(dpi - wanted) for dpi in available)


def test_a_folio_is_cut_at_the_glass_and_whole_in_a_longer_feeder() -> None:
    office = replace(
        PLAIN, sources=("Flatbed", "ADF"), feeder_width_mm=215.9, feeder_height_mm=355.6
    )
    folio = ScanRequest(300, "Gray", "flatbed", 215.0, 330.0)

    assert fitted(folio, office).height_mm == 297.0
    assert fitted(replace(folio, source="feeder"), office).height_mm == 330.0


def test_eight_bits_are_asked_where_that_can_be_said_and_one_for_black_and_white() -> None:
    deep = replace(PLAIN, modes=("Gray", "Color"), depths=(1, 8, 16))

    assert fitted(ScanRequest(mode="Color"), PLAIN).extra_words == ()
    assert fitted(ScanRequest(mode="Color"), deep).extra_words == ("--depth=8",)
    bilevel = fitted(ScanRequest(mode="Lineart"), deep)
    assert (bilevel.mode, bilevel.extra_words) == ("Gray", ("--depth=1",))
    assert modes_of(deep) == ("Color", "Gray", "Lineart")


def test_a_scanner_without_black_and_white_gives_grey() -> None:
    grey = replace(PLAIN, modes=("Gray", "Color"), depths=(8, 16))

    assert fitted(ScanRequest(mode="Lineart"), grey).mode == "Gray"
    assert fitted(ScanRequest(mode="Lineart"), grey).extra_words == ("--depth=8",)


def test_both_sides_may_be_an_option_of_their_own() -> None:
    epson = replace(
        PLAIN, sources=("Flatbed", "ADF"), duplex_option=("adf-mode", "Simplex", "Duplex")
    )

    both = fitted(ScanRequest(source="duplex"), epson)
    assert (both.source, both.extra_words) == ("ADF", ("--adf-mode=Duplex",))
    assert fitted(ScanRequest(source="feeder"), epson).extra_words == ("--adf-mode=Simplex",)
    assert fitted(ScanRequest(source="flatbed"), epson).extra_words == ()
