"""Pages: one module per noun."""

from flask import Flask


def choose_locale() -> str:
    return "sv_SE"


def init_app(app: Flask) -> None:
    """Registers the blueprints."""
