"""The satisfaction index (IKM) of the SKM survey, in exact fractions.

With floats nine elements at a mean of 2.6 give 64.99999999999999 and the grade D instead of C.
So everything stays a fraction until it is rounded once, half up, to two decimals; the grade is
that of the rounded value, which closes the holes of the printed table of bands.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from enum import Enum, StrEnum
from fractions import Fraction

from appliance.choice import Choice
from appliance.errors import N_
from appliance.free_text import Field
from appliance.ratings.questions import HIGHEST, LOWEST, Element

SCALE = 25  # a mean of 4 is an index of 100
FEWEST_FOR_GRADE = 10  # a house rule, not the regulation's: below it the grade is chance
FIELDS = {"comment": Field(1000, lines=True)}
# Krejcie and Morgan 1970: chi squared for one degree of freedom at 95 %, P = 0.5, d = 0.05.
CHI_SQUARED, PROPORTION, ERROR = Fraction(3841, 1000), Fraction(1, 2), Fraction(1, 20)
# What a phone number or an e-mail address looks like in a comment that should name nobody.
_CONTACT = re.compile(r"[^\s@]@[^\s@]|(?<!\d)(?:\+?62|0)(?:[\s().-]{0,2}\d){7}|\d{10}")
CONTACT_IN_COMMENT = N_(
    "Sepertinya ada nomor telepon atau alamat e-mail. Hapus dahulu: penilaian ini tanpa nama."
)
CHOOSE = N_("Pilih salah satu jawaban.")


class Weight(Enum):
    """How an office writes the weight of one of nine elements; said in every report."""

    NINTH = "1/9"
    HUNDREDTHS = "0,11"
    THOUSANDTHS = "0,111"

    @property
    def fraction(self) -> Fraction:
        return Fraction(self.value.replace(",", "."))


class Channel(StrEnum):
    """Where somebody answered; counted of a month, never kept with the answers."""

    PHONE = "phone"
    TABLET = "tablet"
    PAPER = "paper"


CHANNELS = (
    Choice(Channel.PHONE, "Telepon pengunjung", "Visitor's phone"),
    Choice(Channel.TABLET, "Tablet penilaian", "Rating tablet"),
    Choice(Channel.PAPER, "Dari kertas", "From paper"),
)


@dataclass(frozen=True, slots=True)
class How:
    """How a form came: by which channel, and whether its sender leaves blanks on purpose."""

    channel: Channel = Channel.PHONE
    partly: bool = False


UNSAID = Choice("unsaid", "Tidak disebut", "Not said")
REFUSALS = (
    Choice("hurry", "Sedang terburu-buru", "In a hurry"),
    Choice("too_long", "Pertanyaannya terlalu banyak", "Too many questions"),
    Choice("before", "Sudah pernah menilai", "Has rated before"),
    Choice("hard", "Sulit membaca atau memakai layarnya", "Reading or using the screen is hard"),
    Choice("unwilling", "Tidak ingin menilai", "Does not want to"),
)


class Grade(StrEnum):
    """The performance of the unit, by the lower bound of the index."""

    A = "A"
    B = "B"
    C = "C"
    D = "D"


LOWER_BOUNDS = (
    (Decimal("88.31"), Grade.A),
    (Decimal("76.61"), Grade.B),
    (Decimal("65.00"), Grade.C),
)


@dataclass(frozen=True, slots=True)
class Tally:
    """All answers to one question: their sum and how many."""

    total: int
    answered: int


@dataclass(frozen=True, slots=True)
class ElementScore:
    """One element as reported: its mean, and that times the weight, to three decimals.

    Both are None when nobody answered it.
    """

    element: Element
    answered: int
    mean: Decimal | None
    weighted: Decimal | None


@dataclass(frozen=True, slots=True)
class Index:
    """The index of a period. `ikm` is None while an element has no answer at all, `grade` also
    while an element has fewer than ten."""

    elements: tuple[ElementScore, ...]
    respondents: int
    ikm: Decimal | None
    grade: Grade | None
    weight: Weight


def index(
    tallies: Mapping[Element, Tally], respondents: int, *, weight: Weight = Weight.NINTH
) -> Index:
    """The index from the tallies of the nine elements.

    Each element is divided by the number of its own answers. Every weight convention is meant
    for nine elements, so all nine must have been answered by somebody.
    """
    means = {
        element: Fraction(tally.total, tally.answered)
        for element, tally in tallies.items()
        if tally.answered
    }
    scores = tuple(
        ElementScore(
            element,
            tallies[element].answered if element in tallies else 0,
            half_up(means[element]) if element in means else None,
            half_up(means[element] * weight.fraction, 3) if element in means else None,
        )
        for element in Element
    )
    is_whole = len(means) == len(Element)
    ikm = half_up(SCALE * weight.fraction * sum(means.values())) if is_whole else None
    is_enough = min(score.answered for score in scores) >= FEWEST_FOR_GRADE
    graded = grade(ikm) if ikm is not None and is_enough else None
    return Index(scores, respondents, ikm, graded, weight)


def grade(ikm: Decimal) -> Grade:
    """The grade of an index that is already rounded to two decimals."""
    return next((name for bound, name in LOWER_BOUNDS if ikm >= bound), Grade.D)


def half_up(value: Fraction, places: int = 2) -> Decimal:
    """The exact value rounded half up, as the regulation's worked tables do."""
    scaled = value * 10**places + Fraction(1, 2)
    return Decimal(scaled.numerator // scaled.denominator).scaleb(-places)


def sample_size(population: int) -> int:
    """How many respondents the regulation's table asks for from this many users."""
    if population <= 0:
        return 0
    spread = CHI_SQUARED * PROPORTION * (1 - PROPORTION)
    return int(half_up(spread * population / (ERROR**2 * (population - 1) + spread), 0))


def checked_answers(
    answers: Mapping[str, object], *, partly: bool = False
) -> tuple[dict[Element, int], dict[str, str]]:
    """The answers that are on the scale, and a message for each that is missing or not.

    `partly`: a missing one is no problem as long as there is any.
    """
    good: dict[Element, int] = {}
    problems: dict[str, str] = {}
    for element in Element:
        text = str(answers.get(element, "") or "").strip()
        if text in _SCALE_TEXTS:
            good[element] = int(text)
        elif text or not partly:
            problems[element.value] = CHOOSE
    if not good and not problems:
        problems = dict.fromkeys(map(str, Element), CHOOSE)
    return good, problems


def contact_problem(comment: str) -> dict[str, str]:
    """A problem of the comment where it seems to say how to reach somebody."""
    return {"comment": CONTACT_IN_COMMENT} if _CONTACT.search(comment) else {}


def refusal(code: str) -> str:
    """The code of a reason not to rate; that of none for anything else."""
    known = {choice.code for choice in REFUSALS}
    return code if code in known else UNSAID.code


def totals(answers: Iterable[tuple[str, int]]) -> dict[Element, Tally]:
    """Sum and number of the answers of each element, from (element, value) pairs."""
    found: dict[Element, Tally] = {}
    for name, value in answers:
        element = Element(name)
        before = found.get(element, Tally(0, 0))
        found[element] = Tally(before.total + value, before.answered + 1)
    return found


_SCALE_TEXTS = frozenset(str(value) for value in range(LOWEST, HIGHEST + 1))
