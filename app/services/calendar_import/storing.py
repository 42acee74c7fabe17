"""The use case: the entries that somebody chose become bookings, all of them or none."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import ClassVar

from sqlalchemy import select

from app.domain.errors import DomainError, NotFound, Refusal, Refused
from app.domain.policy import UNTITLED
from app.extensions import db
from app.models import Activity, Organisation, Person, Resource
from app.services.authorize import authorize
from app.services.booking_file.directory import load_directory
from app.services.booking_file.place import Placing
from app.services.booking_file.rows import BookingRow, store_rows
from app.services.calendar_import.judging import Judged, judge, people_at
from app.services.calendar_import.rows import bare_row, lines_of
from app.services.holidays import YEARS_AHEAD, ensure_holidays
from app.services.transaction import use_case
from calendars.entries import Entry


@dataclass(frozen=True, slots=True)
class Choices:
    """For whom and what. `by_organiser` says, by address, for which organisation (a slug) theirs are.

    `private` stands for a title that was not meant for others.
    """

    organisation: str
    activity: str
    private: str
    by_organiser: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ImportResult:
    """What came of it. `known` were imported before; `overlapping` past dates share time with others."""

    imported: int
    coming: int
    overlapping: int
    known: int


class NotAsSeen(DomainError):
    """Some of what was chosen cannot come in any more; nothing was stored."""

    code: ClassVar[str] = "import_not_as_seen"

    def __init__(self, in_the_way: Sequence[Judged]) -> None:
        super().__init__(count=len(in_the_way))
        self.in_the_way = tuple(in_the_way)


@use_case
def import_entries(
    entries: Sequence[Entry],
    resource_id: int,
    choices: Choices,
    *,
    chosen: Collection[str] | None = None,
    by: Person | None,
    now: datetime,
    progress: Callable[[int], None] | None = None,
) -> ImportResult:
    """Stores the entries whose keys are chosen (None: every new one). What is known already is left as it is.

    What is over becomes history, which may overlap; the rest has to be free. `by` None is the operator.
    Raises Refused (unknown organisation or activity), NotAsSeen, and Taken if somebody books one of the times
    in the same moment.
    """
    # One import into a resource at a time: two of the same file would both find everything new.
    db.session.execute(select(Resource.id).where(Resource.id == resource_id).with_for_update(key_share=True))
    resource = db.session.get(Resource, resource_id)
    if resource is None or resource.retired:
        raise NotFound()
    if by is not None:
        authorize(by, "host", resource)
    judged = judge(entries, resource, now=now)
    wanted = [each for each in judged if chosen is None or each.key in chosen]
    taken = [each for each in wanted if each.state in ("taken", "changed")]
    new = [each for each in wanted if each.is_new]
    rows = _rows(new, resource, choices)
    directory = load_directory()
    placing = Placing(directory, now)
    placed = placing.place(lines_of(rows, resource, directory))
    twice = [new[problem.line - 1] for problem in placing.problems]
    if taken or twice:
        raise NotAsSeen([*taken, *twice])
    stored = [line.row for line in placed]
    _ensure_holidays(stored, resource, now)
    store_rows(stored, now=now, progress=progress)
    return ImportResult(
        imported=len(stored),
        coming=sum(row.live for row in stored),
        overlapping=sum(row.overlapping for row in stored),
        known=len(wanted) - len(new),
    )


def _rows(new: Sequence[Judged], resource: Resource, choices: Choices) -> list[BookingRow]:
    organisations = _organisations({choices.organisation, *choices.by_organiser.values()})
    activity = db.session.scalar(select(Activity).filter_by(slug=choices.activity, retired=False))
    if activity is None:
        raise Refused(Refusal("unknown_activity", "activity", {"slug": choices.activity}))
    people = people_at(each.entry.organiser for each in new if each.entry.organiser)
    rows = []
    for each in new:
        entry = each.entry
        organisation = organisations[choices.by_organiser.get(entry.organiser, choices.organisation)]
        person = people.get(entry.organiser)
        rows.append(
            replace(
                bare_row(entry, resource),
                title=entry.called(untitled=UNTITLED, private=choices.private),
                organisation_id=organisation.id,
                category_id=organisation.category_id,
                activity_id=activity.id,
                organiser_id=person.id if person else None,
            )
        )
    return rows


def _organisations(slugs: Collection[str]) -> dict[str, Organisation]:
    query = select(Organisation).where(Organisation.slug.in_(slugs), Organisation.retired.is_(False))
    found = {each.slug: each for each in db.session.scalars(query)}
    missing = sorted(set(slugs) - set(found))
    if missing:
        raise Refused(Refusal("unknown_organisation", "organisation", {"slug": missing[0]}))
    return found


def _ensure_holidays(rows: Sequence[BookingRow], resource: Resource, now: datetime) -> None:
    """History may reach back before the years whose holidays are stored."""
    if rows:
        first = min(min(row.start.year for row in rows), now.year)
        ensure_holidays(resource.office, range(first, now.year + YEARS_AHEAD + 1), now)
