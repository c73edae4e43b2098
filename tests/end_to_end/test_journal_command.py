"""`ruangbaca journal verify` as a person types it."""

from pathlib import Path

import apsw

from appliance.storage.database import FILE_NAME
from tests.running_demo import run

PASSWORD = "kuda-laut-biru-27\n"


def verify(folder: Path, *words: str) -> tuple[int, str, str]:
    done = run("journal", "verify", *words, RUANGBACA_DATA=str(folder))
    assert "Traceback" not in done.stderr
    return done.returncode, done.stdout, done.stderr


def test_the_journal_is_proved_its_head_noted_and_a_change_found(tmp_path: Path) -> None:
    added = run(
        "user", "add", "siti", "--role", "admin", stdin=PASSWORD, RUANGBACA_DATA=str(tmp_path)
    )
    assert added.returncode == 0

    code, out, _ = verify(tmp_path)
    head = next(line for line in out.splitlines() if line.startswith("Kepala: ")).split()[1]
    assert (code, "Baris: 1." in out, "Jurnal utuh." in out) == (0, True, True)
    assert verify(tmp_path, "--noted", head)[0] == 0
    assert verify(tmp_path, "--noted", "1:0000-0000-0000-0000")[0] == 1
    assert verify(tmp_path, "--noted", "nonsense")[0] == 2

    other = apsw.Connection(str(tmp_path / FILE_NAME))
    other.execute("DROP TRIGGER journal_is_never_rewritten")
    other.execute("UPDATE journal SET actor = 'admin:x'")
    other.close()
    code, _, error = verify(tmp_path)
    assert (code, "putus pada baris 1" in error) == (1, True)


def test_without_a_journal_it_says_so_in_one_line(tmp_path: Path) -> None:
    code, _, error = verify(tmp_path)

    assert code == 1
    assert len(error.strip().splitlines()) == 1
