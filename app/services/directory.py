"""What offices consist of, kept between requests until it changes.

Offices, resources, opening hours and organisations change a few times a year, and every page and every
booking needs them. The database marks their state anew with every change (migration 0003); a request
reads the mark, and all the rest only where the mark is one it has not seen.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import NamedTuple, TypeVar

from sqlalchemy import Connection, select
from sqlalchemy.orm import Session, SessionTransaction, defer, joinedload, lazyload
from sqlalchemy.orm.attributes import set_committed_value

from app.domain.interval import Interval
from app.domain.opening import OpeningRow
from app.extensions import db
from app.models import (
    Activity,
    BookingRule,
    Category,
    Closure,
    DirectoryMark,
    Office,
    OpeningHours,
    Organisation,
    OutsideCalendar,
    Pool,
    Resource,
    ResourcePart,
)
from app.services.columns import Prepared
from app.services.composites import leaves_of
from app.services.transaction import UNDER_WAY

NAMED = (Office, Resource, Pool, Organisation, Category, Activity)
Named = TypeVar("Named", Office, Resource, Pool, Organisation, Category, Activity)
MOST_KEPT = 4
SEEN, STANDS = "directory", "directory stands"  # marks on the session


class ClosureKnown(NamedTuple):
    """A closure of the office, or of one of its resources."""

    resource_id: int | None
    interval: Interval
    reason: str


class OutsideKnown(NamedTuple):
    """A calendar that is kept elsewhere. `blocks`: what it has, nobody but a host books."""

    id: int
    name: str
    blocks: bool


@dataclass(frozen=True, slots=True)
class Directory:
    """All offices, resources (in their order), pools, organisations and activities, by slug; retired too.

    The objects are shared and belong to no session: to be read, never changed, nor put into one.
    Opening hours, closures and rules are by office, without those that are retired; calendars from outside
    by each leaf that they are about.
    """

    mark: str
    offices: Mapping[str, Office]
    resources: Mapping[str, Resource]
    pools: Mapping[str, Pool]
    organisations: Mapping[str, Organisation]
    activities: Mapping[str, Activity]
    hours: Mapping[int, Sequence[tuple[int | None, OpeningRow]]]
    closures: Mapping[int, Sequence[ClosureKnown]]
    rules: Mapping[int, Sequence[BookingRule]]
    outside: Mapping[int, Sequence[OutsideKnown]]
    by_id: Mapping[tuple[type, int], object]
    _in_use: dict[int, Sequence[Resource]] = field(default_factory=dict)

    def in_use(self, office_id: int) -> Sequence[Resource]:
        """The resources of an office in their order, without those that are retired."""
        if office_id not in self._in_use:
            everything = self.resources.values()
            self._in_use[office_id] = [
                each for each in everything if each.office_id == office_id and not each.retired
            ]
        return self._in_use[office_id]

    def of_id(self, model: type[Named], identifier: int) -> Named:
        """The office, resource, pool, organisation, category or activity of this number. KeyError."""
        found = self.by_id[model, identifier]
        assert isinstance(found, model)
        return found

    def thing(self, resource_id: int | None, pool_id: int | None) -> Resource | Pool:
        """Whichever of the two is given."""
        return self.of_id(Pool, pool_id or 0) if resource_id is None else self.of_id(Resource, resource_id)

    def office_of(self, thing: Resource | Pool) -> Office:
        """The office that a thing belongs to."""
        return self.of_id(Office, thing.office_id)


_MARK = Prepared(select(DirectoryMark.mark))
_known: dict[str, Directory] = {}


def directory() -> Directory:
    """As it is in the caller's transaction. One that changes nothing of it asks for the mark once."""
    info = db.session.info
    seen: tuple[SessionTransaction | None, Directory] | None = info.get(SEEN)
    stands = STANDS in info or UNDER_WAY not in info
    if seen and stands and seen[0] is db.session().get_transaction():
        return seen[1]
    ((mark,),) = _MARK.read()
    if mark not in _known:
        found = _read_all(mark, db.session.connection())
        while len(_known) >= MOST_KEPT:
            _known.pop(next(iter(_known)), None)
        _known[mark] = found
    info[SEEN] = (db.session().get_transaction(), _known[mark])
    return _known[mark]


