"""When the reading room is open: the office's week, its exceptions, and the nation's holidays."""
