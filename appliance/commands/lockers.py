"""The lockers process, and what a person does with its doors while it is stopped."""

import click


@click.group(invoke_without_command=True)
@click.pass_context
def lockers(context: click.Context) -> None:
    """Proses loker, atau tugasnya / Own the lockers, or a task."""
    if context.invoked_subcommand is None:
        from appliance.config import load_settings
        from appliance.processes import run_lockers

        run_lockers(load_settings())


@lockers.command()
def safe() -> None:
    """Matikan semua solenoid / Switch every solenoid off."""
    from appliance.config import load_settings
    from appliance.devices import open_lockers
    from appliance.runtime.ownership import own

    settings = load_settings()
    lock = own(settings.run_dir, "lockers")
    try:
        bank = open_lockers(settings.lockers)
        try:
            bank.all_off()
        finally:
            bank.close()
    finally:
        lock.release()
    click.echo(f"Semua solenoid mati. / Every solenoid is off ({len(bank.numbers)}).")
