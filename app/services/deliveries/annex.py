"""Who may see which organisations used an office."""

from collections.abc import Sequence

from sqlalchemy import select

from app.extensions import db
from app.models import Office, Person, Project, ReportDelivery
from app.services.authorize import may


def sees_annex(person: Person | None, offices: Sequence[Office], project: Project | None = None) -> bool:
    """Whether the person may see which organisations used the offices.

    Hosts may; others unless an organisation of theirs gets the reports without them.
    """
    if all(may(person, "host", each) for each in offices):
        return True
    own = [each.id for each in person.organisations] if person else []
    query = (
        select(ReportDelivery.id)
        .join(Project, Project.id == ReportDelivery.project_id)
        .where(
            ReportDelivery.organisation_id.in_(own),
            ReportDelivery.annex.is_(False),
            Project.office_id.in_([each.id for each in offices]),
        )
    )
    if project is not None:
        query = query.where(Project.id == project.id)
    return db.session.scalar(query.limit(1)) is None
