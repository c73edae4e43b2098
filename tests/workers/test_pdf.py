"""Our own PDFs, judged by qpdf, poppler and MuPDF: the very bytes, in their true size."""

import hashlib
import io
import shutil
import subprocess
from pathlib import Path

import pymupdf
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageChops, ImageStat

from appliance.documents.looks import box_of
from appliance.documents.mark_drawing import Drawing
from appliance.documents.pdf import DamagedPage, Leaf, build, written_words
from appliance.documents.pdf_layout import A4_PT, page_size, place
from appliance.documents.pdf_words import Word
from appliance.documents.picture_header import UnreadablePicture, read_picture

FOOTER = "Dipindai di BPS Kabupaten Pāsaman – “Barat” ≥. Dilarang menggandakan."
TITLE = "Hasil pindai (1/2) é 読"
needs_judges = pytest.mark.skipif(
    not (shutil.which("qpdf") and shutil.which("pdfimages")), reason="qpdf or poppler is missing"
)


def picture(size: tuple[int, int], mode: str = "RGB") -> Image.Image:
    """Four plain quarters, each of another colour, with a mark that tells left from right."""
    image = Image.new("RGB", size, "white")
    across, down = size[0] // 2, size[1] // 2
    image.paste((200, 30, 30), (0, 0, across, down))
    image.paste((30, 160, 30), (across, 0, size[0], down))
    image.paste((30, 30, 200), (0, down, across, size[1]))
    return image.convert(mode)


def stored(folder: Path, image: Image.Image, name: str, dpi: int = 100, **leaf) -> Leaf:
    path = folder / name
    how = {"compression": "group4"} if path.suffix == ".tif" else {"quality": 90}
    image.save(path, **how)
    return Leaf(path, hashlib.sha256(path.read_bytes()).hexdigest(), dpi, **leaf)


def made(leaves: list[Leaf], target: Path) -> Path:
    with target.open("wb") as file:
        build(leaves, file, title=TITLE, footer=FOOTER)
    return target


