"""`flask user add …` and `flask token …`."""

import sys

import click
from flask.cli import AppGroup, with_appcontext

from app.cli.files import refuse
from app.clock import now
from app.domain.errors import DomainError
from app.models.person import ROLES
from app.services.offices import office_named, offices
from app.services.people import LANGUAGES, add_person, new_token, set_active
from app.services.reports.readers import may_read_full
from app.wording import say_all

user = AppGroup("user", help="People who can sign in.")


@user.command("add")
@click.argument("email")
@click.option("--role", type=click.Choice(ROLES), required=True)
@click.option("--organisation", metavar="SLUG", required=True, help="Whom the person books for.")
@click.option("--office", metavar="SLUG", help="Where the role holds; without it, at every office.")
@click.option("--language", type=click.Choice(LANGUAGES), help="Without it, the browser's.")
@click.option("--name", help="As it is shown to hosts.")
@click.option("--password-stdin", is_flag=True, help="Read the password from standard input.")
def add(
    email: str,
    role: str,
    organisation: str,
    office: str | None,
    language: str | None,
    name: str | None,
    password_stdin: bool,
) -> None:
    """Add a person, or bring a known one up to date.

    The role replaces the one held at that office. Without a password the person signs in by mailed links.
    """
    password = _password() if password_stdin else None
    try:
        person = add_person(
            email,
            role=role,
            organisation=organisation,
            office=office,
            language=language,
            name=name,
            password=password,
            now=now(),
        )
    except DomainError as error:
        refuse(say_all(error))
    click.echo(f"{email} is {role} {f'at {office}' if office else 'at every office'}, for {organisation}.")
    if role == "funder" and not may_read_full(person, [office_named(office)] if office else offices()):
        at = "there" if office else "anywhere"
        click.echo(
            f"Warning: {organisation} neither runs nor pays for a project {at}, so {email} reads the version "
            "of reports for the public. Who pays is named in the office's file.",
            err=True,
        )


@user.command("disable")
@click.argument("email")
def disable(email: str) -> None:
    """Shut a person out at once; their bookings stay."""
    _set_active(email, False)
    click.echo(f"{email} is shut out.")


@user.command("enable")
@click.argument("email")
def enable(email: str) -> None:
    """Let a person in again."""
    _set_active(email, True)
    click.echo(f"{email} may sign in again.")


@click.command("token")
@click.argument("email")
@with_appcontext
def token(email: str) -> None:
    """Print a new API token of a person, and nothing else. It cannot be shown again."""
    try:
        click.echo(new_token(email, now()))
    except DomainError as error:
        refuse(say_all(error))


def _password() -> str:
    if at_terminal():
        return str(click.prompt("Password", hide_input=True, err=True))
    return sys.stdin.readline().rstrip("\r\n")


def at_terminal() -> bool:
    """Whether a person types what is read."""
    return sys.stdin.isatty()


def _set_active(email: str, active: bool) -> None:
    try:
        set_active(email, active)
    except DomainError as error:
        refuse(say_all(error))
