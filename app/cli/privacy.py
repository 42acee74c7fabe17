"""`flask person export …` and `flask person erase …`: all that is kept of one person."""

import json
from contextlib import closing
from pathlib import Path
from sqlite3 import OperationalError

import click
from flask import current_app
from flask.cli import AppGroup

from app.cli.files import refuse
from app.cli.people import at_terminal
from app.clock import now
from app.domain.errors import DomainError
from app.extensions import db
from app.models import Person
from app.services.people import person_by_email
from app.services.privacy import Folders, Outlook, erase, export, outlook_for
from app.wording import say, say_all
from app.wording.erasure import guest_letter

FILE = click.Path(dir_okay=False, path_type=Path)

person = AppGroup("person", help="What is kept of one person.")


@person.command("export")
@click.argument("email")
@click.option("-o", "--output", type=FILE, help="Instead of the terminal.")
def export_command(email: str, output: Path | None) -> None:
    """Write all that is kept of a person, as JSON."""
    told = json.dumps(export(_person(email), now=now()), ensure_ascii=False, indent=2) + "\n"
    if output is None:
        click.echo(told, nl=False)
    else:
        try:
            _write_for_us(output, told)
        except OSError as error:
            refuse([f"{output} cannot be written: {error.strerror}."])
        click.echo(f"Written to {output}.")


@person.command("erase")
@click.argument("email")
@click.option("--hand-over-to", metavar="EMAIL", help="Who takes over what is to come; else it is cancelled.")
@click.option("--yes", is_flag=True, help="Do not ask.")
def erase_command(email: str, hand_over_to: str | None, yes: bool) -> None:
    """Erase a person for good. Every figure stays; nobody can tell any more whose bookings they were."""
    whom = _person(email)
    outlook = _outlook(whom, hand_over_to)
    if not yes and not at_terminal():
        refuse(["Nobody is there to be asked. To erase without a question: --yes"])
    _tell(whom.email, outlook, hand_over_to)
    if not yes:
        click.confirm("Erase? This cannot be taken back.", abort=True, err=True)
    folders = Folders(current_app.config["MAIL_FOLDER"], current_app.config["KEPT_FEEDS"])
    try:
        done = erase(
            whom.id, hand_over_to=hand_over_to, write=guest_letter, folders=folders, by=None, now=now()
        )
    except DomainError as error:
        refuse(say_all(error))
    _compact()
    click.echo(
        f"Erased. Bookings that stay without a name: {done.anonymous}, of these cancelled now: "
        f"{done.cancelled}; handed over: {done.handed_over}; mails erased: {done.mails}."
    )
    click.echo("Backups made before still hold the person, until they are thrown away.")


def _person(email: str) -> Person:
    try:
        return person_by_email(email)
    except DomainError as error:
        refuse(say_all(error))


def _outlook(whom: Person, hand_over_to: str | None) -> Outlook:
    """What would be done; whatever forbids it ends the command before anything else is said or asked."""
    try:
        outlook = outlook_for(whom, now(), hand_over_to=hand_over_to)
    except DomainError as error:
        refuse(say_all(error))
    if outlook.refusal:
        refuse([say(outlook.refusal)])
    return outlook


def _tell(email: str, outlook: Outlook, hand_over_to: str | None) -> None:
    then = f"handed over to {hand_over_to}" if hand_over_to else "cancelled, and their guests told"
    click.echo(f"{email}: name, address, roles, sign-ins, tokens, feeds, waits and mails go.", err=True)
    click.echo(f"Bookings that stay as they are, without a name: {outlook.past}", err=True)
    click.echo(f"Bookings to come that are {then}: {len(outlook.coming)}", err=True)


def _write_for_us(path: Path, text: str) -> None:
    """Nobody else may read it, not for a moment: also where there was such a file."""
    path.touch(mode=0o600)
    path.chmod(0o600)
    path.write_text(text, encoding="utf-8")


def _compact() -> None:
    """SQLite writes its file anew, without what is left over of former contents."""
    if db.engine.dialect.name != "sqlite":
        return
    db.session.remove()
    with closing(db.engine.raw_connection()) as connection:
        try:
            connection.cursor().execute("VACUUM")
            connection.cursor().execute("PRAGMA wal_checkpoint(TRUNCATE)")
        except OperationalError:
            click.echo("The database was busy. Run VACUUM later, so that its file forgets as well.", err=True)
