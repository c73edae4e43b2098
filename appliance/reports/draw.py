"""The child that draws one report and ends: ``python -m appliance.reports.draw TARGET``.

Reads a Paper as JSON from standard input and answers in JSON how many pages it has. A process of
its own, so that the documents process stays as small as it was.
"""

import json
import os
import sys
import zlib
from pathlib import Path
from typing import Any

from appliance.documents.child_limits import limit_myself
from appliance.documents.helvetica import FONT
from appliance.documents.pdf_layout import A4_PT
from appliance.documents.pdf_writer import PdfWriter, numbers, references, unicode_string
from appliance.reports.drawing import Pages
from appliance.reports.sheet import Paper, PaperSection, PaperTable
from appliance.watermarks.tail import NUMBER_KEY

WALL_S = 60
CPU_S = 40
MEMORY_BYTES = 256 << 20
MAKER = "Ruang Baca"


def main() -> int:
    """Draw; exit code 0, anything else when that failed."""
    limit_myself(wall_s=WALL_S, cpu_s=CPU_S, memory_bytes=MEMORY_BYTES)
    pages = draw(read(json.load(sys.stdin)), Path(sys.argv[1]))
    json.dump({"pages": pages}, sys.stdout)
    return 0


def read(data: dict[str, Any]) -> Paper:
    """The paper that was written as JSON."""
    sections = [
        PaperSection(one["name"], one["note"], tuple(_table(table) for table in one["tables"]))
        for one in data["sections"]
    ]
    return Paper(**{**data, "sections": tuple(sections)})


def draw(paper: Paper, target: Path) -> int:
    """Write the PDF, durably; how many pages it has. The same paper makes the same bytes."""
    contents = Pages(paper, _qr(paper.verify_url or paper.number)).lay_out()
    with target.open("wb") as file:
        writer = PdfWriter(file)
        tree = writer.reserve()
        fonts = (writer.add(FONT), writer.add(FONT.replace("Helvetica", "Helvetica-Bold")))
        pages = [_page(writer, tree, fonts, operators) for operators in contents]
        writer.add(f"/Type /Pages /Count {len(pages)} /Kids [{references(pages)}]", number=tree)
        root = writer.add(
            f"/Type /Catalog /Pages {tree} 0 R /Lang (id) "
            "/ViewerPreferences <</DisplayDocTitle true>>"
        )
        info = writer.add(
            f"/Title {unicode_string(paper.title)} /Author {unicode_string(paper.office)} "
            f"/Producer ({MAKER}) /{NUMBER_KEY} ({paper.number})"
        )
        writer.finish(root=root, info=info, identity=paper.number.encode())
        file.flush()
        os.fsync(file.fileno())
    return len(contents)


def _page(writer: PdfWriter, tree: int, fonts: tuple[int, int], operators: str) -> int:
    content = writer.add("/Filter /FlateDecode", zlib.compress(operators.encode("ascii")))
    return writer.add(
        f"/Type /Page /Parent {tree} 0 R /MediaBox [0 0 {numbers(A4_PT)}] "
        f"/Resources <</Font <</F {fonts[0]} 0 R /B {fonts[1]} 0 R>>>> /Contents {content} 0 R"
    )


def _qr(text: str) -> list[list[int]]:
    import segno

    return [list(line) for line in segno.make(text, error="m", micro=False).matrix]


def _table(data: dict[str, Any]) -> PaperTable:
    rows = tuple(tuple(row) for row in data["rows"])
    return PaperTable(**{**data, "rows": rows})


if __name__ == "__main__":
    sys.exit(main())
