"""The hub's schema, script after script."""
