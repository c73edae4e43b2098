"""The catalogue, filled from a file and written into one, and mirrored."""

from contextlib import closing
from pathlib import Path

import click

TOLD_EVERY = 2000  # lines


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

    FILE berbentuk CSV, XLSX, JSON, MARC21 (ISO 2709), atau MARCXML. Baris yang benar disimpan;
    baris yang salah disebut satu per satu, dengan kode keluar 1. / FILE is CSV, XLSX, JSON,
    MARC21 (ISO 2709) or MARCXML. Correct lines are kept; wrong ones are named one by one, with
    exit code 1.
    """
    from appliance.actor import SYSTEM
    from appliance.bootstrap import build_services, open_core
    from appliance.catalogue.import_file import BadLine, read_file
    from appliance.config import load_settings
    from appliance.errors import Invalid

    with closing(open_core(load_settings())) as core:
        try:
            for _ in read_file(file):  # to its end: a file that breaks off is not taken half
                pass
            catalogue = build_services(core).catalogue
            done = catalogue.import_records(
                read_file(file), by=SYSTEM, dry_run=dry_run, tell=_tell_progress
            )
        except Invalid as invalid:
            place = f"baris {invalid.line}: " if isinstance(invalid, BadLine) else ""
            raise click.ClickException(place + "; ".join(invalid.problems.values())) from None
    click.echo(
        f"{done.added} ditambah, {done.changed} diubah, {done.unchanged} sama. / "
        f"{done.added} added, {done.changed} changed, {done.unchanged} unchanged."
    )
    for problem in done.problems:
        click.echo(f"baris {problem.line}, {problem.field}: {problem.message}", err=True)
    if done.problems:
        raise click.ClickException(f"{len(done.problems)} isian tidak dapat disimpan.")


@catalogue.command()
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@click.option(
    "--format",
    "form",
    type=click.Choice(["csv", "xlsx", "xml"]),
    help="Baku: dari nama berkas. / Default: from the file's name.",
)
def export(file: Path, form: str | None) -> None:
    """Tulis katalog ke FILE / Write the catalogue into FILE.

    CSV dan XLSX berupa daftar rak, satu baris tiap eksemplar; XML berupa MARCXML. / CSV and XLSX
    are shelf lists, a line for every copy; XML is MARCXML.
    """
    from io import BytesIO

    from appliance.actor import SYSTEM
    from appliance.bootstrap import build_services, open_present_core
    from appliance.catalogue.export_file import Format
    from appliance.config import load_settings
    from appliance.storage.files import write_whole

    wanted = form or file.suffix.lower().lstrip(".")
    if wanted not in list(Format):
        raise click.BadParameter("tulis .csv, .xlsx, atau .xml", param_hint="FILE")
    content = BytesIO()
    with closing(open_present_core(load_settings())) as core:
        count = build_services(core).holdings.export(Format(wanted), content, by=SYSTEM)
    write_whole(file, content.getvalue())
    click.echo(f"{count} publikasi ditulis ke {file}. / {count} publications written.")


def _tell_progress(lines: int) -> None:
    """On the terminal only: a file with problems is read by people afterwards."""
    if lines % TOLD_EVERY == 0:
        click.echo(f"{lines} baris … / {lines} lines …", err=True)


@catalogue.command()
@click.option(
    "--full",
    is_flag=True,
    help="Mulai dari awal, bukan melanjutkan. / Begin anew instead of going on.",
)
def pull(full: bool) -> None:
    """Ambil katalog BPS dari WebAPI / Mirror the catalogue of BPS.

    Melanjutkan yang terputus; proses sinkronisasi menunggu selama ini berjalan. / Goes on where
    it was cut; the sync process waits meanwhile.
    """
    from appliance.config import load_settings
    from appliance.core import open_core
    from appliance.mirror.progress import PullLines
    from appliance.runtime.logs import configure
    from appliance.upstream import build_mirroring

    settings = load_settings()
    settings.catalogue_source.checked()
    configure("pull", settings.log_level)
    with closing(open_core(settings)) as core:
        mirroring = build_mirroring(core)
        lines = PullLines(click.echo)
        mirroring.pull(lines.tell, anew=full)
        lines.end(mirroring.passes)
