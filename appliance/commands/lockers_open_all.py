"""`ruangbaca lockers open-all`: every door in an emergency, also while nothing else runs."""

import time
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from appliance.config import Settings
    from appliance.lockers.emergency_rules import EmergencyView
    from appliance.services import Services

WORD = "BUKA"
LOOK_EVERY_S = 0.3
PATIENCE_S = 300.0  # three rounds over 48 doors with resting coils, and more


@click.command("open-all")
@click.option("--reason", required=True, help="Mengapa; dicatat di jurnal. / Why; journalled.")
@click.option("--yes", is_flag=True, help="Jangan bertanya. / Ask nothing.")
def open_all(reason: str, yes: bool) -> None:
    """Darurat: buka semua loker / Emergency: open all.

    Dengan atau tanpa proses loker. Kode keluar 0 bila setiap pintu terlihat terbuka. / With or
    without the lockers process. Exit code 0 when every door was seen open.
    """
    from appliance.config import load_settings

    settings = load_settings()
    if not yes:
        _ask_twice()
    if not _open(settings, reason):
        raise click.ClickException(
            "Tidak semua pintu terlihat terbuka; pakai kunci mekanis. / Not every door was seen"
            " open; use the mechanical keys."
        )


def _ask_twice() -> None:
    click.confirm("Buka SEMUA loker sekarang? / Open ALL lockers now?", abort=True)
    typed = click.prompt(f"Ketik {WORD} untuk membuka. / Type {WORD} to open", default="")
    if typed.strip().upper() != WORD:
        raise click.Abort


def _open(settings: "Settings", reason: str) -> bool:
    import apsw
    import peewee

    from appliance.commands.doors_at_hand import doors_at_hand, is_process_running
    from appliance.errors import Unavailable

    try:
        with doors_at_hand(settings) as services:
            return _follow(services, reason)
    except (Unavailable, peewee.DatabaseError, apsw.Error) as error:
        if is_process_running(settings):
            raise click.ClickException(
                "Basis data tidak dapat ditulis: tekan tombol darurat, atau hentikan proses loker"
                " lalu ulangi. / The database cannot be written: press the emergency button, or"
                " stop the lockers process and repeat."
            ) from error
    click.echo("Basis data tidak dapat ditulis; pintu dibuka tanpa catatan. / No record is kept.")
    return _without_data(settings)


def _follow(services: "Services", reason: str) -> bool:
    """Start it and tell how far it is until every door had its turn."""
    from appliance.commands.door_walk import TECHNICIAN

    view = services.emergency.start(source="command", by=TECHNICIAN, reason=reason)
    told: set[tuple[int, str]] = set()
    end_s = time.monotonic() + PATIENCE_S
    while view.is_running and time.monotonic() < end_s:
        _tell(view, told)
        time.sleep(LOOK_EVERY_S)
        view = services.emergency.open() or view
    _tell(view, told)
    click.echo(
        f"{view.opened} terbuka, {view.not_seen} tidak terlihat, {view.failed + view.not_tried}"
        f" gagal. / {view.opened} open, {view.not_seen} not seen,"
        f" {view.failed + view.not_tried} failed."
    )
    if view.roll_call:
        click.echo(f"Di dalam: {view.missing} orang. / Still to be counted: {view.missing}.")
    return bool(view.doors) and view.opened == len(view.doors)


def _tell(view: "EmergencyView", told: set[tuple[int, str]]) -> None:
    for door in view.doors:
        line = (door.number, door.progress.sentence % {"number": f"{door.number:02d}"})
        if line not in told and door.progress != "waiting":
            told.add(line)
            click.echo(line[1])


def _without_data(settings: "Settings") -> bool:
    """The doors alone: nothing is read or written but their lines."""
    from appliance.processes import owned_doors
    from appliance.runtime.ownership import owning

    with owning(settings.run_dir, ("lockers",)), owned_doors(settings, guarded=True) as (_, run):
        run.start_all()
        while run.is_running:
            time.sleep(LOOK_EVERY_S)
        doors = run.doors()
    for number, door in sorted(doors.items()):
        state = "terbuka / open" if door.opened_at else "tidak terlihat / not seen"
        click.echo(f"Loker {number:02d}: {'gagal / failed' if door.failed else state}")
    return bool(doors) and all(door.opened_at for door in doors.values())
