"""What the guest book accepts, and every sentence it says when it does not."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

import phonenumbers

from appliance.email_address import email_address
from appliance.errors import N_, Invalid
from appliance.free_text import is_readable, is_visible, normalised
from appliance.guestbook import choices
from appliance.offices import Policy
from appliance.visits.rules import Statistics

REGION = "ID"
COUNTRY_CODE = 62
LONGEST_PHONE = 40  # typed with blanks and brackets
# What people write when they have none; none of these is an address or a number.
NOTHING = frozenset({"-", "–", "tidak punya", "tidak ada", "none", "no", "nihil", "n/a"})
YES = frozenset({"1", "on", "true", "yes", "ya"})
FormData = Mapping[str, str | Sequence[str]]


@dataclass(frozen=True, slots=True)
class TextRule:
    """One free text: its longest length, and what to say about it."""

    limit: int
    missing: str
    too_long: str
    unreadable: str
    lines: bool = False


TEXTS: dict[str, TextRule] = {
    "name": TextRule(
        100,
        N_("Tulis nama lengkap."),
        N_("Nama lengkap paling panjang 100 huruf."),
        N_("Nama lengkap memuat karakter tersembunyi. Ketik ulang namanya."),
    ),
    "email": TextRule(
        254,
        N_("Tulis alamat email; kantor ini memerlukannya."),
        N_("Alamat email paling panjang 254 huruf."),
        N_("Alamat email memuat karakter tersembunyi. Ketik ulang alamatnya."),
    ),
    "phone": TextRule(
        LONGEST_PHONE,
        N_("Tulis nomor handphone; kantor ini memerlukannya."),
        N_("Nomor handphone terlalu panjang."),
        N_("Nomor handphone memuat karakter tersembunyi. Ketik ulang nomornya."),
    ),
    "guardian_name": TextRule(
        100,
        N_("Tulis nama orang tua, wali, atau guru yang mendampingi."),
        N_("Nama pendamping paling panjang 100 huruf."),
        N_("Nama pendamping memuat karakter tersembunyi. Ketik ulang namanya."),
    ),
    "occupation_other": TextRule(
        100,
        N_("Sebutkan pekerjaan Anda."),
        N_("Pekerjaan paling panjang 100 huruf."),
        N_("Pekerjaan memuat karakter tersembunyi. Ketik ulang isinya."),
    ),
    "agency_name": TextRule(
        150,
        N_("Tulis nama instansi, sekolah, atau kampus; tulis - bila tidak ada."),
        N_("Nama instansi paling panjang 150 huruf."),
        N_("Nama instansi memuat karakter tersembunyi. Ketik ulang isinya."),
    ),
    "agency_other": TextRule(
        100,
        N_("Sebutkan kategori instansinya."),
        N_("Kategori instansi paling panjang 100 huruf."),
        N_("Kategori instansi memuat karakter tersembunyi. Ketik ulang isinya."),
    ),
    "purpose_other": TextRule(
        100,
        N_("Sebutkan pemanfaatannya."),
        N_("Pemanfaatan paling panjang 100 huruf."),
        N_("Pemanfaatan memuat karakter tersembunyi. Ketik ulang isinya."),
    ),
    "data_wanted": TextRule(
        500,
        "",
        N_("Data yang dicari paling panjang 500 huruf."),
        N_("Data yang dicari memuat karakter tersembunyi. Ketik ulang isinya."),
        lines=True,
    ),
}

# Said when nothing, or nothing known, is chosen.
CHOOSE: dict[str, str] = {
    "sex": N_("Pilih jenis kelamin."),
    "age_band": N_("Pilih umur."),
    "education": N_("Pilih pendidikan tertinggi yang ditamatkan."),
    "occupation": N_("Pilih pekerjaan utama."),
    "agency_category": N_("Pilih kategori instansi."),
    "purpose": N_("Pilih pemanfaatan utama hasil kunjungan."),
    "services": N_("Pilih paling sedikit satu jenis layanan."),
    "channels": N_("Pilih paling sedikit satu sarana."),
    "disability": N_("Pilih ragam disabilitas dari daftar, atau kosongkan."),
}
BAD_EMAIL = N_("Alamat email tidak lengkap. Contoh: nama@contoh.id; kosongkan bila tidak punya.")
BAD_PHONE = N_("Nomor handphone tidak dikenali. Contoh: 0812 3456 7890.")
CHOOSE_GUARDIAN = N_("Pilih hubungan pendamping dengan anak.")
NO_GUARDIAN_CONSENT = N_("Pendamping perlu mencentang persetujuannya untuk anak ini.")
NO_CONSENT = N_("Centang persetujuan agar kunjungan dapat dicatat.")
# Of an entry to be completed later; the room is why people come, until they say otherwise.
UNASKED = Statistics(
    sex="",
    age_band="",
    education="",
    occupation="",
    agency_category="",
    purpose="",
    services=(choices.LIBRARY,),
    channels=(choices.IN_PERSON,),
)


# What stays true of a person from one visit to the next; the text behind "Lainnya" goes with it.
LASTING = (
    "name",
    "email",
    "phone",
    "sex",
    "age_band",
    "guardian_name",
    "education",
    "occupation",
    "agency_name",
    "agency_category",
)
OTHERS = {"occupation": "occupation_other", "agency_category": "agency_other"}


@dataclass(frozen=True, slots=True)
class Entry:
    """A checked form: who came, and what the visit is counted by."""

    name: str = field(repr=False)
    email: str | None = field(repr=False)
    phone: str | None = field(repr=False)
    agency_name: str | None = field(repr=False)
    statistics: Statistics
    guardian_name: str | None = field(default=None, repr=False)
    guardian_relation: str = ""  # of choices.GUARDIANS, of who consented for a child just now

    @property
    def is_under_17(self) -> bool:
        return self.statistics.age_band == choices.UNDER_17

    @property
    def wants_guardian(self) -> bool:
        """Whether somebody has to ask yet who looks after this child."""
        return self.is_under_17 and not self.guardian_name


def check(form: FormData, policy: Policy | None) -> Entry:
    """The entry a form makes. Raises Invalid with every problem at once, by field name.

    No address and no number is demanded of a child, nor without a `policy`: at the desk. A child
    names who looks after it where the form asks for that; where it does not, the desk asks.
    """
    reader = _Reader(form)
    name = reader.text("name", required=True)
    is_adult = not reader.says("age_band", choices.UNDER_17)
    wants_email = policy is not None and policy.email_required and is_adult
    wants_phone = policy is not None and policy.phone_required and is_adult
    email = reader.contact("email", wants_email, email_address, BAD_EMAIL)
    phone = reader.contact("phone", wants_phone, phone_number, BAD_PHONE)
    sex, age_band = reader.choice("sex"), reader.choice("age_band")
    guardian_name = ""
    if "guardian_name" in form:
        guardian_name = reader.other("guardian_name", age_band, choices.UNDER_17)
    relation = reader.guardian(age_band) if "guardian_relation" in form else ""
    education, occupation = reader.choice("education"), reader.choice("occupation")
    occupation_other = reader.other("occupation_other", occupation, choices.OTHER_OCCUPATION)
    agency_name = reader.text("agency_name", required=True)
    agency = reader.choice("agency_category")
    agency_other = reader.other("agency_other", agency, choices.OTHER_AGENCY)
    purpose = reader.choice("purpose")
    purpose_other = reader.other("purpose_other", purpose, choices.OTHER_PURPOSE)
    statistics = Statistics(
        sex=sex,
        age_band=age_band,
        education=education,
        occupation=occupation,
        occupation_other=occupation_other,
        agency_category=agency,
        agency_other=agency_other,
        purpose=purpose,
        purpose_other=purpose_other,
        services=reader.selection("services"),
        channels=reader.selection("channels"),
        disability=reader.choice("disability", required=False),
        data_wanted=reader.text("data_wanted"),
    )
    reader.consent()
    reader.finish()
    return Entry(name, email, phone, agency_name, statistics, guardian_name or None, relation)


def check_quick(form: FormData) -> Entry:
    """What an officer writes down in a hurry: a name, a telephone number if it is said.

    Everything else is completed later. Raises Invalid.
    """
    reader = _Reader(form)
    name = reader.text("name", required=True)
    phone = reader.contact("phone", False, phone_number, BAD_PHONE)
    reader.consent()
    reader.finish()
    return Entry(name, None, phone, None, UNASKED)


@dataclass(frozen=True, slots=True)
class GuardianName:
    """A guardian's name as it was typed, or what is wrong with it by field name."""

    text: str = field(repr=False)
    problems: Mapping[str, str]


