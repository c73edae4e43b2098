"""Lets one test file be collected on this machine and run in the guest.

On this machine every test of this folder becomes a `GuestTest`. The first one of a file boots the
guest, which runs pytest over all selected tests of that file; each then fails or passes as the
guest said. In the guest the same tests run as they stand, and their results leave by the console.
"""

import json
import os
import sys
import tempfile
from pathlib import Path
from typing import Any

import pytest

from tests.hardware.kernel import image
from tests.hardware.kernel.machine import CHECKOUT, GuestFailed, run_in_guest

FILE_LIMIT_S = 280.0
"""All tests of one file, on a machine that does other things too."""
RESULT = "guest-result: "
GUEST_WORD = "IN_GUEST_KERNEL"

RESULTS: pytest.StashKey[dict[str, dict[str, str]]] = pytest.StashKey()


def is_guest() -> bool:
    """Whether this pytest runs in the guest."""
    return GUEST_WORD in os.environ


class GuestTest(pytest.Item):
    """One test of this folder, seen from this machine."""

    def runtest(self) -> None:
        """Take the guest's word for it."""
        results = self.config.stash.setdefault(RESULTS, {})
        if self.nodeid not in results:
            kernel = image.find()
            if kernel is None:
                pytest.skip(image.how_to_get())
            systemd = self.get_closest_marker("under_systemd") is not None
            if systemd and (problem := image.without_systemd()):
                pytest.skip(problem)
            results.update(_run_file(kernel, _tests_of(self.session, self.path), systemd))
        result = results[self.nodeid]
        if result["outcome"] == "skipped":
            pytest.skip(result["text"])
        if result["outcome"] != "passed":
            pytest.fail(f"in the guest:\n{result['text']}", pytrace=False)

    def reportinfo(self) -> tuple[Path, int, str]:
        """Name the file for the report; the line is found in the guest's own text."""
        return self.path, 0, self.name


def as_guest_test(item: pytest.Item) -> pytest.Item:
    """The same test, to be run in the guest; itself when it boots guests of its own."""
    if item.get_closest_marker("boots"):
        item.add_marker(pytest.mark.kernel)
        return item
    assert item.parent is not None
    twin = GuestTest.from_parent(item.parent, name=item.name, nodeid=item.nodeid)
    twin.own_markers.extend(item.own_markers)
    twin.add_marker(pytest.mark.kernel)
    return twin


def say(report: pytest.TestReport) -> None:
    """Send one result out of the guest."""
    if report.when != "call" and report.outcome == "passed":
        return
    text = report.longrepr[2] if isinstance(report.longrepr, tuple) else report.longreprtext
    written = "\n".join([text, *(section for _, section in report.sections)])[-8000:]
    result = {"test": report.nodeid, "outcome": report.outcome, "text": written.strip()}
    # The console is the kernel's too: a line of ours begins on a line of its own.
    print(f"\n{RESULT}{json.dumps(result)}", file=sys.__stdout__, flush=True)


def _tests_of(session: pytest.Session, path: Path) -> list[str]:
    return [item.nodeid for item in session.items if item.path == path]


def _run_file(kernel: Path, tests: list[str], systemd: bool) -> dict[str, dict[str, str]]:
    with tempfile.NamedTemporaryFile("w", suffix=".py") as program:
        program.write(_program(tests))
        program.flush()
        problem = "no result came out of the guest"
        try:
            place = Path(program.name)
            lines = run_in_guest(kernel, place, timeout_s=FILE_LIMIT_S, systemd=systemd)
        except GuestFailed as failed:
            problem, lines = str(failed), failed.lines
    found: dict[str, dict[str, str]] = {}
    for line in lines:
        if line.startswith(RESULT):
            result = json.loads(line.removeprefix(RESULT))
            # A failure at the end of a fixture counts more than the test that passed before it.
            if found.setdefault(result["test"], result)["outcome"] == "passed":
                found[result["test"]] = result
    said = [line for line in lines if not line.startswith(RESULT)]
    unheard = "\n".join([problem, *said[-40:]])
    return {test: found.get(test, {"outcome": "failed", "text": unheard}) for test in tests}


def _program(tests: list[str]) -> str:
    """Pytest without the plugins and settings of the other tests, which cost seconds in there."""
    words = ["-q", "-c", "/dev/null", f"--rootdir={CHECKOUT}", "--import-mode=importlib"]
    words += [f"--confcutdir={Path(__file__).parent}", "--basetemp=/run/tests", "-W", "error"]
    words += ["-p", "no:cacheprovider", "--no-header", "--no-summary", "--color=no"]
    tests = [f"{CHECKOUT}/{test}" for test in tests]
    environment: dict[str, Any] = {GUEST_WORD: "1", "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}
    return (
        f"import os, sys\nos.environ.update({environment!r})\n"
        f"sys.path.insert(0, {str(CHECKOUT)!r})\nimport pytest\n"
        f"sys.exit(pytest.main({[*words, *tests]!r}))\n"
    )


def build_if_wanted() -> str:
    """With the flag set, build the kernel; return what to tell the person, empty for nothing."""
    if image.wanted() in ("", "0") or image.find() is not None:
        return ""
    problem = image.build()
    return f"the test kernel could not be built: {problem}" if problem else ""
