"""The dates behind a figure: each with the hours that it counts for, so that they add up to the figure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select

from app.domain.period import Period
from app.domain.utilisation import APART
from app.extensions import db
from app.models import Booking, BookingDate, Office, Organisation, Person, Project
from app.services.authorize import authorize, may
from app.services.reports.material import load_together
from app.services.reports.origin import Origin, OriginDate, Share, origin_of
from app.services.reports.projects import project_for

PAGE = 50
VISITS = {"counted": True, "uncounted": False}  # whether they have a head count


@dataclass(frozen=True, slots=True)
class Choice:
    """Which figure: slugs; `only` "no_show", "counted" or "uncounted" visits, or what stands APART; None
    stands for all that is counted.

    `municipality` is the home of the organisation, by its name.
    """

    category: str | None = None
    resource: str | None = None
    activity: str | None = None
    organisation: str | None = None
    municipality: str | None = None
    only: str | None = None

    @property
    def apart(self) -> str | None:
        """What it is if no figure counts it."""
        return self.only if self.only in APART else None

    def takes(self, share: Share, homes: Mapping[str, str | None]) -> bool:
        date = share.date
        if self.only == "no_show" and not share.is_no_show:
            return False
        if self.only in VISITS and not (share.visited and date.has_heads is VISITS[self.only]):
            return False
        chosen = (
            (self.category, date.category),
            (self.activity, date.activity),
            (self.organisation, date.organisation),
            (self.municipality, homes.get(date.organisation or "")),
        )
        return all(wish is None or wish == value for wish, value in chosen)


@dataclass(frozen=True, slots=True)
class CountedDate:
    """One date and what it counts for. `booking_id`, `title` and `organisation` are for hosts, else None."""

    date_id: int
    booking_id: int | None
    start: datetime
    end: datetime
    resources: tuple[str, ...]
    status: str
    category: str
    activity: str | None
    counted: timedelta
    heads: tuple[int, int, int] | None  # women, men, other
    title: str | None
    organisation: str | None


@dataclass(frozen=True, slots=True)
class Behind:
    """A page of the dates behind a figure; the sums are of all pages."""

    rows: list[CountedDate]
    counted: timedelta
    used: int
    no_shows: int
    visits: int
    page: int
    pages: int


def origin_now(
    offices: Sequence[Office], period: Period, project: Project | None, *, by: Person | None
) -> Origin:
    """The dates that the live report is counted from; of several offices of no project. NotAllowed."""
    for each in offices:
        authorize(by, "see_report", each)
    about = None if len(offices) > 1 else project or project_for(offices[0], period)
    material = load_together(offices, period, about)
    return origin_of(material, material.measurement())


def behind(
    offices: Sequence[Office], origin: Origin, choice: Choice, *, by: Person | None, page: int = 1
) -> Behind:
    """The used dates and no-shows that `choice` names, by start, of a live or a frozen report. NotAllowed.

    Funders get times, places and heads; titles and organisations are for hosts.
    """
    for each in offices:
        authorize(by, "see_report", each)
    shares = shares_chosen(origin, choice)
    pages = max(1, -(-len(shares) // PAGE))
    page = min(max(page, 1), pages)
    shown = shares[(page - 1) * PAGE : page * PAGE]
    return Behind(
        rows=_dates(shown, origin, full=all(may(by, "host", each) for each in offices)),
        counted=sum((share.used for share in shares), timedelta()),
        used=sum(bool(share.used) for share in shares),
        no_shows=sum(share.is_no_show for share in shares),
        visits=sum(_visits(share.date) for share in shares if share.visited),
        page=page,
        pages=pages,
    )


def shares_chosen(origin: Origin, choice: Choice) -> list[Share]:
    """What is behind the figure that `choice` names."""
    shares = origin.shares(choice.resource, choice.apart)
    return [share for share in shares if choice.takes(share, origin.homes)]


def _visits(date: OriginDate) -> int:
    return sum(each or 0 for each in date.heads)


def _dates(shares: Sequence[Share], origin: Origin, full: bool) -> list[CountedDate]:
    query = (
        select(BookingDate.id, Booking.id, Booking.title, Organisation.name)
        .join(Booking, Booking.id == BookingDate.booking_id)
        .join(Organisation, Organisation.id == Booking.organisation_id)
        .where(BookingDate.id.in_([share.date.date_id for share in shares]))
    )
    facts = {row[0]: row[1:] for row in db.session.execute(query)} if full else {}
    return [_date(share, origin, *facts.get(share.date.date_id, (None, None, None))) for share in shares]


def _date(
    share: Share, origin: Origin, booking_id: int | None, title: str | None, organisation: str | None
) -> CountedDate:
    date = share.date
    women, men, other = (each or 0 for each in date.heads)
    return CountedDate(
        date_id=date.date_id,
        booking_id=booking_id,
        start=date.start,
        end=date.end,
        resources=tuple(origin.names[slug] for slug in date.places),
        status=date.status,
        category=date.category,
        activity=date.activity,
        counted=share.used,
        heads=(women, men, other) if date.has_heads else None,
        title=title,
        organisation=organisation,
    )
