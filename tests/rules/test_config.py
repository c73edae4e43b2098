"""Settings and offices: what is wrong, and in which line."""

import stat
from pathlib import Path

import pytest

from appliance import offices
from appliance.config import explain, load_settings, secret
from appliance.errors import ConfigError
from appliance.offices import load_office

SHIPPED = Path(offices.__file__).parent


def changed(tmp_path: Path, old: str, new: str) -> Path:
    text = (SHIPPED / "dharmasraya.toml").read_text(encoding="utf-8")
    assert old in text
    (tmp_path / "x.toml").write_text(text.replace(old, new, 1), encoding="utf-8")
    return tmp_path


def line_holding(folder: Path, text: str) -> int:
    lines = (folder / "x.toml").read_text(encoding="utf-8").splitlines()
    return next(number for number, line in enumerate(lines, 1) if text in line)


@pytest.mark.parametrize("file", sorted(SHIPPED.glob("*.toml")), ids=lambda file: file.stem)
def test_every_shipped_office_loads_under_its_own_name(file: Path) -> None:
    assert load_office(file.stem).key == file.stem


def test_the_two_standards_differ_where_the_offices_do() -> None:
    pasaman, dharmasraya = load_office("pasaman"), load_office("dharmasraya")

    assert not pasaman.policy.card_for_locker
    assert dharmasraya.policy.card_for_locker
    assert pasaman.policy.watermark
    assert dharmasraya.policy.photocopy
    assert dharmasraya.standard.decree == "018 Tahun 2023"


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("promise_minutes = 5", "promise_minutes = 500"),
        ("promise_minutes = 5", 'promise_minutes = "lima"'),
        ("tray_slots = 24", "tray_slots = 0"),
        ('domain = "1311"', 'domain = "13-11"'),
        ('timezone = "Asia/Jakarta"', 'timezone = "Asia/Jakart"'),
        ('friday = { opens = "08:00"', 'friday = { opens = "8 pagi"'),
        ('friday = { opens = "08:00"', 'friday = { opens = "18:00"'),
        ("photocopy = true", "photocopi = true"),
    ],
)
def test_a_wrong_value_is_named_with_its_line(tmp_path: Path, old: str, new: str) -> None:
    folder = changed(tmp_path, old, new)

    with pytest.raises(ConfigError) as caught:
        load_office("x", folder)

    assert f"baris {line_holding(folder, new)}:" in str(caught.value)


def test_a_missing_value_is_named_with_its_table(tmp_path: Path) -> None:
    folder = changed(tmp_path, "photocopy = true\n", "")

    with pytest.raises(ConfigError, match=f"baris {line_holding(folder, '[policy]')}:.*photocopy"):
        load_office("x", folder)


def test_broken_toml_is_named_with_its_line(tmp_path: Path) -> None:
    folder = changed(tmp_path, "tray_slots = 24", "tray_slots = = 24")

    with pytest.raises(ConfigError, match=f"line {line_holding(folder, '= = 24')}"):
        load_office("x", folder)


def test_an_unknown_office_names_the_known_ones() -> None:
    with pytest.raises(ConfigError, match="dharmasraya, pasaman"):
        load_office("atlantis")


def test_the_environment_overrides_the_file(tmp_path: Path) -> None:
    file = tmp_path / "r.toml"
    file.write_text('port = 80\n[scanner]\ndevice = "a"\n')

    settings = load_settings(
        file, {"RUANGBACA_PORT": "8081", "RUANGBACA_SCANNER__DEVICE": "test:0"}, office=None
    )

    assert settings.port == 8081
    assert settings.scanner.device == "test:0"


def test_an_appliance_may_be_started_where_a_hub_is_served() -> None:
    hub = {"RUANGBACA_HUB_DSN": "dbname=ruangbaca_hub", "RUANGBACA_HUB_KEYS": "/etc/keys.json"}

    assert load_settings(None, hub | {"RUANGBACA_PORT": "8081"}).port == 8081


def test_there_may_be_several_scanners_each_with_a_name(tmp_path: Path) -> None:
    file = tmp_path / "r.toml"
    file.write_text(
        """
        [[scanner]]
        driver = "sane"
        name = "meja"
        match = "canon lide"
        [[scanner]]
        driver = "sane"
        name = "tumpukan"
        label = "Pemindai tumpukan"
        device = "net:10.0.0.9:fujitsu:1"
        """
    )

    settings = load_settings(file, {})

    assert [one.name for one in settings.scanners] == ["meja", "tumpukan"]
    lines = {line.name: line.value for line in explain(settings, file, {})}
    assert lines["scanner.2.device"] == "net:10.0.0.9:fujitsu:1"
    with pytest.raises(ConfigError, match="daftar scanner"):
        load_settings(file, {"RUANGBACA_SCANNER__DEVICE": "test:0"})


def test_an_office_without_a_scanner_has_one_that_is_none() -> None:
    assert [one.driver for one in load_settings(None, {}).scanners] == ["none"]


@pytest.mark.parametrize(
    "text",
    [
        '[[scanner]]\nname = "a"\n[[scanner]]\nname = "a"\n',
        '[scanner]\nname = "Meja Satu"\n',
        '[scanner]\ndriver = "sane"\n',
        '[scanner]\ndriver = "sane"\ndevice = "a"\nmatch = "b"\n',
    ],
)
def test_a_scanner_that_cannot_be_told_from_another_is_refused(tmp_path: Path, text: str) -> None:
    file = tmp_path / "r.toml"
    file.write_text(text)

    with pytest.raises(ConfigError):
        load_settings(file, {})


def test_the_command_line_overrides_the_environment() -> None:
    assert load_settings(None, {"RUANGBACA_OFFICE": "pasaman"}, office="x").office == "x"


def test_a_setting_nobody_knows_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "r.toml"
    file.write_text("port = 80\n[lockers]\npulse = 3\n")

    with pytest.raises(ConfigError, match="baris 3"):
        load_settings(file, {})


def test_a_secret_is_made_once_and_only_its_owner_reads_it(tmp_path: Path) -> None:
    first = secret(tmp_path, "links")

    assert secret(tmp_path, "links") == first
    assert secret(tmp_path, "sessions") != first
    assert stat.S_IMODE((tmp_path / "secrets" / "links").stat().st_mode) == 0o600


def test_a_settings_file_that_somebody_named_must_be_there(tmp_path: Path) -> None:
    """Else a slip in its name starts an appliance with other data on another port."""
    missing = tmp_path / "nope.toml"

    with pytest.raises(ConfigError, match="tidak ditemukan"):
        load_settings(missing, {})
    with pytest.raises(ConfigError, match="tidak ditemukan"):
        load_settings(None, {"RUANGBACA_CONFIG": str(missing)})
    assert load_settings(None, {}).port
