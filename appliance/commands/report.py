"""A month's figures, as JSON on the terminal or as the office's own file."""

import datetime as dt
import json
import sys
from contextlib import closing
from pathlib import Path
from typing import Any

import click


@click.command()
@click.argument("month", required=False, metavar="[YYYY-MM]")
@click.option(
    "--format",
    "form",
    type=click.Choice(["json", "csv", "xlsx"]),
    default="json",
    show_default=True,
    help="Bentuk laporan. / Format of the report.",
)
@click.option(
    "--output",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Berkas tujuan; baku terminal. / Target file; default the terminal.",
)
def report(month: str | None, form: str, output: Path | None) -> None:
    """Laporan sebulan / The figures of one month.

    Baku: bulan ini. / Default: this month.
    """
    from appliance.actor import SYSTEM
    from appliance.bootstrap import build_services, open_present_core
    from appliance.config import load_settings
    from appliance.reports.service import Format

    with closing(open_present_core(load_settings())) as core:
        reports = build_services(core).reports
        first = _first_day(month) if month else reports.this_month()
        if form == "json":
            content = json.dumps(_plain(reports.month(first)), ensure_ascii=False, indent=1)
            content_bytes = content.encode() + b"\n"
        else:
            with reports.export(first, Format(form), by=SYSTEM).file as file:
                content_bytes = file.read()
    if output is None:
        sys.stdout.buffer.write(content_bytes)
        sys.stdout.buffer.flush()
    else:
        from appliance.storage.files import write_whole

        write_whole(output, content_bytes)
        click.echo(f"Laporan ditulis ke {output}. / Written.")


def _first_day(text: str) -> dt.date:
    try:
        return dt.date.fromisoformat(f"{text}-01")
    except ValueError:
        raise click.BadParameter("tulis YYYY-MM, misalnya 2026-11", param_hint="MONTH") from None


def _plain(value: object) -> Any:  # noqa: ANN401 - JSON is any of its kinds
    import msgspec

    return msgspec.to_builtins(value, str_keys=True)
