"""Which project a report is about."""

from collections.abc import Sequence

from sqlalchemy import select

from app.domain.errors import NotFound
from app.domain.period import Period
from app.extensions import db
from app.models import Office, Project


def projects_of(office: Office) -> Sequence[Project]:
    """The office's projects, the latest first."""
    return [each for each in all_projects_of(office) if not each.retired]


def all_projects_of(office: Office) -> Sequence[Project]:
    """The same with retired ones, whose published reports stand."""
    query = select(Project).filter_by(office_id=office.id)
    return db.session.scalars(query.order_by(Project.starts_on.desc(), Project.id)).all()


def project_for(office: Office, period: Period) -> Project | None:
    """The project in whose time the whole period lies; of several the latest."""
    for project in projects_of(office):
        if project.starts_on <= period.first and period.last_exclusive <= project.ends_on:
            return project
    return None


def project_named(office: Office, slug: str) -> Project:
    """A project of the office, retired ones too: published reports go on speaking of them. NotFound."""
    project = db.session.scalar(select(Project).filter_by(office_id=office.id, slug=slug))
    if project is None:
        raise NotFound()
    return project
