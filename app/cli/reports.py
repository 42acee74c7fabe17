"""`flask report OFFICE PERIOD`: the figures of a period, as a file."""

from pathlib import Path

import click
from flask.cli import with_appcontext

from app import clock
from app.cli.files import refuse
from app.domain.errors import NotFound
from app.domain.period import Period, PeriodError
from app.models import Office, Project
from app.reports import FORMATS
from app.services.offices import office_named
from app.services.reports import Report, project_for, project_named
from app.services.reports import report as live_report
from app.services.snapshots import content_of, frozen
from app.wording import say

LATER = ("pdf", "xlsx")


@click.command("report")
@click.argument("office")
@click.argument("period")
@click.option(
    "--format",
    "form",
    type=click.Choice([*FORMATS, *LATER]),
    default="json",
    show_default=True,
    help="pdf and xlsx come in a later version.",
)
@click.option("-o", "--output", metavar="FILE", help="Where to write; without it, to standard output.")
@click.option("--project", metavar="SLUG", help="The frozen report of this project.")
@click.option("--revision", metavar="N", type=click.IntRange(1), help="This frozen revision; the latest one.")
@with_appcontext
def report(
    office: str, period: str, form: str, output: str | None, project: str | None, revision: int | None
) -> None:
    """The report of OFFICE for PERIOD.

    PERIOD is 2026-10, 2026-Q4, 2026-H2, 2026 or 2015-11-01..2018-12-01, the end not included.

    Figures are live, as the bookings stand now, unless --project or --revision asks for a frozen report.
    Numbers are unrounded, with a decimal point. CSV has one figure a line: section,key,measure,value.
    """
    if form in LATER:
        refuse([f"Reports as {form.upper()} come in a later version; use --format json or csv."])
    content = _content(_office(office), _period(period), project, revision)
    _write(FORMATS[form](content), output)


def _content(office: Office, period: Period, project: str | None, revision: int | None) -> Report:
    if project is None and revision is None:
        return live_report(office, period, now=clock.now())
    about = _project(office, period, project)
    try:
        return content_of(frozen(office, period, about, revision))
    except NotFound:
        which = f"no revision {revision}" if revision else "no frozen report"
        refuse([f"There is {which} of {about.slug} for {period}. Without --project and --revision: live."])


def _office(slug: str) -> Office:
    try:
        return office_named(slug)
    except NotFound:
        refuse([f'There is no office "{slug}".'])


def _period(text: str) -> Period:
    try:
        return Period.parse(text)
    except PeriodError as error:
        refuse([say(error)])


def _project(office: Office, period: Period, slug: str | None) -> Project:
    if slug is None:
        found = project_for(office, period)
        return found or refuse([f"No project of {office.slug} runs through {period}; name one by --project."])
    try:
        return project_named(office, slug)
    except NotFound:
        refuse([f'{office.slug} has no project "{slug}".'])


def _write(content: bytes, output: str | None) -> None:
    if output is None or output == "-":
        click.echo(content, nl=False)
        return
    target = Path(output)
    draft = target.with_name(f".{target.name}.part")
    try:
        draft.write_bytes(content)
        draft.replace(target)  # whole or not at all
    except OSError as error:
        refuse([f"{target} cannot be written: {error.strerror}"])
