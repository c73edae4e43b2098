"""The dashboard: what the people of the hub see in a browser."""