def guardian_name(form: FormData) -> GuardianName:
    """Who answers for a child, out of a form that asks for nothing else."""
    reader = _Reader(form)
    return GuardianName(reader.text("guardian_name", required=True), reader.problems)


def taken_over(form: FormData, filled: FormData) -> tuple[str, ...]:
    """The fields of a completed form that are not what was typed."""
    names = (*LASTING, *OTHERS.values())
    return tuple(name for name in names if filled.get(name, "") != form.get(name, ""))


def completed(form: FormData, known: Mapping[str, str]) -> FormData:
    """The form, its empty lasting fields taken from what is known; what was typed stays."""
    filled: dict[str, str | Sequence[str]] = dict(form)
    reader = _Reader(form)
    if not reader.has("age_band"):
        filled.pop("guardian_relation", None)
    if not reader.has("age_band") and not reader.text("guardian_name"):
        # A problem with it would tell whoever does not say their age that they are a child.
        filled.pop("guardian_name", None)
    for name in LASTING:
        if reader.has(name) or not known.get(name):
            continue
        filled[name] = known[name]
        if name in OTHERS:
            filled[OTHERS[name]] = known.get(OTHERS[name], "")
    return filled


def same_name(one: str, other: str) -> bool:
    """Whether two names are the same but for case and blanks."""
    return one.casefold().split() == other.casefold().split()


