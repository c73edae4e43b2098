"""What the hub gives to the offices, and what comes to it in a file."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from appliance.commands.hub import hub, places

if TYPE_CHECKING:
    from appliance.hub.settings import HubSettings

__all__ = ["hub"]
FILE = click.Path(path_type=Path, dir_okay=False, exists=True)


@hub.group(name="config")
def config_() -> None:
    """Setelan bagi kantor / Settings for the offices."""


@config_.command(name="issue")
@click.argument("office")
@click.argument("file", type=FILE)
@places
def issue(settings: "HubSettings", office: str, file: Path) -> None:
    """Tanda tangani setelan dari FILE / Sign settings (JSON)."""
    import msgspec

    from appliance.hub import own_keys
    from appliance.hub.database import opened
    from appliance.hub.signed_documents import ConfigDocuments

    try:
        wanted = msgspec.json.decode(file.read_bytes(), type=dict[str, object])
    except msgspec.DecodeError as error:
        raise click.ClickException(f"{file}: {error}") from None
    with opened(settings.dsn) as database:
        keys = own_keys.load(settings.keys)
        version = ConfigDocuments(database).issue(office, wanted, keys)
    click.echo(f"{office}: versi / version {version}")


@hub.group(name="catalogue")
def catalogue_() -> None:
    """Katalog bagi kantor / The catalogue for the offices."""


@catalogue_.command(name="import")
@click.argument("file", type=FILE)
@places
def import_catalogue(settings: "HubSettings", file: Path) -> None:
    """Masukkan FILE (JSON per baris) / Take JSON lines.

    Tiap baris sebuah objek dengan `id`; {"id": …, "deleted": true} menghapus. / Each line is an
    object with `id`; {"id": …, "deleted": true} deletes.
    """
    import msgspec

    from appliance.hub import own_keys
    from appliance.hub.catalogue import CatalogueStore, read_lines
    from appliance.hub.database import opened

    try:
        items = list(read_lines(file.read_bytes()))
    except (msgspec.DecodeError, KeyError) as error:
        raise click.ClickException(f"{file}: {error}") from None
    with opened(settings.dsn) as database:
        version = CatalogueStore(database).put(items, own_keys.load(settings.keys))
    click.echo(f"{len(items)} baris; versi / version {version}")


@hub.command(name="blob")
@click.argument("file", type=FILE)
@click.option("--type", "media_type", default="application/octet-stream", show_default=True)
@places
def blob(settings: "HubSettings", file: Path, media_type: str) -> None:
    """Simpan FILE untuk diunduh / Keep a file for the devices."""
    from appliance.hub.blobs import Blobs
    from appliance.hub.database import opened

    with opened(settings.dsn) as database:
        digest = Blobs(database).put(file.read_bytes(), media_type)
    click.echo(digest.hex())


@hub.command(name="import")
@click.argument("file", type=FILE)
@click.option(
    "--receipt",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Berkas tanda terima; baku FILE.receipt. / The receipt's file; default FILE.receipt.",
)
@places
def import_(settings: "HubSettings", file: Path, receipt: Path | None) -> None:
    """Terima berkas dari kantor / Take a file from an office.

    FILE ditulis oleh `ruangbaca sync export` di kantor; tanda terimanya dibawa kembali ke sana. /
    FILE was written at an office, and its receipt is to be carried back there.
    """
    from appliance.hub import own_keys
    from appliance.hub.app import Hub
    from appliance.hub.carried_files import CarriedFiles
    from appliance.hub.database import opened
    from appliance.hub.problems import Problem
    from appliance.storage.files import write_whole

    target = receipt or file.with_name(f"{file.name}.receipt")
    with opened(settings.dsn) as database, file.open("rb") as lines:
        files = CarriedFiles(Hub(database, own_keys.load(settings.keys)))
        try:
            found = files.take_file(lines)
        except Problem as no:
            raise click.ClickException(f"{file}: {no.kind.title}. {no.detail}") from None
        write_whole(target, files.sealed(found))
    click.echo(f"{found.stored} catatan baru; tanda terima / receipt: {target}")
    for problem in found.problems:
        click.echo(f"baris / line {problem.line}: {problem.problem} {problem.detail}", err=True)
    if found.problems:
        raise click.ClickException(f"{len(found.problems)} baris ditolak. / lines refused.")
