"""Log lines: one each, and nobody in them."""

import pytest

from appliance.runtime.logs import mask, where

TOKEN = "0123456789abcdef0123456789abcdef"


@pytest.mark.parametrize(
    ("text", "secret"),
    [
        (f"GET /visits/{TOKEN}/locker/open", TOKEN),
        (f"/visits/{TOKEN}?v=3", TOKEN),
        ("/visits/short", "short"),
        (f"token {TOKEN}", TOKEN),
        ("session kJ8s-0aZqQ1xX_yTn5RwUA ended", "kJ8s-0aZqQ1xX_yTn5RwUA"),
        ("mail to siti.aminah@contoh.id", "siti.aminah"),
    ],
)
def test_links_tokens_and_addresses_are_masked(text: str, secret: str) -> None:
    assert secret not in mask(text)


@pytest.mark.parametrize("text", ["ordinary words", "locker/7", "0.0.0.0:8080", "2026-11-22"])
def test_ordinary_words_stay(text: str) -> None:
    assert mask(text) == text


@pytest.mark.parametrize("forged", ["a\nb", "a\r\nb", "\x1b[31mred", "left\u202eright", "nul\x00"])
def test_no_line_can_be_forged(forged: str) -> None:
    masked = mask(forged)

    assert masked.isprintable()
    assert "\n" not in masked


def test_an_exception_is_told_without_its_message() -> None:
    try:
        try:
            int("Siti Aminah")
        except ValueError as error:
            raise RuntimeError("phone 0812") from error
    except RuntimeError as error:
        told = where(error)

    assert "RuntimeError" in told
    assert "caused by ValueError" in told
    assert "test_logs.py" in told
    assert "Siti" not in told
    assert "0812" not in told
    assert "\n" not in told


def test_a_long_value_is_cut() -> None:
    assert len(mask("x" * 10_000)) < 1000
