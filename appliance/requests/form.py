"""What the request form accepts, and every sentence it says when it does not."""

from collections.abc import Mapping
from dataclasses import dataclass

from appliance.email_address import email_address
from appliance.errors import N_, Invalid
from appliance.free_text import Field, checked
from appliance.requests.choices import BEST, CODED, OBTAINED, OUTCOMES, WORST
from appliance.requests.rules import Reason

FIELDS = {
    "wanted": Field(500, N_("Tulis judul publikasi atau data yang diminta."), lines=True),
    "purpose": Field(300, N_("Tulis untuk keperluan apa."), lines=True),
    "area": Field(100),
    "email": Field(254),
}
NOTE = {"note": Field(500, lines=True)}
REASON_NOTE = {"note": Field(500, N_("Tulis alasan penolakan."), lines=True)}
ANSWER = {"note": Field(2000, N_("Tulis jawabannya."), lines=True)}
BAD_EMAIL = N_("Alamat email tidak lengkap. Contoh: nama@contoh.id; boleh kosong.")
NOT_LISTED = N_("Pilih salah satu dari daftar, atau kosongkan.")
CHOOSE_REASON = N_("Pilih alasannya.")
CHOOSE_OUTCOME = N_("Pilih salah satu jawaban.")
BAD_YEAR = N_("Tulis tahunnya dengan empat angka, misalnya 2024.")
YEARS_TURNED = N_("Tahun akhir lebih awal daripada tahun awal.")
BAD_QUALITY = N_("Beri nilai 1 sampai 10.")
FIRST_YEAR, LAST_YEAR = 1900, 2100
FormData = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Wish:
    """A checked form. Codes are those of choices.py, empty where nothing was chosen."""

    wanted: str
    purpose: str
    email: str
    area: str = ""
    year_from: int | None = None
    year_to: int | None = None
    level: str = ""
    period: str = ""
    source: str = ""
    national: str = ""


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether the visitor got what was needed; `quality` 1 to 10, None unless it was obtained."""

    outcome: str
    quality: int | None


def check(form: FormData) -> Wish:
    """The wish that a form makes. Raises Invalid with every problem at once, by field name."""
    problems: dict[str, str] = {}
    typed = form.get("email", "").strip()
    email = email_address(typed) if typed else ""
    if email is None:
        problems["email"] = BAD_EMAIL
    codes = {name: _code(form, name, problems) for name in CODED}
    first, last = _year(form, "year_from", problems), _year(form, "year_to", problems)
    if first is not None and last is not None and last < first:
        problems["year_to"] = YEARS_TURNED
    texts = checked(form, FIELDS, found=problems)
    return Wish(
        wanted=texts["wanted"],
        purpose=texts["purpose"],
        email=email or "",
        area=texts["area"],
        year_from=first,
        year_to=last,
        **codes,
    )


def check_refusal(reason: str, note: str) -> tuple[Reason, str]:
    """The reason, and the officer's own words, which only another reason needs. Raises Invalid."""
    found = next((one for one in Reason if one == reason), None)
    problems = {} if found else {"reason": CHOOSE_REASON}
    fields = REASON_NOTE if found is Reason.OTHER else NOTE
    text = checked({"note": note}, fields, found=problems)["note"]
    return found or Reason.OTHER, text


def check_verdict(form: FormData) -> Verdict:
    """What a visitor says of an answer. Raises Invalid."""
    outcome, typed = form.get("outcome", "").strip(), form.get("quality", "").strip()
    if outcome not in {choice.code for choice in OUTCOMES}:
        raise Invalid({"outcome": CHOOSE_OUTCOME})
    if outcome not in OBTAINED or not typed:
        return Verdict(outcome, None)
    quality = int(typed) if typed.isascii() and typed.isdigit() and len(typed) < 3 else 0
    if not WORST <= quality <= BEST:
        raise Invalid({"quality": BAD_QUALITY})
    return Verdict(outcome, quality)


def _code(form: FormData, name: str, problems: dict[str, str]) -> str:
    code = form.get(name, "").strip()
    if code and code not in {choice.code for choice in CODED[name]}:
        problems[name] = NOT_LISTED
        return ""
    return code


def _year(form: FormData, name: str, problems: dict[str, str]) -> int | None:
    typed = form.get(name, "").strip()
    if not typed:
        return None
    year = int(typed) if typed.isascii() and typed.isdigit() and len(typed) == 4 else 0
    if FIRST_YEAR <= year <= LAST_YEAR:
        return year
    problems[name] = BAD_YEAR
    return None
