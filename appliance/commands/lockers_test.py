"""`ruangbaca lockers test`: every door once, with a report."""

from pathlib import Path

import click


@click.command()
@click.argument("doors", nargs=-1, metavar="[N ...]")
@click.option("--yes", is_flag=True, help="Jangan bertanya. / Ask nothing.")
@click.option(
    "--occupied",
    metavar="ALASAN",
    default="",
    help="Buka juga loker yang dipakai, dengan alasan ini. / Open lockers in use too: the reason.",
)
@click.option(
    "--report",
    "report_file",
    type=click.Path(path_type=Path, dir_okay=False, writable=True),
    help="Tulis hasilnya; .csv untuk lembar kerja. / Write the result.",
)
@click.option("--shut-within", default=60.0, show_default=True, help="Detik. / Seconds to shut.")
def test(
    doors: tuple[str, ...], yes: bool, occupied: str, report_file: Path | None, shut_within: float
) -> None:
    """Uji pintu satu per satu / Test the doors one by one.

    N adalah nomor pintu atau rentang seperti 1-8; tanpa N semuanya. Kode keluar 0 hanya bila
    setiap pintu baik. / N is a door or a range such as 1-8, none means all. Exit code 0 only when
    every door passed.
    """
    from appliance.commands.door_report import Verdict, as_csv, table
    from appliance.commands.door_walk import DoorWalk
    from appliance.commands.doors_at_hand import doors_at_hand
    from appliance.config import load_settings

    settings = load_settings()
    with doors_at_hand(settings) as services:
        numbers = _numbers(doors, tuple(tile.number for tile in services.lockers.wall()))
        if not yes:
            question = f"Membuka {len(numbers)} pintu satu per satu. Lanjut? / Open them?"
            click.confirm(question, abort=True)
        ask = None if yes else click.confirm
        walk = DoorWalk(services, click.echo, ask, occupied.strip(), shut_within)
        lines = [walk.test(number) for number in numbers]
    click.echo(f"\n{table(lines)}")
    if report_file is not None:
        is_csv = report_file.suffix.lower() == ".csv"
        report_file.write_text(as_csv(lines) if is_csv else f"{table(lines)}\n", encoding="utf-8")
    if any(line.verdict is not Verdict.PASSED for line in lines):
        raise click.ClickException("Tidak semua pintu baik. / Not every door passed.")


def _numbers(doors: tuple[str, ...], known: tuple[int, ...]) -> tuple[int, ...]:
    """The wanted doors in the order they were named. Raises UsageError."""
    from appliance.device_settings import door_numbers
    from appliance.errors import ConfigError

    if not known:
        raise click.ClickException("Belum ada loker yang terpasang. / No lockers are installed.")
    if not doors:
        return known
    try:
        wanted = door_numbers(",".join(doors))
    except ConfigError as error:
        raise click.UsageError(str(error)) from None
    unknown = [str(number) for number in wanted if number not in known]
    if unknown:
        raise click.UsageError(f"Tidak ada loker {', '.join(unknown)}. / There is no such locker.")
    return wanted
