"""Many visitors of several processes want a locker at once; 10,000 of them are a bench."""

from pathlib import Path

import pytest

from tests.bench.bench_claims import claim_all

pytestmark = pytest.mark.slow


def test_no_door_is_booked_twice(tmp_path: Path) -> None:
    found = claim_all(tmp_path / "data", doors=3, processes=2, threads=4, claims=120)

    assert found.claims == 120
    assert found.given
    assert found.refused, "three doors were enough for eight: nothing was fought over"
    assert found.double == 0
    assert found.problems == {}
