"""The commands of `ruangbaca`. Whatever is slow to import is imported where it is used."""
