"""The processes, and what belongs to the owner of the sync; `lockers` has a file of its own."""

from pathlib import Path

import click


@click.command()
def web() -> None:
    """Proses layar pengunjung dan petugas / Serve the screens."""
    from appliance.runtime.memory import without_tls

    without_tls()  # a proxy in front does
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
@click.option("--plain", is_flag=True, help="Tanpa tanda tangan. / CloudEvents, unsigned.")
@click.option(
    "--force", is_flag=True, help="Timpa berkas yang sudah ada. / Overwrite an existing file."
)
def export(file: Path, plain: bool, force: bool) -> None:
    """Tulis catatan yang menunggu ke FILE / Write events to FILE.

    Peranti yang terdaftar menandatanganinya untuk portal; selain itu bentuknya CloudEvents.
    / Signed for the portal by a device that is enrolled; a CloudEvents batch otherwise.
    """
    from contextlib import closing

    from appliance.actor import SYSTEM
    from appliance.carrying import build_carried_file
    from appliance.config import load_settings
    from appliance.core import open_present_core
    from appliance.sync.export import EventExport, to_file

    with closing(open_present_core(load_settings())) as core:
        carried = build_carried_file(core)
        is_signed = carried.can_sign and not plain
        way = carried if is_signed else EventExport(core.outbox, core.writer, core.recorder)
        done = to_file(way, file, by=SYSTEM, overwrite=force)
    form = "bertanda tangan / signed" if is_signed else "CloudEvents"
    click.echo(f"{done.count} catatan ditulis ke {file} ({form}). / {done.count} events written.")


@sync.command(name="import")
@click.argument("receipt", type=click.Path(path_type=Path, dir_okay=False, exists=True))
def import_receipt(receipt: Path) -> None:
    """Ambil tanda terima portal / Take a receipt.

    Catatan yang sudah diterima tidak dikirim lagi. / What has arrived is not sent again.
    """
    from contextlib import closing

    from appliance.actor import SYSTEM
    from appliance.carrying import build_carried_file
    from appliance.config import load_settings
    from appliance.core import open_present_core
    from appliance.sync.export import RECEIPT_LIMIT_BYTES

    with receipt.open("rb") as file:
        content = file.read(RECEIPT_LIMIT_BYTES + 1)
    with closing(open_present_core(load_settings())) as core:
        taken = build_carried_file(core).take(content, by=SYSTEM)
    click.echo(
        f"{taken.delivered} catatan sudah di portal, {taken.aside} disimpan tersendiri,"
        f" {taken.refused} baris ditolak. / {taken.delivered} delivered, {taken.aside} kept aside,"
        f" {taken.refused} lines refused."
    )
    if taken.fork is not None:
        click.echo(
            "Penomoran dimulai ulang; buat berkas baru. / Numbering began anew; export again."
        )
