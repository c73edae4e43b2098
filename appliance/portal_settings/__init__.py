"""What the portal wishes for this office: a closed list of settings, signed and numbered."""
