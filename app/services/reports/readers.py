"""Who reads how much of a report. The only place that decides it: for pages, files, the API and mails.

Hosts read everything of their office. Others read the full figures of the time of those projects that an
organisation of theirs runs or pays for, with the annex that names organisations unless a host has said
otherwise. All else they read in the version for the public.
"""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from app.domain.errors import Refusal, Refused
from app.domain.period import Period
from app.models import Office, Person, Project
from app.services.authorize import may
from app.services.deliveries.schedules import kept_from_annex, payers_of
from app.services.reports.projects import all_projects_of, projects_of
from app.services.reports.public import for_public, is_for_public, without_annex

FULL, WITHOUT_ANNEX, PUBLIC = "full", "without_annex", "public"
_LEAST_FIRST = (PUBLIC, WITHOUT_ANNEX, FULL)


def audience_of(
    person: Person | None, offices: Sequence[Office], period: Period, project: Project | None = None
) -> str:
    """How much the person reads of a report: of several offices what holds at each of them.

    `project` is the one whose report it is. Where the period does not lie in its time, or it is nobody's,
    every day has to be of a project of theirs.
    """
    found = [_at(person, office, period, project) for office in offices]
    return min(found, key=_LEAST_FIRST.index, default=PUBLIC)


def as_seen_by(audience: str, report: Mapping[str, Any]) -> dict[str, Any]:
    """The report as that audience gets it."""
    if audience == FULL:
        return dict(report)
    return without_annex(dict(report)) if audience == WITHOUT_ANNEX else for_public(dict(report))


def is_told(audience: str, period: Period, project: Project | None) -> bool:
    """Whether there is a report of the period for that audience: the public's are of whole months."""
    return audience != PUBLIC or is_for_public(period, project)


def refuse_untold(reads: str, period: Period, project: Project | None, *, public: bool = False) -> None:
    """Refused where there is none for whoever reads so much of it; `public`: who wants that version."""
    if not is_told(PUBLIC if public else reads, period, project):
        raise Refused(Refusal("report_of_payers" if reads == PUBLIC else "public_months_only", "period"))


def may_read_full(person: Person, offices: Sequence[Office]) -> bool:
    """Whether there is any project at these offices that an organisation of theirs runs or pays for."""
    own = _organisations(person)
    return any(own & _payers(project) for office in offices for project in all_projects_of(office))


def _at(person: Person | None, office: Office, period: Period, project: Project | None) -> str:
    if may(person, "host", office):
        return FULL
    if person is None or not may(person, "see_report", office):
        return PUBLIC
    own = _organisations(person)
    if not _is_theirs(own, office, period, project):
        return PUBLIC
    return WITHOUT_ANNEX if own & kept_from_annex(office) else FULL


def _is_theirs(own: set[int], office: Office, period: Period, project: Project | None) -> bool:
    """Whether these organisations (ids) have a part in everything that the period belongs to."""
    if project is not None and project.office_id == office.id and _covers([project], period):
        about: Sequence[Project] = [project]
    else:
        about = [
            each
            for each in projects_of(office)
            if each.starts_on < period.last_exclusive and period.first < each.ends_on
        ]
    return _covers(about, period) and all(own & _payers(each) for each in about)


def _organisations(person: Person) -> set[int]:
    return {each.id for each in person.organisations}


def _payers(project: Project) -> set[int]:
    return {each.id for each in payers_of(project)}


def _covers(projects: Sequence[Project], period: Period) -> bool:
    """Whether every day of the period is in the time of one of them."""
    reached: date = period.first
    for each in sorted(projects, key=lambda project: project.starts_on):
        if each.starts_on <= reached:
            reached = max(reached, each.ends_on)
    return reached >= period.last_exclusive
