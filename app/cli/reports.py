"""`flask report OFFICE PERIOD`: the figures of a period, as a file. `flask verify-report`: counted again."""

import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, NoReturn

import click
from flask.cli import with_appcontext

from app import clock
from app.cli.files import refuse
from app.cli.words import counted
from app.domain.errors import DomainError, NotFound, Refusal, Refused
from app.domain.localtime import local_date, zone
from app.domain.period import Period, PeriodError
from app.models import Office, Project, ReportSnapshot
from app.reports import FORMATS
from app.services.offices import office_named
from app.services.reports import Report, project_for, project_named, projects_of, report_together
from app.services.reports.changes import is_about_money
from app.services.reports.periods import TO_DATE, period_named
from app.services.reports.public import for_public, is_for_public, without_annex
from app.services.reports.rows import CountedRow, counted_rows, rows_of
from app.services.reports.since import MONEY_CAUSES
from app.services.reports.verification import Verification
from app.services.reports.verification import verify as count_again
from app.services.snapshots import content_of, frozen, origin_kept, replacing, revisions
from app.wording import say
from app.wording.report.files import report_file

AUDIENCES = ("full", "public")
MOST_TOLD = 5  # figures that differ
_CAUSES = {
    "heads_counted": "head counts entered afterwards",
    "heads_corrected": "head counts corrected",
    "added": "bookings added",
    "cancelled": "bookings cancelled",
    "moved": "bookings moved",
    "no_show": "bookings that nobody came to after all",
    "attended": "bookings that were used after all",
    "relabelled": "bookings with another category, activity or organisation",
    "hours": "bookings that count for other hours",
    "revalued": "bookings worth another amount",
    "decided": "bookings decided otherwise: aid, or not",
    "caps": "companies with another cap",
    "currency": "another currency of the values or of the cap",
    "closures": "closures entered afterwards",
    "closures_lifted": "closures taken away afterwards",
    "opening": "other opening hours, resources or places",
}
PERIODS = """PERIOD is 2026-10, 2026-Q4, 2026-H2, 2026 or 2015-11-01..2018-12-01, the end not included, or
    "project": the project until today."""


@click.command(
    "report",
    help=f"""The report of OFFICE for PERIOD.

    {PERIODS}

    Several offices are counted together, as if they were one: stockholm+umea.

    Figures are live, as the bookings stand now, unless --project or --revision asks for a frozen report.
    JSON and csv have unrounded numbers for programs, with a decimal point; csv has one figure a line:
    section,key,measure,value. excel-csv is for Excel in Swedish: semicolons and decimal commas.
    """,
)
@click.argument("offices", metavar="OFFICE")
@click.argument("period_text", metavar="PERIOD")
@click.option("--format", "form", type=click.Choice(FORMATS), default="json", show_default=True)
@click.option("-o", "--output", metavar="FILE", help="Where to write; without it, to standard output.")
@click.option("--project", "slug", metavar="SLUG", help="The frozen report of this project.")
@click.option("--revision", metavar="N", type=click.IntRange(1), help="This frozen revision; the latest one.")
@click.option("--language", type=click.Choice(["sv", "en"]), help="Of pdf, xlsx and excel-csv; the office's.")
@click.option(
    "--audience",
    type=click.Choice(AUDIENCES),
    default="full",
    show_default=True,
    help="public: names no company, and hides numbers of persons that tell of few. Of whole months.",
)
@click.option("--no-annex", is_flag=True, help="Without the annex that names organisations.")
@with_appcontext
def report(
    offices: str,
    period_text: str,
    form: str,
    output: str | None,
    slug: str | None,
    revision: int | None,
    language: str | None,
    audience: str,
    no_annex: bool,
) -> None:
    places = [_office(each) for each in offices.split("+")]
    period, _ = _about(places[0], period_text, slug)
    snapshot = _snapshot(places, period, slug, revision)
    content = content_of(snapshot) if snapshot else _live(places, period)
    if audience == "public" and not is_for_public(period, _project_of(places[0], content["project"])):
        refuse([say(Refused(Refusal("public_months_only", "period")))])
    if no_annex:
        content = without_annex(content)
    rows = None
    if audience == "public":
        content = for_public(content)
    elif form == "xlsx":
        rows = _rows(places, period, content, snapshot)
    last = snapshot and replacing(snapshot, revisions(places[0], period, snapshot.project))
    with _bar("Writing", len(rows or ())) as bar:
        found = report_file(
            content,
            form,
            language or places[0].language,
            now=clock.now(),
            rows=rows,
            progress=bar.update,
            replaced_by=last,
        )
    _write(found, output)
    if last:
        click.echo(f"Revision {content['revision']} was replaced by revision {last.revision}.", err=True)


