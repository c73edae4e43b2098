"""Threads that end while their process goes on."""

from appliance.storage.models import Meta


def leave_database() -> None:
    """Close the calling thread's own connection, which nobody else would."""
    Meta._meta.database.close()  # noqa: SLF001 - where Peewee keeps what a model is bound to
