"""Key events -> codes: layout, Shift, ends, and events that the kernel lost."""

from collections.abc import Iterable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hardware.key_codes import ENDS, ENTER, LAYOUTS
from hardware.key_text import EV_KEY, EV_SYN, SYN_DROPPED, SYN_REPORT, KeyText
from hardware.reader_interfaces import BadRead

LEFT_SHIFT = 42
KEYS_OF = {
    name: {pair[shifted]: (code, shifted) for code, pair in layout.items() for shifted in (1, 0)}
    for name, layout in LAYOUTS.items()
}
KEYS = KEYS_OF["us"]
OURS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789 -:/."
PRINTABLE = "".join(map(chr, range(32, 127)))


class Keyboard:
    """Types into a KeyText and remembers what came of it."""

    def __init__(self, layout: str = "us") -> None:
        self.keys = KeyText(LAYOUTS[layout])
        self.codes = KEYS_OF[layout]
        self.at_s = 100.0
        self.said: list[str | BadRead] = []

    def event(self, kind: int, code: int, value: int = 0) -> None:
        self.said += self.keys.feed(kind, code, value, self.at_s)

    def press(self, code: int, *, after_s: float = 0.005) -> None:
        self.at_s += after_s
        self.event(EV_KEY, code, 1)
        self.event(EV_SYN, SYN_REPORT)
        self.event(EV_KEY, code, 0)
        self.event(EV_SYN, SYN_REPORT)

    def type(self, text: Iterable[str]) -> None:
        for character in text:
            code, shifted = self.codes[character]
            self.event(EV_KEY, LEFT_SHIFT, shifted)
            self.press(code)
        self.event(EV_KEY, LEFT_SHIFT, 0)


@pytest.fixture
def keyboard() -> Keyboard:
    return Keyboard()


def test_the_layout_has_every_character_that_ascii_prints() -> None:
    assert set(PRINTABLE) == set(KEYS)


@pytest.mark.parametrize("layout", LAYOUTS)
@given(text=st.text(OURS, min_size=1, max_size=64))
def test_every_layout_types_whatever_our_codes_and_links_hold(layout: str, text: str) -> None:
    keyboard = Keyboard(layout)

    keyboard.type(text)
    keyboard.press(ENTER)

    assert keyboard.said == [text]


@pytest.mark.parametrize(
    ("layout", "said"), [("us", "QZY-1"), ("de", "QYZß1"), ("fr", "AWY)&"), ("uk", "QZY-1")]
)
def test_the_same_keys_are_other_letters_elsewhere(layout: str, said: str) -> None:
    keyboard = Keyboard(layout)

    for code, shifted in ((16, 1), (44, 1), (21, 1), (12, 0), (2, 0)):
        keyboard.event(EV_KEY, LEFT_SHIFT, shifted)
        keyboard.press(code)
    keyboard.press(ENTER)

    assert keyboard.said == [said]


@given(st.lists(st.text(PRINTABLE, min_size=1, max_size=128)), st.sampled_from(sorted(ENDS)))
def test_what_is_typed_is_read(texts: list[str], end: int) -> None:
    keyboard = Keyboard()

    for text in texts:
        keyboard.type(text)
        keyboard.press(end)

    assert keyboard.said == texts


@given(
    st.lists(
        st.tuples(st.integers(0, 5), st.integers(0, 255), st.integers(-1, 3), st.floats(0, 1)),
        max_size=200,
    )
)
def test_no_events_are_an_error_and_silence_ends_everything(events) -> None:
    keyboard = Keyboard()

    for kind, code, value, after_s in events:
        keyboard.at_s += after_s
        keyboard.event(kind, code, value)

    list(keyboard.keys.end())
    assert not keyboard.keys.is_pending


@given(st.text("T-7KM93", min_size=1, max_size=20), st.data())
def test_a_code_that_lost_events_is_never_read_as_a_shorter_one(text: str, data) -> None:
    keyboard = Keyboard()
    lost_from = data.draw(st.integers(0, len(text)))
    lost_to = data.draw(st.integers(lost_from, len(text)))

    keyboard.type(text[:lost_from])
    keyboard.event(EV_SYN, SYN_DROPPED)
    keyboard.event(EV_KEY, KEYS["7"][0], 1)
    keyboard.event(EV_SYN, SYN_REPORT)
    keyboard.type(text[lost_to:])
    keyboard.press(ENTER)

    assert keyboard.said == [BadRead.CUT_OFF]
    keyboard.type("T-9")
    keyboard.press(ENTER)
    assert keyboard.said == [BadRead.CUT_OFF, "T-9"]


def test_a_repeating_key_is_one_character(keyboard: Keyboard) -> None:
    keyboard.event(EV_KEY, KEYS["7"][0], 1)
    for _ in range(5):
        keyboard.event(EV_KEY, KEYS["7"][0], 2)
    keyboard.event(EV_KEY, KEYS["7"][0], 0)
    keyboard.press(ENTER)

    assert keyboard.said == ["7"]


def test_what_stops_halfway_is_cut_off_and_no_part_of_the_next_code(keyboard: Keyboard) -> None:
    keyboard.type("T-1")
    keyboard.at_s += 0.2
    keyboard.type("T-2")
    keyboard.press(ENTER)

    assert keyboard.said == [BadRead.CUT_OFF, "T-2"]


def test_shift_pressed_before_a_silence_still_holds_after_it(keyboard: Keyboard) -> None:
    keyboard.type("x")
    keyboard.at_s += 0.2
    keyboard.type("T")
    keyboard.press(ENTER)

    assert keyboard.said == [BadRead.CUT_OFF, "T"]


def test_a_key_that_is_no_character_spoils_the_code(keyboard: Keyboard) -> None:
    keyboard.type("T-")
    keyboard.press(29)  # Ctrl, with which some readers send control characters
    keyboard.type("1")
    keyboard.press(ENTER)

    assert keyboard.said == [BadRead.UNREADABLE]


def test_a_long_code_is_one_bad_read(keyboard: Keyboard) -> None:
    keyboard.type("7" * 5000)
    keyboard.press(ENTER)

    assert keyboard.said == [BadRead.TOO_LONG]
