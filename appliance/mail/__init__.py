"""Files sent by e-mail through the office's own account, when the office is connected."""
