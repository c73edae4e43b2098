"""Editions of a series are told by their titles without the time, and by their ISSN."""

import itertools
import re

import pytest

from appliance.catalogue.series_rules import is_issn, series_key, time_of, title_prefix
from tests.bps_titles import FRAMES

SERIES = [
    ("Kabupaten Pasaman Dalam Angka 2024", "Kabupaten Pasaman dalam Angka, 2019"),
    (
        "Produk Domestik Regional Bruto Kabupaten Pasaman 2019-2023",
        "Produk Domestik Regional Bruto Kabupaten Pasaman 2015–2019",
    ),
    ("Keadaan Ketenagakerjaan Agustus 2024", "Keadaan Ketenagakerjaan Februari 2023"),
    ("Statistik Harga Triwulan II 2024 Pasaman", "Statistik Harga Triwulan IV 2022 Pasaman"),
    ("Indikator Ekonomi Vol. 12 2020/2021", "Indikator Ekonomi Volume 3, 2011/12"),
    ("Luas Panen Januari-Desember 2023", "Luas Panen Januari s.d. Desember 2021"),
]
OTHERS = [
    ("Kecamatan Bonjol Dalam Angka 2024", "Kecamatan Rao Dalam Angka 2024"),
    ("Kabupaten Pasaman Dalam Angka 2024", "Kabupaten Pasaman Barat Dalam Angka 2024"),
    ("Sensus Penduduk 2020", "Sensus Pertanian 2023"),
    ("Statistik Desa 5000", "Statistik Desa 7000"),  # numbers that are no years
]


@pytest.mark.parametrize(("one", "other"), SERIES)
def test_the_time_makes_no_other_series(one: str, other: str) -> None:
    assert series_key(one) == series_key(other) != ""
    assert other.casefold().startswith(title_prefix(one).casefold()) is True


@pytest.mark.parametrize(("one", "other"), OTHERS)
def test_another_place_or_subject_is_another_series(one: str, other: str) -> None:
    assert series_key(one) != series_key(other)


def test_what_says_too_little_is_no_series() -> None:
    assert [series_key(title) for title in ("2024", "Statistik 2024", "", "A B 2020")] == [""] * 4
    assert [title_prefix(title) for title in ("2024 dalam angka", "PDRB 2024", "")] == [""] * 3


def test_the_time_is_told_as_it_is_written() -> None:
    assert [time_of(one) for one, _ in SERIES] == [
        "2024",
        "2019-2023",
        "Agustus 2024",
        "Triwulan II 2024",
        "2020/2021",
        "Januari-Desember 2023",
    ]
    assert time_of("Statistik Desa 5000") == ""


def test_every_sort_of_title_of_bps_keeps_its_series_over_the_years() -> None:
    frames = [title for *_, title in FRAMES if "{y}" in title and title.count("{") < 9]
    assert len(frames) > 10
    for frame in frames:
        # Whatever else is in the frame stays the same from year to year.
        one, other = (re.sub(r"\{y\d?\}", year, frame) for year in ("2021", "2024"))
        one, other = (re.sub(r"\{\w+\}", "Tetap", title) for title in (one, other))
        assert series_key(one) == series_key(other), frame


def test_issns_are_told_from_isbns_and_slips() -> None:
    good = ("0854-8501", "08548501", "2407-1048", "1858-053X")
    bad = ("0854-8502", "978-602-438-1", "9786024381998", "-", "", "0000")
    assert [is_issn(text) for text in itertools.chain(good, bad)] == [True] * len(good) + [
        False
    ] * len(bad)
