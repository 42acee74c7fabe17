"""The report of a period as the bookings stand now."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any

from app.domain.localtime import local_date
from app.domain.period import Period
from app.domain.utilisation import Measurement
from app.models import Office, Person, Project
from app.services.authorize import authorize
from app.services.offices import office_named
from app.services.reports.aid import money_of
from app.services.reports.around import Counted, around, compared_lines, trend_lines
from app.services.reports.checksum import checksum
from app.services.reports.conferences import Conferences, video_line
from app.services.reports.document import Report, document
from app.services.reports.material import Material, load_together
from app.services.reports.origin import Origin, origin_of
from app.services.reports.projects import project_for
from app.services.reports.quality import quality
from app.services.reports.readers import as_seen_by, audience_of, refuse_untold
from app.services.reports.sections import by_funder, by_hour, by_municipality, by_office, lead_time, no_shows
from app.services.reports.since_data import since_data
from app.services.reports.targets import goals, judgements, targets
from app.services.reports.words import words_of


@dataclass(frozen=True)
class Counting:
    """The report JSON with all that it was counted from; `money` is that of its annex about money."""

    report: Report
    material: Material
    measurement: Measurement
    money: Mapping[str, Any]

    @cached_property
    def origin(self) -> Origin:
        """The dates that it was counted from: listed where they are asked for, as for keeping them."""
        return origin_of(self.material, self.measurement)


def report(office: Office, period: Period, *, now: datetime, project: Project | None = None) -> Report:
    """The report JSON. Without a project, the one in whose time the period lies, if there is any."""
    return _count([office], period, project or project_for(office, period), now).report


def count(office: Office, period: Period, project: Project | None, *, now: datetime) -> Counting:
    """The report JSON with all that has to be kept to count it again."""
    return _count([office], period, project, now)


def report_together(offices: Sequence[Office], period: Period, *, now: datetime) -> Report:
    """The report JSON of several offices as if they were one; of no project. Refused where clocks differ."""
    if len(offices) == 1:
        return report(offices[0], period, now=now)
    return _count(offices, period, None, now).report


def report_for(office_slug: str, period_text: str, *, now: datetime, by: Person | None) -> Report:
    """The report as somebody may read it. NotFound, NotAllowed, PeriodError; Refused where there is none."""
    office = office_named(office_slug)
    authorize(by, "see_report", office)
    period = Period.parse(period_text)
    project = project_for(office, period)
    reads = audience_of(by, [office], period, project)
    refuse_untold(reads, period, project)
    return as_seen_by(reads, report(office, period, now=now, project=project))


def _count(offices: Sequence[Office], period: Period, project: Project | None, now: datetime) -> Counting:
    material = load_together(offices, period, project)
    whole = Counted.of(material.measurement(), material)
    measurement, counted, tallies = whole.measurement, whole.figures, whole.tallies
    today = local_date(now, material.timezone)
    beside = around(offices, period, project, material, whole, today)
    conferences = Conferences.of(offices, material, tallies)
    found = document(offices, period, project, counted, material.names, checksum(material))
    money = money_of(offices, period)
    promised = targets(project, period, counted, now, around=beside)
    whole_report = {
        **found,
        "targets": promised,
        "goals": goals(promised),
        "judgements": judgements(project, period),
        "audience": "full",
        "words": words_of(project, period),
        "data_from": beside.data_from.isoformat() if beside.data_from else None,
        "no_data": beside.lacks(period, counted.booked),
        **({"so_far": beside.so_far.line()} if beside.so_far else {}),
        "since_data": since_data(offices, period, project, beside.known, today),
        "trend": trend_lines(beside),
        "compared": compared_lines(beside),
        "by_office": by_office(offices, beside.known, material.office, measurement),
        "by_funder": by_funder(project, counted),
        "by_municipality": by_municipality(tallies, counted),
        "by_hour": by_hour(measurement, material.timezone),
        "no_shows": no_shows(measurement, counted),
        "lead_time": lead_time(tallies),
        "companies": beside.companies.line(),
        "video": video_line(measurement, conferences),
        "conferences": conferences.joined(offices),
        "quality": quality(offices, measurement, tallies, counted.attendance),
        **money.annex,
    }
    return Counting(whole_report, material, measurement, money.counted)
