"""How long reports of a busy office take: ``python -m tests.bench.bench_report``.

The figure is that of the issue: the report of a month with 12,000 visits, as the screen asks for
it, within two seconds; and the year around it. CPU time of the whole process counts, since others
may be using the machine. ``--screen`` also renders the page.
"""

import argparse
import datetime as dt
import statistics
import tempfile
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

from appliance.actor import SYSTEM
from appliance.bootstrap import build_services, open_core
from appliance.config import Settings
from appliance.reports import periods
from appliance.reports.periods import Span
from appliance.reports.service import Format
from appliance.services import Services
from tests import report_kit as kit

MONTH_BUDGET_S, ROUNDS = 2.0, 5
PASSWORD = "kuda-laut-biru-27"


def timed(what: Callable[[], object]) -> tuple[float, float]:
    """Median CPU and wall seconds of some rounds, after a first one that is not counted."""
    what()
    cpu, wall = [], []
    for _ in range(ROUNDS):
        began = (time.process_time(), time.perf_counter())
        what()
        cpu.append(time.process_time() - began[0])
        wall.append(time.perf_counter() - began[1])
    return statistics.median(cpu), statistics.median(wall)


def say(name: str, took: tuple[float, float]) -> None:
    print(f"  {name:34} {took[0]:6.3f} s CPU  {took[1]:6.3f} s", flush=True)


def page_of(services: Services, settings: Settings, text: str) -> Callable[[], object]:
    """What renders the page of this period, signed in as an officer."""
    from web.app import create_app
    from web.sessions import STAFF_COOKIE

    app = create_app(services, settings)
    services.staff.add("rina", "Rina", "officer", PASSWORD, by=SYSTEM)
    browser = app.test_client()
    browser.set_cookie(STAFF_COOKIE, services.staff.login("rina", PASSWORD, client="127.0.0.1"))

    def show() -> None:
        page = browser.get(f"/staff/reports?period={text}")
        assert page.status_code == 200, page.status

    return show


def main() -> int:
    """Print every figure; 1 when the month is over its budget."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--month", type=int, default=12_000, help="visits of the month")
    parser.add_argument("--other", type=int, default=24_000, help="visits of the other months")
    parser.add_argument("--screen", action="store_true", help="render the page, too")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        settings = Settings(data=str(Path(folder) / "data"), port=0, announce=False)
        settings.data_dir.mkdir()
        with closing(open_core(settings)) as core:
            kit.write_past(core, dt.date(2026, 1, 1), dt.date(2026, 11, 1), options.other)
            kit.write_past(core, dt.date(2026, 11, 1), dt.date(2026, 12, 1), options.month, 2)
            services = build_services(core)
            day = dt.date(2026, 11, 1)
            month, year = (periods.containing(day, s) for s in (Span.MONTH, Span.YEAR))
            report = services.reports.report(month)
            print(f"{report.figure('visits').value} visits counted in the month", flush=True)
            took = timed(lambda: services.reports.report(month))
            say("month", took)
            say("year", timed(lambda: services.reports.report(year)))
            for form in Format:
                say(
                    f"month as {form}",
                    timed(
                        lambda form=form: services.reports.export(
                            month, form, by=SYSTEM
                        ).file.close()
                    ),
                )
            if options.screen:
                took = timed(page_of(services, settings, "2026-11"))
                say("month on the screen", took)
    holds = took[0] <= MONTH_BUDGET_S
    print(f"budget {MONTH_BUDGET_S} s: {'ok' if holds else 'OVER'}")
    return 0 if holds else 1


if __name__ == "__main__":
    raise SystemExit(main())
