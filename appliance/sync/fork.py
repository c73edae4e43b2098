"""What sets a stream back: why numbering begins anew, or sending does."""

from enum import StrEnum


class Fork(StrEnum):
    """Why a new stream was begun, all but once; the values are those of the database."""

    UNKNOWN_HEAD = "unknown_head"
    """The portal has events that this data has never seen."""
    PORTAL_LOST = "portal_lost"
    """The portal has lost events that are no longer kept here."""
    REWOUND = "rewound"
    """The portal has lost events that are all kept here: they go again, in the same stream."""
    HELD = "held"
    """An event had to be taken out, for nobody can store it."""
    DROPPED_TELEMETRY = "dropped-telemetry"
    """The disk was filling up, so what nobody needs made room for what everybody does."""

    @property
    def is_alarm(self) -> bool:
        """Whether somebody should look into it; the others are our own doing."""
        return self in (Fork.UNKNOWN_HEAD, Fork.PORTAL_LOST, Fork.REWOUND)
