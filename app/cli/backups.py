"""`flask database backup` and `flask database restore FILE`."""

from pathlib import Path

import click
from flask import current_app
from flask.cli import with_appcontext

from app import clock
from app.cli.files import refuse
from app.extensions import db
from app.services.backup import BackupFailed, back_up, database_file, restore
from app.services.health import database_revision
from app.wording import say

ELSEWHERE = "The database is not SQLite: use pg_dump and pg_restore, see docs/operations.md."


@click.group("database")
def copies() -> None:
    """Copies of the database."""


@copies.command("backup")
@with_appcontext
def backup_now() -> None:
    """Makes a copy now, beside those that the nightly job makes."""
    config = current_app.config
    try:
        copy = back_up(_file(), config["BACKUP_FOLDER"], now=clock.now(), kept=config["BACKUP_KEPT"])
    except BackupFailed as error:
        refuse([say(error)])
    click.echo(copy)


@copies.command("restore")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@with_appcontext
def restore_from(file: Path) -> None:
    """Puts a copy in the place of the database; what was there is kept as a copy too."""
    target = _file()
    db.engine.dispose()
    try:
        former = restore(file, target, current_app.config["BACKUP_FOLDER"], now=clock.now())
    except BackupFailed as error:
        refuse([say(error)])
    click.echo(f"Restored from {file.name}, at migration {database_revision()}.")
    if former:
        click.echo(f"What was there before: {former}")
    click.echo("Now run: flask --app wsgi db upgrade, and start the web server and the scheduler again.")


def _file() -> Path:
    return database_file(db.engine) or refuse([ELSEWHERE])
