"""Numbered SQL scripts, each run once inside one transaction, never edited after release."""
