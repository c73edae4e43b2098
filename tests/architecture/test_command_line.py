"""The command line and the text that promises it."""

from collections.abc import Iterator

import click

import appliance.__main__ as command_line
from tests.architecture.source import ROOT

LIST_COLUMN = 63  # what a terminal of 80 columns leaves beside the longest command


def commands(command: click.Command, path: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    """Every command as the words that a person types after `ruangbaca`."""
    if not isinstance(command, click.Group):
        yield path
        return
    if command.invoke_without_command and path:
        yield path
    context = click.Context(command)
    for word in command.list_commands(context):
        found = command.get_command(context, word)
        assert found is not None
        if not found.hidden:
            yield from commands(found, (*path, word))


def root_group() -> click.Group:
    groups = [value for value in vars(command_line).values() if isinstance(value, click.Group)]
    nested = {sub for group in groups for sub in group.commands.values()}
    (root,) = [group for group in groups if group not in nested]
    return root


def test_every_command_is_named_in_the_readme() -> None:
    readme = "".join((ROOT / name).read_text() for name in ("README.md", "appliance/hub/HUB.md"))

    every = [" ".join(words) for words in commands(root_group())]

    assert "demo" in every
    assert [words for words in every if f"ruangbaca {words}" not in readme] == []


def test_every_command_says_what_it_does() -> None:
    def silent(command: click.Command, path: str) -> Iterator[str]:
        if not command.get_short_help_str():
            yield path
        if isinstance(command, click.Group):
            context = click.Context(command)
            for word in command.list_commands(context):
                found = command.get_command(context, word)
                assert found is not None
                yield from silent(found, f"{path} {word}")

    assert list(silent(root_group(), "ruangbaca")) == []


def test_both_languages_fit_into_a_line_of_the_list() -> None:
    def lines(group: click.Group) -> Iterator[str]:
        for command in group.commands.values():
            yield command.get_short_help_str(LIST_COLUMN)
            if isinstance(command, click.Group):
                yield from lines(command)

    shown = list(lines(root_group()))

    assert [line for line in shown if line.endswith("...")] == []
    assert [line for line in shown if " / " not in line] == []
