"""Every check that a person at the keyboard can ask for, each ending in one sentence."""

import platform
import stat
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import apsw

from appliance import __version__
from appliance.bootstrap import Core, build_services, open_present_core
from appliance.config import MailSettings, ScannerSettings, Settings
from appliance.device_settings import GpioBank
from appliance.devices import open_scanner
from appliance.errors import RuangBacaError
from appliance.health.checks import State
from appliance.offices import load_office
from appliance.runtime.probe import healthz
from appliance.source_settings import CatalogueSource
from appliance.storage.secret_file import read_secret
from hardware.interfaces import DeviceError

GPIO_CHIP = Path("/dev/gpiochip0")
MARKS = {State.OK: "[ baik ]", State.DEGRADED: "[ awas ]", State.FAILING: "[ rusak ]"}


@dataclass(frozen=True, slots=True)
class Finding:
    """One sentence, and how bad it is."""

    state: State
    sentence: str

    @property
    def mark(self) -> str:
        return MARKS[self.state]

    @property
    def is_failing(self) -> bool:
        return self.state is State.FAILING


def examine(settings: Settings) -> Iterator[Finding]:
    """All findings, the cheap ones first; raises nothing for what it finds."""
    yield Finding(
        State.OK,
        f"Ruang Baca {__version__}, Python {platform.python_version()}, "
        f"SQLite {apsw.sqlite_lib_version()}, {platform.machine()}.",
    )
    yield _office(settings)
    yield from _secrets(settings)
    yield from _data(settings)
    yield _lockers(settings)
    for scanner in settings.scanners:
        yield _scanner(scanner)
    yield _mail(settings.mail)
    yield _catalogue(settings.catalogue_source)
    yield _web(settings)


def _office(settings: Settings) -> Finding:
    try:
        office = load_office(settings.office)
    except RuangBacaError as error:
        return Finding(State.FAILING, str(error))
    return Finding(State.OK, f"Kantor: {office.name}.")


def _secrets(settings: Settings) -> Iterator[Finding]:
    folder = settings.data_dir / "secrets"
    for path in sorted(folder.glob("*")) if folder.is_dir() else ():
        if stat.S_IMODE(path.stat().st_mode) & 0o077:
            yield Finding(
                State.FAILING, f"Berkas rahasia {path} dapat dibaca orang lain: chmod 600 {path}"
            )


def _data(settings: Settings) -> Iterator[Finding]:
    try:
        core = open_present_core(settings)
    except (RuangBacaError, OSError) as error:
        yield Finding(State.FAILING, f"Basis data tidak dapat dibuka: {error}")
        return
    with closing(core):
        for check in build_services(core).health.report().checks:
            yield Finding(check.state, str(check))
        yield from _chains(core)


def _chains(core: Core) -> Iterator[Finding]:
    waiting = core.outbox.state().waiting
    portal = f"Portal: {core.settings.portal}." if core.settings.portal else "Portal belum diatur."
    yield Finding(State.OK, f"{waiting} catatan menunggu. {portal}")
    for word, broken_at in (
        ("jurnal", core.journal.first_broken_link()),
        ("catatan keluar", core.outbox.first_broken_link()),
    ):
        if broken_at is None:
            yield Finding(State.OK, f"Rantai {word} utuh.")
        else:
            yield Finding(State.FAILING, f"Rantai {word} putus pada nomor {broken_at}.")


def _lockers(settings: Settings) -> Finding:
    # The lines are not touched: their owner may be driving them.
    banks = settings.lockers.bank
    if not banks:
        return Finding(State.DEGRADED, "Loker belum diatur (lockers.bank).")
    if any(isinstance(bank, GpioBank) for bank in banks) and not GPIO_CHIP.exists():
        return Finding(State.FAILING, f"GPIO tidak ada: {GPIO_CHIP} tidak ditemukan.")
    drivers = ", ".join(str(bank.__struct_config__.tag) for bank in banks)
    return Finding(State.OK, f"Loker: {len(settings.lockers.sizes)} pintu, penggerak {drivers}.")


def _scanner(settings: ScannerSettings) -> Finding:
    if settings.driver == "none":
        return Finding(State.DEGRADED, "Pemindai belum diatur (scanner.driver).")
    try:
        found = open_scanner(settings).describe()
    except (DeviceError, OSError) as error:
        asked = settings.device or settings.match
        return Finding(State.FAILING, f"Pemindai {asked} tidak menjawab: {error}")
    return Finding(State.OK, f"Pemindai: {found.vendor} {found.model} ({found.device}).")


def _mail(settings: MailSettings) -> Finding:
    # The server is not asked: with a wrong password that could lock the account.
    if not settings.is_offered:
        return Finding(State.OK, "Kirim ke email belum diatur (mail.host).")
    for file, read in (
        (settings.password_file, read_secret),
        (settings.ca_file, Path.read_bytes),
    ):
        try:
            if file:
                read(Path(file))
        except (RuangBacaError, OSError) as error:
            return Finding(State.FAILING, f"Email tidak bisa dikirim: {error}")
    server = f"{settings.host}:{settings.usual_port} ({settings.security})"
    return Finding(State.OK, f"Email dikirim lewat {server} sebagai {settings.sender}.")


def _catalogue(source: CatalogueSource) -> Finding:
    # The source is not asked: its own page says how that goes.
    if not source.is_set:
        return Finding(State.OK, "Katalog BPS belum diatur (catalogue_source.key_file).")
    try:
        read_secret(Path(source.key_file))
    except RuangBacaError as error:
        return Finding(State.FAILING, f"Katalog BPS tidak bisa diperbarui: {error}")
    return Finding(State.OK, f"Katalog BPS diambil dari {urlsplit(source.url).hostname}.")


def _web(settings: Settings) -> Finding:
    said = healthz(settings.host, settings.port)
    if said is None:
        return Finding(State.DEGRADED, f"Layar tidak menjawab di porta {settings.port}.")
    return Finding(State.OK, f"Layar menjawab di porta {settings.port}.")
