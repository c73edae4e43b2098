"""SQLite on the appliance: opening it, writing to it, its tables and their migrations."""
