"""Every POST form of the house, a house in which each has something to work on, and payloads."""
