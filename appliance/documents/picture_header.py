"""What a PDF must know of a JPEG or a G4 TIFF to carry it as it is: read from its header."""

import struct
from dataclasses import dataclass

JPEG_START = b"\xff\xd8"
TIFF_ORDERS = {b"II*\x00": "<", b"MM\x00*": ">"}
SCAN_FRAMES = frozenset((0xC0, 0xC1, 0xC2))  # baseline, extended, progressive: what PDF knows
OTHER_FRAMES = frozenset(range(0xC3, 0xD0)) - {0xC4, 0xC8, 0xCC}
ALONE = frozenset((0x01, *range(0xD0, 0xD8)))  # markers without a length
ADOBE = 0xEE
COLOURS = {1: "/DeviceGray", 3: "/DeviceRGB", 4: "/DeviceCMYK"}
G4, BLACK_IS_ZERO, LOWEST_BIT_FIRST = 4, 1, 2
TURNED_BITS = bytes(int(f"{byte:08b}"[::-1], 2) for byte in range(256))


class UnreadablePicture(ValueError):
    """Raised for bytes that are no picture a PDF can carry as they are."""


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture's size, its dictionary entries and the very bytes of its stream."""

    width_px: int
    height_px: int
    entries: str
    stream: bytes


def read_picture(data: bytes) -> Picture:
    """The picture in these bytes. Raises UnreadablePicture."""
    try:
        if data[:2] == JPEG_START:
            return _jpeg(data)
        if data[:4] in TIFF_ORDERS:
            return _tiff(data)
    except (IndexError, KeyError, struct.error) as error:
        raise UnreadablePicture(f"cut off or odd: {error!r}") from error
    raise UnreadablePicture("neither JPEG nor TIFF")


def _jpeg(data: bytes) -> Picture:
    at, has_adobe = 2, False
    while True:
        if data[at] != 0xFF:
            raise UnreadablePicture(f"no marker at {at}")
        marker = data[at + 1]
        if marker == 0xFF or marker in ALONE:
            at += 1 if marker == 0xFF else 2
            continue
        if marker in OTHER_FRAMES:
            raise UnreadablePicture(f"a JPEG of kind {marker:#x}")
        if marker in SCAN_FRAMES:
            break
        has_adobe |= marker == ADOBE and data[at + 4 : at + 9] == b"Adobe"
        at += 2 + int(struct.unpack_from(">H", data, at + 2)[0])
    bits, height, width, colours = struct.unpack_from(">BHHB", data, at + 4)
    if not (width and height) or bits != 8:
        raise UnreadablePicture(f"{width} x {height} at {bits} bits")
    # Adobe's programs write the four inks the other way round.
    inverted = " /Decode [1 0 1 0 1 0 1 0]" if colours == 4 and has_adobe else ""
    entries = f"/ColorSpace {COLOURS[colours]} /BitsPerComponent 8{inverted} /Filter /DCTDecode"
    return Picture(width, height, entries, data)


def _tiff(data: bytes) -> Picture:
    order = TIFF_ORDERS[data[:4]]
    tags = _tags(data, order)
    width, height = tags[256], tags[257]
    if tags[259] != G4 or tags.get(277, 1) != 1 or tags.get(258, 1) != 1:
        raise UnreadablePicture("a TIFF that is not G4")
    begin, length = tags[273], tags[279]
    stream = data[begin : begin + length]
    if not (width and height) or len(stream) != length:
        raise UnreadablePicture(f"{width} x {height} in {len(stream)} of {length} bytes")
    if tags.get(266) == LOWEST_BIT_FIRST:
        stream = stream.translate(TURNED_BITS)
    black = " /BlackIs1 true" if tags[262] == BLACK_IS_ZERO else ""
    entries = (
        "/ColorSpace /DeviceGray /BitsPerComponent 1 /Filter /CCITTFaxDecode "
        f"/DecodeParms <</K -1 /Columns {width} /Rows {height}{black}>>"
    )
    return Picture(width, height, entries, stream)


def _tags(data: bytes, order: str) -> dict[int, int]:
    """The first picture's tags that hold one number."""
    (directory,) = struct.unpack_from(order + "I", data, 4)
    (count,) = struct.unpack_from(order + "H", data, directory)
    tags: dict[int, int] = {}
    for index in range(count):
        at = directory + 2 + 12 * index
        tag, kind, number = struct.unpack_from(order + "HHI", data, at)
        if tag in (273, 279) and number != 1:
            raise UnreadablePicture(f"a TIFF in {number} strips")
        if number == 1 and kind in (3, 4):
            tags[tag] = struct.unpack_from(order + {3: "H", 4: "I"}[kind], data, at + 8)[0]
    return tags