@contextmanager
def standing_directory() -> Iterator[Directory]:
    """Of a use case that changes nothing of it: as it is now, until the end of the block."""
    found = directory()
    if STANDS in db.session.info:
        yield found
        return
    db.session.info[STANDS] = True
    try:
        yield found
    finally:
        del db.session.info[STANDS]


def _read_all(mark: str, connection: Connection) -> Directory:
    # A session of its own, so that what it loads is nobody else's to change; within the same transaction.
    with Session(connection) as session:
        resources = (
            select(Resource)
            .options(
                joinedload(Resource.pool),
                lazyload(Resource.parts),
                defer(Resource.changes, raiseload=True),
                defer(Resource.changed_at, raiseload=True),
                defer(Resource.changed_booking_id, raiseload=True),
            )
            .order_by(Resource.position, Resource.id)
        )
        everything = session.scalars(resources).all()
        _put_together(session, everything)
        found = Directory(
            mark=mark,
            offices={each.slug: each for each in session.scalars(select(Office).order_by(Office.id))},
            resources={each.slug: each for each in everything},
            pools={each.slug: each for each in session.scalars(select(Pool))},
            organisations={each.slug: each for each in session.scalars(select(Organisation))},
            activities={each.slug: each for each in session.scalars(select(Activity))},
            hours=_hours(session),
            closures=_closures(session),
            rules=_rules(session),
            outside=_outside(session, everything),
            by_id={(type(each), each.id): each for each in session if isinstance(each, NAMED)},
        )
        session.expunge_all()
    return found


def _put_together(session: Session, resources: Sequence[Resource]) -> None:
    """Gives the composites their parts: link by link, which ends even where one is a part of itself."""
    by_id = {each.id: each for each in resources}
    links = session.execute(
        select(ResourcePart.whole_id, ResourcePart.part_id).order_by(ResourcePart.part_id)
    )
    parts: defaultdict[int, list[Resource]] = defaultdict(list)
    for whole, part in links:
        parts[whole].append(by_id[part])
    for each in resources:
        set_committed_value(each, "parts", parts[each.id])


def _hours(session: Session) -> Mapping[int, Sequence[tuple[int | None, OpeningRow]]]:
    found: defaultdict[int, list[tuple[int | None, OpeningRow]]] = defaultdict(list)
    for each in session.scalars(select(OpeningHours).order_by(OpeningHours.id)):
        row = OpeningRow(each.weekday, each.opens_minute, each.closes_minute, each.valid_from, each.valid_to)
        found[each.office_id].append((each.resource_id, row))
    return found


def _closures(session: Session) -> Mapping[int, Sequence[ClosureKnown]]:
    found: defaultdict[int, list[ClosureKnown]] = defaultdict(list)
    for each in session.scalars(select(Closure).where(Closure.retired_at.is_(None))):
        interval = Interval(each.starts_at, each.ends_at)
        found[each.office_id].append(ClosureKnown(each.resource_id, interval, each.reason))
    return found


def _rules(session: Session) -> Mapping[int, Sequence[BookingRule]]:
    found: defaultdict[int, list[BookingRule]] = defaultdict(list)
    for each in session.scalars(select(BookingRule).filter_by(retired=False).order_by(BookingRule.id)):
        found[each.office_id].append(each)
    return found


def _outside(session: Session, resources: Sequence[Resource]) -> Mapping[int, Sequence[OutsideKnown]]:
    about = select(
        OutsideCalendar.resource_id, OutsideCalendar.id, OutsideCalendar.name, OutsideCalendar.blocks
    )
    by_id = {each.id: each for each in resources}
    found: defaultdict[int, list[OutsideKnown]] = defaultdict(list)
    for resource_id, calendar_id, name, blocks in session.execute(about.order_by(OutsideCalendar.id)):
        for leaf in leaves_of(by_id[resource_id]):
            found[leaf.id].append(OutsideKnown(calendar_id, name, blocks))
    return found