@click.command(
    "verify-report",
    help=f"""Counts a frozen report of OFFICE for PERIOD again, and tells what differs.

    {PERIODS}

    Ends with code 0 if data, figures, money and checksums are as they were when it was frozen, else with
    code 1. What companies have received in three years may have changed since: it is told, and no fault.
    """,
)
@click.argument("office_slug", metavar="OFFICE")
@click.argument("period_text", metavar="PERIOD")
@click.option("--project", "slug", metavar="SLUG", help="Of which project; without it, the one at that time.")
@click.option("--revision", metavar="N", type=click.IntRange(1), help="Without it, the latest one.")
@click.option("--all", "every", is_flag=True, help="Tell every figure that differs, not the largest alone.")
@with_appcontext
def verify_report(
    office_slug: str, period_text: str, slug: str | None, revision: int | None, every: bool
) -> None:
    office = _office(office_slug)
    period, _ = _about(office, period_text, slug)
    project = _project(office, period, slug)
    try:
        found = count_again(office, period, project, revision, now=clock.now())
    except NotFound:
        _refuse_unfrozen(project, period, revision)
    for line in _told(found, every):
        click.echo(line)
    if not found.holds:
        raise SystemExit(1)


def _told(found: Verification, every: bool) -> list[str]:
    snapshot = found.snapshot
    at = snapshot.frozen_at.isoformat(timespec="seconds")
    name = f"{snapshot.office.slug} {Period(snapshot.starts_on, snapshot.ends_on)}"
    lines = [f"{name}, {snapshot.project.slug}, revision {snapshot.revision}, frozen {at}"]
    lines.append(f"checksum kept       {snapshot.checksum}")
    lines.append(f"checksum now        {found.checksum}")
    lines.append(f"money kept          {found.money_kept or 'none: frozen by an older version'}")
    lines.append(f"money now           {found.money_now}")
    if found.method != snapshot.method:
        lines.append(f"Counted by method {snapshot.method} then, by method {found.method} now.")
    lines += [f"The snapshot contradicts itself: {name}." for name in found.torn]
    if found.holds:
        lines.append("Holds: counted again from the same data, every figure is the same.")
    lines += [*_figures_told(found, every), *_money_told(found, every), *_beside_told(found, every)]
    return lines


def _figures_told(found: Verification, every: bool) -> Iterator[str]:
    if found.same_data and found.differences:
        yield "Does NOT hold: the data is the same, but figures differ. The snapshot was altered."
    elif found.differences:
        yield f"The data has changed since. {_figures(len(found.differences))} would be others:"
    elif not found.same_data:
        yield "The data has changed since; no figure of the report differs."
    elif not found.holds:
        yield "The bookings are the same, and so are all figures of use."
    yield from _causes_told(each for each in found.causes if each["cause"] not in MONEY_CAUSES)
    yield from _changes_told(sorted(found.differences, key=_size), every, "The largest, of the whole first")


def _money_told(found: Verification, every: bool) -> Iterator[str]:
    if found.same_money and found.money and found.money_kept:
        yield "Does NOT hold: the money is counted from the same, but differs. The snapshot was altered."
    elif found.money:
        yield f"The MONEY has changed since. {_figures(len(found.money))} of its annex would be others:"
    elif not found.same_money:
        yield "What the annex about money is counted from has changed since; no figure of it differs."
    yield from _causes_told(each for each in found.causes if each["cause"] in MONEY_CAUSES)
    yield from _changes_told(found.money, every, "The first of them")


