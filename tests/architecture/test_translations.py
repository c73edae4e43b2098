"""Indonesian is complete because it is the source; English is complete because of this."""

from pathlib import Path

import pytest
from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir

from tests.architecture.source import PACKAGES, ROOT
from web.build_messages import TranslationError, merge

KEYWORDS = {
    "_": None,
    "N_": None,
    "gettext": None,
    "lazy_gettext": None,
    "ngettext": (1, 2),
    "pgettext": ((1, "c"), 2),
}
METHODS = [("**.py", "python"), ("**/templates/**.html", "jinja2")]
ENGLISH = ROOT / "web" / "translations" / "en"
# The hub brings its own, so that it needs no build; the Pi's sentences are said in the same words.
ENGLISH_OF_HUB = ROOT / "appliance" / "hub" / "site" / "translations" / "en"


@pytest.fixture(scope="module")
def english() -> Catalog:
    return merge([*sorted(ENGLISH.glob("*.po")), *sorted(ENGLISH_OF_HUB.glob("*.po"))], "en")


def said() -> list[tuple[str, str | tuple[str, ...], str | None]]:
    """(where, message, context) of everything marked for translation."""
    found = []
    for package in PACKAGES:
        extracted = extract_from_dir(ROOT / package, METHODS, keywords=KEYWORDS)
        for file, line, message, _comments, context in extracted:
            found.append((f"{package}/{file}:{line}", message, context))
    return found


def test_every_sentence_has_an_english_translation(english: Catalog) -> None:
    messages = said()

    missing = {
        f"{where}: {message!r}"
        for where, message, context in messages
        if not (entry := english.get(message, context)) or not entry.string
    }

    assert messages, "no message found: this test looks in the wrong place"
    assert sorted(missing) == []


def test_the_hub_needs_no_translation_of_the_pi() -> None:
    own = merge(sorted(ENGLISH_OF_HUB.glob("*.po")), "en")

    messages = {message for where, message, _ in said() if where.startswith("appliance/hub/")}

    assert messages, "no message found: this test looks in the wrong place"
    assert sorted(str(message) for message in messages if own.get(message) is None) == []


def po_file(folder: Path, file_name: str, text: str) -> Path:
    path = folder / file_name
    header = 'msgid ""\nmsgstr ""\n"Content-Type: text/plain; charset=utf-8\\n"\n\n'
    path.write_text(header + text)
    return path


def test_two_features_may_say_the_same_in_the_same_words(tmp_path: Path) -> None:
    one = po_file(tmp_path, "one.po", 'msgid "Simpan"\nmsgstr "Save"\n')
    two = po_file(tmp_path, "two.po", 'msgid "Simpan"\nmsgstr "Save"\n')

    assert merge([one, two], "en").get("Simpan").string == "Save"


def test_two_translations_of_one_sentence_name_both_files(tmp_path: Path) -> None:
    one = po_file(tmp_path, "one.po", 'msgid "Simpan"\nmsgstr "Save"\n')
    two = po_file(tmp_path, "two.po", 'msgid "Simpan"\nmsgstr "Store"\n')

    with pytest.raises(TranslationError, match=r"two\.po:\d+: .*'Store'.*one\.po as 'Save'"):
        merge([one, two], "en")


@pytest.mark.parametrize(
    ("entry", "fault"),
    [
        ('msgid "Simpan"\nmsgstr ""\n', "no translation"),
        ('#, fuzzy\nmsgid "Simpan"\nmsgstr "Save"\n', "fuzzy"),
        ('msgid "%(n)s buku"\nmsgstr "%(m)s books"\n', "other placeholders"),
        (
            (
                'msgid "%(num)s buku"\nmsgid_plural "%(num)s buku"\n'
                'msgstr[0] "one book"\nmsgstr[1] ""\n'
            ),
            "no translation",
        ),
    ],
)
def test_a_faulty_entry_is_named(tmp_path: Path, entry: str, fault: str) -> None:
    faulty = po_file(tmp_path, "faulty.po", entry)

    with pytest.raises(TranslationError, match=rf"faulty\.po:\d+: {fault}"):
        merge([faulty], "en")


def test_every_fault_is_reported_at_once(tmp_path: Path) -> None:
    faulty = po_file(
        tmp_path, "faulty.po", 'msgid "Simpan"\nmsgstr ""\n\nmsgid "Buka"\nmsgstr ""\n'
    )

    with pytest.raises(TranslationError) as caught:
        merge([faulty], "en")

    assert len(str(caught.value).splitlines()) == 2
