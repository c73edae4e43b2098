"""The command `ruangbaca`: every process and every task of a person at the keyboard."""

import os
import sys
import traceback
from collections.abc import Sequence
from pathlib import Path

import click

from appliance import __version__
from appliance.commands.catalogue import catalogue
from appliance.commands.closing import closing
from appliance.commands.config import config
from appliance.commands.demo import demo
from appliance.commands.doctor import doctor
from appliance.commands.hub_sealed import hub
from appliance.commands.journal import journal
from appliance.commands.lockers import lockers
from appliance.commands.portal import sync
from appliance.commands.processes import documents, web
from appliance.commands.report import report
from appliance.commands.storage import backup, maintain, restore
from appliance.commands.user import user
from appliance.errors import Invalid, RuangBacaError

FAILED, MISUSED = 1, 2


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.option(
    "--config",
    "config_file",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Berkas setelan; baku /etc/ruangbaca/ruangbaca.toml. / The settings file.",
)
@click.option("--with-parent", type=int, hidden=True, help="End when this process ends.")
@click.version_option(
    __version__, prog_name="ruangbaca", help="Sebutkan versinya. / Show the version."
)
def ruangbaca(config_file: Path | None, with_parent: int | None) -> None:
    """Ruang Baca: peranti ruang baca kantor BPS / The reading-room appliance."""
    if config_file is not None:
        os.environ["RUANGBACA_CONFIG"] = str(config_file)
    if with_parent is not None:
        from appliance.runtime.parent import end_with

        end_with(with_parent)


for _command in (
    *(web, lockers, documents, sync),
    *(demo, doctor, config, user, catalogue, report, journal),
    *(backup, restore, maintain),
    *(closing, hub),
):
    ruangbaca.add_command(_command)


def run(arguments: Sequence[str]) -> int:
    """Run one command line; returns its exit code, and says in one line what went wrong.

    0 means done, 1 that it could not be done, 2 that the command line itself is wrong.
    """
    try:
        code = ruangbaca.main(list(arguments), prog_name="ruangbaca", standalone_mode=False)
    except click.UsageError as error:
        command = error.ctx.command_path if error.ctx else "ruangbaca"
        return _say(f"{error.format_message()} (lihat: {command} --help)", MISUSED)
    except click.ClickException as error:
        return _say(error.format_message(), FAILED)
    except (click.Abort, KeyboardInterrupt):
        return _say("Dihentikan. / Stopped.", FAILED)
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return FAILED
    except Invalid as invalid:
        return _say(" ".join(invalid.problems.values()) or str(invalid), FAILED)
    except RuangBacaError as error:
        return _say(str(error), FAILED)
    except OSError as error:  # devices, ports and files: their message is the one line
        return _say(str(error), FAILED)
    except Exception as error:  # noqa: BLE001 - the last frame: a person gets a line, not a trace
        from appliance.runtime.logs import where

        if os.environ.get("RUANGBACA_LOG_LEVEL") == "debug":
            traceback.print_exc()
        return _say(f"Galat tak terduga. / Unexpected error: {where(error)}", FAILED)
    return code if isinstance(code, int) else 0


def main() -> None:
    """Entry point of the installed command."""
    os.umask(0o077)  # whatever is written holds visits, or the keys to them
    sys.exit(run(sys.argv[1:]))


def _say(message: str, code: int) -> int:
    click.echo(f"ruangbaca: {' '.join(message.split())}", err=True)
    return code


if __name__ == "__main__":
    main()
