"""One English message file out of the hand-kept ones, one per feature.

The Indonesian sentence is the msgid, so Indonesian needs no file. Each feature keeps its own
``web/translations/en/<feature>.po``; a sentence may stand in two of them as long as both say
the same in English.
"""

import re
from collections.abc import Iterable
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

PLACEHOLDER = re.compile(r"%\((\w+)\)[a-z]")


class TranslationError(ValueError):
    """Raised when a .po file must be put right; the message lists every fault, one a line."""


def merge(po_files: Iterable[Path], locale: str) -> Catalog:
    """All messages of the files in one catalogue.

    Raises TranslationError when a message is untranslated or fuzzy, loses a %(name)s
    placeholder, or is translated in two ways; every fault of every file is named at once.
    """
    merged = Catalog(locale=locale, domain="messages", fuzzy=False)
    homes: dict[object, Path] = {}
    faults: list[str] = []
    for po_file in po_files:
        for message in _messages(po_file, locale):
            faults += [f"{_place(po_file, message)}: {fault}" for fault in _faults(message)]
            key = merged._key_for(message.id, message.context)  # noqa: SLF001 - Babel has no public word for it
            earlier = merged.get(message.id, message.context)
            if earlier is None:
                merged.add(message.id, message.string, context=message.context)
                homes[key] = po_file
            elif earlier.string != message.string:
                faults.append(
                    f"{_place(po_file, message)}: translated as {message.string!r}, "
                    f"but in {homes[key].name} as {earlier.string!r}"
                )
    if faults:
        raise TranslationError("\n".join(faults))
    return merged


def write(catalog: Catalog, mo_file: Path) -> None:
    """Compile a catalogue to where gettext looks for it."""
    mo_file.parent.mkdir(parents=True, exist_ok=True)
    with mo_file.open("wb") as target:
        write_mo(target, catalog)


def placeholders(text: str | Iterable[str]) -> set[str]:
    """Names of the %(name)s placeholders in a message or in any of its plural forms."""
    forms = [text] if isinstance(text, str) else list(text)
    return {name for form in forms for name in PLACEHOLDER.findall(form)}


def _messages(po_file: Path, locale: str) -> list[Message]:
    with po_file.open("rb") as source:
        catalog = read_po(source, locale=locale, abort_invalid=True)
    return [message for message in catalog if message.id]


def _faults(message: Message) -> list[str]:
    translated = message.string or ""
    if message.fuzzy:
        return [f"fuzzy translation of {message.id!r}"]
    if not translated or not all(translated):
        return [f"no translation of {message.id!r}"]
    if placeholders(message.id) != placeholders(translated):
        return [f"other placeholders than in {message.id!r}"]
    return []


def _place(po_file: Path, message: Message) -> str:
    return f"{po_file.name}:{message.lineno}"
