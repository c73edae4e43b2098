"""A call as it is said aloud, in Indonesian, from the number alone."""

DIGITS = ("nol", "satu", "dua", "tiga", "empat", "lima", "enam", "tujuh", "delapan", "sembilan")


def call_sentence(series: str, ticket: int, desk: str) -> str:
    """Such as 'Nomor antrean A, nol satu dua. Silakan ke meja satu.'

    The number is said digit by digit, as it stands on the ticket: it is understood best so. The
    comma and the full stop are pauses.
    """
    where = f"Silakan ke meja {_desk(desk)}." if desk else "Silakan ke meja petugas."
    digits = " ".join(DIGITS[int(digit)] for digit in f"{ticket:03d}")
    return f"Nomor antrean {series}, {digits}. {where}"


def number_words(number: int) -> str:
    """A whole number from 0 to 999 in words: 21 is 'dua puluh satu'."""
    if number < 10:
        return DIGITS[number]
    if number < 20:
        return _teen(number)
    if number < 100:
        return _with_rest(f"{DIGITS[number // 10]} puluh", number % 10)
    hundreds = "seratus" if number < 200 else f"{DIGITS[number // 100]} ratus"
    return _with_rest(hundreds, number % 100)


def _teen(number: int) -> str:
    return {10: "sepuluh", 11: "sebelas"}.get(number, f"{DIGITS[number - 10]} belas")


def _with_rest(words: str, rest: int) -> str:
    return f"{words} {number_words(rest)}" if rest else words


def _desk(name: str) -> str:
    """The name of a desk as it is said: its numbers in words, as far as they are small."""
    parts = name.lower().removeprefix("meja ").split()
    is_number = [part.isascii() and part.isdigit() and len(part) <= 3 for part in parts]
    return " ".join(
        number_words(int(part)) if small else part
        for part, small in zip(parts, is_number, strict=True)
    )
