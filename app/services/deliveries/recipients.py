"""To whom a report goes.

How much of it they get says `app.services.reports.readers`. Whoever has no account gets the version for the
public.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import or_, select

from app.domain.period import Period
from app.extensions import db
from app.models import Membership, Organisation, Person, Project, Role
from app.services.deliveries.schedules import Schedule, schedules_of
from app.services.reports.readers import PUBLIC, audience_of, is_told


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


def recipients_of(project: Project, period: Period, every: str | None = None) -> list[Recipient]:
    """Who gets the project's report of the period, each address once; with `every` only by schedules of that
    kind. Whoever is told nothing of such a period is not among them.
    """
    found: dict[str, Recipient] = {}
    schedules = [each for each in schedules_of(project) if each.active and every in (None, each.every)]
    for schedule in schedules:
        for person in people_of(project, schedule.organisation):
            found.setdefault(person.email, _for_person(person, schedule, project, period))
    for schedule in schedules:
        for address in schedule.addresses:
            found.setdefault(address, _for_address(address, schedule, project))
    return [each for each in found.values() if is_told(each.audience, period, project)]


def readers_by_hand(project: Project, period: Period, every: str | None) -> list[Recipient]:
    """Everybody whom a report may be sent to by hand: by their schedule of such periods, if they have one."""
    of_kind = recipients_of(project, period, every) if every else []
    found = {each.address: each for each in of_kind}
    for each in recipients_of(project, period):
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


def _for_person(person: Person, schedule: Schedule, project: Project, period: Period) -> Recipient:
    return Recipient(
        address=person.email,
        organisation=schedule.organisation,
        person=person,
        language=schedule.language or person.language or project.office.language,
        formats=schedule.formats,
        audience=audience_of(person, [project.office], period, project),
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
