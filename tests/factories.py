"""Rows for tests: every method stores one thing, with whatever it needs around it."""

from datetime import UTC, datetime, timedelta
from typing import TypeVar

from sqlalchemy import select

from app.extensions import db
from app.models import (
    Activity,
    BookingRule,
    Category,
    Office,
    OpeningHours,
    Organisation,
    Person,
    Pool,
    Resource,
    Role,
)
from app.services.bookings import Wish

HOUR = timedelta(hours=1)
TEN = datetime(2026, 9, 8, 8, 0, tzinfo=UTC)  # a Tuesday, 10:00 in Stockholm
T = TypeVar("T")


def wish(start: datetime = TEN, *resources: str, hours: float = 1, **other: object) -> Wish:
    """Of Tallen, if nothing else is named."""
    settings: dict[str, object] = {"title": "Möte", "organisation": "granit", "activity": "meeting", **other}
    return Wish(resources or ("tallen",), start, start + hours * HOUR, **settings)


class Factory:
    """Makes things that exist "since before the test". Called twice with one slug, it returns the same."""

    def __init__(self, now: datetime) -> None:
        self.now = now

    def category(self, slug: str = "company") -> Category:
        return self._kept(Category, slug, names={"sv": slug.title(), "en": slug.title()})

    def activity(self, slug: str = "meeting") -> Activity:
        return self._kept(Activity, slug, names={"sv": "Möte", "en": "Meeting"})

    def organisation(self, slug: str = "granit", category: str = "company", **more: object) -> Organisation:
        return self._kept(
            Organisation, slug, name=f"{slug.title()} AB", category_id=self.category(category).id, **more
        )

    def office(
        self,
        slug: str = "stockholm",
        opens: int = 8 * 60,
        closes: int = 17 * 60,
        days: range = range(5),
        **more: object,
    ) -> Office:
        known = db.session.scalar(select(Office).where(Office.slug == slug))
        if known:
            return known
        settings: dict[str, object] = {
            "name": slug.title(),
            "timezone": "Europe/Stockholm",
            "language": "sv",
            **more,
        }
        office = self._kept(Office, slug, **settings)
        for day in days:
            db.session.add(
                OpeningHours(office_id=office.id, weekday=day, opens_minute=opens, closes_minute=closes)
            )
        db.session.commit()
        return office

    def room(self, slug: str = "tallen", office: str = "stockholm", **more: object) -> Resource:
        settings: dict[str, object] = {
            "name": slug.title(),
            "kind": "room",
            "capacity": 10,
            "changed_at": self.now,
            "office_id": self.office(office).id,
            **more,
        }
        self.activity()
        return self._kept(Resource, slug, **settings)

    def pool(self, slug: str = "desks", office: str = "stockholm", **more: object) -> Pool:
        """Without members: those are rooms with its `pool_id`."""
        settings: dict[str, object] = {"name": slug.title(), "office_id": self.office(office).id, **more}
        return self._kept(Pool, slug, **settings)

    def rule(self, **settings: object) -> BookingRule:
        """A host's, for all of the office in Stockholm unless the settings say otherwise."""
        rule = BookingRule(**{"office_id": self.office().id, "source": "host", **settings})
        db.session.add(rule)
        db.session.commit()
        return rule

    def person(
        self,
        email: str = "member@example.org",
        role: str = "member",
        organisation: str = "granit",
        office: Office | None = None,
        **more: object,
    ) -> Person:
        person = db.session.scalar(select(Person).where(Person.email == email))
        if person is None:
            person = Person(email=email, created_at=self.now, changed_at=self.now, **more)
            person.roles = [Role(role=role, office_id=office.id if office else None)]
            person.organisations = [self.organisation(organisation)]
            db.session.add(person)
            db.session.commit()
        return person

    def host(self, email: str = "host@example.org", **more: object) -> Person:
        return self.person(email, role="host", **more)

    def _kept(self, model: type[T], slug: str, **columns: object) -> T:
        thing = db.session.scalar(select(model).filter_by(slug=slug))
        if thing is None:
            thing = model(slug=slug, **columns)
            db.session.add(thing)
            db.session.commit()
        return thing
