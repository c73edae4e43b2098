"""The receiving end on PostgreSQL: nothing on the Pi imports it."""
