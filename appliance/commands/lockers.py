"""The lockers process, and what a person does with its doors while it is stopped."""

import click

from appliance.commands.lockers_open_all import open_all
from appliance.commands.lockers_test import test

RUNNING = (
    "Proses loker sedang berjalan dan memegang solenoidnya. Hentikan dahulu: systemctl stop"
    " ruangbaca-lockers; itu sudah mematikan semuanya. / The lockers process holds the solenoids:"
    " stop it, which switches them off."
)


@click.group(invoke_without_command=True)
@click.pass_context
def lockers(context: click.Context) -> None:
    """Proses loker, atau tugasnya / Own the lockers, or a task."""
    if context.invoked_subcommand is None:
        from appliance.runtime.memory import hash_without_openssl

        hash_without_openssl()
        from appliance.config import load_settings
        from appliance.processes import run_lockers

        run_lockers(load_settings())


@lockers.command()
def safe() -> None:
    """Matikan semua solenoid / Switch every solenoid off.

    Setiap bank dicoba; keluar dengan 1 jika ada yang menolak. / Tries every bank.
    """
    from appliance.commands.safe import switch_off
    from appliance.config import load_settings
    from appliance.errors import Refused
    from appliance.runtime.ownership import own

    settings = load_settings()
    try:
        lock = own(settings.run_dir, "lockers")
    except Refused as refused:
        raise click.ClickException(RUNNING) from refused
    try:
        done = switch_off(settings.lockers)
    finally:
        lock.release()
    if done.refusals:
        raise click.ClickException(
            "Ada solenoid yang tidak dapat dimatikan. / Not every solenoid could be switched off: "
            + "; ".join(done.refusals)
        )
    click.echo(f"Semua solenoid mati. / Every solenoid is off ({done.solenoids}).")


@lockers.command()
def wiring() -> None:
    """Tabel sambungan kabel / The wiring table.

    Juga baris untuk config.txt. / With the lines for config.txt.
    """
    from appliance.commands.wiring_sheet import wiring_text
    from appliance.config import load_settings
    from appliance.device_plans import plan_lockers

    settings = load_settings()
    click.echo(wiring_text(settings.lockers, settings.reader))
    plan_lockers(settings.lockers, settings.reader)  # what is unsafe about it is the last line


lockers.add_command(test)
lockers.add_command(open_all)
