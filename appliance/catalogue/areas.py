"""Names of the areas that records are about, by their BPS domain code."""

from appliance.choice import Choice

COUNTRY = "0000"
_DIGITS = 4
PROVINCES = {
    "11": "Aceh",
    "12": "Sumatera Utara",
    "13": "Sumatera Barat",
    "14": "Riau",
    "15": "Jambi",
    "16": "Sumatera Selatan",
    "17": "Bengkulu",
    "18": "Lampung",
    "19": "Kepulauan Bangka Belitung",
    "21": "Kepulauan Riau",
    "31": "DKI Jakarta",
    "32": "Jawa Barat",
    "33": "Jawa Tengah",
    "34": "DI Yogyakarta",
    "35": "Jawa Timur",
    "36": "Banten",
    "51": "Bali",
    "52": "Nusa Tenggara Barat",
    "53": "Nusa Tenggara Timur",
    "61": "Kalimantan Barat",
    "62": "Kalimantan Tengah",
    "63": "Kalimantan Selatan",
    "64": "Kalimantan Timur",
    "65": "Kalimantan Utara",
    "71": "Sulawesi Utara",
    "72": "Sulawesi Tengah",
    "73": "Sulawesi Selatan",
    "74": "Sulawesi Tenggara",
    "75": "Gorontalo",
    "76": "Sulawesi Barat",
    "81": "Maluku",
    "82": "Maluku Utara",
    "91": "Papua Barat",
    "92": "Papua Barat Daya",
    "94": "Papua",
    "95": "Papua Selatan",
    "96": "Papua Tengah",
    "97": "Papua Pegunungan",
}


def area_choice(domain: str, own_domain: str, own_name: str) -> Choice:
    """How a list names this area; a district other than one's own by its province and code."""
    if domain == own_domain:
        return Choice(domain, own_name, own_name)
    if domain == COUNTRY:
        return Choice(domain, "Indonesia", "Indonesia")
    province = PROVINCES.get(domain[:2], "")
    if not province or len(domain) != _DIGITS:
        return Choice(domain, domain, domain)
    if domain.endswith("00"):
        return Choice(domain, f"Provinsi {province}", f"{province} Province")
    return Choice(domain, f"{province}, {domain}", f"{province}, {domain}")
