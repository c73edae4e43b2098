"""`ruangbaca catalogue pull` as a person types it, against a source on this machine."""

import pytest

from tests.mirror_kit import numbered
from tests.running_demo import run
from tests.webapi_server import KEY, running, status


@pytest.fixture
def source():
    with running() as server:
        server.put("publication", numbered(12))
        yield server


def pull(tmp_path, source, *words):
    key = tmp_path / "key"
    if not key.exists():
        key.write_text(KEY)
        key.chmod(0o400)
    done = run(
        *("catalogue", "pull", *words),
        RUANGBACA_DATA=str(tmp_path / "data"),
        RUANGBACA_CATALOGUE_SOURCE__URL=source.url,
        RUANGBACA_CATALOGUE_SOURCE__KEY_FILE=str(key),
        RUANGBACA_CATALOGUE_SOURCE__DOMAINS='["1309"]',
        RUANGBACA_CATALOGUE_SOURCE__REQUESTS_PER_S="10",
        RUANGBACA_CATALOGUE_SOURCE__MODELS='["publication"]',
        RUANGBACA_CATALOGUE_SOURCE__PDF_MB="0",
        RUANGBACA_CATALOGUE_SOURCE__COVER_MB="0",
    )
    assert KEY not in done.stdout + done.stderr
    return done.returncode, done.stdout, done.stderr


def test_a_pull_says_how_far_it_is_and_how_it_ended(tmp_path, source):
    code, said, errors = pull(tmp_path, source)

    assert (code, errors) == (0, "")
    assert "publication 1309 ind: 2/2 (12) lengkap" in said
    assert said.splitlines()[-1] == "Selesai: 12 rekaman. / Done: 12 records."


def test_what_goes_wrong_is_one_line(tmp_path, source):
    source.faults.append(status(401))
    code, _said, errors = pull(tmp_path, source)
    assert code == 1
    assert errors.splitlines()[-1].startswith("ruangbaca: Kunci WebAPI ditolak.")

    assert pull(tmp_path, source, "everything")[0] == 2
    done = run("catalogue", "pull", RUANGBACA_DATA=str(tmp_path / "other"))
    assert done.returncode == 1
    assert "key_file" in done.stderr
