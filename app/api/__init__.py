"""The JSON API, version 1."""

from flask import Flask


def init_app(app: Flask) -> None:
    """Registers the blueprint."""
