"""Shared fixtures: the real services over a real SQLite file, with a clock that stands still."""

import json
import os
import shutil
from collections.abc import Iterator, Mapping
from pathlib import Path

import hypothesis
import msgspec
import pytest

from appliance.bootstrap import Core, build_services, open_core
from appliance.config import Settings
from appliance.documents.scan_files import ScanFiles
from appliance.documents.scan_pages import ScanPages
from appliance.hub import event_kinds
from appliance.runtime.wakeup import WakeSocket
from appliance.services import Services
from appliance.staff import passwords
from appliance.storage import ballast
from appliance.storage.database import FILE_NAME, migrate, open_database
from appliance.sync.privacy import Privacy, is_personal
from tests.browser import chromium
from tests.fakes import FakeClock
from tests.warm_flask import warm_flask

__all__ = ["chromium", "warm_flask"]

# A busy machine is not a slow product: speed is measured by the benches, never by a test.
hypothesis.settings.register_profile("ruangbaca", deadline=None)
hypothesis.settings.load_profile("ruangbaca")


@pytest.fixture(scope="session", autouse=True)
def environment_of_the_product() -> None:
    """Take out the words for the tests themselves, which are no settings of the product."""
    for word in (
        "RUANGBACA_KERNEL_TESTS",
        "RUANGBACA_UML_CACHE",
        "RUANGBACA_PDF_MUTANTS",
        "RUANGBACA_RATING_SETS",
    ):
        os.environ.pop(word, None)


@pytest.fixture(autouse=True)
def no_ballast(monkeypatch: pytest.MonkeyPatch) -> None:
    """Thousands of data folders with eight megabytes each would fill the disk."""
    monkeypatch.setattr(ballast, "AMPLE_BYTES", 1 << 62)


@pytest.fixture(autouse=True)
def cheap_passwords(monkeypatch: pytest.MonkeyPatch) -> None:
    """The same argon2id without its cost, which hundreds of sign-ins would pay."""
    monkeypatch.setattr(passwords, "MEMORY_KIB", 8)
    monkeypatch.setattr(passwords, "PASSES", 1)


@pytest.fixture(autouse=True)
def hub_takes_every_event(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever a test lets happen, the hub must not have to keep its event aside."""
    leaving = Privacy.leaving

    def fits(self: Privacy, name: str, data: Mapping[str, object]) -> dict[str, object]:
        found = leaving(self, name, data)
        problem = event_kinds.problem(name, msgspec.Raw(json.dumps(found).encode()))
        assert problem in ("", "unknown kind"), f"{name} at the hub: {problem}"
        return found

    monkeypatch.setattr(Privacy, "leaving", fits)


@pytest.fixture(autouse=True)
def every_field_leaves(monkeypatch: pytest.MonkeyPatch, hub_takes_every_event: None) -> None:
    """What our own code tells of must look like a category; an office's words may not."""
    leaving = Privacy.leaving

    def whole(self: Privacy, name: str, data: Mapping[str, object]) -> dict[str, object]:
        found = leaving(self, name, data)
        stayed = {field for field in data if not is_personal(field)} - set(found)
        assert not stayed, f"{name} was told without {stayed}"
        return found

    monkeypatch.setattr(Privacy, "leaving", whole)


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture(params=["pasaman"])
def office_name(request: pytest.FixtureRequest) -> str:
    """Parametrise indirectly with both offices where their rules differ."""
    return str(request.param)


@pytest.fixture
def settings(tmp_path: Path, office_name: str) -> Settings:
    return Settings(data=str(tmp_path / "data"), office=office_name, port=0, announce=False)


@pytest.fixture(scope="session")
def empty_database(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The newest schema without a row, made by the migrations once instead of for every test."""
    path = tmp_path_factory.mktemp("empty") / FILE_NAME
    database = open_database(path)
    migrate(database)
    database.close()
    return path


@pytest.fixture
def core(settings: Settings, clock: FakeClock, empty_database: Path) -> Iterator[Core]:
    settings.data_dir.mkdir(parents=True)
    shutil.copyfile(empty_database, settings.data_dir / FILE_NAME)
    opened = open_core(settings, clock=clock)
    yield opened
    opened.close()


@pytest.fixture
def services(core: Core) -> Services:
    return build_services(core)


@pytest.fixture
def scan_pages(services: Services) -> ScanPages:
    return services.scan_pages


@pytest.fixture
def scan_files(services: Services) -> ScanFiles:
    return services.scan_files


@pytest.fixture
def listening(core: Core) -> Iterator[WakeSocket]:
    """Somebody hears the wake-ups, as a running lockers process would."""
    wake = WakeSocket(core.settings.run_dir, "lockers")
    yield wake
    wake.close()


@pytest.fixture
def attended(core: Core) -> Iterator[WakeSocket]:
    """The same for the documents process: somebody is at the scanner, although nobody acts."""
    wake = WakeSocket(core.settings.run_dir, "documents")
    yield wake
    wake.close()
