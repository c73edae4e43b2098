"""The words of the e-mails, which name nobody. The first line is the subject."""

from appliance.offices import Office

INDONESIAN = {
    "scan": """
Hasil pindai dari {office}

Terlampir berkas yang Anda pindai di ruang baca {office}.
""",
    "answer": """
Softcopy dari {office}

Terlampir berkas yang Anda minta di ruang baca {office}.
""",
}
INDONESIAN_END = """
Email ini dikirim karena alamat Anda dituliskan di ruang baca kami. Bila bukan Anda yang
memintanya, hapus saja email ini. Email ini tidak perlu dibalas.

{office}
{address}
{phone}
"""
ENGLISH = {
    "scan": """
Your scan from {office}

Attached is the file that you scanned in the reading room of {office}.
""",
    "answer": """
The softcopy from {office}

Attached is the file that you asked for in the reading room of {office}.
""",
}
ENGLISH_END = """
This e-mail was sent because your address was written down in our reading room. If it was not you
who asked, just delete it. There is no need to answer.

{office}
{address}
{phone}
"""
TEXTS = {"id": (INDONESIAN, INDONESIAN_END), "en": (ENGLISH, ENGLISH_END)}


def words(kind: str, language: str, office: Office) -> tuple[str, str]:
    """Subject and body of a message of this kind; Indonesian for any language without words."""
    beginnings, end = TEXTS.get(language, TEXTS["id"])
    text = (beginnings[kind] + end).format(
        office=office.name, address=office.address, phone=office.phone
    )
    subject, _, body = text.strip().partition("\n")
    return subject, body.strip() + "\n"
