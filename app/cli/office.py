"""`flask office load FILE.toml`: an office by its description."""

from pathlib import Path

import click
from flask.cli import AppGroup

from app import clock
from app.cli.files import FILE, read_text, refuse
from app.cli.office_problems import lines
from app.cli.words import counted
from app.services.office_file import OfficeFileInvalid, Summary, load_office

office = AppGroup("office", help="Offices, described by files.")


@office.command("load")
@click.argument("file", type=FILE)
def load(file: Path) -> None:
    """Creates or updates the office that FILE describes.

    What FILE no longer names is retired, never deleted. All problems are told at once, and then
    nothing has changed. Loading the same file again changes nothing.
    """
    text = read_text(file)
    try:
        summary = load_office(text, now=clock.now(), filename=str(file))
    except OfficeFileInvalid as invalid:
        refuse(lines(invalid))
    for line in _told(summary):
        click.echo(line)


def _told(summary: Summary) -> list[str]:
    if summary.nothing_to_change:
        return [f"{summary.office}: nothing to change"]
    told = [f"{change.action} {change.what} {change.slug}" for change in summary.changes]
    for slug, count in summary.still_booked.items():
        told.append(f"note: {slug} is retired, but has coming bookings ({count}); they stay until cancelled")
    for slug, count in summary.left_out.items():
        lie = counted(count, "past booking lies", "past bookings lie")
        told.append(
            f"warning: {lie} outside the days on which {slug} is in service now: no report "
            "counts them; if they took place, let active_from or active_to reach to them"
        )
    return [*told, f"{summary.office}: loaded, {counted(len(summary.changes), 'change', 'changes')}"]
