"""The file that is carried to the portal by hand, wired to the core."""

from appliance.core import Core
from appliance.sync.carried_file import CarriedFile
from appliance.sync.enrolment import Enrolment


def build_carried_file(core: Core) -> CarriedFile:
    """What writes a signed file for the portal and takes its receipt."""
    portal = core.settings.portal
    enrolment = Enrolment(
        writer=core.writer, clock=core.clock, portal=portal, data_dir=core.settings.data_dir
    )
    return CarriedFile(
        writer=core.writer,
        clock=core.clock,
        notes=core.recorder,
        enrolment=enrolment,
        portal=portal,
    )
