"""What the guest book accepts, and that nothing a person can type does more than be refused."""

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from appliance.errors import Invalid
from appliance.guestbook import choices, rules
from appliance.offices import load_office
from appliance.privacy.rules import notice
from tests.entries import filled

POLICY = load_office("pasaman").policy
TEXT_FIELDS = tuple(rules.TEXTS)
ANY_TEXT = st.text(st.characters(), max_size=300) | st.text(max_size=20)


def problems(**changes: str | list[str]) -> dict[str, str]:
    with pytest.raises(Invalid) as caught:
        rules.check(filled(**changes), POLICY)
    return caught.value.problems


def outcome(form) -> tuple[dict[str, str], rules.Entry | None]:
    """The problems of a form, or its entry; anything else it raises fails the test."""
    try:
        return {}, rules.check(form, POLICY)
    except Invalid as invalid:
        return invalid.problems, None


def test_a_filled_form_is_an_entry() -> None:
    entry = rules.check(filled(), POLICY)

    assert entry.name == "Siti Rahmawati"
    assert entry.phone == "081234567890"
    assert entry.email == "siti@contoh.id"
    assert entry.statistics.services == ("1", "8")


def test_an_empty_form_names_every_problem_in_the_order_of_the_page() -> None:
    with pytest.raises(Invalid) as caught:
        rules.check({}, POLICY)

    assert list(caught.value.problems) == [
        "name",
        "sex",
        "age_band",
        "education",
        "occupation",
        "agency_name",
        "agency_category",
        "purpose",
        "services",
        "channels",
        "consent",
    ]


def test_contact_is_asked_where_the_office_asks_it() -> None:
    strict = msgspec.structs.replace(POLICY, email_required=True, phone_required=True)

    with pytest.raises(Invalid) as caught:
        rules.check(filled(email="tidak punya", phone=""), strict)

    assert set(caught.value.problems) == {"email", "phone"}


@pytest.mark.parametrize("nothing", ["", "-", "  ", "tidak punya", "Tidak Punya", "N/A"])
def test_who_has_no_email_or_phone_leaves_them_out(nothing: str) -> None:
    entry = rules.check(filled(email=nothing, phone=nothing), POLICY)

    assert (entry.email, entry.phone) == (None, None)


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("0812 3456 7890", "081234567890"),
        ("+62 812-3456-7890", "081234567890"),
        ("62812 3456 7890", "081234567890"),
        ("(0753) 4725500", "07534725500"),
        ("+60 12-345 6789", "+60123456789"),
    ],
)
def test_phone_numbers_are_kept_in_one_form(typed: str, kept: str) -> None:
    assert rules.check(filled(phone=typed), POLICY).phone == kept


@pytest.mark.parametrize("typed", ["12345", "hubungi saya", "0812", "+62 0", "9" * 39])
def test_what_is_no_phone_number_is_said_to_be_none(typed: str) -> None:
    assert problems(phone=typed) == {"phone": rules.BAD_PHONE}


@pytest.mark.parametrize("typed", ["siti", "siti@", "@contoh.id", "a b@contoh.id", "siti@contoh"])
def test_what_is_no_address_is_said_to_be_none(typed: str) -> None:
    assert problems(email=typed) == {"email": rules.BAD_EMAIL}


@pytest.mark.parametrize(
    ("choice", "code", "other"),
    [
        ("occupation", choices.OTHER_OCCUPATION, "occupation_other"),
        ("agency_category", choices.OTHER_AGENCY, "agency_other"),
        ("purpose", choices.OTHER_PURPOSE, "purpose_other"),
    ],
)
def test_other_asks_which(choice: str, code: str, other: str) -> None:
    said = rules.check(filled(**{choice: code, other: "Seniman"}), POLICY)

    assert getattr(said.statistics, other) == "Seniman"
    assert set(problems(**{choice: code, other: " "})) == {other}


def test_a_text_behind_a_tile_that_is_not_chosen_is_dropped() -> None:
    entry = rules.check(filled(occupation="1", occupation_other="Seniman\x00"), POLICY)

    assert entry.statistics.occupation_other == ""


@pytest.mark.parametrize("field", choices.LISTS)
def test_a_code_that_is_on_no_list_is_refused(field: str) -> None:
    assert problems(**{field: "99"}) == {field: rules.CHOOSE[field]}


@pytest.mark.parametrize("field", ["services", "channels"])
def test_one_unknown_code_among_known_ones_is_refused(field: str) -> None:
    assert set(problems(**{field: ["1", "3"]})) == {field}


def test_selections_are_kept_once_each_in_the_order_of_the_list() -> None:
    entry = rules.check(filled(services=["8", "1", "8", ""]), POLICY)

    assert entry.statistics.services == ("1", "8")


@pytest.mark.parametrize(
    "name",
    [
        'O\'Brien "Bob" d’Arc',
        "<script>alert(1)</script>",
        "Siti 😀👩🏽‍🔬",
        "{{ 7 * 7 }} %(x)s %s",
        "'; DROP TABLE visit; --",
        "كوسوما",
        "山田太郎",
    ],
)
def test_legal_text_is_kept_as_typed(name: str) -> None:
    assert rules.check(filled(name=name), POLICY).name == name