def _beside_told(found: Verification, every: bool) -> Iterator[str]:
    standing = [each for each in found.beside if is_about_money(each)]
    others = len(found.beside) - len(standing)
    if standing:
        yield "Beside it, what companies have received in three years, of everybody, has changed since:"
        yield from _changes_told(standing, every, "The first of them")
    if others:
        yield f"Beside the period's own figures, {others} differ (other periods, targets …)."


def _causes_told(causes: Iterable[Mapping[str, Any]]) -> Iterator[str]:
    return (f"  {_CAUSES[each['cause']]}: {each['count']}" for each in causes)


def _changes_told(changes: Sequence[Mapping[str, Any]], every: bool, first: str) -> Iterator[str]:
    shown = changes if every else changes[:MOST_TOLD]
    if len(shown) < len(changes):
        yield f"{first}; all of them with --all:"
    for each in shown:
        yield f"  {each['figure']}: {each['before']} -> {each['after']}"


def _rows(
    offices: Sequence[Office], period: Period, content: Report, snapshot: ReportSnapshot | None
) -> list[CountedRow] | None:
    """The bookings that were counted, for a spreadsheet."""
    kept = origin_kept(snapshot) if snapshot else None
    if kept is not None:
        return rows_of(kept, zone(offices[0].timezone))
    project = None if len(offices) > 1 else _project_of(offices[0], content["project"])
    return counted_rows(offices, period, project, content["checksum"])


def _figures(number: int) -> str:
    return counted(number, "figure", "figures")


def _size(change: Mapping[str, Any]) -> tuple[bool, float]:
    """To sort by: figures of the whole before those of parts, then by how much they differ."""
    before, after = change["before"] or 0, change["after"] or 0
    of_parts = change["figure"].partition(".")[0] not in ("totals", "attendance")
    return of_parts, -abs(after - before) / max(abs(before), abs(after), 1e-9)


def _about(office: Office, text: str, slug: str | None) -> tuple[Period, Project | None]:
    """The period, and the project that "project" means."""
    today = local_date(clock.now(), zone(office.timezone))
    project = None
    if text.strip() == TO_DATE:
        running = [each for each in projects_of(office) if each.starts_on <= today]
        project = _named(office, slug) if slug else next(iter(running), None)
    try:
        return period_named(text, project, today), project
    except PeriodError as error:
        refuse([say(error)])


def _live(offices: Sequence[Office], period: Period) -> Report:
    try:
        return report_together(offices, period, now=clock.now())
    except DomainError as error:
        refuse([say(error)])


def _snapshot(
    offices: Sequence[Office], period: Period, slug: str | None, revision: int | None
) -> ReportSnapshot | None:
    """The frozen report that is asked for; None where it is the live one."""
    if slug is None and revision is None:
        return None
    if len(offices) > 1:
        refuse(["Frozen reports are of one office each."])
    about = _project(offices[0], period, slug)
    try:
        return frozen(offices[0], period, about, revision)
    except NotFound:
        _refuse_unfrozen(about, period, revision)


def _refuse_unfrozen(project: Project, period: Period, revision: int | None) -> NoReturn:
    which = f"no revision {revision}" if revision else "no frozen report"
    refuse([f"There is {which} of {project.slug} for {period}. Without --project and --revision: live."])


def _office(slug: str) -> Office:
    try:
        return office_named(slug)
    except NotFound:
        refuse([f'There is no office "{slug}".'])


def _project(office: Office, period: Period, slug: str | None) -> Project:
    if slug is None:
        found = project_for(office, period)
        return found or refuse([f"No project of {office.slug} runs through {period}; name one by --project."])
    return _named(office, slug)


def _named(office: Office, slug: str) -> Project:
    try:
        return project_named(office, slug)
    except NotFound:
        refuse([f'{office.slug} has no project "{slug}".'])


def _project_of(office: Office, slug: str | None) -> Project | None:
    return project_named(office, slug) if slug else None


def _bar(label: str, length: int) -> Any:
    """Progress on standard error, where somebody is looking and it takes a while."""
    watched = sys.stderr.isatty() and length > 1000
    return click.progressbar(length=max(length, 1), label=label, file=sys.stderr, hidden=not watched)


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
