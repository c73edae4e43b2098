"""How new settings of the portal come into force: with a process that begins anew.

An office never changes while a process runs, so that a day is judged by one promise. A process
that began with older settings ends before the room opens or once it has closed for the day, and
whoever watches over it starts it again at once. Doors know nothing of these settings, so their
process stays.
"""

import os
import signal
import threading
from collections.abc import Callable

import apsw
import peewee

from appliance.core import Core
from appliance.portal_settings import book
from appliance.runtime.logs import get_logger

LOOK_S = 60.0
log = get_logger("process")


def is_outdated(core: Core) -> bool:
    """Whether the portal's settings are newer than this process's, and no day is under way."""
    if not core.settings.portal or book.state()[0] == core.portal_settings:
        return False
    return not _has_begun_today(core)


def _has_begun_today(core: Core) -> bool:
    """Whether the room has opened today and is yet to close; a break does not end the day."""
    now, hours = core.clock.now(), core.office.opening
    date = now.astimezone(core.office.zone).date()
    opens, closes = hours.opens(date), hours.closes(date)
    return opens is not None and closes is not None and opens <= now < closes


def ends_when_outdated(
    core: Core,
    step: Callable[[], None],
    end: Callable[[], None],
    *,
    is_busy: Callable[[], bool] = lambda: False,
) -> Callable[[], None]:
    """The step of a loop, which ends it after the last one that older settings may have."""

    def look() -> None:
        step()
        if is_outdated(core) and not is_busy():
            end()

    return look


def end_when_outdated(core: Core, stopping: threading.Event) -> threading.Thread:
    """The same for a process without such a loop: looks now and then, until it stops."""

    def look() -> None:
        while not stopping.wait(LOOK_S):
            if _is_known_outdated(core):
                os.kill(os.getpid(), signal.SIGTERM)
                return

    thread = threading.Thread(target=look, name="renewal", daemon=True)
    thread.start()
    return thread


def _is_known_outdated(core: Core) -> bool:
    """No process ends because this cannot be asked: whoever needs the database will say so."""
    try:
        return is_outdated(core)
    except (apsw.Error, peewee.PeeweeException) as error:
        log.warning("it cannot be told whether there are newer settings", exc_info=error)
        return False
    finally:
        core.database.close()  # this thread's connection would only take memory
