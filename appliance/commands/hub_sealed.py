"""Opens what an office has sealed for the hub; on no screen, and never without a reason."""

from typing import TYPE_CHECKING
from uuid import UUID

import click

from appliance.commands.hub import at_keyboard, places
from appliance.commands.hub_facts import hub

if TYPE_CHECKING:
    from appliance.hub.settings import HubSettings

__all__ = ["hub"]


@hub.command()
@click.argument("device", type=click.UUID)
@click.argument("visit", type=click.UUID)
@click.argument("field", type=click.Choice(["agency_name", "email", "name", "phone"]))
@click.option("--reason", required=True, help="Masuk jurnal. / Goes into the journal.")
@places
def unseal(settings: "HubSettings", device: UUID, visit: UUID, field: str, reason: str) -> None:
    """Buka satu isian yang terkunci / Open one sealed field.

    Siapa, apa, dan sebabnya dicatat di jurnal lebih dahulu. / Who, what and why are in the
    journal before it is shown.
    """
    from appliance.hub import own_keys, sealed
    from appliance.hub.database import opened

    if not reason.strip():
        raise click.BadParameter("kosong / empty", param_hint="--reason")
    with opened(settings.dsn) as database:
        value = sealed.opened(
            database,
            own_keys.load(settings.keys),
            device=str(device),
            subject=f"visit/{visit}",
            field=field,
            by=at_keyboard(),
            why=reason.strip(),
        )
    click.echo(value)
