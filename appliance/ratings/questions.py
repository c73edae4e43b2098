"""The nine questions of the satisfaction survey (SKM), as Permenpan-RB 14/2017 words them.

Elements are kept by name, never by number: offices print the last two in either order.
"""

from dataclasses import dataclass
from enum import StrEnum

LOWEST, HIGHEST = 1, 4


class Element(StrEnum):
    """What one question is about (unsur pelayanan)."""

    REQUIREMENTS = "requirements"
    PROCEDURE = "procedure"
    TIME = "time"
    FEE = "fee"
    PRODUCT = "product"
    COMPETENCE = "competence"
    CONDUCT = "conduct"
    COMPLAINTS = "complaints"
    FACILITIES = "facilities"


@dataclass(frozen=True, slots=True)
class Answer:
    """One of the four answers; `code` is its value, 1 the worst and 4 the best."""

    code: int
    label_id: str
    label_en: str


@dataclass(frozen=True, slots=True)
class Question:
    """One element: its name, the question, and four answers from worst to best."""

    element: Element
    name_id: str
    name_en: str
    text_id: str
    text_en: str
    answers: tuple[Answer, ...]


def _question(
    element: Element,
    name_id: str,
    name_en: str,
    text_id: str,
    text_en: str,
    answers_id: str,
    answers_en: str,
) -> Question:
    words = zip(answers_id.split(" / "), answers_en.split(" / "), strict=True)
    answers = tuple(Answer(value, *word) for value, word in enumerate(words, start=LOWEST))
    return Question(element, name_id, name_en, text_id, text_en, answers)


QUESTIONS: tuple[Question, ...] = (
    _question(
        Element.REQUIREMENTS,
        "Persyaratan",
        "Requirements",
        "Bagaimana pendapat Saudara tentang kesesuaian persyaratan pelayanan dengan jenis"
        " pelayanannya?",
        "How well do the requirements fit the kind of service?",
        "Tidak sesuai / Kurang sesuai / Sesuai / Sangat sesuai",
        "Do not fit / Fit poorly / Fit / Fit very well",
    ),
    _question(
        Element.PROCEDURE,
        "Sistem, Mekanisme, dan Prosedur",
        "System, mechanism and procedure",
        "Bagaimana pemahaman Saudara tentang kemudahan prosedur pelayanan di unit ini?",
        "How easy is the procedure of this service unit to follow?",
        "Tidak mudah / Kurang mudah / Mudah / Sangat mudah",
        "Not easy / Not very easy / Easy / Very easy",
    ),
    _question(
        Element.TIME,
        "Waktu Penyelesaian",
        "Time taken",
        "Bagaimana pendapat Saudara tentang kecepatan waktu dalam memberikan pelayanan?",
        "How quickly was the service given?",
        "Tidak cepat / Kurang cepat / Cepat / Sangat cepat",
        "Not quickly / Not very quickly / Quickly / Very quickly",
    ),
    _question(
        Element.FEE,
        "Biaya/Tarif",
        "Fee",
        "Bagaimana pendapat Saudara tentang kewajaran biaya/tarif dalam pelayanan?",
        "How reasonable is the fee for the service?",
        "Sangat mahal / Cukup mahal / Murah / Gratis",
        "Very expensive / Rather expensive / Cheap / Free of charge",
    ),
    _question(
        Element.PRODUCT,
        "Produk Spesifikasi Jenis Pelayanan",
        "What the service delivers",
        "Bagaimana pendapat Saudara tentang kesesuaian produk pelayanan antara yang tercantum"
        " dalam standar pelayanan dengan hasil yang diberikan?",
        "How well does what you were given match what the service standard promises?",
        "Tidak sesuai / Kurang sesuai / Sesuai / Sangat sesuai",
        "Does not match / Matches poorly / Matches / Matches very well",
    ),
    _question(
        Element.COMPETENCE,
        "Kompetensi Pelaksana",
        "Competence of the staff",
        "Bagaimana pendapat Saudara tentang kompetensi/kemampuan petugas dalam pelayanan?",
        "How competent are the staff who served you?",
        "Tidak kompeten / Kurang kompeten / Kompeten / Sangat kompeten",
        "Not competent / Not very competent / Competent / Very competent",
    ),
    _question(
        Element.CONDUCT,
        "Perilaku Pelaksana",
        "Conduct of the staff",
        "Bagaimana pendapat Saudara tentang perilaku petugas dalam pelayanan terkait kesopanan"
        " dan keramahan?",
        "How polite and friendly are the staff who served you?",
        "Tidak sopan dan ramah / Kurang sopan dan ramah / Sopan dan ramah / Sangat sopan dan ramah",
        "Not polite or friendly / Not very polite or friendly / Polite and friendly / Very polite"
        " and friendly",
    ),
    _question(
        Element.COMPLAINTS,
        "Penanganan Pengaduan, Saran, dan Masukan",
        "Handling of complaints and suggestions",
        "Bagaimana pendapat Saudara tentang penanganan pengaduan pengguna layanan?",
        "How are complaints of users handled?",
        "Tidak ada / Ada tetapi tidak berfungsi / Berfungsi kurang maksimal / Dikelola dengan baik",
        "Not at all / There is a way, but it does not work / Works, but could be better / Handled"
        " well",
    ),
    _question(
        Element.FACILITIES,
        "Sarana dan Prasarana",
        "Facilities",
        "Bagaimana pendapat Saudara tentang kualitas sarana dan prasarana?",
        "How good are the facilities?",
        "Buruk / Cukup / Baik / Sangat baik",
        "Poor / Fair / Good / Very good",
    ),
)
