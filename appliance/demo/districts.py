"""Districts whose sub-districts the demonstration's catalogue names."""

from dataclasses import dataclass

from appliance.offices import Office


@dataclass(frozen=True, slots=True)
class District:
    """A district as the titles of its publications write it; `sub_districts` may be unknown."""

    name: str
    domain: str
    province: str
    province_domain: str
    sub_districts: tuple[str, ...]


SUB_DISTRICTS: dict[str, tuple[str, ...]] = {
    "1309": (
        "Bonjol",
        "Tigo Nagari",
        "Simpang Alahan Mati",
        "Lubuk Sikaping",
        "Panti",
        "Padang Gelugur",
        "Duo Koto",
        "Rao",
        "Rao Selatan",
        "Rao Utara",
        "Mapat Tunggul",
        "Mapat Tunggul Selatan",
    ),
    "1311": (
        "Sungai Rumbai",
        "Koto Besar",
        "Asam Jujuhan",
        "Koto Baru",
        "Koto Salak",
        "Tiumang",
        "Padang Laweh",
        "Sitiung",
        "Timpeh",
        "Pulau Punjung",
        "IX Koto",
    ),
}
PROVINCES = {"13": "Provinsi Sumatera Barat"}


def district_of(office: Office) -> District:
    """The district an office belongs to."""
    return District(
        name=office.district,
        domain=office.domain,
        province=PROVINCES.get(office.domain[:2], "Indonesia"),
        province_domain=office.domain[:2] + "00",
        sub_districts=SUB_DISTRICTS.get(office.domain, ()),
    )
