"""The demonstration: the whole appliance on one machine, with simulated devices."""

from pathlib import Path

import click


@click.command()
@click.option(
    "--data",
    type=click.Path(path_type=Path, file_okay=False),
    envvar="RUANGBACA_DATA",
    help="Folder data; baku ~/.local/share/ruangbaca-demo/KANTOR. / The data folder.",
)
@click.option(
    "--listen",
    default="0.0.0.0:8080",
    show_default=True,
    metavar="HOST:PORT",
    help="Alamat layanan; porta 0 memilih yang bebas. / Address; port 0 picks a free one.",
)
@click.option(
    "--office",
    envvar="RUANGBACA_OFFICE",
    metavar="NAME",
    help="Kantor: pasaman atau dharmasraya; baku pasaman. / Office; default pasaman.",
)
def demo(data: Path | None, listen: str, office: str | None) -> None:
    """Peragaan dengan alat tiruan / Run on simulated devices.

    Berhenti dengan Ctrl-C. / Ctrl-C ends it.

    Petugas dan kata sandinya / Staff and their passwords: petugas petugas-demo,
    operator operator-demo, admin admin-demo.
    """
    from appliance.demo.supervisor import run_demo

    host, port = _address(listen)
    run_demo(data, host, port, office)


def _address(text: str) -> tuple[str, int]:
    host, colon, port = text.rpartition(":")
    host = host.removeprefix("[").removesuffix("]")
    if not colon or not host or not port.isdigit() or int(port) > 65535:
        raise click.BadParameter("tulis HOST:PORT, misalnya 0.0.0.0:8080", param_hint="--listen")
    return host, int(port)
