"""Pages are drawn by a real child, which is kept, ended, and replaced."""

import os
import re
import signal
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PIL import Image

from appliance.page_images.orders import Answer, Order
from appliance.page_images.renderer import Renderer
from appliance.page_images.rules import Format, Problem, is_whole
from tests.hostile_pdfs import many_pages, picture_pdf, text_pdf, tiles_without_end

LONGEST_S = 60.0


@pytest.fixture(scope="module")
def renderer() -> Iterator[Renderer]:
    started = Renderer()
    yield started
    started.close()


def draw(renderer: Renderer, path: Path, page: int = 1, **how: object) -> Answer:
    """Have a page drawn beside the file it is from."""
    format = Format(how.get("format", "webp"))
    target = path.with_name(f"{page}.{format}")
    return renderer.carry_out(
        Order(do="draw", path=str(path), page=page, width_px=720, format=format, target=str(target))
    )


def comes(true: Callable[[], bool]) -> bool:
    deadline = time.monotonic() + LONGEST_S
    while not true() and time.monotonic() < deadline:
        time.sleep(0.01)
    return true()


def is_gone(pid: int) -> bool:
    return not Path(f"/proc/{pid}").exists()


def test_a_file_is_described_and_drawn(renderer: Renderer, tmp_path: Path) -> None:
    path = text_pdf(tmp_path / "a.pdf", 8)

    found = renderer.carry_out(Order(do="inspect", path=str(path))).inspection
    drawn = draw(renderer, path, 3)

    assert found.pages == 8
    assert [(one.title, one.page) for one in found.outline][:2] == [("Bab 1", 1), ("Bab 2", 2)]
    assert drawn == Answer()
    with Image.open(tmp_path / "3.webp") as image:
        assert (image.format, image.width) == ("WEBP", 720)
        assert abs(image.height - 720 * 842 / 595) < 2
    assert not list(tmp_path.glob("*.part"))


def test_browsers_without_webp_get_jpeg(renderer: Renderer, tmp_path: Path) -> None:
    path = picture_pdf(tmp_path / "b.pdf")

    assert draw(renderer, path, format="jpg") == Answer()

    data = (tmp_path / "1.jpg").read_bytes()
    assert is_whole(data, Format.JPEG)
    assert not is_whole(data[:-9], Format.JPEG)


def test_what_is_wrong_with_a_file_is_said(renderer: Renderer, tmp_path: Path) -> None:
    good = text_pdf(tmp_path / "good.pdf", 2)
    locked = text_pdf(tmp_path / "locked.pdf", password="rahasia")
    shut = tmp_path / "gone.pdf"
    long = tmp_path / "long.pdf"
    long.write_bytes(many_pages())
    noise = tmp_path / "noise.pdf"
    noise.write_bytes(b"bukan PDF")

    assert draw(renderer, good, 3).problem is Problem.NO_SUCH_PAGE
    assert draw(renderer, good, 0).problem is Problem.NO_SUCH_PAGE
    assert draw(renderer, locked).problem is Problem.ENCRYPTED
    assert draw(renderer, shut).problem is Problem.MISSING
    assert draw(renderer, long).problem is Problem.TOO_LONG
    assert draw(renderer, noise).problem is Problem.DAMAGED


def test_a_torn_file_is_read_as_far_as_it_goes(renderer: Renderer, tmp_path: Path) -> None:
    path = text_pdf(tmp_path / "torn.pdf", 3)
    path.write_bytes(path.read_bytes()[:-400])

    found = renderer.carry_out(Order(do="inspect", path=str(path)))

    assert found.inspection is not None
    assert found.inspection.pages == 3
    assert draw(renderer, path) == Answer()


def test_what_its_parent_held_once_wears_no_child_out(renderer: Renderer, tmp_path: Path) -> None:
    large = bytearray(420_000_000)
    large[::4096] = b"x" * len(large[::4096])
    del large

    assert draw(renderer, text_pdf(tmp_path / "a.pdf", 1)) == Answer()


