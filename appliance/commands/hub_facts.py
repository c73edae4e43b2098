"""The figures of the hub and how long it keeps what they are made of."""

from typing import TYPE_CHECKING

import click

from appliance.commands.hub import places
from appliance.commands.hub_people import hub

if TYPE_CHECKING:
    from appliance.hub.settings import HubSettings

__all__ = ["hub"]


@hub.command()
@click.option(
    "--rebuild",
    is_flag=True,
    help="Hitung ulang dari semua catatan. / Make them again from all records.",
)
@places
def project(settings: "HubSettings", rebuild: bool) -> None:
    """Hitung angka dasbor / Bring the figures up to date.

    `hub serve` melakukannya terus-menerus. Saat dihitung ulang, angka sementara terlalu rendah. /
    `hub serve` does so all the time. While they are made again they are too low.
    """
    from appliance.hub import projector
    from appliance.hub.database import opened

    with opened(settings.dsn) as database:
        if rebuild:
            projector.rebuild(database)
        else:
            projector.catch_up(database)
        behind = projector.lag(database).records
    click.echo(f"Belum dihitung / not in the figures yet: {behind}")


@hub.command()
@click.option(
    "--months",
    type=click.IntRange(min=1),
    required=True,
    help="Simpan sekian bulan penuh. / Keep so many whole months.",
)
@click.option("--dry-run", is_flag=True, help="Sebutkan saja. / Only say what would go.")
@places
def retention(settings: "HubSettings", months: int, dry_run: bool) -> None:
    """Hapus bulan yang lama / Let go of old months.

    Angka dasbor tetap; catatannya, riwayat kesehatan, dan karantina yang sudah diurus terhapus. /
    The figures stay; their records, the devices' health and settled quarantine go.
    """
    import datetime as dt

    from appliance.hub import partitions
    from appliance.hub import retention as keeping
    from appliance.hub.database import opened

    today = dt.datetime.now(dt.UTC).date()
    with opened(settings.dsn) as database:
        act = keeping.old if dry_run else keeping.drop
        for one in act(database, today, months):
            kept = "\tTETAP: belum dihitung / KEPT: not in the figures yet" if one.is_unread else ""
            click.echo(f"{one.name}\t{one.rows}\t{one.size_bytes}{kept}")
        strays = partitions.strays(database)
    if strays:
        click.echo(f"Di partisi baku / in the default partitions: {strays}", err=True)
