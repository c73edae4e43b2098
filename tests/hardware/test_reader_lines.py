"""Bytes -> codes, however the bytes are cut into pieces on the way."""

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from hardware.gm65 import Gm65Lines, mode_of
from hardware.reader_interfaces import BadRead
from hardware.reader_lines import MAX_CODE_BYTES, CodeLines

ACK = bytes.fromhex("02 00 00 01 00 33 31")
texts = st.text(st.characters(codec="utf-8", exclude_categories=["C", "Z"]), min_size=1, max_size=9)
ends = st.sampled_from([b"\r", b"\n", b"\r\n", b"\t"])


def read(lines: CodeLines, data: bytes, cuts: set[int]) -> list[str | BadRead]:
    """Feed the data in pieces."""
    places = [0, *sorted(cut for cut in cuts if cut < len(data)), len(data)]
    return [code for start, end in pairwise(places) for code in lines.feed(data[start:end])]


@given(st.lists(st.tuples(texts, ends)), st.sets(st.integers(0, 99)))
def test_codes_are_the_same_however_they_are_cut_into_pieces(
    codes: list[tuple[str, bytes]], cuts: set[int]
) -> None:
    data = b"".join(text.encode() + end for text, end in codes)

    assert read(CodeLines(), data, cuts) == [text for text, _ in codes]


@given(st.lists(st.tuples(st.booleans(), texts, ends)), st.sets(st.integers(0, 99)))
def test_a_gm65_answer_before_any_code_is_no_part_of_it(
    codes: list[tuple[bool, str, bytes]], cuts: set[int]
) -> None:
    data = b"".join(ACK * glued + text.encode() + end for glued, text, end in codes)
    lines = Gm65Lines()

    assert read(lines, data, cuts) == [text for _, text, _ in codes]
    assert not lines.is_pending


@given(st.integers(0, 255), st.sets(st.integers(0, 9)))
def test_a_gm65_answer_may_hold_any_byte_even_one_that_ends_codes(
    value: int, cuts: set[int]
) -> None:
    lines = Gm65Lines()
    answer = bytes.fromhex("02 00 00 01") + bytes([value]) + b"\r\n"

    assert read(lines, answer, cuts) == []
    assert lines.answer == answer
    assert mode_of(answer) == ("manual", "command", "continuous", "induction")[value % 4]


@given(st.binary(max_size=600), st.sets(st.integers(0, 599)))
def test_no_bytes_are_an_error_and_little_is_ever_kept(data: bytes, cuts: set[int]) -> None:
    for lines in (CodeLines(), Gm65Lines()):
        read(lines, data, cuts)
        assert len(lines._pending) <= MAX_CODE_BYTES

        list(lines.end())
        assert not lines.is_pending


def test_a_code_that_never_ends_is_one_bad_read_and_not_kept() -> None:
    lines = CodeLines()

    for _ in range(100):
        assert list(lines.feed(b"7" * 1000)) == []
    assert lines._pending == b""

    assert list(lines.feed(b"\rT-1\r")) == [BadRead.TOO_LONG, "T-1"]


def test_a_silence_ends_a_code_of_a_reader_without_terminator() -> None:
    lines = CodeLines()

    assert list(lines.feed(b"T-1")) == []
    assert list(lines.end()) == ["T-1"]


def test_an_answer_that_stops_halfway_is_unreadable() -> None:
    lines = Gm65Lines()

    assert list(lines.feed(ACK[:5])) == []
    assert list(lines.end()) == [BadRead.UNREADABLE]
    assert list(lines.feed(b"T-1\r")) == ["T-1"]


def test_bytes_that_are_no_utf_8_are_read_as_latin_1() -> None:
    assert list(CodeLines().feed(b"Caf\xe9\r")) == ["Café"]
