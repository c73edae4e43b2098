"""The people of the hub, from the keyboard: the first cannot be made on a screen."""

import sys
from typing import TYPE_CHECKING

import click

from appliance.commands.hub import at_keyboard, places
from appliance.commands.hub_downwards import hub

if TYPE_CHECKING:
    from appliance.hub.settings import HubSettings

__all__ = ["hub"]


@hub.group(name="user")
def user_() -> None:
    """Orang yang boleh masuk dasbor / Who may use the dashboard."""


@user_.command(name="add")
@click.argument("username")
@click.option("--name", default="", help="Nama di layar; baku USERNAME. / Name on screens.")
@click.option(
    "--province",
    default="",
    help="Hanya provinsi ini; baku semua. / Only this province; default all of them.",
)
@places
def add_user(settings: "HubSettings", username: str, name: str, province: str) -> None:
    """Tambah orang / Add somebody.

    Kata sandi ditanyakan di terminal, atau dibaca satu baris dari stdin. / The password is
    asked for on the terminal, or read as one line from stdin.
    """
    from appliance.errors import Invalid
    from appliance.hub import journal
    from appliance.hub.database import opened
    from appliance.hub.site.users import People
    from appliance.staff.passwords import Passwords

    password = _password()
    with opened(settings.dsn) as database:
        try:
            People(database, Passwords()).add(username, name or username, province, password)
        except Invalid as invalid:
            raise click.ClickException("; ".join(invalid.problems.values())) from None
        journal.note(database, at_keyboard(), "user", username, f"add {province}".strip())
    click.echo(f"{username} ({province or 'national'}) ditambahkan. / Added.")


@user_.command(name="list")
@places
def list_users(settings: "HubSettings") -> None:
    """Daftar orang / Everybody, with what they see."""
    from appliance.hub.database import opened
    from appliance.hub.site.users import People
    from appliance.staff.passwords import Passwords

    with opened(settings.dsn) as database:
        for one in People(database, Passwords()).all():
            state = "disabled" if one.is_disabled else "active"
            click.echo(f"{one.username}\t{one.name}\t{one.province or one.role}\t{state}")


@user_.command(name="disable")
@click.argument("username")
@places
def disable_user(settings: "HubSettings", username: str) -> None:
    """Keluarkan seketika / Sign out at once, for good."""
    from appliance.hub import journal
    from appliance.hub.database import opened
    from appliance.hub.site.users import People
    from appliance.staff.passwords import Passwords

    with opened(settings.dsn) as database:
        People(database, Passwords()).disable(username)
        journal.note(database, at_keyboard(), "user", username, "disable")
    click.echo(f"{username}: disabled")


@user_.command(name="password")
@click.argument("username")
@places
def give_password(settings: "HubSettings", username: str) -> None:
    """Beri kata sandi baru / Give a new password.

    Orang itu dikeluarkan di mana-mana; yang dinonaktifkan boleh masuk lagi. / It signs them out
    everywhere, and lets a disabled one in again.
    """
    from appliance.errors import Invalid
    from appliance.hub import journal
    from appliance.hub.database import opened
    from appliance.hub.site.users import People
    from appliance.staff.passwords import Passwords

    password = _password()
    with opened(settings.dsn) as database:
        try:
            People(database, Passwords()).set_password(username, password)
        except Invalid as invalid:
            raise click.ClickException("; ".join(invalid.problems.values())) from None
        journal.note(database, at_keyboard(), "user", username, "password")
    click.echo(f"{username}: kata sandi baru / new password")


def _password() -> str:
    if sys.stdin.isatty():
        return str(click.prompt("Kata sandi", hide_input=True, confirmation_prompt="Ulangi"))
    return sys.stdin.readline().rstrip("\r\n")
