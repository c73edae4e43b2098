"""The catalogue, filled from a file."""

from contextlib import closing
from pathlib import Path

import click


@click.group()
def catalogue() -> None:
    """Katalog publikasi / The catalogue of publications."""


@catalogue.command(name="import")
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False, exists=True))
@click.option(
    "--dry-run", is_flag=True, help="Periksa saja, tanpa menyimpan. / Check only, keep nothing."
)
def import_(file: Path, dry_run: bool) -> None:
    """Masukkan publikasi dari FILE / Add publications from FILE.

    FILE berbentuk CSV atau JSON. Baris yang benar disimpan; baris yang salah disebut satu per
    satu, dengan kode keluar 1. / FILE is CSV or JSON. Correct lines are kept; wrong ones are
    named one by one, with exit code 1.
    """
    from appliance.actor import SYSTEM
    from appliance.bootstrap import build_services, open_core
    from appliance.catalogue.import_file import read_file
    from appliance.config import load_settings
    from appliance.errors import Invalid

    with closing(open_core(load_settings())) as core:
        try:
            catalogue = build_services(core).catalogue
            done = catalogue.import_records(read_file(file), by=SYSTEM, dry_run=dry_run)
        except Invalid as invalid:
            raise click.ClickException("; ".join(invalid.problems.values())) from None
    click.echo(
        f"{done.added} ditambah, {done.changed} diubah, {done.unchanged} sama. / "
        f"{done.added} added, {done.changed} changed, {done.unchanged} unchanged."
    )
    for problem in done.problems:
        click.echo(f"baris {problem.line}, {problem.field}: {problem.message}", err=True)
    if done.problems:
        raise click.ClickException(f"{len(done.problems)} isian tidak dapat disimpan.")


@catalogue.command()
@click.option(
    "--full",
    is_flag=True,
    help="Mulai dari awal, bukan melanjutkan. / Begin anew instead of going on.",
)
def pull(full: bool) -> None:
    """Tarik katalog BPS dari WebAPI / Mirror the catalogue of BPS.

    Melanjutkan yang terputus; proses sinkronisasi menunggu selama ini berjalan. / Goes on where
    it was cut; the sync process waits meanwhile.
    """
    from appliance.config import load_settings
    from appliance.core import open_core
    from appliance.mirror.progress import Progress
    from appliance.runtime.logs import configure
    from appliance.upstream import build_mirroring

    settings = load_settings()
    settings.catalogue_source.checked()
    configure("pull", settings.log_level)
    with closing(open_core(settings)) as core:
        mirroring = build_mirroring(core)
        progress = Progress(click.echo)
        mirroring.pull(progress.tell, anew=full)
        progress.end(mirroring.passes)