def judged(*command: object) -> str:
    done = subprocess.run(
        [str(each) for each in command], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def rendered(pdf: Path, dpi: int = 100) -> list[Image.Image]:
    with pymupdf.open(pdf) as document:
        pixmaps = [page.get_pixmap(dpi=dpi) for page in document]
    return [Image.frombytes("RGB", (each.width, each.height), each.samples) for each in pixmaps]


@needs_judges
def test_every_kind_of_picture_goes_in_byte_for_byte(tmp_path):
    leaves = [
        stored(tmp_path, picture((400, 300)), "colour.jpg"),
        stored(tmp_path, picture((300, 400), "L"), "grey.jpg"),
        stored(tmp_path, picture((400, 300), "CMYK"), "inks.jpg"),
        stored(tmp_path, picture((403, 301), "1"), "lines.tif"),
    ]

    pdf = made(leaves, tmp_path / "scan.pdf")

    assert "No syntax or stream encoding errors" in judged("qpdf", "--check", pdf)
    listed = [row.split() for row in judged("pdfimages", "-list", pdf).splitlines()[2:]]
    assert [(row[5], row[8], row[12]) for row in listed] == [
        ("rgb", "jpeg", "100"),
        ("gray", "jpeg", "100"),
        ("cmyk", "jpeg", "100"),
        ("gray", "ccitt", "100"),
    ]
    judged("pdfimages", "-all", pdf, tmp_path / "out")
    for index, leaf in enumerate(leaves[:3]):
        out = tmp_path / f"out-{index:03}.jpg"
        assert out.read_bytes() == leaf.path.read_bytes()
    assert (tmp_path / "out-003.ccitt").read_bytes() == read_picture(
        leaves[3].path.read_bytes()
    ).stream


def test_each_kind_is_seen_as_it_is(tmp_path):
    kinds = ("RGB", "L", "CMYK", "1")
    pictures = [picture((400, 300), kind) for kind in kinds]
    names = ("c.jpg", "g.jpg", "k.jpg", "l.tif")

    pages = rendered(
        made(
            [stored(tmp_path, *pair) for pair in zip(pictures, names, strict=True)],
            tmp_path / "scan.pdf",
        )
    )

    for kind, page, image in zip(kinds, pages, pictures, strict=True):
        seen = page.crop(((page.width - 400) // 2, 0, (page.width + 400) // 2, 300))
        # Coarsely, because half a pixel aside turns dots of black and white around.
        coarse = [
            each.convert("RGB").resize((40, 30), Image.Resampling.BOX) for each in (seen, image)
        ]
        mean = ImageStat.Stat(ImageChops.difference(*coarse)).mean
        # Inks are mixed differently by every program; the negative is over 100.
        assert max(mean) < (50 if kind == "CMYK" else 6), kind


@needs_judges
def test_a_page_says_what_it_is_and_not_for_whom(tmp_path):
    pdf = made([stored(tmp_path, picture((827, 1169)), "a4.jpg")], tmp_path / "scan.pdf")

    told = judged("pdfinfo", "-rawdates", pdf)
    assert f"Title:           {TITLE}" in told
    assert "595.276 x 841.89 pts (A4)" in told
    assert "Author" not in told
    assert "Creator:" not in told
    said = judged("pdftotext", pdf, "-")
    assert "Dipindai di BPS Kabupaten Pasaman – “Barat” ?. Dilarang menggandakan." in said
    assert TITLE in judged("pdfinfo", "-meta", pdf)


def test_turned_pages_are_seen_upright_and_cut_where_told(tmp_path):
    image = picture((400, 300))
    crop = (100, 30, 380, 270)

    for turned in (0, 90, 180, 270):
        leaf = stored(
            tmp_path, image, f"{turned}.jpg", turned=turned, crop=",".join(map(str, crop))
        )
        (page,) = rendered(made([leaf], tmp_path / f"{turned}.pdf"))

        wanted = image.crop(crop).rotate(-turned, expand=True)
        left = round((page.width - wanted.width) / 2)
        seen = page.crop((left, 0, left + wanted.width, wanted.height))
        mean = ImageStat.Stat(ImageChops.difference(seen, wanted)).mean
        assert max(mean) < 6, turned
        around = page.crop((0, wanted.height + 3, page.width, page.height - 40))
        assert ImageStat.Stat(around).extrema == [(255, 255)] * 3


def test_a_page_is_a4_whenever_it_fits():
    assert page_size(595.2, 841.92, tolerance=0.24) == A4_PT
    assert page_size(841.9, 595.2, tolerance=0.24) == A4_PT[::-1]
    assert page_size(419.5, 297.6) == A4_PT
    assert page_size(612, 1008) == (612, 1008)
    assert page_size(900, 300) == (900, A4_PT[0])


@given(
    size=st.tuples(st.integers(1, 5000), st.integers(1, 7000)),
    dpi=st.sampled_from([75, 150, 300, 600]),
    turned=st.sampled_from([0, 90, 180, 270]),
    edges=st.tuples(*[st.integers(-10, 7000)] * 4),
)
def test_what_is_seen_of_a_page_lies_on_it_in_its_true_size(size, dpi, turned, edges):
    box = box_of(",".join(map(str, edges)), size)

    placed = place(size, dpi, turned=turned, box=box)

    left, top, right, bottom = box
    seen = (right - left, bottom - top) if turned in (0, 180) else (bottom - top, right - left)
    assert (placed.width, placed.height) == pytest.approx([px * 72 / dpi for px in seen])
    assert placed.left >= -72 / dpi
    assert placed.left * 2 + placed.width == pytest.approx(placed.page[0])
    assert placed.height <= placed.page[1] + 72 / dpi
    a, b, c, d, e, f = placed.matrix
    corners = [
        (a * x + c * y + e, b * x + d * y + f)
        for x in (left / size[0], right / size[0])
        for y in (1 - top / size[1], 1 - bottom / size[1])
    ]
    assert min(x for x, _ in corners) == pytest.approx(placed.left, abs=0.01)
    assert max(y for _, y in corners) == pytest.approx(placed.page[1], abs=0.01)
    assert abs(a * d - b * c) == pytest.approx(size[0] * size[1] * (72 / dpi) ** 2)


@settings(max_examples=25, deadline=None)
@given(
    pages=st.lists(
        st.tuples(
            st.integers(1, 90), st.integers(1, 90), st.sampled_from(["RGB", "L", "1"]),
            st.sampled_from([0, 90, 180, 270]), st.tuples(*[st.integers(-5, 95)] * 4),
        ),
        min_size=1, max_size=4,
    )
)  # fmt: skip
def test_any_pages_make_a_pdf_without_a_fault(tmp_path_factory, pages):
    folder = tmp_path_factory.mktemp("any")
    leaves = [
        stored(
            folder, picture((width, height), mode), f"{index}.{'tif' if mode == '1' else 'jpg'}",
            turned=turned, crop=",".join(map(str, edges)),
        )
        for index, (width, height, mode, turned, edges) in enumerate(pages)
    ]  # fmt: skip

    pdf = made(leaves, folder / "scan.pdf")

    with pymupdf.open(pdf) as document:
        assert not document.is_repaired
        assert document.page_count == len(pages)
        for page, leaf in zip(document, leaves, strict=True):
            assert page.rect.height == pytest.approx(A4_PT[1], abs=0.01)
            assert "Dilarang" in page.get_text()
            (image,) = page.get_images()
            if leaf.path.suffix == ".jpg":
                assert document.xref_stream_raw(image[0]) == leaf.path.read_bytes()
    if shutil.which("qpdf"):
        judged("qpdf", "--check", pdf)


@pytest.mark.skipif(shutil.which("pdftotext") is None, reason="poppler is missing")
def test_words_can_be_found_where_they_stand(tmp_path):
    text = tmp_path / "words.json"
    words = [Word("Statistik", 100, 200, 200, 20), Word("Āir", 320, 203, 60, 14)]
    text.write_bytes(written_words([*words, Word("", 1, 1, 0, 0)]))
    bare = stored(tmp_path, picture((827, 1169)), "a4.jpg")
    leaf = Leaf(bare.path, bare.sha256, bare.resolution_dpi, text=text)

    pdf = made([leaf], tmp_path / "scan.pdf")

    assert "Statistik Air" in judged("pdftotext", "-layout", pdf, "-")
    with pymupdf.open(pdf) as document:
        (box,) = document[0].search_for("Statistik")
    assert box.x0 == pytest.approx(0.1 * 595.4, abs=2)
    assert box.x1 == pytest.approx(0.3 * 595.4, abs=2)
    assert box.y0 < 0.2 * 841.7 + 8 < box.y1
    plain, worded = rendered(made([bare], tmp_path / "plain.pdf")), rendered(pdf)
    assert ImageChops.difference(plain[0], worded[0]).getbbox() is None


def test_a_changed_page_is_refused(tmp_path):
    leaf = stored(tmp_path, picture((40, 30)), "page.jpg")
    leaf.path.write_bytes(leaf.path.read_bytes()[:-1] + b"x")

    with pytest.raises(DamagedPage, match=r"page\.jpg is not what was scanned"):
        made([leaf], tmp_path / "scan.pdf")


def saved(image: Image.Image, kind: str, **how) -> bytes:
    buffer = io.BytesIO()
    image.save(buffer, kind, **how)
    return buffer.getvalue()


@pytest.mark.parametrize("order", ["II", "MM"])
@pytest.mark.parametrize("white_is_zero", [True, False])
def test_a_g4_picture_keeps_black_black(tmp_path, order, white_is_zero):
    image = picture((64, 48), "1")
    data = bytearray(saved(image, "TIFF", compression="group4"))
    assert data[:2] == b"II"
    at = int.from_bytes(data[4:8], "little") + 2
    for _ in range(int.from_bytes(data[at - 2 : at], "little")):
        if data[at : at + 2] == (262).to_bytes(2, "little"):
            # The same bits, declared the other way round, are the negative.
            data[at + 8] = 0 if white_is_zero else 1
        at += 12

    found = read_picture(bytes(data) if order == "II" else big_endian(bytes(data)))

    assert ("/BlackIs1 true" in found.entries) is not white_is_zero
    assert (found.width_px, found.height_px) == (64, 48)


def big_endian(data: bytes) -> bytes:
    """A small TIFF with its numbers the other way round; only what a reader of ours looks at."""
    begin = int.from_bytes(data[4:8], "little")
    count = int.from_bytes(data[begin : begin + 2], "little")
    out = bytearray(b"MM\x00*" + begin.to_bytes(4, "big") + data[8:])
    out[begin : begin + 2] = count.to_bytes(2, "big")
    for index in range(count):
        at = begin + 2 + 12 * index
        tag, kind = (int.from_bytes(data[at + i : at + i + 2], "little") for i in (0, 2))
        number = int.from_bytes(data[at + 4 : at + 8], "little")
        width = {3: 2, 4: 4}.get(kind, 4)
        value = int.from_bytes(data[at + 8 : at + 8 + width], "little")
        out[at : at + 8] = (
            tag.to_bytes(2, "big") + kind.to_bytes(2, "big") + number.to_bytes(4, "big")
        )
        out[at + 8 : at + 8 + width] = value.to_bytes(width, "big")
    return bytes(out)


@given(
    data=st.binary(max_size=200), start=st.sampled_from([b"\xff\xd8", b"II*\x00", b"MM\x00*", b""])
)
def test_no_bytes_are_worse_than_unreadable(data, start):
    try:
        found = read_picture(start + data)
    except UnreadablePicture:
        return
    assert found.width_px
    assert found.height_px


@pytest.mark.parametrize("cut", [3, 20, 100])
def test_pictures_cut_off_in_their_header_are_unreadable(cut):
    with pytest.raises(UnreadablePicture):
        read_picture(saved(picture((64, 48)), "JPEG")[:cut])
    with pytest.raises(UnreadablePicture):
        read_picture(saved(picture((64, 48)), "TIFF"))


@needs_judges
def test_an_office_may_have_its_mark_across_scanned_pages(tmp_path):
    leaf = stored(tmp_path, picture((800, 1100)), "page.jpg")
    plain, marked = tmp_path / "plain.pdf", tmp_path / "marked.pdf"
    made([leaf], plain)
    with marked.open("wb") as file:
        mark = Drawing("HASIL PINDAI", "BPS Contoh", "", "strong")
        build([leaf, leaf], file, title=TITLE, footer=FOOTER, mark=mark)

    judged("qpdf", "--check", marked)
    before = rendered(plain, dpi=30)[0]
    for after in rendered(marked, dpi=30):
        assert ImageChops.difference(before, after).getbbox()
    assert rendered(made([leaf], tmp_path / "again.pdf"), dpi=30)[0] == before
