"""What the code imports is what the lock installs."""

import ast
import re
import sys
from collections.abc import Iterator
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest

from tests.architecture.source import PACKAGES, ROOT, name, tracked

OURS = {*PACKAGES, "tests"}


def locked(lock: str) -> set[str]:
    text = (ROOT / "requirements" / f"{lock}.txt").read_text()
    return {normal(found) for found in re.findall(r"^([A-Za-z0-9._-]+)==", text, re.M)}


def normal(distribution: str) -> str:
    return re.sub(r"[-_.]+", "-", distribution).lower()


def foreign_imports(path: Path) -> Iterator[str]:
    """Top-level names that a file imports and that neither Python nor we provide."""
    for node in ast.walk(ast.parse(path.read_text())):
        modules: list[str] = []
        if isinstance(node, ast.Import):
            modules = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            modules = [node.module]
        for module in modules:
            top = module.partition(".")[0]
            if top not in sys.stdlib_module_names and top not in OURS:
                yield top


def unlocked(folders: tuple[str, ...], lock: set[str]) -> set[str]:
    homes = packages_distributions()
    return {
        f"{name(path)} imports {module}"
        for path in tracked(".py")
        if name(path).startswith(folders)
        for module in foreign_imports(path)
        if not {normal(home) for home in homes.get(module, [module])} & lock
    }


def test_the_product_imports_only_what_runtime_txt_installs() -> None:
    packages = tuple(f"{package}/" for package in PACKAGES)
    assert {
        found
        for found in unlocked(packages, locked("runtime"))
        if not found.startswith("appliance/hub/")
    } == set()


def test_the_hub_imports_only_what_its_lock_adds() -> None:
    assert unlocked(("appliance/hub/",), locked("runtime") | locked("hub")) == set()


def test_the_tests_import_only_what_is_locked() -> None:
    # What a bench compares us with, and does without where it is missing.
    peers = (ROOT / "tests" / "bench" / "requirements-peers.txt").read_text().splitlines()
    assert unlocked(("tests/",), locked("runtime") | locked("tests") | set(peers)) == set()


@pytest.mark.parametrize("lock", ["runtime", "hub", "tests", "assets", "build"])
def test_every_wish_is_in_its_lock(lock: str) -> None:
    wishes = (ROOT / "requirements" / f"{lock}.in").read_text()
    wanted = {normal(found) for found in re.findall(r"^([A-Za-z0-9][A-Za-z0-9._-]*)", wishes, re.M)}

    assert wanted - locked(lock) == set()


@pytest.mark.parametrize("lock", ["hub", "tests"])
def test_locks_agree_on_what_they_share(lock: str) -> None:
    def pins(lock: str) -> dict[str, str]:
        text = (ROOT / "requirements" / f"{lock}.txt").read_text()
        return dict(re.findall(r"^([A-Za-z0-9._-]+)==(\S+)", text, re.M))

    runtime, other = pins("runtime"), pins(lock)

    assert {dist for dist in runtime.keys() & other.keys() if runtime[dist] != other[dist]} == set()
