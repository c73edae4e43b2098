"""What keeps a process running: its loop, its wake-ups, its word to systemd."""
