"""`flask calendar import FILE.ics`: what a room had in another calendar."""

import sys
from collections.abc import Iterator, Sequence
from datetime import date, datetime
from pathlib import Path

import click
from flask_babel import force_locale

from app import clock
from app.cli.calendar import calendar
from app.cli.files import FILE, plain, refuse
from app.cli.words import counted, overlap
from app.domain.errors import DomainError, NotFound
from app.domain.localtime import local_date, zone
from app.models import Resource
from app.services.calendar_import import (
    Choices,
    ImportResult,
    Judged,
    import_entries,
    judge,
    read_calendar,
    window_from,
)
from app.services.offices import resource_named
from app.wording import say
from app.wording.calendar_import import why_skipped, why_unreadable
from calendars.entries import MOST_BYTES, Found, LeftOut

__all__ = ["calendar"]

DAY = click.DateTime(["%Y-%m-%d"])


@calendar.command("import")
@click.argument("file", type=FILE)
@click.option("--resource", "slug", required=True, metavar="SLUG", help="Whose calendar it is.")
@click.option("--organisation", required=True, metavar="SLUG", help="For whom all of it is.")
@click.option("--activity", required=True, metavar="SLUG", help="What all of it is for.")
@click.option("--from", "since", type=DAY, help="The first day; else the year before this one begins.")
@click.option("--leave-out", is_flag=True, help="Import the rest although something is taken or unreadable.")
@click.option("--dry-run", is_flag=True, help="Only tell what would be imported.")
def import_(
    file: Path,
    slug: str,
    organisation: str,
    activity: str,
    since: datetime | None,
    leave_out: bool,
    dry_run: bool,
) -> None:
    """Imports what the calendar FILE of a resource says: all, or none if anything is in the way.

    Known entries are skipped. What is over becomes history; what is to come has to be free.
    """
    moment = clock.now()
    with force_locale("en"), file.open("rb") as opened:
        try:
            resource = resource_named(slug)
            first = since.date() if since else window_from(_today(resource, moment))
            found = read_calendar(opened.read(MOST_BYTES + 1), resource, since=first, now=moment)
            judged = judge(found.entries, resource, now=moment)
        except NotFound:
            refuse([f"there is no resource {slug}"])
        except DomainError as error:
            refuse([f"{file}: {say(error)}"])
        wrong = [*_cut_off(file, found), *_unreadable(file, found), *_in_the_way(file, judged, resource)]
        if wrong and not leave_out:
            refuse([*wrong, "nothing was imported; --leave-out imports the rest"])
        for line in [*wrong, *_skipped(file, found)]:
            click.echo(line, err=True)
        new = [each for each in judged if each.state in ("coming", "history")]
        if dry_run:
            click.echo(_told(new, judged, found, None))
            return
        choices = Choices(organisation, activity, private="Private meeting")
        click.echo(_told(new, judged, found, _imported(file, new, resource, choices, moment)))


def _imported(
    file: Path, new: Sequence[Judged], resource: Resource, choices: Choices, moment: datetime
) -> ImportResult:
    bar = click.progressbar(
        length=max(1, len(new)), label="Importing", file=sys.stderr, hidden=not sys.stderr.isatty()
    )
    entries = [each.entry for each in new]
    try:
        with bar:
            return import_entries(entries, resource.id, choices, by=None, now=moment, progress=bar.update)
    except DomainError as error:
        refuse([f"{file}: {say(error)}"])


def _cut_off(file: Path, found: Found) -> Iterator[str]:
    if "cut_off" in found.notes:
        yield f"{file}: the file ends too early, and what stood there is missing: export it once more"


def _unreadable(file: Path, found: Found) -> Iterator[str]:
    for each in found.unreadable:
        yield _about(file, each, why_unreadable(each.code, each.detail))


def _skipped(file: Path, found: Found) -> Iterator[str]:
    for each in found.skipped:
        yield _about(file, each, f"skipped: {why_skipped(each.code)}")


def _about(file: Path, each: LeftOut, why: str) -> str:
    return plain(f"{file}: line {each.line}: {f'{each.title}: ' if each.title else ''}{why}")


def _in_the_way(file: Path, judged: Sequence[Judged], resource: Resource) -> Iterator[str]:
    tz = zone(resource.office.timezone)
    reasons = {
        "taken": "the time is taken by a booking",
        "twice": "overlaps another entry",
        "changed": "has been imported before, with other content",
    }
    for each in judged:
        if each.state not in reasons:
            continue
        why = reasons[each.state]
        if each.in_the_way:
            start, end = (at.astimezone(tz) for at in (each.in_the_way.start, each.in_the_way.end))
            why += f" from {start:%Y-%m-%d %H:%M} to {end:%Y-%m-%d %H:%M}"
            why += f" (line {each.in_the_way.entry.line})" if each.in_the_way.entry else ""
        start = each.entry.start.astimezone(tz)
        yield plain(f"{file}: line {each.entry.line}: {start:%Y-%m-%d %H:%M} {each.entry.title}: {why}")


def _told(new: Sequence[Judged], judged: Sequence[Judged], found: Found, result: ImportResult | None) -> str:
    parts = [f"{counted(len(new), 'entry', 'entries')} {'imported' if result else 'would be imported'}"]
    overlapping = result.overlapping if result else 0
    known = sum(each.state in ("known", "own") for each in judged)
    counts = {
        "of them coming": sum(each.state == "coming" for each in new),
        "known already and skipped": known,
        overlap(overlapping): overlapping,
        "before the first day": found.before,
        "more than two years ahead": found.after,
        "skipped because they hold no time": len(found.skipped),
    }
    return "; ".join([*parts, *(f"{count} {text}" for text, count in counts.items() if count)])


def _today(resource: Resource, moment: datetime) -> date:
    return local_date(moment, zone(resource.office.timezone))
