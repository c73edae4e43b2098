"""Marking publications: every page shows the mark, and what cannot be marked says why."""

import subprocess
import sys

import pymupdf
import pytest

from appliance.watermarks import tail
from appliance.watermarks.pages import Unpreparable, prepare
from appliance.watermarks.rules import Problem
from tests import copies_kit as kit

BOTH = ("diagonal", "footer")


def marked(source, folder, parts=BOTH, signed=False):
    """The prepared file, and a visitor's copy made of it."""
    prepared, copy = folder / "prepared.pdf", folder / "copy.pdf"
    _, plan = prepare(source, prepared, kit.GENERAL, parts, signed=signed)
    end = tail.append(plan, kit.PERSONAL, kit.NUMBER)
    assert plan.length == prepared.stat().st_size
    assert len(end) < 1800
    copy.write_bytes(prepared.read_bytes() + end)
    return prepared, copy


def judged(path):
    """What qpdf says of a file; 0 is whole."""
    done = subprocess.run(["qpdf", "--check", path], capture_output=True, text=True, check=False)
    return done.returncode, done.stdout + done.stderr


def assert_marked(source, path):
    with pymupdf.open(source) as before, pymupdf.open(path) as after:
        assert after.page_count == before.page_count
        assert not after.is_repaired
        count = after.page_count
    for number in range(count):
        share = kit.changed_share(kit.shown(source, number), kit.shown(path, number))
        assert share > 0.01, f"page {number + 1} looks as before"
        assert share < 0.5, f"page {number + 1} is hidden by its mark"


MAKERS = {
    "plain": kit.publication,
    "object streams": lambda path: kit.publication(path, use_objstms=1),
    "every geometry": kit.every_geometry,
    "inherited": kit.inherited_resources,
    "linearised": lambda path: kit.linearised(kit.publication(path.with_suffix(".p")), path),
    "torn": lambda path: kit.torn(kit.publication(path.with_suffix(".p")), path),
    "locked by its owner": lambda path: kit.publication(
        path, encryption=pymupdf.PDF_ENCRYPT_AES_256, owner_pw="x", permissions=0
    ),
    "with a form": lambda path: kit.with_form(path, "/FT/Tx/V(isi)"),
    "never signed": lambda path: kit.with_form(path, "/FT/Sig", form="/SigFlags 1"),
}


@pytest.mark.parametrize("maker", MAKERS.values(), ids=MAKERS.keys())
def test_every_page_shows_the_mark_before_and_after_the_tail(tmp_path, maker):
    source = maker(tmp_path / "source.pdf")

    prepared, copy = marked(source, tmp_path)

    for path in (prepared, copy):
        assert judged(path)[0] == 0, judged(path)
        assert_marked(source, path)
    assert kit.changed_share(kit.shown(prepared, 0), kit.shown(copy, 0)) > 0.005


def test_poppler_reads_the_number_on_every_page(tmp_path):
    source = kit.every_geometry(tmp_path / "source.pdf")
    _, copy = marked(source, tmp_path)

    words = subprocess.run(["pdftotext", copy, "-"], capture_output=True, text=True, check=True)

    with pymupdf.open(source) as document:
        pages = document.page_count
    assert words.stdout.count(kit.NUMBER) == pages


def test_the_footer_stands_at_the_foot_of_every_page_as_people_see_it(tmp_path):
    source = kit.every_geometry(tmp_path / "source.pdf")

    _, copy = marked(source, tmp_path, parts=("footer",))

    with pymupdf.open(copy) as document:
        for page in document:
            found = page.search_for("Salinan No.")
            assert found, f"page {page.number + 1} has no footer"
            seen = found[0] * page.rotation_matrix if page.rotation else found[0]
            assert seen.y1 > page.rect.height * 0.85
            assert abs((seen.x0 + seen.x1) / 2 - page.rect.width / 2) < page.rect.width * 0.2


@pytest.mark.parametrize("parts", [("diagonal",), ("footer",)])
def test_the_mark_can_be_seen_on_a_black_page(tmp_path, parts):
    with pymupdf.open() as document:
        page = document.new_page(width=595, height=842)
        page.draw_rect(page.rect, fill=(0, 0, 0))
        document.save(tmp_path / "source.pdf")

    _, copy = marked(tmp_path / "source.pdf", tmp_path, parts=parts)

    assert max(kit.shown(copy, 0)) > 40


def test_a_cut_off_tail_leaves_the_general_mark(tmp_path):
    source = kit.publication(tmp_path / "source.pdf")
    prepared, copy = marked(source, tmp_path)
    data = copy.read_bytes()

    (tmp_path / "cut.pdf").write_bytes(data[: data.rindex(b"%RuangBaca-Salinan")])

    assert (tmp_path / "cut.pdf").read_bytes() == prepared.read_bytes()
    assert_marked(source, tmp_path / "cut.pdf")


def test_the_properties_stay_and_gain_the_number(tmp_path):
    _, copy = marked(kit.publication(tmp_path / "source.pdf"), tmp_path)

    with pymupdf.open(copy) as document:
        assert document.metadata["title"] == "Angka (contoh) é"
        properties = int(document.xref_get_key(-1, "Info")[1].split()[0])
        assert document.xref_get_key(properties, tail.NUMBER_KEY)[1] == kit.NUMBER


