"""Commands, one module per thing."""

from flask import Flask


def init_app(app: Flask) -> None:
    """Registers the commands."""
