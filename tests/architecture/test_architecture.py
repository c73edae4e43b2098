"""House rules that no reviewer should have to remember."""

import re
import subprocess
import sys
import tomllib
from pathlib import Path

from tests.architecture.source import PACKAGES, ROOT, name, tracked
from web import language

MAX_LINES = 400
MAX_OWN_SCRIPT_BYTES = 4096
LONGEST_HUMAN_LINE = 500
VAGUE_NAMES = {"utils.py", "util.py", "helpers.py", "common.py", "manager.py", "misc.py"}


def test_import_contracts_are_kept() -> None:
    lint_imports = Path(sys.executable).with_name("lint-imports")

    done = subprocess.run([lint_imports], cwd=ROOT, capture_output=True, text=True, check=False)

    assert done.returncode == 0, done.stdout + done.stderr


def test_every_module_of_rules_is_held_to_be_pure() -> None:
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]
    held = [set(c["source_modules"]) for c in contracts["contracts"] if "pure" in c["name"]]
    rules = {
        name(path).removesuffix(".py").replace("/", ".")
        for path in tracked(".py")
        if path.name.endswith("_rules.py") and not name(path).startswith("tests/")
    }

    assert rules, "no rules found: this test looks in the wrong place"
    assert [rules - modules for modules in held] == [set(), set()]


def test_no_python_file_is_longer_than_the_cap() -> None:
    lengths = {name(path): len(path.read_text().splitlines()) for path in tracked(".py")}

    assert lengths, "no Python file found: this test looks in the wrong place"
    assert {path: lines for path, lines in lengths.items() if lines > MAX_LINES} == {}


def test_no_module_has_a_name_that_could_hold_anything() -> None:
    assert [name(path) for path in tracked(".py") if path.name in VAGUE_NAMES] == []


def test_no_generated_or_foreign_browser_file_is_committed() -> None:
    browser_files = tracked(".js", ".css", ".map")

    minified = [name(path) for path in browser_files if ".min." in path.name]
    long_lines = [
        name(path)
        for path in browser_files
        if max(map(len, path.read_text().splitlines()), default=0) > LONGEST_HUMAN_LINE
    ]

    assert minified == []
    assert long_lines == []


def test_own_javascript_stays_small() -> None:
    scripts = [path for path in tracked(".js") if name(path).startswith("web/static/")]

    assert sum(path.stat().st_size for path in scripts) < MAX_OWN_SCRIPT_BYTES


def test_no_two_cookies_share_a_name() -> None:
    given = [
        found
        for path in tracked(".py")
        if name(path).startswith("web/")
        for found in re.findall(r'COOKIE = "(\w+)"', path.read_text(encoding="utf-8"))
    ]
    assert len(given) > 5
    assert sorted(given) == sorted(set(given))
    assert all(one.startswith("rb_") for one in given if one != language.COOKIE)


def test_templates_are_never_built_from_strings() -> None:
    own = [path for path in tracked(".py") if name(path).startswith(PACKAGES)]

    assert [name(path) for path in own if "render_template_string" in path.read_text()] == []


def test_no_machine_or_registry_address_is_committed() -> None:
    locks = tracked(".txt", ".in", ".toml", ".lock")

    addresses = re.compile(r"(https?://|file://|--index-url|--extra-index-url|--find-links)")
    found = {
        name(path): addresses.findall(path.read_text())
        for path in locks
        if name(path).startswith("requirements/")
    }

    assert found, "no lock file found: this test looks in the wrong place"
    assert {path: hits for path, hits in found.items() if hits} == {}


def test_every_locked_package_has_a_hash() -> None:
    for lock in (ROOT / "requirements").glob("*.txt"):
        pins = re.findall(r"^[a-zA-Z0-9._-]+==.*?(?=^\S|\Z)", lock.read_text(), re.M | re.S)

        assert pins, f"{lock.name} is empty"
        assert [pin.split()[0] for pin in pins if "--hash=sha256:" not in pin] == []


def test_the_map_of_a_package_names_every_module_of_it() -> None:
    for package in ("documents", "page_images", "watermarks"):
        folder = ROOT / "appliance" / package
        words = set(re.findall(r"\w+", (folder / "__init__.py").read_text()))
        modules = {path.stem for path in tracked(".py") if path.parent == folder} - {"__init__"}

        assert modules - words == set(), package
