"""The database that the models are bound to."""

from playhouse.apsw_ext import APSWDatabase

from appliance.storage.models import Meta


def bound_database() -> APSWDatabase:
    """What every statement goes to; each thread has a connection of its own to it."""
    database: APSWDatabase = Meta._meta.database  # noqa: SLF001 - where Peewee keeps it
    return database
