"""The dates behind a figure: each with the hours that it counts for, so that they add up to the figure."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from sqlalchemy import select

from app.domain.period import Period
from app.domain.utilisation import DateTally, Measurement
from app.extensions import db
from app.models import Booking, BookingDate, Office, Organisation, Person, Project
from app.services.authorize import authorize, may
from app.services.reports.material import Material, load_together
from app.services.reports.names import home_municipalities
from app.services.reports.projects import project_for

PAGE = 50
VISITS = {"counted": True, "uncounted": False}  # whether they have a head count


@dataclass(frozen=True, slots=True)
class Choice:
    """Which figure: slugs; `only` "no_show", "counted" or "uncounted" visits; None stands for all.

    `municipality` is the home of the organisation, by its name.
    """

    category: str | None = None
    resource: str | None = None
    activity: str | None = None
    organisation: str | None = None
    municipality: str | None = None
    only: str | None = None

    def takes(self, tally: DateTally, homes: Mapping[str, str | None]) -> bool:
        row = tally.row
        if self.only == "no_show" and not tally.is_no_show:
            return False
        if self.only in VISITS and not (tally.visited and row.has_heads is VISITS[self.only]):
            return False
        chosen = (
            (self.category, row.category),
            (self.activity, row.activity),
            (self.organisation, row.organisation),
            (self.municipality, homes.get(row.organisation or "")),
        )
        return all(wish is None or wish == value for wish, value in chosen)


@dataclass(frozen=True, slots=True)
class CountedDate:
    """One date and what it counts for. `title` and `organisation` are for hosts, None for others."""

    date_id: int
    booking_id: int
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


def behind(
    office: Office,
    period: Period,
    choice: Choice,
    *,
    by: Person | None,
    project: Project | None = None,
    also: Sequence[Office] = (),
    page: int = 1,
) -> Behind:
    """The used dates and no-shows of the live report that `choice` names, by start. NotAllowed.

    Funders get times, places and heads; titles and organisations are for hosts. `also`: the other offices of
    a report of several.
    """
    offices = [office, *also]
    for each in offices:
        authorize(by, "see_report", each)
    about = None if also else project or project_for(office, period)
    material = load_together(offices, period, about)
    homes = home_municipalities() if choice.municipality else {}
    tallies = [tally for tally in _tallies(material, choice) if choice.takes(tally, homes)]
    tallies.sort(key=lambda tally: (tally.row.date_start, tally.row.key))
    pages = max(1, -(-len(tallies) // PAGE))
    page = min(max(page, 1), pages)
    shown = tallies[(page - 1) * PAGE : page * PAGE]
    return Behind(
        rows=_dates(shown, material, full=all(may(by, "host", each) for each in offices)),
        counted=sum((tally.used for tally in tallies), timedelta()),
        used=sum(bool(tally.used) for tally in tallies),
        no_shows=sum(tally.is_no_show for tally in tallies),
        visits=sum(tally.row.heads for tally in tallies if tally.visited and tally.row.has_heads),
        page=page,
        pages=pages,
    )


def _tallies(material: Material, choice: Choice) -> Sequence[DateTally]:
    measurement: Measurement = material.measurement()
    if choice.resource is not None:
        alone = [one for one in measurement.measured if one.facts.slug == choice.resource]
        measurement = replace(measurement, measured=alone, kinds=None)
    return measurement.dates()


def _dates(tallies: Iterable[DateTally], material: Material, full: bool) -> list[CountedDate]:
    shown = {int(tally.row.date_id): tally for tally in tallies}
    places: defaultdict[int, dict[str, None]] = defaultdict(dict)  # a dict keeps the order of the resources
    for row in material.rows:
        if int(row.date_id) in shown:
            places[int(row.date_id)][row.resource] = None
    query = (
        select(BookingDate.id, Booking.id, BookingDate.ends_at, Booking.title, Organisation.name)
        .join(Booking, Booking.id == BookingDate.booking_id)
        .join(Organisation, Organisation.id == Booking.organisation_id)
        .where(BookingDate.id.in_(shown))
    )
    facts = {row[0]: row for row in db.session.execute(query)}
    found = []
    for date_id, tally in shown.items():
        _, booking_id, end, title, organisation = facts[date_id]
        row = tally.row
        found.append(
            CountedDate(
                date_id=date_id,
                booking_id=booking_id,
                start=row.date_start,
                end=end,
                resources=tuple(material.names[slug] for slug in material.names if slug in places[date_id]),
                status=row.status,
                category=row.category,
                activity=row.activity,
                counted=tally.used,
                heads=(row.women or 0, row.men or 0, row.other or 0) if row.has_heads else None,
                title=title if full else None,
                organisation=organisation if full else None,
            )
        )
    return found