def phone_number(text: str) -> str | None:
    """The number as it is kept, 0812… or +65…; None when it cannot be one."""
    try:
        number = phonenumbers.parse(text, REGION)
    except phonenumbers.NumberParseException:
        return None
    if not phonenumbers.is_valid_number(number):
        return None
    if number.country_code == COUNTRY_CODE:
        return f"0{number.national_number}"
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


class _Reader:
    """Takes the fields out of a form and collects what is wrong with them, in reading order."""

    def __init__(self, form: FormData) -> None:
        self._form = form
        self.problems: dict[str, str] = {}

    def text(self, name: str, *, required: bool = False) -> str:
        rule = TEXTS[name]
        raw = self._first(name)
        text = normalised(raw, rule.limit)
        if not is_readable(text, lines=rule.lines):
            return self._problem(name, rule.unreadable)
        if len(text) > rule.limit:
            return self._problem(name, rule.too_long)
        if not is_visible(text):
            return self._problem(name, rule.missing) if required else ""
        return text

    def contact(
        self, name: str, required: bool, normalise: Callable[[str], str | None], message: str
    ) -> str | None:
        text = self.text(name)
        if name in self.problems:
            return None
        if text.casefold() in NOTHING or not text:
            if required:
                self._problem(name, TEXTS[name].missing)
            return None
        found = normalise(text)
        if found is None:
            self._problem(name, message)
        return found

    def choice(self, name: str, *, required: bool = True) -> str:
        code = self._first(name).strip()
        if (code or required) and code not in choices.codes_of(name):
            return self._problem(name, CHOOSE[name])
        return code

    def other(self, name: str, chosen: str, other: str) -> str:
        return self.text(name, required=True) if chosen == other else ""

    def guardian(self, age_band: str) -> str:
        if age_band != choices.UNDER_17:
            return ""
        if self._first("guardian_consent").strip().lower() not in YES:
            self._problem("guardian_consent", NO_GUARDIAN_CONSENT)
        relation = self._first("guardian_relation").strip()
        if relation not in {choice.code for choice in choices.GUARDIANS}:
            return self._problem("guardian_relation", CHOOSE_GUARDIAN)
        return relation

    def has(self, name: str) -> bool:
        return any(value.strip() for value in self._all(name))

    def says(self, name: str, code: str) -> bool:
        return self._first(name).strip() == code

    def finish(self) -> None:
        if self.problems:
            raise Invalid(self.problems)

    def selection(self, name: str) -> tuple[str, ...]:
        codes = {code.strip() for code in self._all(name)} - {""}
        if not codes or codes - choices.codes_of(name):
            self._problem(name, CHOOSE[name])
        return tuple(choice.code for choice in choices.LISTS[name] if choice.code in codes)

    def consent(self) -> None:
        if self._first("consent").strip().lower() not in YES:
            self._problem("consent", NO_CONSENT)

    def _first(self, name: str) -> str:
        return next(iter(self._all(name)), "")

    def _all(self, name: str) -> Sequence[str]:
        value = self._form.get(name, ())
        return (value,) if isinstance(value, str) else value

    def _problem(self, name: str, message: str) -> str:
        self.problems[name] = message
        return ""
