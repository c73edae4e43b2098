"""What a code before a reader turns out to be."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from appliance import codes
from appliance.codes import ActionCode, ReadCode, ReadKind, recognise

DIGITS = "0123456789"
made_codes = st.builds(codes.new_short_code)
books = st.builds(
    lambda prefix, rest: _with_ean_check(f"{prefix}{rest:09d}"),
    st.sampled_from(["977", "978", "979"]),
    st.integers(0, 999_999_999),
)


def _with_ean_check(digits: str) -> str:
    odd, even = digits[::2], digits[1::2]
    return digits + str(-(sum(map(int, odd)) + 3 * sum(map(int, even))) % 10)


@given(made_codes)
def test_a_ticket_names_its_visit_whatever_the_reader_makes_of_its_letters(code: str) -> None:
    text = codes.barcode(codes.CodeKind.TICKET, code)

    assert recognise(f" {text.lower()}\r\n") == ReadCode(ReadKind.TICKET, code)


@given(made_codes, st.integers(0, 6), st.sampled_from(codes.ALPHABET))
def test_a_ticket_with_a_slip_is_damaged_and_never_another_visit(code, place, symbol) -> None:
    slipped = code[:place] + symbol + code[place + 1 :]

    read = recognise(codes.barcode(codes.CodeKind.TICKET, slipped))

    assert read == ReadCode(ReadKind.TICKET, code) if slipped == code else _is_damaged(read)


@given(made_codes, made_codes)
def test_a_visitors_card_is_told_from_a_ticket(one: str, other: str) -> None:
    text = codes.barcode(codes.CodeKind.VISITOR, one + other)

    assert recognise(text.lower()) == ReadCode(ReadKind.VISITOR, one + other)
    assert _is_damaged(recognise(text[:-1]))


@pytest.mark.parametrize("number", range(1, 49))
def test_every_locker_has_a_tag_that_is_read_back(number: int) -> None:
    assert recognise(codes.locker_tag(number)) == ReadCode(ReadKind.LOCKER, str(number))


@given(st.integers(1, 48), st.integers(3, 5), st.sampled_from(codes.ALPHABET))
def test_a_locker_tag_with_a_slip_names_no_other_locker(number, place, symbol) -> None:
    tag = codes.locker_tag(number)
    slipped = tag[:place] + symbol + tag[place + 1 :]

    assert slipped == tag or _is_damaged(recognise(slipped))


@given(st.integers(1, 48))
def test_two_swapped_symbols_of_a_locker_tag_are_noticed(number: int) -> None:
    tag = codes.locker_tag(number)
    swapped = tag[:3] + tag[4] + tag[3] + tag[5:]

    assert swapped == tag or _is_damaged(recognise(swapped))


@pytest.mark.parametrize("text", ["RBL", "RBL7", "RBL49", "RBLXX", "RBL٠٧S", "RBL-", "RBL00"])
def test_what_is_no_locker_tag_names_no_locker(text: str) -> None:
    assert recognise(text).kind is not ReadKind.LOCKER


@pytest.mark.parametrize("action", list(ActionCode))
def test_the_printed_action_codes_are_read_with_and_without_hyphens(action: ActionCode) -> None:
    text = codes.action_text(action)

    assert recognise(text) == ReadCode(ReadKind.ACTION, action)
    assert recognise(f"RBA-{text[3:-1]}-{text[-1]}") == ReadCode(ReadKind.ACTION, action)
    assert _is_damaged(recognise(text[:-1] + ("A" if text[-1] != "A" else "B")))


def test_a_badge_is_its_token_and_a_shorter_one_is_damaged() -> None:
    token = codes.new_badge_token()
    text = codes.barcode(codes.CodeKind.STAFF, token)

    assert len(bytes.fromhex(token)) * 8 == 128
    assert recognise(text) == ReadCode(ReadKind.STAFF, token)
    assert _is_damaged(recognise(text[:-1]))


def test_our_own_book_code_keeps_its_number() -> None:
    assert recognise("rbp13090.2407") == ReadCode(ReadKind.PUBLICATION, "13090.2407")


@pytest.mark.parametrize(
    ("text", "kind", "value"),
    [
        ("9780306406157", ReadKind.ISBN, "9780306406157"),
        ("978030640615751299", ReadKind.ISBN, "9780306406157"),  # with its price beside it
        ("9770317847001", ReadKind.ISSN, "0317-8471"),
        ("9772049363002", ReadKind.ISSN, "2049-3630"),
        ("9771050124008", ReadKind.ISSN, "1050-124X"),
        ("977105012400805", ReadKind.ISSN, "1050-124X"),  # the fifth issue
    ],
)
def test_book_numbers_behind_bar_codes(text: str, kind: ReadKind, value: str) -> None:
    assert recognise(text) == ReadCode(kind, value)


@given(books, st.integers(0, 12), st.sampled_from(DIGITS))
def test_a_slip_in_a_book_number_is_never_accepted(text: str, place: int, digit: str) -> None:
    slipped = text[:place] + digit + text[place + 1 :]

    if slipped != text:
        assert recognise(slipped).kind in (ReadKind.DAMAGED, ReadKind.FOREIGN)
    else:
        assert recognise(slipped).kind in (ReadKind.ISBN, ReadKind.ISSN)


def test_the_ticket_opened_on_a_phone_is_told_from_foreign_links() -> None:
    ours = "http://pst.local/visits/" + "0a" * 16

    assert recognise(ours).kind is ReadKind.LINK
    assert recognise("https://example.test/visits/1").kind is ReadKind.FOREIGN


@pytest.mark.parametrize("rest", ["JL. SITI 0812", "<SCRIPT>", "É1", "1\n2"])
def test_nothing_else_is_taken_for_a_book_of_ours(rest: str) -> None:
    assert _is_damaged(recognise(f"RBP{rest}"))


def test_a_card_is_what_the_hardware_says_it_is() -> None:
    assert recognise("W26:123,45678") == ReadCode(ReadKind.CARD, "W26:123,45678")
    assert recognise("W26").kind is ReadKind.FOREIGN


@given(st.text())
def test_every_text_is_something_and_keeps_no_foreign_text(text: str) -> None:
    read = recognise(text)

    assert read.value == "" or read.kind not in (ReadKind.FOREIGN, ReadKind.DAMAGED, ReadKind.LINK)


@given(st.text())
def test_what_reads_as_ours_begins_with_our_prefix(text: str) -> None:
    prefixed = text.strip().upper().startswith("RB")
    read = recognise(text)

    assert prefixed or read.kind in (ReadKind.FOREIGN, ReadKind.ISBN, ReadKind.ISSN,
                                     ReadKind.CARD, ReadKind.LINK, ReadKind.DAMAGED)  # fmt: skip


def _is_damaged(read: ReadCode) -> bool:
    return read == ReadCode(ReadKind.DAMAGED)
