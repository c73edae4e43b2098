"""The reading room's domain: what happens at the desk, and who owns which device."""

__version__ = "0.1.0"
