"""To whom a report goes.

The full report is for hosts and for the people of a funder; which organisations used the office, only
where the funder's schedule says so. Whoever has no account gets the version for the public.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import or_, select

from app.domain.period import Period
from app.extensions import db
from app.models import Membership, Organisation, Person, Project, Role
from app.services.deliveries.annex import sees_annex
from app.services.deliveries.schedules import Schedule, schedules_of
from app.services.reports.public import for_public, is_for_public, without_annex

FULL, WITHOUT_ANNEX, PUBLIC = "full", "without_annex", "public"


@dataclass(frozen=True, slots=True)
class Recipient:
    """Who gets a report, and how. `person` None: an address without an account."""

    address: str
    organisation: Organisation
    person: Person | None
    language: str
    formats: tuple[str, ...]
    audience: str
    attached: bool


def recipients_of(project: Project, every: str | None = None) -> list[Recipient]:
    """Who gets the project's reports, each address once; with `every` only by schedules of that period."""
    found: dict[str, Recipient] = {}
    schedules = [each for each in schedules_of(project) if each.active and every in (None, each.every)]
    for schedule in schedules:
        for person in people_of(project, schedule.organisation):
            found.setdefault(person.email, _for_person(person, schedule, project))
    for schedule in schedules:
        for address in schedule.addresses:
            found.setdefault(address, _for_address(address, schedule, project))
    return [*found.values()]


def readers_by_hand(project: Project, period: Period, every: str | None) -> list[Recipient]:
    """Everybody whom a report may be sent to by hand: by their schedule of such periods, if they have one.

    `every` is its kind. Of any other days there is no version for the public.
    """
    of_kind = recipients_of(project, every) if every else []
    found = {each.address: each for each in of_kind}
    for each in recipients_of(project):
        if each.audience != PUBLIC or is_for_public(period, project):
            found.setdefault(each.address, each)
    return [*found.values()]


def people_of(project: Project, organisation: Organisation) -> Sequence[Person]:
    """Who reads the project's reports for an organisation that runs or pays for it: funders at its office."""
    role = Role.role == "funder"
    here = or_(Role.office_id.is_(None), Role.office_id == project.office_id)
    return db.session.scalars(
        select(Person)
        .where(Person.active)
        .where(Person.id.in_(select(Role.person_id).where(role, here)))
        .where(
            Person.id.in_(select(Membership.person_id).where(Membership.organisation_id == organisation.id))
        )
        .order_by(Person.id)
    ).all()


def as_seen_by(audience: str, report: Mapping[str, Any]) -> dict[str, Any]:
    """The report as that audience gets it."""
    if audience == FULL:
        return dict(report)
    return without_annex(dict(report)) if audience == WITHOUT_ANNEX else for_public(dict(report))


def _for_person(person: Person, schedule: Schedule, project: Project) -> Recipient:
    return Recipient(
        address=person.email,
        organisation=schedule.organisation,
        person=person,
        language=schedule.language or person.language or project.office.language,
        formats=schedule.formats,
        audience=FULL if sees_annex(person, [project.office], project) else WITHOUT_ANNEX,
        attached=schedule.attached,
    )


def _for_address(address: str, schedule: Schedule, project: Project) -> Recipient:
    return Recipient(
        address=address,
        organisation=schedule.organisation,
        person=None,
        language=schedule.language or project.office.language,
        formats=schedule.formats,
        audience=PUBLIC,
        attached=True,  # they cannot sign in to follow a link
    )
