"""Every command as a person types it: what it prints, how it ends, one line when it cannot."""

import json
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from appliance.runtime.ownership import own
from tests.running_demo import run

PASSWORD = "kuda-laut-biru-27\n"


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """A data folder with one member of staff in it."""
    folder = tmp_path / "data"
    done = run("user", "add", "siti", "--role", "admin", stdin=PASSWORD, RUANGBACA_DATA=str(folder))
    assert (done.returncode, done.stderr) == (0, "")
    return folder


def ruangbaca(data: Path, *words: str | Path, stdin: str = "", **env: str) -> tuple[int, str, str]:
    done = run(*words, stdin=stdin, RUANGBACA_DATA=str(data), **env)
    assert "Traceback" not in done.stderr
    return done.returncode, done.stdout, done.stderr


def test_help_names_the_commands() -> None:
    done = run("--help")

    assert done.returncode == 0
    for command in ("demo", "web", "lockers", "documents", "sync", "doctor", "backup", "restore"):
        assert f"\n  {command} " in done.stdout


def test_help_imports_nothing_heavy() -> None:
    code = (
        "import sys; from appliance.__main__ import run; run(['--help']);"
        "print(sorted({'peewee','apsw','flask','structlog','hardware','web','msgspec'}"
        " & set(sys.modules)), file=sys.stderr)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60
    )

    assert done.stderr == "[]\n"


@pytest.mark.parametrize(
    "words",
    [
        ("fly",),
        ("backup", "--keep", "none"),
        ("restore",),
        ("demo", "--listen", "here"),
        ("user", "add", "siti", "--role", "king"),
        ("report", "november"),
        ("sync", "export"),
    ],
)
def test_a_wrong_command_line_ends_with_2_in_one_line(data: Path, words: tuple[str, ...]) -> None:
    code, out, err = ruangbaca(data, *words)

    assert (code, out, err.count("\n")) == (2, "", 1)
    assert err.startswith("ruangbaca: ")


@pytest.mark.parametrize(
    "words",
    [("sync", "export", "x.json"), ("backup",), ("maintain",), ("report",), ("restore", "x.db")],
)
def test_without_data_it_cannot_be_done_and_nothing_is_made(
    tmp_path: Path, words: tuple[str, ...]
) -> None:
    code, out, err = ruangbaca(tmp_path / "none", *words)

    assert (code, out, err.count("\n")) == (1, "", 1)
    assert not (tmp_path / "none" / "ruangbaca.db").exists()


def test_settings_are_told_with_their_source(tmp_path: Path) -> None:
    file = tmp_path / "ruangbaca.toml"
    file.write_text('office = "dharmasraya"\n[scanner]\ndriver = "none"\n')

    code, out, _ = ruangbaca(tmp_path, "--config", file, "config", "check", RUANGBACA_PORT="8123")

    assert code == 0
    assert f"office = dharmasraya  [{file}]\n" in out
    assert f"scanner.driver = none  [{file}]\n" in out
    assert "port = 8123  [RUANGBACA_PORT]\n" in out
    assert "log_level = info  [bawaan]\n" in out


def test_a_wrong_setting_is_told_with_its_line(tmp_path: Path) -> None:
    file = tmp_path / "ruangbaca.toml"
    file.write_text('office = "pasaman"\nport = "eighty"\n')

    code, out, err = ruangbaca(tmp_path, "--config", file, "config", "check")

    assert (code, out, err.count("\n")) == (1, "", 1)
    assert f"{file}, baris 2" in err


def test_staff_are_added_once_and_weak_passwords_refused(data: Path) -> None:
    again = ruangbaca(data, "user", "add", "siti", stdin=PASSWORD)
    weak = ruangbaca(data, "user", "add", "budi", stdin="123\n")

    assert again[0] == weak[0] == 1
    assert again[2].count("\n") == weak[2].count("\n") == 1
    assert "sudah ada" in again[2]


def test_events_are_exported_and_not_overwritten(data: Path, tmp_path: Path) -> None:
    target = tmp_path / "batch.json"

    first = ruangbaca(data, "sync", "export", target)
    second = ruangbaca(data, "sync", "export", target)
    forced = ruangbaca(data, "sync", "export", target, "--force")

    assert [first[0], second[0], forced[0]] == [0, 1, 0]
    assert "0 events written" in first[1]
    assert "--force" in second[2]
    assert json.loads(target.read_text()) == []


def test_a_backup_comes_back(data: Path) -> None:
    code, out, _ = ruangbaca(data, "backup", "--keep", "2")
    (copy,) = (data / "backups").glob("*.db")
    restored = ruangbaca(data, "restore", copy)
    again = ruangbaca(data, "user", "add", "siti", stdin=PASSWORD)

    assert (code, restored[0]) == (0, 0)
    assert str(copy) in out
    assert "set-aside" in restored[1]
    assert "sudah ada" in again[2]  # she came back with the copy


