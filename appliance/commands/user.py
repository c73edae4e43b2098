"""Members of staff, from the keyboard: the first admin cannot be made on a screen."""

import sys
from contextlib import closing

import click

ROLES = ("officer", "operator", "admin", "head")


@click.group()
def user() -> None:
    """Petugas / Members of staff."""


@user.command()
@click.argument("username")
@click.option(
    "--name", default="", help="Nama di layar; baku USERNAME. / Name on screens; default USERNAME."
)
@click.option(
    "--role",
    type=click.Choice(ROLES),
    default="officer",
    show_default=True,
    help="Peran: petugas meja, operator pemindai, admin, atau kepala. / What the person may do.",
)
def add(username: str, name: str, role: str) -> None:
    """Tambah petugas / Add a member of staff.

    Kata sandi ditanyakan di terminal, atau dibaca satu baris dari stdin. / The password is
    asked for on the terminal, or read as one line from stdin.
    """
    from appliance.actor import SYSTEM
    from appliance.bootstrap import build_services, open_core
    from appliance.config import load_settings
    from appliance.errors import Invalid

    settings = load_settings()
    password = _password()
    with closing(open_core(settings)) as core:
        try:
            staff = build_services(core).staff
            staff.add(username, name or username, role, password, by=SYSTEM)
        except Invalid as invalid:
            raise click.ClickException("; ".join(invalid.problems.values())) from None
    click.echo(f"Petugas {username} ({role}) ditambahkan. / Added.")


def _password() -> str:
    if sys.stdin.isatty():
        return str(click.prompt("Kata sandi", hide_input=True, confirmation_prompt="Ulangi"))
    return sys.stdin.readline().rstrip("\r\n")
