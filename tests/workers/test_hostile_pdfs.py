"""Whatever is in a PDF, the one who asked gets an answer and the next reader a page.

``RUANGBACA_PDF_MUTANTS=600 pytest tests/workers/test_hostile_pdfs.py`` reads more of them.
"""

import itertools
import os
import re
import time
from collections import Counter
from pathlib import Path

import pytest

from appliance.page_images.orders import Answer, Order
from appliance.page_images.renderer import Renderer
from appliance.page_images.rules import Problem
from tests.hostile_pdfs import heavy_bombs, light_bombs, mutants, picture_pdf, text_pdf

MUTANTS = int(os.environ.get("RUANGBACA_PDF_MUTANTS", "60"))
ALL_BOMBS = MUTANTS > 60
PATIENCE_S = 30.0
BOMB_PATIENCE_S = 2.0
SLACK_S = 20.0  # for a machine that is busy with other things, too
MEMORY_KB = 1 << 20


@pytest.fixture
def good(tmp_path: Path) -> list[Path]:
    return [
        text_pdf(tmp_path / "text.pdf"),
        text_pdf(tmp_path / "small.pdf", 3, compressed=True),
        picture_pdf(tmp_path / "pictures.pdf"),
    ]


def read(renderer: Renderer, path: Path, target: Path) -> list[Answer]:
    """Have all done that a reader may ask for."""
    named = {"path": str(path), "target": str(target)}
    return [
        renderer.carry_out(Order(do="inspect", path=str(path))),
        renderer.carry_out(Order(do="draw", width_px=720, **named)),
        renderer.carry_out(Order(do="read_words", path=str(path), target=str(target) + ".words")),
    ]


def memory_kb(pid: int | None) -> int:
    """The most that the child ever had; 0 when there is none."""
    try:
        status = Path(f"/proc/{pid}/status").read_text()
    except OSError:
        return 0
    found = re.search(r"VmPeak:\s+(\d+)", status)
    return int(found[1]) if found else 0


def test_mutants_end_nothing(good: list[Path], tmp_path: Path) -> None:
    renderer = Renderer(patience_s=PATIENCE_S)
    path, target = tmp_path / "mutant.pdf", tmp_path / "1.webp"
    tally: Counter[str] = Counter()
    slowest_s = largest_kb = 0.0
    for _, data in itertools.islice(mutants([one.read_bytes() for one in good]), MUTANTS):
        path.write_bytes(data)
        began_s = time.monotonic()
        answers = read(renderer, path, target)
        slowest_s = max(slowest_s, time.monotonic() - began_s)
        largest_kb = max(largest_kb, memory_kb(renderer.child_pid))
        tally[str(answers[1].problem or "drawn")] += 1

    healthy = read(renderer, good[0], target)
    renderer.close()

    print(dict(tally), f"slowest {slowest_s:.2f} s, largest {largest_kb / 1024:.0f} MiB")
    assert tally.total() == MUTANTS
    assert tally["drawn"]
    assert tally["damaged"]
    assert tally[Problem.GIVEN_UP] == 0
    assert slowest_s < 3 * PATIENCE_S + SLACK_S
    assert largest_kb <= MEMORY_KB
    assert [answer.problem for answer in healthy] == [None, None, None]


def test_bombs_cost_their_reader_alone(good: list[Path], tmp_path: Path) -> None:
    renderer = Renderer(patience_s=BOMB_PATIENCE_S)
    path, target = tmp_path / "bomb.pdf", tmp_path / "1.webp"
    took_s, largest_kb = {}, 0
    for name, data in (light_bombs() | (heavy_bombs() if ALL_BOMBS else {})).items():
        path.unlink(missing_ok=True)
        path.write_bytes(data)
        began_s = time.monotonic()
        read(renderer, path, target)
        took_s[name] = time.monotonic() - began_s
        largest_kb = max(largest_kb, memory_kb(renderer.child_pid))

    renderer._patience_s = PATIENCE_S
    healthy = read(renderer, good[0], target)
    renderer.close()

    assert [answer.problem for answer in healthy] == [None, None, None]
    assert [name for name, s in took_s.items() if s > 3 * BOMB_PATIENCE_S + SLACK_S] == []
    assert largest_kb <= MEMORY_KB
    assert not Path("/tmp/pwned").exists()