def test_the_child_is_kept_between_orders_and_ended_when_idle(tmp_path: Path) -> None:
    now = [0.0]
    renderer = Renderer(idle_s=60, patience_s=1e6, monotonic=lambda: now[0])
    path = text_pdf(tmp_path / "a.pdf", 2)

    draw(renderer, path)
    pid = renderer.child_pid
    now[0] = 59
    renderer.look()
    draw(renderer, path, 2)
    kept = renderer.child_pid
    now[0] = 120
    renderer.look()

    assert pid is not None
    assert kept == pid
    assert renderer.child_pid is None
    assert is_gone(pid)
    renderer.close()


def test_the_child_cannot_take_the_machine(renderer: Renderer, tmp_path: Path) -> None:
    draw(renderer, text_pdf(tmp_path / "a.pdf", 1))
    proc = Path(f"/proc/{renderer.child_pid}")
    limits = dict(re.findall(r"^(Max [a-z ]+?)  +(\S+)", (proc / "limits").read_text(), re.M))

    assert limits["Max address space"] == str(1 << 30)
    assert int(limits["Max cpu time"]) <= 900
    assert limits["Max core file size"] == "0"
    assert int((proc / "oom_score_adj").read_text()) == 900


def test_a_changed_file_is_read_anew(renderer: Renderer, tmp_path: Path) -> None:
    path = text_pdf(tmp_path / "a.pdf", 2)
    inspect = Order(do="inspect", path=str(path))
    assert renderer.carry_out(inspect).inspection.pages == 2

    text_pdf(tmp_path / "new.pdf", 5).replace(path)

    assert renderer.carry_out(inspect).inspection.pages == 5


def test_a_file_that_takes_too_long_is_given_up_at_the_second_time(tmp_path: Path) -> None:
    path = tmp_path / "slow.pdf"
    path.write_bytes(tiles_without_end())
    good = text_pdf(tmp_path / "good.pdf", 1)
    renderer = Renderer(patience_s=1.0)

    problems = [draw(renderer, path).problem for _ in range(3)]
    renderer._patience_s = LONGEST_S
    afterwards = draw(renderer, good)

    assert problems == [Problem.TOO_HEAVY, Problem.GIVEN_UP, Problem.GIVEN_UP]
    assert afterwards == Answer()
    assert not list(tmp_path.glob("*.part"))
    renderer.close()


def test_a_child_killed_between_orders_costs_nothing(renderer: Renderer, tmp_path: Path) -> None:
    path = text_pdf(tmp_path / "a.pdf", 1)
    draw(renderer, path)
    pid = renderer.child_pid
    os.kill(pid, signal.SIGKILL)
    assert comes(lambda: (Path(f"/proc/{pid}/stat").read_text().split()[2]) == "Z")

    assert draw(renderer, path) == Answer()
    assert renderer.child_pid != pid


def test_closing_does_not_wait_for_a_page(tmp_path: Path) -> None:
    path = tmp_path / "slow.pdf"
    path.write_bytes(tiles_without_end())
    renderer = Renderer(patience_s=600)
    answers: list[Answer] = []
    reader = threading.Thread(target=lambda: answers.append(draw(renderer, path)))
    reader.start()
    assert comes(lambda: renderer.child_pid is not None)

    renderer.close()
    reader.join(LONGEST_S)

    assert [answer.problem for answer in answers] == [Problem.TOO_HEAVY]
    assert renderer.child_pid is None


def test_a_full_disk_is_said(renderer: Renderer, tmp_path: Path) -> None:
    path = text_pdf(tmp_path / "a.pdf", 1)
    order = Order(do="draw", path=str(path), width_px=720, target="/dev/full/1.webp")

    assert renderer.carry_out(order).problem is Problem.MISSING  # there is no such folder
    assert draw(renderer, path) == Answer()
