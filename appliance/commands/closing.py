"""Whether the days that officers closed are still as they were sealed."""

from contextlib import closing as ending

import click


@click.group()
def closing() -> None:
    """Hari yang ditutup / Days that were closed."""


@closing.command()
def verify() -> None:
    """Periksa segel tiap hari / Check the seal of every closed day.

    Kode keluar 1 bila ada yang diubah. / Exit code 1 when one was changed.
    """
    from appliance.bootstrap import build_services, open_present_core
    from appliance.config import load_settings

    with ending(open_present_core(load_settings())) as core:
        days = build_services(core).days
        found = days.verify()
        changed = [report.date for report in days.reports() if days.changes(report)]
    if found.broken is not None:
        at = f"{found.broken.date} (v{found.broken.version})"
        raise click.ClickException(f"Segel tidak cocok: {at}. / The seal does not fit.")
    if found.missing is not None:
        raise click.ClickException(f"Laporan hilang: {found.missing}. / A report is missing.")
    seal = "" if found.newest is None else f" {found.newest.date} {found.newest.seal}"
    click.echo(f"{found.count} laporan, segelnya utuh. / reports, sound.{seal}")
    for date in dict.fromkeys(changed):
        click.echo(f"{date}: berubah setelah disegel. / changed after sealing.")
