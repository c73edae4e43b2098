"""Copies of the database, and its daily cleaning."""

import datetime as dt
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from appliance.health.retention import Holding


@click.command()
@click.argument("folder", required=False, type=click.Path(path_type=Path, file_okay=False))
@click.option(
    "--keep",
    type=click.IntRange(1, 1000),
    default=14,
    show_default=True,
    help="Berapa cadangan utuh yang disimpan. / How many sound copies to keep.",
)
def backup(folder: Path | None, keep: int) -> None:
    """Buat cadangan teruji di FOLDER / Make a verified copy.

    Baku: backups di dalam folder data. / Default: backups in the data folder.
    """
    from appliance.config import load_settings
    from appliance.core import open_present_core
    from appliance.health.upkeep import back_up

    settings = load_settings()
    with closing(open_present_core(settings)) as core:
        target = folder or settings.data_dir / "backups"
        done = back_up(
            core.database, core.writer, core.recorder, target, core.clock.now(), keep=keep
        )
    click.echo(f"Cadangan: {done.path} ({done.size_bytes} byte, {done.dropped} yang lama dihapus).")


@click.command()
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
def restore(file: Path) -> None:
    """Pulihkan basis data dari FILE / Restore the database from FILE.

    Hentikan dahulu keempat proses. Basis data yang sekarang disisihkan, tidak dihapus. / Stop
    the four processes first. The present database is set aside, not deleted.
    """
    from appliance.clock import SystemClock
    from appliance.config import load_settings
    from appliance.health.upkeep import restore as put_back

    settings = load_settings()
    done = put_back(file, settings.data_dir, settings.run_dir, SystemClock())
    click.echo(f"Dipulihkan dari {file}. / Restored.")
    if done.aside is not None:
        click.echo(f"Basis data sebelumnya: {done.aside}")


@click.command()
@click.option(
    "--dry-run",
    is_flag=True,
    help="Hanya hitung data yang akan dihapus. / Only count what would go.",
)
def maintain(dry_run: bool) -> None:
    """Pembersihan harian / The daily cleaning."""
    from appliance.bootstrap import build_services, clean, open_present_core
    from appliance.config import load_settings

    with closing(open_present_core(load_settings())) as core:
        if dry_run:
            held = build_services(core).retention.dry_run()
            if held is None:
                raise click.ClickException("Jam belum dapat dipercaya. / The clock may be wrong.")
            now = core.clock.now()
            lines = [_told(one, now) for one in held]
        else:
            lines = [f"{name}: {removed}" for name, removed in clean(core).items()]
    for line in lines:
        click.echo(line)


def _told(one: "Holding", now: dt.datetime) -> str:
    """A kind of data on one line: what would go of how much, how old, and why."""
    age = one.age_days(now)
    parts = [f"{one.kind}: {one.due} dari / of {one.stored}"]
    parts += [f"ditahan / held {one.held}"] if one.held else []
    parts += [f"tertua / oldest {age} hari / days"] if age is not None else []
    return "; ".join([*parts, one.why % one.values])
