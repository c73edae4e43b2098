"""A hub and a device that has enrolled, for every test of this folder."""

from tests.hub_kit import enrolled, hub, lasting_hub, postgres

__all__ = ["enrolled", "hub", "lasting_hub", "postgres"]