def test_a_damaged_backup_is_refused_in_one_line(data: Path) -> None:
    ruangbaca(data, "backup")
    (copy,) = (data / "backups").glob("*.db")
    copy.write_bytes(copy.read_bytes()[:-4096])

    code, _, err = ruangbaca(data, "restore", copy)

    assert (code, err.count("\n")) == (1, 1)


def test_the_doctor_tells_good_from_bad(data: Path) -> None:
    well = ruangbaca(data, "doctor")
    (data / "secrets").mkdir(exist_ok=True)
    loose = data / "secrets" / "loose"
    loose.write_bytes(bytes(32))
    loose.chmod(0o644)
    account = {"HOST": "mail.contoh.id", "SENDER": "a@contoh.id", "USER": "a"}
    mail = {f"RUANGBACA_MAIL__{key}": value for key, value in account.items()}
    files = {"RUANGBACA_MAIL__PASSWORD_FILE": str(loose)}
    files["RUANGBACA_CATALOGUE_SOURCE__KEY_FILE"] = str(loose)
    ill = ruangbaca(data, "doctor", **mail, **files)

    assert well[0] == 0, well[1]
    assert "Rantai jurnal utuh." in well[1]
    assert "0 catatan menunggu. Portal belum diatur." in well[1]
    assert ill[0] == 1
    assert f"[ rusak ] Berkas rahasia {loose}" in ill[1]
    assert "Kirim ke email belum diatur" in well[1]
    open_to_others = f"Berkas rahasia {loose} bisa dibaca orang lain: chmod 400 {loose}"
    assert f"[ rusak ] Email tidak bisa dikirim: {open_to_others}" in ill[1]
    assert f"[ rusak ] Katalog BPS tidak bisa diperbarui: {open_to_others}" in ill[1]


def test_upkeep_lockers_and_report_can_be_run(data: Path, tmp_path: Path) -> None:
    maintained = ruangbaca(data, "maintain")
    bank = '[{"driver": "simulated", "doors": "1-12"}]'
    safe = ruangbaca(data, "lockers", "safe", RUANGBACA_LOCKERS__BANK=bank)
    month = ruangbaca(data, "report", "2026-11")
    table = ruangbaca(data, "report", "2026-11", "--format", "csv", "--output", tmp_path / "r.csv")

    assert [maintained[0], safe[0], month[0], table[0]] == [0, 0, 0, 0]
    assert "(12)" in safe[1]
    assert isinstance(json.loads(month[1]), dict)
    assert (tmp_path / "r.csv").stat().st_size > 0


def test_solenoids_are_not_taken_from_the_process_that_holds_them(data: Path) -> None:
    bank = '[{"driver": "simulated", "doors": "1-12"}]'
    held = own(data / "run", "lockers")
    try:
        refused = ruangbaca(data, "lockers", "safe", RUANGBACA_LOCKERS__BANK=bank)
    finally:
        held.release()

    assert refused[0] == 1
    assert "systemctl stop ruangbaca-lockers" in " ".join(refused[1:])


def test_publications_are_imported_and_bad_lines_named(data: Path, tmp_path: Path) -> None:
    good, bad = tmp_path / "good.csv", tmp_path / "bad.csv"
    good.write_text("judul;tahun\nKabupaten Pasaman Dalam Angka;2025\n")
    bad.write_text("judul;tahun\nStatistik Daerah;2025\n;2024\n")

    first = ruangbaca(data, "catalogue", "import", good)
    second = ruangbaca(data, "catalogue", "import", bad)

    assert first[0] == 0
    assert "1 added" in first[1]
    assert second[0] == 1
    assert "baris 3" in second[2]

    broken = tmp_path / "broken.csv"
    broken.write_text("judul\n" + "".join(f"Buku {n}\n" for n in range(150)) + '"Buku "B""\n')
    third = ruangbaca(data, "catalogue", "import", broken)
    assert third[0] == 1
    assert "baris 152" in third[2]

    whole = tmp_path / "whole.xml"
    assert ruangbaca(data, "catalogue", "export", whole)[0] == 0
    again = ruangbaca(data, "catalogue", "import", whole)[1]
    assert "0 added, 0 changed, 2 unchanged" in again, "nothing of the broken one was taken"


def test_whatever_is_written_is_private(data: Path) -> None:
    loose = [
        str(path)
        for path in data.rglob("*")
        if path.is_file() and stat.S_IMODE(path.stat().st_mode) & 0o077
    ]

    assert loose == []
