"""What is appended to a prepared file so that it becomes one visitor's copy.

A PDF may be followed by newer versions of some of its objects (ISO 32000-1, 7.5.6). Only the one
or two objects that every page draws are written anew, so a copy of 300 pages costs as little as
one of one page, and no PDF library is needed to make it.
"""

import hashlib
from dataclasses import asdict, dataclass

from appliance.documents.mark_drawing import Drawing

SIGN = b"%RuangBaca-Salinan "
NUMBER_KEY = "RuangBacaNomor"  # in the document's properties, where re-saving programs leave it


@dataclass(frozen=True, slots=True)
class Plan:
    """What an appended update must know of a prepared file.

    Object numbers of the parts of the mark (0: not drawn), of the font and of the properties (0:
    none); the properties as PDF text without their last two characters; the file's own id, the
    place of its cross-reference stream, one more than its highest object number, its length.
    """

    diagonal: int
    footer: int
    font: int
    properties: int
    properties_text: str
    root: int
    file_id: str
    cross_reference: int
    objects: int
    length: int

    def as_dict(self) -> dict[str, object]:
        return asdict(self)


def append(plan: Plan, drawing: Drawing, number: str) -> bytes:
    """The bytes that follow a prepared file; the same for the same arguments, about 1 kB."""
    made = bytearray(SIGN + number.encode("ascii") + b"\n")
    places: dict[int, int] = {}

    def add(number_: int, body: bytes) -> None:
        places[number_] = plan.length + len(made)
        made.extend(b"%d 0 obj\n%s\nendobj\n" % (number_, body))

    if plan.diagonal:
        add(plan.diagonal, drawing.diagonal(plan.font).text)
    if plan.footer:
        add(plan.footer, drawing.footer(plan.font).text)
    properties = plan.properties or plan.objects
    text = f"{plan.properties_text}/{NUMBER_KEY}({number})>>"
    add(properties, text.encode("latin-1", "replace"))
    table = plan.objects + (0 if plan.properties else 1)
    place = plan.length + len(made)
    places[table] = place
    made += _cross_reference(plan, table, properties, places, number)
    made += b"startxref\n%d\n%%%%EOF\n" % place
    return bytes(made)


def _cross_reference(
    plan: Plan, table: int, properties: int, places: dict[int, int], number: str
) -> bytes:
    # Field widths 1, 4, 2: used, where it begins, generation (ISO 32000-1, 7.5.8).
    rows = sorted(places.items())
    index = " ".join(f"{object_number} 1" for object_number, _ in rows)
    data = b"".join(b"\x01" + place.to_bytes(4) + b"\x00\x00" for _, place in rows)
    version = hashlib.sha256(f"{plan.file_id}:{number}".encode()).hexdigest()[:32]
    head = (
        f"{table} 0 obj\n<</Type/XRef/Size {table + 1}/W[1 4 2]/Index[{index}]/Root {plan.root} 0 R"
        f"/Info {properties} 0 R/ID[<{plan.file_id}><{version}>]/Prev {plan.cross_reference}"
        f"/Length {len(data)}>>\nstream\n"
    )
    return head.encode() + data + b"\nendstream\nendobj\n"
