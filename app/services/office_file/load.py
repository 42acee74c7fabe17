"""The use case: a file's text in, a summary out."""

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import select

from app.extensions import db
from app.models import Category, Office, Organisation, Pool, Project, Resource, Slot
from app.services.office_file.changes import Summary
from app.services.office_file.check import Known, check
from app.services.office_file.entries import Description
from app.services.office_file.parse import parse
from app.services.office_file.problems import OfficeFileInvalid, Problem
from app.services.office_file.store import store
from app.services.transaction import use_case


def load_office(text: str, *, now: datetime, filename: str = "FILE") -> Summary:
    """Creates or updates the office that the text describes; loading it again changes nothing.

    Raises OfficeFileInvalid with everything that is wrong; then nothing has changed.
    """
    description, problems = parse(text)
    if description is None:
        raise OfficeFileInvalid(filename, problems)
    return _load(description, problems, now, filename)


@use_case
def _load(description: Description, problems: Iterable[Problem], now: datetime, filename: str) -> Summary:
    problems = [*problems, *check(description, _known(description))]
    if problems:
        raise OfficeFileInvalid(filename, problems)
    return store(description, now)


def _known(description: Description) -> Known:
    wholes = [entry.slug for entry in description.resources if entry.parts]
    booked = (
        select(Resource.slug).join(Slot, Slot.resource_id == Resource.id).where(Resource.slug.in_(wholes))
    )
    return Known(
        categories=frozenset(db.session.scalars(select(Category.slug))),
        organisations=frozenset(db.session.scalars(select(Organisation.slug))),
        resources=_owners(Resource),
        pools=_owners(Pool),
        projects=_owners(Project),
        with_bookings=frozenset(db.session.scalars(booked.distinct())),
    )


def _owners(model: type[Resource] | type[Pool] | type[Project]) -> dict[str, str]:
    query = select(model.slug, Office.slug).join(Office, Office.id == model.office_id)
    return dict(db.session.execute(query).all())
