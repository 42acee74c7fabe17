"""`flask demo load`: the demo office, for trying things out."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import click
from flask.cli import AppGroup

from app import clock
from app.cli.files import refuse
from app.cli.office_problems import lines
from app.demo.load import is_loaded, load_demo
from app.services.office_file import OfficeFileInvalid

demo = AppGroup("demo", help="An invented office to try things out in.")


@demo.command("load")
def load() -> None:
    """Loads the demo: two offices, their people, and bookings from 2015 to 2018 and around today.

    All of it or nothing; where it is loaded already, nothing.
    """
    if is_loaded():
        click.echo("The demo is loaded already.")
        return
    click.echo("Making up the demo's bookings …")
    try:
        count = load_demo(now=clock.now(), watch=_bar)
    except OfficeFileInvalid as invalid:
        refuse(lines(invalid))
    click.echo(f"The demo is loaded: two offices, {count} bookings.")


@contextmanager
def _bar(total: int) -> Iterator[Callable[[int], None]]:
    with click.progressbar(length=total, label="Storing them") as bar:
        yield bar.update
