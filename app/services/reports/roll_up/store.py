"""One day's figures as the rows of the roll-up."""

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import delete, insert, select

from app.domain.utilisation import METHOD_VERSION, DayFigures
from app.extensions import db
from app.models import (
    Category,
    Office,
    Organisation,
    Resource,
    UsageDates,
    UsageDay,
    UsageLong,
    UsagePersons,
    UsageShare,
    UsageTime,
)
from app.models.roll_up import KIND_BITS, OfDay
from app.services.reports.roll_up.standing import DETAILS

Row = dict[str, Any]
Rows = dict[type[OfDay], list[Row]]
AT_ONCE = 500  # days in one question


@dataclass(frozen=True, slots=True)
class Ids:
    """The numbers of what figures name by slug."""

    resources: Mapping[str, int]
    categories: Mapping[str, int]
    organisations: Mapping[str, int]

    @classmethod
    def read(cls) -> "Ids":
        return cls(_ids(Resource), _ids(Category), _ids(Organisation))


def rows_of(figures: DayFigures, office: Office, ids: Ids) -> Rows:
    """What is stored of a day. Times of nothing are left out."""
    of_day = {"office_id": office.id, "day": figures.day.toordinal()}
    times = [
        {
            **of_day,
            "resource_id": ids.resources[slug],
            "available": each.available,
            "booked": each.booked,
            "used": each.used,
            "seats_available": each.seats_available,
            "seats_counted": each.seats_counted,
        }
        for slug, each in figures.resources.items()
        if each.available
    ]
    shares = [
        {**of_day, "resource_id": ids.resources[slug], "category_id": ids.categories[category], "used": used}
        for (slug, category), used in figures.shares.items()
    ]
    persons = [
        {**of_day, "kind": KIND_BITS[kind], "parts": parts, "person_seconds": person_seconds}
        for (kind, parts), person_seconds in figures.persons.items()
    ]
    return {
        UsageTime: times,
        UsageShare: shares,
        UsagePersons: persons,
        UsageDates: list(_dates(figures, of_day, ids)),
        UsageLong: list(_long(figures, of_day, ids)),
    }


def _dates(figures: DayFigures, of_day: Row, ids: Ids) -> Iterable[Row]:
    for (kinds, category, organisation), dates in figures.dates.items():
        yield {
            **of_day,
            "kinds": bits_of(kinds),
            "category_id": ids.categories[category],
            "organisation_id": ids.organisations[organisation or ""],
            **asdict(dates),
        }


def _long(figures: DayFigures, of_day: Row, ids: Ids) -> Iterable[Row]:
    for each in figures.long:
        women, men, other = each.heads
        yield {
            **of_day,
            "date_id": each.date_id,
            "starts_on": each.starts_on.toordinal(),
            "category_id": ids.categories[each.category],
            "organisation_id": ids.organisations[each.organisation or ""],
            "women": women,
            "men": men,
            "other": other,
            "used": bits_of(each.used),
            "attended": bits_of(each.attended),
            "no_show": bits_of(each.no_show),
        }


def bits_of(kinds: Iterable[str]) -> int:
    """The kinds as one number."""
    return sum(KIND_BITS[kind] for kind in kinds)


def replace_days(office: Office, days: Iterable[DayFigures], now: datetime) -> None:
    """Stores the days in the place of what there was of them, in the caller's transaction."""
    found = list(days)
    ids = Ids.read()
    numbers = [each.day.toordinal() for each in found]
    unmark(office, numbers)
    for table in DETAILS:
        _delete(table, office, numbers)
    stored: Rows = {table: [] for table in DETAILS}
    for each in found:
        for table, rows in rows_of(each, office, ids).items():
            stored[table] += rows
    for table, rows in stored.items():
        if rows:
            db.session.execute(insert(table), rows)
    marks = [
        {"office_id": office.id, "day": day, "method": METHOD_VERSION, "counted_at": now} for day in numbers
    ]
    db.session.execute(insert(UsageDay), marks)


def unmark(office: Office, days: Iterable[int]) -> None:
    """From now on the days are counted from the bookings, until they are rolled up again."""
    _delete(UsageDay, office, days)


def _delete(table: type[OfDay], office: Office, days: Iterable[int]) -> None:
    numbers = sorted(days)
    for at in range(0, len(numbers), AT_ONCE):
        some = numbers[at : at + AT_ONCE]
        db.session.execute(delete(table).where(table.office_id == office.id, table.day.in_(some)))


def _ids(model: type[Resource] | type[Category] | type[Organisation]) -> dict[str, int]:
    return dict(db.session.execute(select(model.slug, model.id)).all())
