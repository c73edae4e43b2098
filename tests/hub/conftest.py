"""A hub and a device that has enrolled, for every test of this folder."""

from tests.hub_kit import enrolled, hub, postgres

__all__ = ["enrolled", "hub", "postgres"]
