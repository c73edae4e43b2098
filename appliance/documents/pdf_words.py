"""Words laid over a page, unseen: what can be searched, marked and copied."""

from collections.abc import Sequence
from dataclasses import dataclass

from appliance.documents.helvetica import encoded, width_pt
from appliance.documents.pdf_layout import Placed
from appliance.documents.pdf_writer import number, numbers, shown_string

UNSEEN = "3 Tr"
DEPTH = 0.21  # of the size: how far p and g reach below the line in Helvetica
TALL = 0.72  # of the size: how far capitals reach above it
BELOW_LINE = frozenset("gjpqyQ,;()[]{}|/@_")
LEAST_PT, MOST_PT = 1.0, 200.0


@dataclass(frozen=True, slots=True)
class Word:
    """A word and the box around it, in thousandths of the seen picture from its upper left."""

    text: str
    left: float
    top: float
    width: float
    height: float


def unseen_words(words: Sequence[Word], placed: Placed, font: str) -> str:
    """The operators that write the words where they are read in the picture."""
    shown = [line for word in words if (line := _shown(word, placed, font))]
    return f"BT {UNSEEN}\n{''.join(shown)}ET\n" if shown else ""


def _shown(word: Word, placed: Placed, font: str) -> str:
    data = encoded(word.text)
    width, height = word.width * placed.width / 1000, word.height * placed.height / 1000
    has_depth = not BELOW_LINE.isdisjoint(word.text)
    size = min(max(height / (TALL + DEPTH if has_depth else TALL), LEAST_PT), MOST_PT)
    natural = width_pt(data, size)
    if not natural or width <= 0:
        return ""
    left = placed.left + word.left * placed.width / 1000
    line = placed.page[1] - (word.top + word.height) * placed.height / 1000
    line += DEPTH * size if has_depth else 0
    return (
        f"{font} {number(size)} Tf {number(100 * width / natural)} Tz "
        f"1 0 0 1 {numbers((left, line))} Tm {shown_string(data)} Tj\n"
    )
