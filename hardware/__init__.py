"""Drivers of the reading room's devices behind small Protocols; knows nothing of the product."""
