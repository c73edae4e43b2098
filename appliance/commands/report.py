"""A period's figures, as JSON on the terminal or as the office's own file."""

import json
import sys
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from appliance.core import Core
    from appliance.reports.periods import Period
    from appliance.reports.recount_lines import Recount
    from appliance.reports.rules import Report


@click.command()
@click.argument("period", required=False, metavar="[PERIOD]")
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
@click.option(
    "--recount",
    is_flag=True,
    help="Hitung ulang dari jurnal. / Count again from the journal; exit code 1 when it differs.",
)
def report(period: str | None, form: str, output: Path | None, recount: bool) -> None:
    """Laporan satu periode / The figures of a period.

    PERIOD: 2026-11-05, 2026-11, 2026-Q4 atau 2026; baku bulan ini. / Default: this month.
    """
    from appliance.actor import SYSTEM
    from appliance.bootstrap import build_services, open_present_core
    from appliance.config import load_settings
    from appliance.reports.periods import Span
    from appliance.reports.service import Format

    with closing(open_present_core(load_settings())) as core:
        reports = build_services(core).reports
        chosen = _period(period) if period else reports.present(Span.MONTH)
        if recount:
            _say_recount(core, reports.recount(chosen))
            return
        if form == "json":
            content = json.dumps(_plain(reports.report(chosen)), ensure_ascii=False, indent=1)
            content_bytes = content.encode() + b"\n"
        else:
            with reports.export(chosen, Format(form), by=SYSTEM).file as file:
                content_bytes = file.read()
    if output is None:
        sys.stdout.buffer.write(content_bytes)
        sys.stdout.buffer.flush()
    else:
        from appliance.storage.files import write_whole

        write_whole(output, content_bytes)
        click.echo(f"Laporan ditulis ke {output}. / Written.")


def _say_recount(core: "Core", found: "Recount") -> None:
    """Every number that was compared; fails when one differs or the journal itself is broken."""
    proof = core.journal.prove()
    for line in (*found.lines, *found.others):
        sign = "=" if line.is_same else "!"
        click.echo(f"{sign} {line.name.id}: {line.reported}, jurnal {line.journalled}")
    click.echo(f"Isian buku tamu: {found.answers - len(found.others)} dari {found.answers} cocok.")
    for gap in found.gaps:
        click.echo(f"- {gap.name.id}: {gap.reason.id}")
    click.echo(f"Jurnal: baris 1 sampai {proof.head.seq}, kepala {proof.head.noted}")
    if not proof.is_whole:
        raise click.ClickException(f"Jurnal putus pada baris {proof.broken_at}. / Broken there.")
    if not found.is_same:
        hint = " Data contoh tidak berjurnal." if found.is_made_up else ""
        raise click.ClickException(f"Laporan tidak sama dengan jurnal. / They differ.{hint}")
    click.echo("Laporan sama dengan jurnal. / They agree.")


def _period(text: str) -> "Period":
    from appliance.reports.periods import parse

    period = parse(text)
    if period is None:
        raise click.BadParameter(
            "tulis 2026-11-05, 2026-11, 2026-Q4 atau 2026", param_hint="PERIOD"
        )
    return period


def _plain(report: "Report") -> dict[str, Any]:
    """The figures by their keys, and every table with its heads and rows, in Indonesian."""
    from appliance.reports.spreadsheet import plain

    return {
        "period": report.period.text,
        "is_running": report.is_running,
        "figures": {one.key: plain(one.value) for one in report.figures},
        "before": {one.key: plain(one.before) for one in report.figures},
        "tables": {
            key: {
                "columns": [column.name.id for column in table.columns],
                "rows": [[plain(cell) for cell in row] for row in table.rows],
            }
            for key, table in report.tables.items()
        },
    }
