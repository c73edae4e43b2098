"""Looks the whole appliance over and says one sentence a finding."""

import click


@click.command()
def doctor() -> None:
    """Periksa seluruh peranti; satu kalimat per hal / Check everything, a sentence each.

    Selesai dengan kode 1 bila ada yang rusak.
    """
    from appliance.commands.examine import examine
    from appliance.config import load_settings

    failing = 0
    for finding in examine(load_settings()):
        click.echo(f"{finding.mark} {finding.sentence}")
        failing += finding.is_failing
    if failing:
        raise click.ClickException(f"{failing} hal perlu diperbaiki. / {failing} findings.")
