"""`flask bookings import FILE.csv`: old bookings from another system."""

import sys
from pathlib import Path

import click
from flask.cli import AppGroup

from app import clock
from app.cli.booking_problems import lines
from app.cli.files import FILE, read_text, refuse
from app.cli.words import counted, overlap
from app.domain.errors import Taken
from app.services.booking_file import BookingFileInvalid, ImportResult, import_bookings

bookings = AppGroup("bookings", help="Bookings, many at once.")


@bookings.command("import")
@click.argument("file", type=FILE)
@click.option("--dry-run", is_flag=True, help="Only check the file and tell what would be imported.")
def import_(file: Path, dry_run: bool) -> None:
    """Imports the bookings of FILE: all, or none if a line is wrong. Known ones are skipped."""
    text = read_text(file)
    watched = sys.stderr.isatty() and not dry_run
    bar = click.progressbar(
        length=max(1, text.count("\n") - 1), label="Importing", file=sys.stderr, hidden=not watched
    )
    try:
        with bar:
            result = import_bookings(
                text, now=clock.now(), dry_run=dry_run, progress=bar.update, filename=str(file)
            )
    except BookingFileInvalid as invalid:
        refuse(lines(invalid))
    except Taken:
        refuse([f"{file}: somebody booked one of these times in the same moment; run the command again"])
    click.echo(_told(result))


def _told(result: ImportResult) -> str:
    imported = counted(result.imported, "booking", "bookings")
    parts = [f"{imported} {'would be imported' if result.dry_run else 'imported'}"]
    if result.coming:
        parts.append(f"{result.coming} of them coming")
    if result.skipped:
        parts.append(f"{result.skipped} known already and skipped")
    if result.overlapping:
        parts.append(f"{result.overlapping} {overlap(result.overlapping)}")
    if result.unknown_organisers:
        parts.append(f"{result.unknown_organisers} without organiser, whose address is not known")
    return "; ".join(parts)
