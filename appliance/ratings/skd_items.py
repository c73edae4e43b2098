"""The sixteen items of the survey of data users (SKD), each rated from 1 to 10 twice.

Kept by name, as the elements of the SKM are: the office's form may number them otherwise.
"""

from dataclasses import dataclass
from enum import StrEnum

LOWEST, HIGHEST = 1, 10


class Item(StrEnum):
    """What one item is about."""

    INFORMATION = "information"
    REQUIREMENTS = "requirements"
    PROCEDURE = "procedure"
    DURATION = "duration"
    FEE = "fee"
    PRODUCT = "product"
    FACILITIES = "facilities"
    ACCESS = "access"
    RESPONSE = "response"
    CLARITY = "clarity"
    COMPLAINTS = "complaints"
    NO_DISCRIMINATION = "no_discrimination"
    NO_FRAUD = "no_fraud"
    NO_GIFTS = "no_gifts"
    NO_LEVIES = "no_levies"
    NO_BROKERS = "no_brokers"


# The items about honesty, which SKD books sum up by themselves.
INTEGRITY = frozenset(
    {Item.NO_DISCRIMINATION, Item.NO_FRAUD, Item.NO_GIFTS, Item.NO_LEVIES, Item.NO_BROKERS}
)


@dataclass(frozen=True, slots=True)
class Statement:
    """One item as it is read out."""

    item: Item
    text_id: str
    text_en: str


STATEMENTS: tuple[Statement, ...] = (
    Statement(
        Item.INFORMATION,
        "Informasi pelayanan tersedia melalui media elektronik maupun non elektronik",
        "Information on the service is available electronically and otherwise",
    ),
    Statement(
        Item.REQUIREMENTS,
        "Persyaratan mudah dipenuhi",
        "The requirements are easy to meet",
    ),
    Statement(
        Item.PROCEDURE,
        "Prosedur/alur mudah diikuti",
        "The procedure is easy to follow",
    ),
    Statement(
        Item.DURATION,
        "Jangka waktu sesuai yang ditetapkan",
        "It takes as long as was set",
    ),
    Statement(Item.FEE, "Biaya sesuai yang ditetapkan", "It costs what was set"),
    Statement(Item.PRODUCT, "Produk sesuai yang dijanjikan", "The product is what was promised"),
    Statement(
        Item.FACILITIES,
        "Sarana dan prasarana memberikan kenyamanan",
        "The facilities are comfortable",
    ),
    Statement(
        Item.ACCESS,
        "Data BPS mudah diakses melalui sarana utama yang digunakan",
        "Data of BPS are easy to get in the way mainly used",
    ),
    Statement(
        Item.RESPONSE,
        "Petugas/aplikasi merespon dengan baik",
        "The staff or the application respond well",
    ),
    Statement(
        Item.CLARITY,
        "Petugas/aplikasi memberi informasi yang jelas",
        "The staff or the application give clear information",
    ),
    Statement(
        Item.COMPLAINTS,
        "Fasilitas pengaduan PST mudah diakses",
        "It is easy to complain to the PST",
    ),
    Statement(Item.NO_DISCRIMINATION, "Tidak ada diskriminasi", "There is no discrimination"),
    Statement(
        Item.NO_FRAUD,
        "Tidak ada pelayanan di luar prosedur/kecurangan",
        "There is no service outside the procedure, no cheating",
    ),
    Statement(Item.NO_GIFTS, "Tidak ada penerimaan gratifikasi", "No gifts are accepted"),
    Statement(Item.NO_LEVIES, "Tidak ada pungutan liar", "There are no illegal charges"),
    Statement(Item.NO_BROKERS, "Tidak ada percaloan", "There are no touts"),
)
