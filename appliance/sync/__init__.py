"""What leaves the Pi: events in a chained outbox, and the process that sends them."""
