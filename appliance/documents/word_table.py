"""Tesseract's table of words, as words that stand somewhere on a page."""

from appliance.documents.pdf_words import Word

PAGE, WORD = "1", "5"
COLUMNS = 12
LEAST_SURE = 20.0  # of 100; below it is a smear or a line of a table more often than a word


def words_of(table: str) -> list[Word]:
    """The words in reading order; lines that are no such table are passed over."""
    size = (0, 0)
    found: list[Word] = []
    for line in table.splitlines():
        cells = line.split("\t", COLUMNS - 1)
        if len(cells) != COLUMNS:
            continue
        try:
            left, top, width, height = (int(cell) for cell in cells[6:10])
            is_sure = float(cells[10]) >= LEAST_SURE
        except ValueError:
            continue
        if cells[0] == PAGE:
            size = (width, height)
        text = cells[11].strip()
        if cells[0] == WORD and text and is_sure and all(size):
            found.append(_placed(text, (left, top, width, height), size))
    return found


def _placed(text: str, box: tuple[int, int, int, int], size: tuple[int, int]) -> Word:
    left, top, width, height = (
        round(1000 * length / whole, 2) for length, whole in zip(box, size * 2, strict=True)
    )
    return Word(text, left, top, width, height)
