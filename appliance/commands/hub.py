"""The hub, on the machine that receives for many offices."""

import functools
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from uuid import UUID

    from appliance.hub.offices import NewClaim
    from appliance.hub.settings import HubSettings

PLACES = (
    click.option(
        "--dsn-file",
        type=click.Path(path_type=Path, dir_okay=False),
        help="Berkas (mode 0600) berisi DSN; baku RUANGBACA_HUB_DSN. / A file with the DSN.",
    ),
    click.option(
        "--keys",
        type=click.Path(path_type=Path, dir_okay=False),
        help="Berkas kunci pusat; baku RUANGBACA_HUB_KEYS. / The file with the hub's keys.",
    ),
)


def places(command: Callable[..., None]) -> Callable[..., None]:
    """The two options by which a command finds the hub, handed over as its settings."""

    @functools.wraps(command)
    def found(dsn_file: Path | None, keys: Path | None, **values: object) -> None:
        from appliance.hub.settings import load

        command(load(dsn_file, keys), **values)

    for option in reversed(PLACES):
        option(found)
    return found


@click.group()
def hub() -> None:
    """Pusat bagi banyak kantor / The hub of many offices."""


@hub.command()
@places
def migrate(settings: "HubSettings") -> None:
    """Siapkan basis data dan kunci / Make the database and keys.

    Boleh diulang. / May be repeated.
    """
    import datetime as dt

    from appliance.hub import own_keys, partitions, schema
    from appliance.hub.database import opened

    with opened(settings.dsn) as database:
        number = schema.migrate(database)
        partitions.prepare(database, dt.datetime.now(dt.UTC).date())
        own_keys.adopt(database, own_keys.load_or_make(settings.keys), settings.keys)
    click.echo(f"Skema nomor {number}. / Schema {number}.")


@hub.command()
@places
@click.option("--listen", default="127.0.0.1:8090", show_default=True, metavar="HOST:PORT")
def serve(settings: "HubSettings", listen: str) -> None:
    """Terima dari kantor-kantor / Receive from the offices.

    Beberapa proses boleh berjalan berdampingan di belakang satu proksi. / Several may run side by
    side behind one proxy.
    """
    from appliance.hub import own_keys, schema, server
    from appliance.hub.app import Hub, create_app
    from appliance.hub.database import opened
    from appliance.runtime.logs import configure, get_logger

    host, _, port = listen.rpartition(":")
    if not host or not port.isdigit():
        raise click.BadParameter("HOST:PORT", param_hint="--listen")
    configure("hub")
    keys = own_keys.load(settings.keys)
    with opened(settings.dsn) as database:
        schema.check(database)
        own_keys.adopt(database, keys, settings.keys)
        log = get_logger("hub")
        server.serve(
            create_app(Hub(database, keys)),
            database,
            host.strip("[]"),
            int(port),
            on_ready=lambda address: log.info("listening", address=address),
        )


@hub.group()
def office() -> None:
    """Kantor dan kode pendaftarannya / Offices and their codes."""


@office.command()
@click.argument("code")
@click.option("--name", default="", help="Nama kantor; baku CODE. / Its name; default CODE.")
@click.option("--province", default="", help="Provinsi. / Its province.")
@click.option("--timezone", default="Asia/Jakarta", show_default=True)
@places
def add(settings: "HubSettings", code: str, name: str, province: str, timezone: str) -> None:
    """Tambah kantor, cetak kode / Add one, print a claim code."""
    from appliance.hub.database import opened
    from appliance.hub.offices import Offices

    with opened(settings.dsn) as database:
        offices = Offices(database)
        offices.add(code, name, province=province, timezone=timezone)
        _show(offices.issue(code))


@office.command(name="code")
@click.argument("code")
@click.option(
    "--device",
    type=click.UUID,
    help="Hanya bagi perangkat yang kehilangan kuncinya. / For a device that lost its key.",
)
@places
def new_code(settings: "HubSettings", code: str, device: "UUID | None") -> None:
    """Cetak kode pendaftaran lagi / Print another claim code."""
    from appliance.hub.database import opened
    from appliance.hub.offices import Offices

    with opened(settings.dsn) as database:
        _show(Offices(database).issue(code, device=device))


def _show(claim: "NewClaim") -> None:
    import io

    import segno

    from appliance.codes import readable

    half = len(claim.code) // 2
    text = f"{readable(claim.code[:half])}-{readable(claim.code[half:])}"
    drawn = io.StringIO()
    segno.make(text, error="m").terminal(out=drawn, compact=True)
    click.echo(drawn.getvalue(), nl=False)
    click.echo(f"{claim.office}: {text}")
    click.echo(f"Berlaku sekali, sampai / Holds once, until {claim.expires_at:%Y-%m-%d %H:%M} UTC.")
