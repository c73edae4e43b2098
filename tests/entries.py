"""A guest-book form as a visitor fills it in."""

FORM: dict[str, str | list[str]] = {
    "name": "Siti Rahmawati",
    "email": "siti@contoh.id",
    "phone": "0812 3456 7890",
    "sex": "2",
    "age_band": "2",
    "education": "3",
    "occupation": "1",
    "agency_name": "Universitas Andalas",
    "agency_category": "6",
    "purpose": "1",
    "services": ["1", "8"],
    "channels": ["1"],
    "consent": "1",
}


def filled(**changes: str | list[str]) -> dict[str, str | list[str]]:
    """The whole form, with these fields changed."""
    return FORM | changes
