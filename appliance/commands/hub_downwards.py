"""What the hub gives to the offices, and what comes to it in a file."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from appliance.commands.hub import at_keyboard, hub, places

if TYPE_CHECKING:
    from appliance.hub.settings import HubSettings

__all__ = ["hub"]
FILE = click.Path(path_type=Path, dir_okay=False, exists=True)


@hub.group(name="config")
def config_() -> None:
    """Setelan bagi kantor / Settings for the offices."""


@config_.command(name="issue")
@click.argument("file", type=FILE)
@click.argument("offices", nargs=-1, metavar="OFFICE...")
@click.option("--all", "is_for_all", is_flag=True, help="Semua kantor. / Every office.")
@places
def issue(settings: "HubSettings", file: Path, offices: tuple[str, ...], is_for_all: bool) -> None:
    """Tanda tangani setelan dari FILE / Sign settings (JSON).

    {"promise_minutes": 5, "closed_days": [{"date": "2027-01-01", "name": "Tahun Baru"}]}; yang
    tidak disebut kembali menurut berkas kantor. / What is not named is again as the office's own
    file has it.
    """
    import msgspec

    from appliance.errors import Invalid
    from appliance.hub import own_keys
    from appliance.hub.database import opened
    from appliance.hub.signed_documents import ConfigDocuments

    try:
        wanted = msgspec.json.decode(file.read_bytes(), type=dict[str, object])
    except msgspec.DecodeError as error:
        raise click.ClickException(f"{file}: {error}") from None
    if bool(offices) == is_for_all:
        raise click.UsageError("OFFICE … atau --all / OFFICE … or --all")
    with opened(settings.dsn) as database:
        documents, keys = ConfigDocuments(database), own_keys.of(database, settings.keys)
        try:
            versions = documents.issue(offices or documents.offices(), wanted, keys, at_keyboard())
        except Invalid as invalid:
            lines = "\n".join(f"{name}: {why}" for name, why in invalid.problems.items())
            raise click.ClickException(f"{file}\n{lines}") from None
    for code, version in versions.items():
        click.echo(f"{code}: versi / version {version}")


@config_.command(name="show")
@click.argument("office")
@places
def show(settings: "HubSettings", office: str) -> None:
    """Setelan terbaru / The newest settings of an office."""
    import base64

    from appliance.hub.database import opened
    from appliance.hub.signed_documents import ConfigDocuments

    with opened(settings.dsn) as database:
        found = ConfigDocuments(database).newest(office)
    if found is None:
        raise click.ClickException(f"{office}: belum ada setelan. / no settings yet.")
    click.echo(base64.b64decode(found.document))


@hub.command(name="change-key")
@places
def change_key(settings: "HubSettings") -> None:
    """Ganti kunci tanda tangan pusat / Change the hub's signing key.

    Peranti mengikutinya sendiri. Sesudahnya salin berkas kunci ke mesin pusat yang lain dan mulai
    ulang semua prosesnya. / Devices follow by themselves. Afterwards copy the keys' file to the
    hub's other machines, and start all its processes again.
    """
    from appliance.hub import key_succession
    from appliance.hub.database import opened

    with opened(settings.dsn) as database:
        keys = key_succession.change(database, settings.keys, at_keyboard())
    click.echo(f"Kunci / key {keys.key_id}: {settings.keys}")


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
        version = CatalogueStore(database).put(items, own_keys.of(database, settings.keys))
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
        files = CarriedFiles(Hub(database, own_keys.of(database, settings.keys)))
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
