"""Which scanners and presets a station offers, and where a scanner takes the paper."""

from appliance.documents.preset_rules import Preset
from appliance.documents.rules import DUPLEX, FEEDER
from appliance.documents.scanners import ScannerView
from web.context import services


def fitted_scanners() -> tuple[ScannerView, ...]:
    """The scanners to choose from, when there is a choice."""
    fitted = tuple(view for view in services().scanners.all() if view.is_fitted)
    return fitted if len(fitted) > 1 else ()


def others_than(job_uuid: str) -> tuple[ScannerView, ...]:
    """The scanners that this job may change to."""
    name = services().documents.scanner_of(job_uuid)
    preset = services().documents.job(job_uuid).preset
    return tuple(view for view in fitted_scanners() if view.name != name and _takes(view, preset))


def usable_presets() -> tuple[Preset, ...]:
    """Those that some scanner here can do; all of them rather than none."""
    shown, scanners = services().scan_presets.shown(), services().scanners.all()
    usable = tuple(one for one in shown if any(_takes(view, one) for view in scanners))
    return usable or shown


def source_of(job_uuid: str) -> str:
    """Where the job's paper lies: a feeder that reads one side is fed twice for both sides."""
    source = services().documents.job(job_uuid).preset.source
    scanner = services().scanners.named(services().documents.scanner_of(job_uuid))
    is_fed_twice = source == DUPLEX and not scanner.can(DUPLEX) and scanner.can(FEEDER)
    return FEEDER if is_fed_twice else source


def _takes(scanner: ScannerView, preset: Preset) -> bool:
    return scanner.can(preset.source) or (preset.source == DUPLEX and scanner.can(FEEDER))
