"""The journal, proved from the keyboard."""

from contextlib import closing

import click


@click.group()
def journal() -> None:
    """Jurnal / The journal."""


@journal.command()
@click.option(
    "--noted",
    default="",
    metavar="N:LINK",
    help="Kepala rantai yang pernah dicatat. / A head of the chain noted earlier.",
)
def verify(noted: str) -> None:
    """Periksa seluruh rantai / Prove the whole chain.

    Sebutkan jumlah baris dan kepala rantai untuk dicatat di kertas. Kode 1 bila putus atau bukan
    rantai yang dicatat. / Prints how many lines there are and the head, to be noted on paper.
    Exit code 1 when it is broken, or not the chain that was noted.
    """
    from appliance.config import load_settings
    from appliance.core import open_present_core
    from appliance.errors import Invalid
    from appliance.journal.proof import noted as parse

    try:
        known = parse(noted) if noted else None
    except Invalid as invalid:
        raise click.BadParameter(invalid.problems["noted"], param_hint="--noted") from None
    with closing(open_present_core(load_settings())) as core:
        proof = core.journal.prove(known)
    click.echo(f"Baris: {proof.head.seq}. / Lines that fit.")
    click.echo(f"Kepala: {proof.head.noted}")
    click.echo(f"Waktu: {proof.took_s:.1f} s")
    if proof.broken_at is not None:
        raise click.ClickException(f"Jurnal putus pada baris {proof.broken_at}. / Broken there.")
    if proof.is_as_noted is False:
        raise click.ClickException("Bukan rantai yang dicatat. / Not the chain that was noted.")
    click.echo("Jurnal utuh. / The journal is whole.")
