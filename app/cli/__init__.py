"""Commands, one module per thing."""

from flask import Flask

from app.cli.bookings import bookings
from app.cli.demo import demo
from app.cli.office import office
from app.cli.people import token, user


def init_app(app: Flask) -> None:
    """Registers the commands."""
    app.cli.add_command(office)
    app.cli.add_command(bookings)
    app.cli.add_command(user)
    app.cli.add_command(token)
    app.cli.add_command(demo)
