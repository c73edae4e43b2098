"""The appliance's settings: one TOML file, overridden by RUANGBACA_* in the environment."""

import json
import os
import secrets
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Annotated, Any, Literal, NamedTuple
from urllib.parse import urlsplit

import msgspec

from appliance.device_settings import LockerSettings, Reader, SoundSettings
from appliance.errors import N_, ConfigError
from appliance.source_settings import CatalogueSource
from appliance.toml_source import convert, read_toml

DEFAULT_FILE = Path("/etc/ruangbaca/ruangbaca.toml")
ENV_PREFIX = "RUANGBACA_"
# Which file, and what a hub of the same machine is told by (appliance/hub/settings.py).
NO_SETTINGS = ("RUANGBACA_CONFIG", "RUANGBACA_HUB_DSN", "RUANGBACA_HUB_KEYS")
SECRET_BYTES = 32
OWN_HOSTS = ("localhost", "127.0.0.1", "::1")
LINK_KEY = "links"  # the secret that the links of visits are derived from
DEVICE_KEY = "device"  # the secret that this device signs with at the portal
OFFICE_KEY = "office"  # the secret that people are hidden by in what leaves; it never does
REPORT_KEY = "reports"  # the secret that reports on paper are signed with


class ScannerSettings(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    """One scanner of the station: SANE's device name and what to ask of it."""

    driver: Literal["sane", "none"] = "none"
    name: Annotated[str, msgspec.Meta(pattern=r"^[a-z0-9][a-z0-9-]{0,31}$")] = "pemindai"
    label: Annotated[str, msgspec.Meta(max_length=40)] = ""  # for people; empty: its model
    device: str = ""
    match: str = ""  # words of its model, where its device name changes with every replug
    config_dir: str = ""  # a private SANE_CONFIG_DIR; empty: the system's
    options: tuple[str, ...] = ()  # further scanimage options
    first_byte_s: float = 25.0
    stall_s: float = 20.0

    def __post_init__(self) -> None:
        if self.driver == "sane" and bool(self.device) == bool(self.match):
            raise ValueError("a SANE scanner needs a device or a match, and not both")


class StationSettings(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    """What the scanner station hands out beside downloads."""

    printer: Annotated[str, msgspec.Meta(pattern=r"^([A-Za-z0-9_][A-Za-z0-9_.-]{0,126})?$")] = ""
    print_pages_limit: Annotated[int, msgspec.Meta(ge=1, le=1000)] = 50  # of one visit
    usb: bool = False
    usb_folder: str = ""  # counts as a stick; empty: what is mounted at `usb` in the run folder


class MailSettings(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    """The office's own e-mail account, which files are sent through; no host: none is offered."""

    host: str = ""
    port: Annotated[int, msgspec.Meta(ge=0, le=65535)] = 0  # 0: the usual one of `security`
    security: Literal["starttls", "tls", "none"] = "starttls"
    ca_file: str = ""  # who vouches for the server; empty: whom the system trusts
    user: str = ""
    password_file: str = ""
    sender: Annotated[str, msgspec.Meta(pattern=r"^([A-Za-z0-9._%+-]+@[A-Za-z0-9.-]+)?\Z")] = ""
    # Empty: the office's.
    sender_name: Annotated[str, msgspec.Meta(pattern=r"^[^\x00-\x1f\x7f]*\Z")] = ""
    largest_mb: Annotated[int, msgspec.Meta(ge=1, le=100)] = 15  # of the files of one message
    kept_days: Annotated[int, msgspec.Meta(ge=1, le=7)] = 3  # the privacy notice says a week
    kept_mb: Annotated[int, msgspec.Meta(ge=1, le=10000)] = 300  # of all that wait
    per_visit: Annotated[int, msgspec.Meta(ge=1, le=100)] = 3

    def __post_init__(self) -> None:
        if self.host and not self.sender:
            raise ValueError("a mail host needs a sender")
        if bool(self.user) != bool(self.password_file):
            raise ValueError("a mail user needs a password_file, and a password_file a user")
        if self.user and self.security == "none" and self.host not in OWN_HOSTS:
            raise ValueError("a password goes to another machine only by starttls or tls")

    @property
    def is_offered(self) -> bool:
        return bool(self.host)

    @property
    def usual_port(self) -> int:
        """The port as set, or the one that this kind of security usually has."""
        return self.port or {"starttls": 587, "tls": 465, "none": 25}[self.security]


class Settings(msgspec.Struct, forbid_unknown_fields=True, frozen=True, kw_only=True):
    """Everything that differs between appliances but is no office policy."""

    office: str = "pasaman"
    data: str = "/var/lib/ruangbaca"
    run: str = ""  # empty: the folder `run` inside data
    host: str = "0.0.0.0"  # noqa: S104 - the room's Wi-Fi is who we serve
    port: int = 80
    names: tuple[str, ...] = ("ruangbaca.local", "ruangbaca.lan", "ruangbaca", "localhost")
    announce: bool = True
    demo: bool = False
    portal: str = ""  # empty: no portal, everything waits in the outbox
    portal_ca_file: str = ""  # who vouches for the portal; empty: whom the system trusts
    portal_proxy: Annotated[str, msgspec.Meta(pattern=r"^([A-Za-z0-9.-]+:[0-9]{1,5})?\Z")] = ""
    portal_enrol_file: str = "/boot/firmware/ruangbaca-enrol.json"  # a claim code; empty: none
    page_images_mb: int = 512  # pictures of publications' pages; the oldest make room for new ones
    log_level: Literal["debug", "info", "warning", "error"] = "info"
    lockers: LockerSettings = LockerSettings()
    reader: tuple[Reader, ...] = ()
    sound: SoundSettings = SoundSettings()
    scanner: ScannerSettings | tuple[ScannerSettings, ...] = ScannerSettings()
    station: StationSettings = StationSettings()
    catalogue_source: CatalogueSource = CatalogueSource()
    mail: MailSettings = MailSettings()

    def __post_init__(self) -> None:
        names = [one.name for one in self.scanners]
        if len(set(names)) < len(names):
            raise ValueError(f"two scanners have one name: {', '.join(names)}")
        if self.portal:
            check_portal(self.portal)

    @property
    def scanners(self) -> tuple[ScannerSettings, ...]:
        """The scanners in their order, at least one, which may be no device at all."""
        if isinstance(self.scanner, ScannerSettings):
            return (self.scanner,)
        return self.scanner or (ScannerSettings(),)

    @property
    def data_dir(self) -> Path:
        return Path(self.data)

    @property
    def run_dir(self) -> Path:
        return Path(self.run) if self.run else self.data_dir / "run"

    @property
    def scans_dir(self) -> Path:
        return self.data_dir / "scans"

    @property
    def prepared_dir(self) -> Path:
        return self.data_dir / "prepared"

    @property
    def answers_dir(self) -> Path:
        return self.data_dir / "answers"

    @property
    def reports_dir(self) -> Path:
        return self.data_dir / "reports"

    @property
    def mail_dir(self) -> Path:
        return self.data_dir / "mail"


def check_portal(url: str) -> None:
    """Raise ValueError unless records may be sent to this address: https, or this machine."""
    parts = urlsplit(url)
    is_safe = parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in OWN_HOSTS)
    has_more = parts.query or parts.fragment or parts.username or url.endswith("/")
    if not is_safe or not parts.hostname or has_more:
        raise ValueError("portal must be https, without a slash at its end")


class SettingLine(NamedTuple):
    """One setting as shown to a person: its name, its value, and who set it."""

    name: str
    value: str
    source: str


def load_settings(
    file: Path | None = None, env: Mapping[str, str] | None = None, **overrides: object
) -> Settings:
    """Settings from the file, then the environment, then `overrides` (those not None).

    `file` None means the one that RUANGBACA_CONFIG names, or else the standard place; only that
    one may be absent. ``RUANGBACA_PORT=8080`` sets `port`, ``RUANGBACA_SCANNER__DEVICE=...`` a
    field of a table. Raises ConfigError naming the file, the line or the variable.
    """
    env = os.environ if env is None else env
    named = file or env.get(ENV_PREFIX + "CONFIG")
    source = Path(named or DEFAULT_FILE)
    data = read_toml(source) if named or source.is_file() else {}
    data |= {key: value for key, value in overrides.items() if value is not None}
    _apply_environment(data, env, taken=overrides)
    return convert(data, Settings, source=source)


def explain(
    settings: Settings, file: Path | None = None, env: Mapping[str, str] | None = None
) -> tuple[SettingLine, ...]:
    """Every value of `settings` in its order, and whether file, environment or default set it.

    `file` and `env` as given to `load_settings`.
    """
    env = os.environ if env is None else env
    source = file or Path(env.get(ENV_PREFIX + "CONFIG", DEFAULT_FILE))
    written = read_toml(source) if source.is_file() else {}

    def origin(path: tuple[str, ...]) -> str:
        variable = ENV_PREFIX + "__".join(path).upper()
        if variable in env:
            return variable
        table: Any = written
        for key in path:
            table = _within(table, key)
        return "bawaan" if table is None else str(source)

    return tuple(
        SettingLine(".".join(path), _shown(value), origin(path)) for path, value in _flat(settings)
    )


def secret(data_dir: Path, name: str) -> bytes:
    """A secret of this appliance, made at first use and kept in a file of mode 0600."""
    folder = data_dir / "secrets"
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    path = folder / name
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        found = path.read_bytes()
        if len(found) != SECRET_BYTES:
            raise ConfigError(N_("Berkas rahasia %(file)s rusak."), file=path) from None
        return found
    with os.fdopen(descriptor, "wb") as file:
        made = secrets.token_bytes(SECRET_BYTES)
        file.write(made)
        file.flush()
        os.fsync(file.fileno())
    return made


def _apply_environment(
    data: dict[str, Any], env: Mapping[str, str], *, taken: Mapping[str, object]
) -> None:
    for variable, text in sorted(env.items()):
        if not variable.startswith(ENV_PREFIX) or variable in NO_SETTINGS:
            continue
        table, _, key = variable.removeprefix(ENV_PREFIX).lower().partition("__")
        if taken.get(table) is not None:
            continue
        if key and isinstance(data.get(table), list):
            raise ConfigError(
                N_("%(variable)s tidak bisa mengubah satu isi dari daftar %(table)s."),
                variable=variable,
                table=table,
            )
        if key:
            data.setdefault(table, {})[key] = _typed(text)
        else:
            data[table] = _typed(text)


def _typed(text: str) -> object:
    if text.lower() in ("true", "false"):
        return text.lower() == "true"
    for kind in (int, float, _table_text):
        try:
            return kind(text)
        except ValueError:
            continue
    return text


def _table_text(text: str) -> object:
    """A list or table, as in ``RUANGBACA_LOCKERS__BANK='[{"driver": "simulated"}]'``."""
    if not text.startswith(("[", "{")):
        raise ValueError(text)
    return json.loads(text)


def _flat(
    table: msgspec.Struct, above: tuple[str, ...] = ()
) -> Iterator[tuple[tuple[str, ...], object]]:
    for name in table.__struct_fields__:
        value = getattr(table, name)
        if isinstance(value, msgspec.Struct):
            yield from _flat(value, (*above, name))
        elif isinstance(value, tuple) and value and isinstance(value[0], msgspec.Struct):
            for place, item in enumerate(value, start=1):
                kind = item.__struct_config__.tag
                if kind is not None:
                    yield (*above, name, str(place), "driver"), kind
                yield from _flat(item, (*above, name, str(place)))
        else:
            yield (*above, name), value


def _within(table: object, key: str) -> object:
    if isinstance(table, list):
        return table[int(key) - 1] if int(key) <= len(table) else None
    return table.get(key) if isinstance(table, dict) else None


def _shown(value: object) -> str:
    if isinstance(value, tuple):
        return ", ".join(map(str, value)) or "-"
    return str(value) if value != "" else "-"
