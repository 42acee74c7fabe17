"""What an hour of a resource is worth: the office says so, from a day on, and the past stays."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime
from operator import attrgetter

from sqlalchemy import select

from app.domain.errors import NotFound, Refusal, Refused
from app.domain.money import MOST_PER_HOUR, Since
from app.domain.one_line import one_line
from app.domain.text_length import too_long
from app.extensions import db
from app.models import Office, Person, Resource, ResourceValue
from app.models.money import MOST_REASON
from app.services.authorize import authorize
from app.services.directory import directory
from app.services.transaction import use_case


def values_of(office: Office) -> Mapping[int, Sequence[ResourceValue]]:
    """By resource, all that was said of it, in that order."""
    query = (
        select(ResourceValue)
        .join(Resource, Resource.id == ResourceValue.resource_id)
        .where(Resource.office_id == office.id)
        .order_by(ResourceValue.id)
    )
    found: defaultdict[int, list[ResourceValue]] = defaultdict(list)
    for each in db.session.scalars(query):
        found[each.resource_id].append(each)
    return found


def has_values(office: Office) -> bool:
    """Whether the office counts in money at all."""
    query = (
        select(ResourceValue.id)
        .join(Resource, Resource.id == ResourceValue.resource_id)
        .where(Resource.office_id == office.id)
    )
    return db.session.scalar(query.limit(1)) is not None


def since(rows: Sequence[ResourceValue]) -> list[Since[int]]:
    """As the rules of money read them."""
    return [Since(each.valid_from, each.per_hour) for each in rows]


def valued(office: Office) -> list[Resource]:
    """What can have a value: what hours are counted on; composites have that of their parts.

    What is no longer in use stands last: its hours are counted still.
    """
    here = (each for each in directory().resources.values() if each.office_id == office.id)
    return sorted((each for each in here if not each.parts), key=attrgetter("retired"))


@use_case
def set_values(
    office: Office,
    resource_ids: Collection[int],
    per_hour: int,
    valid_from: date | None,
    reason: str = "",
    *,
    by: Person,
    now: datetime,
) -> int:
    """An hour of each is worth so much from that day on; of how many. Refused, NotFound."""
    authorize(by, "host", office)
    reason = one_line(reason)
    known = {each.id for each in valued(office)}
    if not set(resource_ids) <= known:
        raise NotFound()
    wrong = []
    if not resource_ids:
        wrong.append(Refusal("nothing_chosen", "resources"))
    wrong += too_long(reason=(reason, MOST_REASON))
    if not 0 <= per_hour <= MOST_PER_HOUR:
        wrong.append(Refusal("value_wrong", "per_hour"))
    if wrong:
        raise Refused(*wrong)
    for resource_id in sorted(resource_ids):
        put_value(resource_id, per_hour, valid_from, reason, source="host", by=by, now=now)
    return len(resource_ids)


def put_value(
    resource_id: int,
    per_hour: int,
    valid_from: date | None,
    reason: str = "",
    *,
    source: str,
    by: Person | None,
    now: datetime,
) -> None:
    """Notes one value, in the caller's transaction."""
    db.session.add(
        ResourceValue(
            resource_id=resource_id,
            valid_from=valid_from,
            per_hour=per_hour,
            reason=reason,
            source=source,
            entered_at=now,
            by_id=by.id if by else None,
        )
    )
