"""What stays in the house overnight: lockers, cards, keys and found property."""

from appliance.deposits.service import DepositService
from appliance.lockers.found_property import FoundPropertyService
from appliance.lockers.keys import KeyLog
from appliance.lockers.service import LockerService


def left_overnight(
    lockers: LockerService,
    deposits: DepositService,
    keys: KeyLog,
    found_property: FoundPropertyService,
) -> dict[str, list[str]]:
    """Part -> names as they stand on doors, slots, envelopes and labels; never of people."""
    used = [f"{tile.number:02d}" for tile in lockers.wall() if tile.visit_id is not None]
    owed = deposits.owed() if deposits.is_asked else ()
    return {
        "lockers": used,
        "cards": [
            one.envelope_label or f"{one.tray_slot or '–'} ({one.visit_label})" for one in owed
        ],
        "keys": [f"{key.locker:02d}" for key in keys.out()],
        "found": [thing.label for thing in found_property.kept()],
    }
