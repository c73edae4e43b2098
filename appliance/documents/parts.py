"""How a finished job becomes files: how many, which pages, and what each is called."""

import datetime as dt
from collections.abc import Sequence
from itertools import pairwise

PAGE_LIMIT = 50  # 300 dpi A4 in colour is about 1.3 MB: a file a phone still takes over the Wi-Fi
FILE_LIMIT_BYTES = 100 << 20
PDF_TITLE = "Hasil pindai Ruang Baca"


def divide(sizes_bytes: Sequence[int]) -> list[slice]:
    """Which pages go into which file, in order: as many as one file takes, one at least."""
    begin = held = 0
    begins: list[int] = []
    for index, size in enumerate(sizes_bytes):
        if index == 0 or index - begin >= PAGE_LIMIT or held + size > FILE_LIMIT_BYTES:
            begins.append(index)
            begin, held = index, 0
        held += size
    return [slice(*pair) for pair in pairwise([*begins, len(sizes_bytes)])]


def pdf_name(part: int, *, with_text: bool = False) -> str:
    """A PDF inside its job's folder; with words it is another file, so that either is whole."""
    return f"scan-{part}-text.pdf" if with_text else f"scan-{part}.pdf"


def pdf_title(part: int, count: int) -> str:
    """What a reader shows as the title of a PDF: nobody's name in it."""
    return PDF_TITLE if count == 1 else f"{PDF_TITLE} ({part}/{count})"


def text_name(page_uuid: str) -> str:
    """The words found on a page, beside its picture until they are in the PDF."""
    return f"{page_uuid}.text.json"


def download_name(
    number_label: str, day: dt.date, kind: str, *, job: int = 1, part: int = 1, page: int = 0
) -> str:
    """What a file is called on the visitor's phone: plain ASCII, and nobody's name in it.

    `job` is its place among the visit's jobs; `page` is given for the picture of one page.
    """
    name = f"hasil-pindai-{day.isoformat()}-{number_label}"
    name += f"-{job}" if job > 1 else ""
    name += f"-bagian-{part}" if part > 1 else ""
    name += f"-halaman-{page}" if page else ""
    return f"{name}.{kind}"
