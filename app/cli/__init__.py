"""Commands, one module per thing."""

from flask import Flask

from app.cli.backups import copies
from app.cli.bookings import bookings
from app.cli.calendar_import import calendar
from app.cli.database import explain
from app.cli.demo import demo
from app.cli.jobs import run_job, scheduler
from app.cli.mailroom import mailroom
from app.cli.office import office
from app.cli.people import token, user
from app.cli.privacy import person
from app.cli.reports import report, verify_report

COMMANDS = (
    office,
    bookings,
    calendar,
    report,
    verify_report,
    user,
    person,
    token,
    demo,
    scheduler,
    run_job,
    mailroom,
    copies,
)


def init_app(app: Flask) -> None:
    """Registers the commands."""
    for command in COMMANDS:
        explain(command)
        app.cli.add_command(command)
