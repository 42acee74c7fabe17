"""Looking up offices, resources and the words of the domain."""

from collections.abc import Sequence

from sqlalchemy import select

from app.domain.alphabet import alphabetical
from app.domain.errors import NotFound
from app.extensions import db
from app.models import Activity, Category, Office, Organisation, Person, Resource


def offices() -> Sequence[Office]:
    """All offices, in the order they were made."""
    return db.session.scalars(select(Office).order_by(Office.id)).all()


def office_named(slug: str | None) -> Office:
    """The office, or the first one where none is named. NotFound."""
    query = select(Office).order_by(Office.id).limit(1)
    office = db.session.scalar(query if slug is None else query.where(Office.slug == slug))
    if office is None:
        raise NotFound()
    return office


def resource_named(slug: str) -> Resource:
    """The resource. NotFound where there is none, or it is retired."""
    resource = db.session.scalar(select(Resource).filter_by(slug=slug, retired=False))
    if resource is None:
        raise NotFound()
    return resource


def activities() -> Sequence[Activity]:
    """What time can be for, in order."""
    return db.session.scalars(
        select(Activity).filter_by(retired=False).order_by(Activity.position, Activity.id)
    ).all()


def categories() -> Sequence[Category]:
    """What funders count by, in order; retired ones too, since old figures name them."""
    return db.session.scalars(select(Category).order_by(Category.position, Category.id)).all()


def organisations_for(person: Person, hosts: bool) -> Sequence[Organisation]:
    """Whom a person books for, by name: a host for all, others for the organisations they belong to."""
    everybody = db.session.scalars(select(Organisation)).all() if hosts else person.organisations
    return sorted((each for each in everybody if not each.retired), key=lambda each: alphabetical(each.name))
