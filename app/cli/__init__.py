"""Commands, one module per thing."""

from flask import Flask

from app.cli.bookings import bookings
from app.cli.database import explain
from app.cli.demo import demo
from app.cli.office import office
from app.cli.people import token, user

COMMANDS = (office, bookings, user, token, demo)


def init_app(app: Flask) -> None:
    """Registers the commands."""
    for command in COMMANDS:
        explain(command)
        app.cli.add_command(command)
