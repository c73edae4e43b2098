"""Looks the whole appliance over and says one sentence a finding."""

import click


@click.command()
def doctor() -> None:
    """Periksa seluruh peranti / Check the whole appliance.

    Satu kalimat untuk tiap hal; kode keluar 1 bila ada yang rusak. / One sentence for each
    finding; exit code 1 when something is broken.
    """
    from appliance.commands.examine import examine
    from appliance.config import load_settings

    failing = 0
    for finding in examine(load_settings()):
        click.echo(f"{finding.mark} {finding.sentence}")
        failing += finding.is_failing
    if failing:
        raise click.ClickException(f"{failing} hal perlu diperbaiki. / {failing} findings.")
