"""The portal from the keyboard: enrol, how we stand, send now."""

from contextlib import closing
from typing import TYPE_CHECKING

import click

from appliance.commands.processes import sync

if TYPE_CHECKING:
    import datetime as dt

    from appliance.core import Core
    from appliance.sync.desk import PortalDesk, PortalReport
    from appliance.sync.status import SyncReport

__all__ = ["sync"]


@sync.command()
@click.argument("code", required=False)
def enrol(code: str | None) -> None:
    """Daftarkan peranti dengan CODE / Enrol by a claim code.

    Tanpa CODE, kode ditanyakan. Kode disimpan sampai portal terjangkau. / Without CODE it is
    asked for. The code is kept until the portal can be reached.
    """
    from appliance.actor import SYSTEM
    from appliance.config import load_settings
    from appliance.core import open_present_core

    code = code or click.prompt("Kode pendaftaran / claim code")
    with closing(open_present_core(load_settings())) as core:
        _desk(core).enrol(code, by=SYSTEM)
        click.echo("Kode disimpan dan dikirim ke portal. / The code is kept, and sent.")
        _say_when_nobody_listens(core)


@sync.command()
def now() -> None:
    """Kirim sekarang juga / Send without waiting."""
    from appliance.actor import SYSTEM
    from appliance.config import load_settings
    from appliance.core import open_present_core

    with closing(open_present_core(load_settings())) as core:
        _desk(core).send_now(by=SYSTEM)
        click.echo("Pengiriman diminta. / Asked for.")
        _say_when_nobody_listens(core)


@sync.command()
def status() -> None:
    """Apa yang menunggu, dan sebabnya / What waits, and why."""
    from appliance.config import load_settings
    from appliance.core import open_present_core
    from appliance.sync.status import SyncStatus

    with closing(open_present_core(load_settings())) as core:
        report = SyncStatus(core.outbox, core.clock, core.settings.portal).report()
        for line in _lines(report, _desk(core).report()):
            click.echo(line)
        _say_when_nobody_listens(core)


def _desk(core: "Core") -> "PortalDesk":
    from appliance.sync.desk import PortalDesk
    from appliance.upstream import build_enrolment

    return PortalDesk(
        writer=core.writer,
        clock=core.clock,
        notes=core.recorder,
        waker=core.waker,
        enrolment=build_enrolment(core),
    )


def _lines(report: "SyncReport", portal: "PortalReport") -> list[str]:
    standing, papers = portal.standing, portal.papers
    aside = sum(not one.is_held for one in portal.stuck)
    lines = [
        f"Portal: {report.portal or 'belum diatur / none set'}",
        f"Terdaftar untuk / enrolled for: {papers.office if papers.is_enrolled else '-'}",
        f"Keadaan / state: {standing.state}. {standing.sentence}",
        standing.advice,
        f"Rincian / detail: {standing.detail}" if standing.detail else "",
        f"Pendaftaran / enrolment: {papers.problem}" if papers.problem else "",
        f"Menunggu / waiting: {report.waiting}; yang tertua / oldest: {_day(portal.oldest_at)}",
        f"Tertahan di sini / held here: {report.held}",
        f"Disisihkan portal / kept aside there: {aside}",
        f"Terakhir terkirim / last sent: {_day(standing.sent_at)}",
    ]
    if standing.problem and standing.next_at:
        lines.append(f"Dicoba lagi / tried again: {_day(standing.next_at)}")
    if report.broken_at is not None:
        lines.append(f"Rantai putus pada / chain broken at: {report.broken_at}")
    return [line for line in lines if line]


def _day(moment: "dt.datetime | None") -> str:
    return moment.astimezone().strftime("%Y-%m-%d %H:%M") if moment else "-"


def _say_when_nobody_listens(core: "Core") -> None:
    if not core.waker.is_listening("sync"):
        click.echo("Proses sync tidak berjalan. / The sync process does not run.", err=True)
