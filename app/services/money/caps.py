"""What was said of caps, of an office's and of companies' own: from what to what, by whom, when and why."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select

from app.extensions import db
from app.models import AidCap, Office, Organisation, Person

Cap = tuple[int | None, str | None]  # hundredths, and of which currency; None: none was said


def note_cap(
    office: Office,
    organisation: Organisation | None,
    before: Cap,
    after: Cap,
    reason: str,
    *,
    by: Person,
    now: datetime,
) -> None:
    """Keeps it, in the caller's transaction; nothing where it is the same. No organisation: the office's."""
    if before == after:
        return
    db.session.add(
        AidCap(
            office_id=office.id,
            organisation_id=organisation.id if organisation else None,
            before=before[0],
            before_currency=before[1],
            cap=after[0],
            currency=after[1],
            reason=reason,
            entered_at=now,
            by_id=by.id,
        )
    )


def caps_of(office: Office) -> Sequence[AidCap]:
    """All that the office said of its cap, in that order."""
    query = select(AidCap).filter_by(office_id=office.id, organisation_id=None).order_by(AidCap.id)
    return db.session.scalars(query).all()


def own_caps_of(organisation: Organisation) -> Sequence[AidCap]:
    """All that was said of the company's own, at any office, in that order."""
    query = select(AidCap).filter_by(organisation_id=organisation.id).order_by(AidCap.id)
    return db.session.scalars(query).all()
