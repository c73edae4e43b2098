"""Hides from the processes under test what the hub's lock brings and no Pi has.

Peewee loads psycopg wherever it is installed, which would cost each process 17 MB here.
"""

import sys

sys.modules["psycopg"] = None  # type: ignore[assignment]
