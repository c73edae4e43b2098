"""Whether the appliance is well, and what keeps it so: checks, copies, upkeep."""
