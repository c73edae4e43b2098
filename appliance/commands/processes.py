"""The processes, and what belongs to the owner of the sync; `lockers` has a file of its own."""

from pathlib import Path

import click


@click.command()
def web() -> None:
    """Proses layar pengunjung dan petugas / Serve the screens."""
    from appliance.config import load_settings
    from appliance.processes import run_web

    run_web(load_settings())


@click.command()
def documents() -> None:
    """Proses pemindai dan PDF / Own the scanner and the PDFs."""
    from appliance.config import load_settings
    from appliance.processes import run_documents

    run_documents(load_settings())


@click.group(invoke_without_command=True)
@click.pass_context
def sync(context: click.Context) -> None:
    """Proses sinkronisasi, atau tugasnya / Own the sync, or a task."""
    if context.invoked_subcommand is None:
        from appliance.config import load_settings
        from appliance.processes import run_sync

        run_sync(load_settings())


@sync.command()
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@click.option(
    "--force", is_flag=True, help="Timpa berkas yang sudah ada. / Overwrite an existing file."
)
def export(file: Path, force: bool) -> None:
    """Tulis catatan yang menunggu ke FILE / Write events to FILE.

    Bentuknya CloudEvents. / What waits for the portal, as CloudEvents.
    """
    from contextlib import closing

    from appliance.actor import SYSTEM
    from appliance.config import load_settings
    from appliance.core import open_present_core
    from appliance.sync.export import EventExport

    with closing(open_present_core(load_settings())) as core:
        exporter = EventExport(core.outbox, core.writer, core.recorder)
        done = exporter.to_file(file, by=SYSTEM, overwrite=force)
    click.echo(f"{done.count} catatan ditulis ke {file}. / {done.count} events written.")
