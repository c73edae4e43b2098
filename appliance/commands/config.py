"""What the settings are, and where each comes from."""

import click


@click.group()
def config() -> None:
    """Setelan peranti / The appliance's settings."""


@config.command()
def check() -> None:
    """Periksa dan cetak setelan / Check and print the settings.

    Tiap nilai beserta asalnya. / Every value with its source.
    """
    from appliance.config import explain, load_settings
    from appliance.device_plans import plan_lockers
    from appliance.offices import load_office

    settings = load_settings()
    for line in explain(settings):
        click.echo(f"{line.name} = {line.value}  [{line.source}]")
    plan_lockers(settings.lockers, settings.reader)
    office = load_office(settings.office)
    click.echo(f"Setelan benar; kantor: {office.name}. / Settings are sound.")