def test_a_file_without_properties_gains_the_number_too(tmp_path):
    _, copy = marked(kit.inherited_resources(tmp_path / "source.pdf"), tmp_path)

    with pymupdf.open(copy) as document:
        properties = int(document.xref_get_key(-1, "Info")[1].split()[0])
        assert document.xref_get_key(properties, tail.NUMBER_KEY)[1] == kit.NUMBER


def test_a_mark_for_signed_files_too_is_drawn_where_the_office_wants_it(tmp_path):
    source = kit.signed(tmp_path / "source.pdf")

    _, copy = marked(source, tmp_path, signed=True)

    assert_marked(source, copy)


PROBLEMS = {
    "encrypted": (
        lambda path: kit.publication(
            path, encryption=pymupdf.PDF_ENCRYPT_AES_256, user_pw="x", owner_pw="y"
        ),
        Problem.ENCRYPTED,
    ),
    "signed": (kit.signed, Problem.SIGNED),
    "certified": (
        lambda path: kit.with_form(path, "/FT/Tx", catalogue="/Perms<</DocMDP<</Type/Sig>>>>"),
        Problem.SIGNED,
    ),
    "XFA": (lambda path: kit.with_form(path, "/FT/Tx", form="/XFA[(a)(b)]"), Problem.XFA),
    "empty": (lambda path: path.write_bytes(b"") or path, Problem.DAMAGED),
    "no PDF": (lambda path: path.write_bytes(b"<html>" * 99) and path, Problem.DAMAGED),
    "noise": (
        lambda path: path.write_bytes(b"%PDF-1.7\n" + b"\x9b" * 999) and path,
        Problem.DAMAGED,
    ),
    "no pages": (
        lambda path: kit.by_hand(
            path, ["<</Type/Catalog/Pages 2 0 R>>", "<</Type/Pages/Count 0/Kids[]>>"]
        ),
        Problem.NO_PAGES,
    ),
    "ten thousand pages": (
        lambda path: kit.by_hand(
            path,
            [
                "<</Type/Catalog/Pages 2 0 R>>",
                f"<</Type/Pages/Count 9999/Kids[{' '.join(f'{n} 0 R' for n in range(3, 10002))}]>>",
                *["<</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]>>"] * 9999,
            ],
        ),
        Problem.TOO_MANY_PAGES,
    ),
}


@pytest.mark.parametrize(("maker", "problem"), PROBLEMS.values(), ids=PROBLEMS.keys())
def test_what_cannot_be_marked_says_why(tmp_path, maker, problem):
    source = maker(tmp_path / "source.pdf")

    with pytest.raises(Unpreparable) as caught:
        prepare(source, tmp_path / "prepared.pdf", kit.GENERAL, BOTH, signed=False)

    assert caught.value.problem is problem


def test_a_page_that_stands_twice_in_the_tree_is_marked_once(tmp_path):
    source = kit.by_hand(
        tmp_path / "source.pdf",
        [
            "<</Type/Catalog/Pages 2 0 R>>",
            "<</Type/Pages/Count 2/Kids[3 0 R 3 0 R]>>",
            "<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]>>",
        ],
    )

    _, copy = marked(source, tmp_path)

    words = subprocess.run(["pdftotext", copy, "-"], capture_output=True, text=True, check=True)
    assert words.stdout.count(kit.NUMBER) == 2


def test_a_tail_is_made_without_any_pdf_library():
    code = (
        "import sys; from appliance.watermarks import rules, tail; "
        "sys.exit('pymupdf' in sys.modules or 'PIL' in sys.modules)"
    )

    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


HOSTILE = """
import sys
from collections import Counter
from itertools import islice
from pathlib import Path
from appliance.documents.child_limits import limit_myself
from appliance.watermarks.pages import Unpreparable, prepare
from tests import copies_kit as kit, hostile_pdfs
folder, ends = Path(sys.argv[1]), Counter()
good = [hostile_pdfs.text_pdf(folder / "a.pdf", 3, compressed=c).read_bytes() for c in (0, 1)]
limit_myself(wall_s=120)
files = [*hostile_pdfs.light_bombs().items(), *islice(hostile_pdfs.mutants(good), 30)]
for name, data in files:
    (folder / "source.pdf").write_bytes(data)
    try:
        prepare(folder / "source.pdf", folder / "made.pdf", kit.GENERAL, ("footer",), signed=False)
        ends["made"] += 1
    except Unpreparable as error:
        ends[str(error.problem)] += 1
print(ends.total(), len(files), ends["made"], ends["damaged"])
"""


def test_hostile_files_are_marked_or_refused_and_nothing_else(tmp_path):
    done = subprocess.run(
        [sys.executable, "-c", HOSTILE, tmp_path], capture_output=True, text=True, check=False
    )

    assert done.returncode == 0, done.stderr[-2000:]
    ends, files, made, damaged = map(int, done.stdout.split())
    assert ends == files
    assert min(made, damaged) > 5, "the files are not what this test is about"
