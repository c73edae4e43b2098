"""A catalogue like that of a district office: the same for the same office, every time."""

import calendar
import hashlib
import random
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field

from appliance.codes import CodeKind, barcode
from appliance.demo.districts import District
from appliance.demo.series import DISTRICT, MONTHS, PRESS_ABSTRACT, PRESS_TITLE, WIDER, Series

PRESS_YEARS = range(2022, 2026)
Row = dict[str, object]


@dataclass(slots=True)
class _Numbers:
    """The running number of each domain and year, as publication numbers carry it."""

    used: dict[tuple[str, int], int] = field(default_factory=lambda: defaultdict(int))

    def next(self, domain: str, year: int) -> str:
        """Domain, zero, two digits of the year and two of the number: 13090.2405."""
        self.used[domain, year] += 1
        return f"{domain}0.{year % 100:02d}{self.used[domain, year]:02d}"


def publications(district: District) -> list[Row]:
    """Rows of the publication table, the oldest first, each with everything but its id."""
    numbers = _Numbers()
    rows = [row for series in (*DISTRICT, *WIDER) for row in _of_series(series, district, numbers)]
    rows += _press_releases(district)
    return sorted(rows, key=lambda row: (str(row["released_on"]), str(row["title"])))


def _of_series(series: Series, district: District, numbers: _Numbers) -> Iterator[Row]:
    places = district.sub_districts if series.level == "sub_district" else ("",)
    domain = {"province": district.province_domain, "country": "0000"}.get(
        series.level, district.domain
    )
    for year in series.years:
        for place in places:
            words = {
                "d": district.name,
                "p": district.province,
                "k": place,
                "y": year,
                "b": year - 1,
                "a": year - 5,
            }
            title = series.title.format(**words)
            chance = random.Random(title)  # noqa: S311 - made-up data
            number = numbers.next(domain, year)
            yield {
                "source_id": hashlib.sha256(f"{domain}:{title}".encode()).hexdigest()[:24],
                "kind": series.kind,
                "title": title,
                "subject": series.subject,
                "abstract": series.abstract.format(**words),
                "year": year,
                "released_on": _released(series, year, chance),
                "issn": _issn(series.title + domain),
                "catalogue_number": _catalogue_number(series, domain),
                "publication_number": number,
                "domain": domain,
                "pages": chance.randint(*series.pages),
                "shelf": series.shelf,
                "barcode": barcode(CodeKind.PUBLICATION, number),
                "copies": series.copies if year > 2019 else 1,
            }


def _press_releases(district: District) -> Iterator[Row]:
    domain = district.province_domain
    for year in PRESS_YEARS:
        for place, month in enumerate(MONTHS, start=1):
            words = {"p": district.province, "m": month, "y": year}
            title = PRESS_TITLE.format(**words)
            yield {
                "source_id": hashlib.sha256(f"{domain}:{title}".encode()).hexdigest()[:24],
                "kind": "press_release",
                "title": title,
                "subject": "Harga",
                "abstract": PRESS_ABSTRACT.format(**words),
                "year": year,
                "released_on": f"{year + place // 12}-{place % 12 + 1:02d}-01",
                "issn": "",
                "catalogue_number": "",
                "publication_number": "",
                "domain": domain,
                "pages": 12,
                "shelf": "",
                "barcode": None,
                "copies": 0,
            }


def _catalogue_number(series: Series, domain: str) -> str:
    if series.level == "country":
        return series.catalogue_number
    return f"{series.catalogue_number}.{domain.removesuffix('00')}"


def _released(series: Series, year: int, chance: random.Random) -> str:
    month = 2 if "Dalam Angka" in series.title else chance.choice((9, 10, 11, 12))
    last = calendar.monthrange(year, month)[1]
    return f"{year}-{month:02d}-{last if month == 2 else chance.randint(1, last):02d}"


def _issn(series_name: str) -> str:
    """A number of the right form with a right check digit, made up from the series."""
    digits = f"{int(hashlib.sha256(series_name.encode()).hexdigest(), 16) % 10**7:07d}"
    rest = -sum(int(digit) * (8 - place) for place, digit in enumerate(digits)) % 11
    return f"{digits[:4]}-{digits[4:]}{'X' if rest == 10 else rest}"
