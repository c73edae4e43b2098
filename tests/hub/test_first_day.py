"""A device's first day as real processes: a code on the card, and nobody touches it again."""

import json
import os
import sqlite3
import subprocess
import sys
from contextlib import closing

import pytest

from appliance.actor import SYSTEM
from appliance.config import Settings
from appliance.core import open_core
from appliance.hub.catalogue import CatalogueStore, Item
from appliance.hub.offices import Offices
from appliance.storage.database import FILE_NAME
from tests.running_demo import clean_environment, wait_until

LIMIT_S = 60


@pytest.fixture
def folder(tmp_path, hub):
    """A data folder with three events, and a card with a claim code in `enrol.json`."""
    with closing(open_core(Settings(data=str(tmp_path / "data")))) as core:
        data = {"locker": 1, "end_reason": "visitor"}
        for _ in range(3):
            core.writer.run(
                lambda: core.recorder.fact("locker.released", "locker/1", data, by=SYSTEM)
            )
    offices = Offices(hub.database)
    offices.add("pasaman", "BPS Kabupaten Pasaman", province="Sumatera Barat")
    code = offices.issue("pasaman").code
    (tmp_path / "enrol.json").write_text(json.dumps({"code": code, "portal": hub.url}))
    return tmp_path


def test_a_code_on_the_card_brings_records_up_and_the_catalogue_down(folder, hub) -> None:
    CatalogueStore(hub.database).put([Item("p1", {"title": "Pasaman Dalam Angka"})], hub.keys)
    settings = {
        "RUANGBACA_DATA": str(folder / "data"),
        "RUANGBACA_PORTAL": hub.url,
        "RUANGBACA_PORTAL_ENROL_FILE": str(folder / "enrol.json"),
    }
    process = subprocess.Popen(
        [sys.executable, "-m", "appliance", "sync"],
        env=clean_environment() | settings,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        # And the fourth: what time it was, by the network here or else by the hub.
        wait_until(lambda: len(hub.stored()) == 4, LIMIT_S)
        wait_until(lambda: titles(folder) == ["Pasaman Dalam Angka"], LIMIT_S)
    finally:
        process.terminate()
        process.wait(LIMIT_S)

    assert process.returncode == 0
    assert not os.path.lexists(folder / "enrol.json")


def titles(folder) -> list[str]:
    with closing(sqlite3.connect(folder / "data" / FILE_NAME)) as database:
        return [row[0] for row in database.execute("SELECT title FROM publication")]
