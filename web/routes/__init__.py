"""The blueprints of the app: one line per feature module."""

from collections.abc import Sequence

from flask import Blueprint

from web.routes import shell

BLUEPRINTS: Sequence[Blueprint] = (shell.blueprint,)
