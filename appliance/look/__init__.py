"""What the screens of a reading room and of the hub have in common: icons, and names of colours.

Both put this package's templates beside their own; neither may import the other.
"""
