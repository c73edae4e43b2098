"""Links, short codes and barcodes."""

from hypothesis import given
from hypothesis import strategies as st

from appliance import codes

made_codes = st.builds(codes.new_short_code)


@given(made_codes)
def test_a_code_survives_being_read_out_and_typed(code: str) -> None:
    spoken = codes.readable(code).lower().replace("0", "o").replace("1", "l")

    assert codes.parse_short_code(spoken) == code


@given(made_codes, st.integers(0, 6), st.sampled_from(codes.ALPHABET))
def test_one_wrong_symbol_is_always_noticed(code: str, place: int, symbol: str) -> None:
    slipped = code[:place] + symbol + code[place + 1 :]

    assert (codes.parse_short_code(slipped) is None) == (slipped != code)


@given(st.text())
def test_any_text_is_a_code_or_nothing(text: str) -> None:
    code = codes.parse_short_code(text)

    assert code is None or codes.parse_short_code(codes.readable(code)) == code


@given(made_codes)
def test_a_scanned_ticket_names_its_visit(code: str) -> None:
    scanned = codes.barcode(codes.CodeKind.TICKET, code)

    assert codes.ticket_code(scanned + "\r") == code


@given(made_codes)
def test_the_barcode_of_another_thing_is_no_ticket(code: str) -> None:
    assert codes.ticket_code(codes.barcode(codes.CodeKind.PUBLICATION, code)) is None


def test_a_derived_token_needs_the_key() -> None:
    mine = codes.derived_token(b"a" * 32, "visit", "1")

    assert mine == codes.derived_token(b"a" * 32, "visit", "1")
    assert mine != codes.derived_token(b"b" * 32, "visit", "1")
    assert mine != codes.derived_token(b"a" * 32, "staff", "1")
    assert len(bytes.fromhex(mine)) * 8 == 128


def test_a_card_code_may_begin_with_the_letters_of_the_prefix() -> None:
    code = "RBV9G6PDQB7M9H8H"

    assert codes.parse_card_code(code) == code
    assert codes.parse_card_code(f"RBV{code}") == code