@pytest.mark.parametrize("hidden", ["\x00", "\x1b", "\u202e", "\u2066", "\u200f", "\x85", "\ud800"])
@pytest.mark.parametrize("field", ["name", "agency_name", "data_wanted"])
def test_hidden_characters_are_refused_and_the_field_is_named(field: str, hidden: str) -> None:
    found = problems(**{field: f"Siti{hidden}Rahma"})

    assert found == {field: rules.TEXTS[field].unreadable}


def test_lines_are_allowed_only_where_there_is_room_for_them() -> None:
    assert rules.check(filled(data_wanted="padi\r\njagung"), POLICY)
    assert set(problems(name="Siti\nRahma")) == {"name"}


@pytest.mark.parametrize("blank", ["", "   ", "\u200b", "\ufeff", "\u00a0", "\u0301"])
def test_a_name_nobody_can_see_is_missing(blank: str) -> None:
    assert problems(name=blank) == {"name": rules.TEXTS["name"].missing}


def test_names_are_composed_trimmed_and_capped() -> None:
    assert rules.check(filled(name="  Rene\u0301  "), POLICY).name == "Ren\u00e9"
    assert rules.check(filled(name="x" * 100), POLICY).name == "x" * 100
    assert problems(name="x" * 101) == {"name": rules.TEXTS["name"].too_long}
    assert problems(name="x" * 10_000) == {"name": rules.TEXTS["name"].too_long}


@pytest.mark.parametrize("answer", ["", "0", "false", "tidak", "off"])
def test_consent_is_given_or_not(answer: str) -> None:
    assert problems(consent=answer) == {"consent": rules.NO_CONSENT}


def test_children_are_noticed() -> None:
    child = {"age_band": choices.UNDER_17}
    with pytest.raises(Invalid) as caught:
        rules.check(filled(**child, guardian_name=""), POLICY)

    assert set(caught.value.problems) == {"guardian_name"}
    entry = rules.check(filled(**child, guardian_name="Ibu Ani"), POLICY)
    assert (entry.is_under_17, entry.guardian_name) == (True, "Ibu Ani")
    assert not entry.wants_guardian


def test_a_form_that_does_not_ask_for_a_guardian_leaves_it_to_the_desk() -> None:
    entry = rules.check(filled(age_band=choices.UNDER_17), POLICY)

    assert (entry.guardian_name, entry.wants_guardian) == (None, True)
    assert not rules.check(filled(), POLICY).wants_guardian


@given(
    st.dictionaries(
        st.sampled_from([*rules.TEXTS, *choices.LISTS, "consent", "idempotency_key", "else"]),
        ANY_TEXT | st.lists(ANY_TEXT, max_size=4),
    )
)
def test_no_form_whatever_raises_anything_but_its_problems(form) -> None:
    found, entry = outcome(form)

    assert set(found) <= {*rules.TEXTS, *choices.LISTS, "consent"}
    assert found or entry.name


@given(st.sampled_from(TEXT_FIELDS), ANY_TEXT)
def test_any_text_in_any_field_is_kept_within_its_cap_or_refused_by_name(field, text) -> None:
    lists = {"occupation": "7", "agency_category": "9", "purpose": "5"}
    others = {"occupation_other": "a", "agency_other": "b", "purpose_other": "c"}
    found, entry = outcome(filled(**(lists | others | {field: text})))

    assert set(found) <= {field}
    if entry:
        kept = getattr(entry, field, None) or getattr(entry.statistics, field, "")
        assert len(kept) <= rules.TEXTS[field].limit
        kept.encode()  # can be stored


def test_every_code_has_a_label_in_both_languages() -> None:
    for entries in choices.LISTS.values():
        assert len({entry.code for entry in entries}) == len(entries)
        assert all(entry.label("id") and entry.label("en") for entry in entries)


@pytest.mark.parametrize("field", ["services", "channels"])
def test_selections_are_bits_so_that_their_sum_is_unique(field: str) -> None:
    for entry in choices.LISTS[field]:
        assert int(entry.code).bit_count() == 1


def test_labels_follow_the_list_and_leave_out_unknown_codes() -> None:
    assert choices.labels("services", ["8", "1", "7"], "en") == (
        "Library",
        "Statistical consultation",
    )


@pytest.mark.parametrize("name", ["pasaman", "dharmasraya"])
def test_the_notice_is_whole_in_both_languages_and_its_hash_tells_them_apart(name: str) -> None:
    office = load_office(name)

    indonesian, english = notice(office, "id"), notice(office, "en")

    assert len(indonesian.sections) == len(english.sections) == 6
    assert indonesian.text_hash != english.text_hash
    assert office.notice.contact in indonesian.sections[0].paragraphs[0]
    for shown in (indonesian, english):
        assert "{" not in shown.short + "".join(p for s in shown.sections for p in s.paragraphs)


def test_only_an_office_that_takes_cards_speaks_of_them() -> None:
    said = {
        name: any(
            "nomor dan gambarnya" in p
            for s in notice(load_office(name), "id").sections
            for p in s.paragraphs
        )
        for name in ("pasaman", "dharmasraya")
    }

    assert said == {"pasaman": False, "dharmasraya": True}
