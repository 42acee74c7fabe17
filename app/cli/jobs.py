"""`flask scheduler`, the job process, and `flask run-job NAME`, one job now."""

from datetime import UTC, datetime

import click
from flask import current_app
from flask.cli import with_appcontext

from app import clock
from app.cli.files import refuse
from app.jobs import JOBS, run
from app.jobs.scheduler import serve

AHEAD = (
    "That time is yet to come. What is frozen now stays as it is and is not done again when the day is here; "
    "to try something out, use a copy of the database."
)


@click.command("scheduler")
@with_appcontext
def scheduler() -> None:
    """Runs the jobs until it is told to stop (Ctrl-C, SIGTERM). Two at once do no harm."""
    serve(current_app._get_current_object())


@click.command("run-job")
@click.argument("name", type=click.Choice(list(JOBS)))
@click.option("--now", metavar="ISO", help="As if it were this time, such as 2026-12-01T07:00+01:00.")
@with_appcontext
def run_job(name: str, now: str | None) -> None:
    """Does one job once, whether or not it is its turn. What is done already stays done once."""
    moment, really = _instant(now) if now else clock.now(), clock.now()
    if moment > really:
        click.echo(AHEAD, err=True)
    outcome = run(JOBS[name], moment, asked=True)
    if outcome.error:
        refuse([f"{name}: {outcome.error}"])
    click.echo(f"{name}: {outcome}")


def _instant(text: str) -> datetime:
    try:
        instant = datetime.fromisoformat(text)
    except ValueError:
        refuse([f'"{text}" is no time; write it like 2026-12-01T07:00+01:00'])
    if instant.tzinfo is None:
        refuse([f'"{text}" has no offset; write it like 2026-12-01T07:00+01:00, or ending in Z for UTC'])
    return instant.astimezone(UTC)
