"""The demonstration: seeded data, simulated devices, the four processes as children."""
