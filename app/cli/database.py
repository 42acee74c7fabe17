"""A database that is not ready, in one line instead of a stack trace."""

from collections.abc import Callable
from functools import wraps
from typing import Any

import click
from sqlalchemy.exc import OperationalError, ProgrammingError

NO_SUCH_TABLE = ("no such table", "no such column", "UndefinedTable", "UndefinedColumn")


def explain(command: click.Command) -> None:
    """Makes a command, or every command of a group, say what to do about such a database."""
    if isinstance(command, click.Group):
        for each in command.commands.values():
            explain(each)
    elif command.callback:
        command.callback = _explained(command.callback)


def _explained(callback: Callable[..., Any]) -> Callable[..., Any]:
    @wraps(callback)
    def run(*args: Any, **kwargs: Any) -> Any:
        try:
            return callback(*args, **kwargs)
        except (OperationalError, ProgrammingError) as error:
            if any(sign in str(error) or sign in type(error.orig).__name__ for sign in NO_SUCH_TABLE):
                message = "The database is not up to date. Run: .venv/bin/flask --app wsgi db upgrade"
                raise click.ClickException(message) from error
            if isinstance(error, OperationalError) and "connect" in str(error.orig).lower():
                raise click.ClickException(
                    "The database cannot be reached. Is it running, and is DATABASE_URL right?"
                ) from error
            raise

    return run
