"""The hub, on the machine that receives for many offices."""

import functools
import getpass
from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from uuid import UUID

    from appliance.hub.offices import NewClaim
    from appliance.hub.settings import HubSettings

NEEDS = "Perlu pustaka dari requirements/hub.txt. / Install requirements/hub.txt first."
FLEET_HEADING = (
    "province office device state software heard waiting oldest_s offset_s forks problem silent"
).replace(" ", "\t")
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


def at_keyboard() -> str:
    """Who types, as the journal names somebody who has not signed in."""
    return f"({getpass.getuser()})"[:32]


def places(command: Callable[..., None]) -> Callable[..., None]:
    """The two options by which a command finds the hub, handed over as its settings."""

    @functools.wraps(command)
    def found(dsn_file: Path | None, keys: Path | None, **values: object) -> None:
        from appliance.hub.settings import load

        if find_spec("psycopg") is None:
            raise click.ClickException(NEEDS)
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
@click.option(
    "--proxy",
    default="",
    metavar="ADDRESS",
    help="Alamat proksi https di depannya. / The https proxy in front, which is believed.",
)
def serve(settings: "HubSettings", listen: str, proxy: str) -> None:
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
            proxy=proxy,
            on_ready=lambda address: log.info("listening", address=address),
        )


@hub.command()
@places
def fleet(settings: "HubSettings") -> None:
    """Keadaan semua peranti / How all devices are doing.

    Satu baris tiap peranti, dipisah tab. / One line a device, separated by tabs.
    """
    import datetime as dt

    from appliance.hub import fleet as devices
    from appliance.hub.database import opened

    now = dt.datetime.now(dt.UTC)
    click.echo(FLEET_HEADING)
    with opened(settings.dsn) as database:
        for line in devices.lines(database):
            heard = f"{line.heard_at:%Y-%m-%d %H:%M}" if line.heard_at else None
            named = (line.province, line.office, line.device, line.state, line.software, heard)
            told = (line.waiting, line.oldest_waiting_s, line.clock_offset_s, line.forks)
            silent = "SILENT" if line.is_silent(now) else ""
            values = (*named, *told, line.problem, silent)
            click.echo("\t".join("-" if value in (None, "") else str(value) for value in values))


@hub.group()
def office() -> None:
    """Kantor dan kode pendaftarannya / Offices and their codes."""


@office.command()
@click.argument("code")
@click.option("--name", default="", help="Nama kantor; baku CODE. / Its name; default CODE.")
@click.option("--province", default="", help="Provinsi. / Its province.")
@click.option("--timezone", default="", help="Baku Asia/Jakarta. / Default Asia/Jakarta.")
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
    help="Hanya bagi peranti yang kehilangan kuncinya. / For a device that lost its key.",
)
@places
def new_code(settings: "HubSettings", code: str, device: "UUID | None") -> None:
    """Cetak kode pendaftaran lagi / Print another claim code."""
    from appliance.hub.database import opened
    from appliance.hub.offices import Offices

    with opened(settings.dsn) as database:
        _show(Offices(database).issue(code, device=device))


@hub.group()
def device() -> None:
    """Peranti di kantor-kantor / The devices of the offices."""


@device.command(name="list")
@places
def list_(settings: "HubSettings") -> None:
    """Daftar peranti / Every device and its last word."""
    from appliance.hub.database import opened
    from appliance.hub.offices import Offices

    with opened(settings.dsn) as database:
        for line in Offices(database).devices():
            heard = f"{line.heard_at:%Y-%m-%d %H:%M}" if line.heard_at else "-"
            click.echo(f"{line.office}\t{line.id}\t{line.state}\t{line.software}\t{heard}")


@device.command()
@click.argument("device_id", type=click.UUID)
@places
def revoke(settings: "HubSettings", device_id: "UUID") -> None:
    """Cabut untuk selamanya / Take nothing from it any more.

    Berlaku mulai permintaan berikutnya; datanya tetap. / From its next request on, for good; what
    it has sent stays.
    """
    _set_state(settings, device_id, "revoked")


@device.command()
@click.argument("device_id", type=click.UUID)
@places
def suspend(settings: "HubSettings", device_id: "UUID") -> None:
    """Suruh menunggu / Let a device keep what it has for now."""
    _set_state(settings, device_id, "suspended")


@device.command()
@click.argument("device_id", type=click.UUID)
@places
def resume(settings: "HubSettings", device_id: "UUID") -> None:
    """Terima lagi / Take again from a suspended device."""
    _set_state(settings, device_id, "active")


@hub.group()
def key() -> None:
    """Kunci peranti / The devices' keys."""


@key.command()
@click.argument("device_id", type=click.UUID)
@places
def rotate(settings: "HubSettings", device_id: "UUID") -> None:
    """Suruh ganti kunci / Ask a device to change its key."""
    from appliance.hub.database import opened
    from appliance.hub.device_keys import ask_to_rotate

    with opened(settings.dsn) as database:
        ask_to_rotate(database, device_id)
    click.echo("Diminta; berlaku saat peranti bertanya lagi. / Asked.")


def _set_state(settings: "HubSettings", device_id: "UUID", state: str) -> None:
    from appliance.hub.database import opened
    from appliance.hub.offices import Offices

    with opened(settings.dsn) as database:
        Offices(database).set_state(device_id, state)
    click.echo(f"{device_id}: {state}")


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
