"""Commands, one module per thing. A command is loaded when it is named: who serves pages needs none."""

from functools import cache

import click
from flask import Flask
from flask.cli import AppGroup
from werkzeug.utils import import_string

from app.cli.database import explain

WHERE = {
    "bookings": "app.cli.bookings:bookings",
    "calendar": "app.cli.calendar_import:calendar",
    "database": "app.cli.backups:copies",
    "db": "flask_migrate.cli:db",
    "demo": "app.cli.demo:demo",
    "mailroom": "app.cli.mailroom:mailroom",
    "office": "app.cli.office:office",
    "person": "app.cli.privacy:person",
    "report": "app.cli.reports:report",
    "run-job": "app.cli.jobs:run_job",
    "scheduler": "app.cli.jobs:scheduler",
    "token": "app.cli.people:token",
    "user": "app.cli.people:user",
    "verify-report": "app.cli.reports:verify_report",
}


class Commands(AppGroup):
    """What click calls a lazy group."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Those of other packages too."""
        return sorted({*super().list_commands(ctx), *WHERE})

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Loads it, if it is one of ours."""
        return _load(WHERE[cmd_name]) if cmd_name in WHERE else super().get_command(ctx, cmd_name)


def init_app(app: Flask) -> None:
    """Registers the commands."""
    app.cli = Commands(name=app.name)


@cache
def _load(where: str) -> click.Command:
    command: click.Command = import_string(where)
    explain(command)
    return command
