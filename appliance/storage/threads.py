"""Threads that end while their process goes on."""

from appliance.storage.bound import bound_database


def leave_database() -> None:
    """Close the calling thread's own connection, which nobody else would."""
    bound_database().close()
