"""From a record to a booking line: every field read, every name known, or said what is wrong."""

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from uuid import uuid4
from zoneinfo import ZoneInfo

from app.domain.localtime import TimeDoesNotExist, TimeIsAmbiguous, to_utc
from app.domain.period import FIRST_YEAR, LAST_YEAR
from app.domain.policy import title_refusals
from app.models.booking import LIVE_STATUSES, STATUSES
from app.services.booking_file.directory import Directory, Thing
from app.services.booking_file.problems import LineProblem
from app.services.booking_file.read import Record
from app.services.booking_file.rows import BookingRow

MOST_HEADS = 10_000
NUMBER = re.compile(r"\d{1,6}", re.ASCII)
CONTROL = re.compile(r"[\x00-\x1f\x7f]")
ID_LENGTH = 100
UTC_ZONE = ZoneInfo("UTC")


@dataclass(frozen=True, slots=True)
class BookingLine:
    """A line whose every field is sound. Its row lacks the resources it will hold until it is placed."""

    number: int
    asked: tuple[Thing, ...]
    organiser_unknown: bool
    row: BookingRow


@dataclass(slots=True)
class Reader:
    """Reads one record's fields; an unsound one gives a stand-in and a problem."""

    record: Record
    problems: list[LineProblem] = field(default_factory=list)

    def refuse(self, column: str, code: str, **params: object) -> None:
        self.problems.append(LineProblem(self.record.line, column, code, params))

    def identifier(self) -> str:
        value = self.record.fields["id"]
        if not value:
            self.refuse("id", "missing")
        elif len(value) > ID_LENGTH or CONTROL.search(value):
            self.refuse("id", "bad_id", limit=ID_LENGTH)
        return value

    def things(self, known: Mapping[str, Thing]) -> tuple[Thing, ...]:
        slugs = [slug.strip() for slug in self.record.fields["resources"].split(";")]
        if not any(slugs):
            self.refuse("resources", "missing")
            return ()
        for slug in dict.fromkeys(slugs):
            if slug not in known:
                self.refuse("resources", "unknown_resource", slug=slug)
            elif slugs.count(slug) > 1:
                self.refuse("resources", "twice", slug=slug)
            elif not known[slug].choices:
                self.refuse("resources", "empty_pool", slug=slug)
        return tuple(known[slug] for slug in dict.fromkeys(slugs) if slug in known)

    def instant(self, column: str, timezone: ZoneInfo) -> datetime | None:
        """In UTC, whole seconds; a time without an offset is read in the zone."""
        value = self.record.fields[column]
        if not value:
            return None
        try:
            given = datetime.fromisoformat(value).replace(microsecond=0)
        except ValueError:
            self.refuse(column, "bad_time", value=value)
            return None
        if not FIRST_YEAR <= given.year <= LAST_YEAR:
            self.refuse(column, "year_out_of_range", low=FIRST_YEAR, high=LAST_YEAR)
            return None
        return given.astimezone(UTC) if given.tzinfo else self._local(column, given, timezone)

    def needed_instant(self, column: str, timezone: ZoneInfo) -> datetime | None:
        if not self.record.fields[column]:
            self.refuse(column, "missing")
        return self.instant(column, timezone)

    def title(self) -> str:
        value = self.record.fields["title"]
        for refusal in title_refusals(value):
            self.refuse("title", refusal.code, **refusal.params)
        return value

    def named(self, column: str, known: Mapping[str, object]) -> str:
        """A slug that is known; "" if it is not."""
        value = self.record.fields[column]
        if value in known:
            return value
        self.refuse(column, f"unknown_{column}" if value else "missing", slug=value)
        return ""

    def status(self) -> str:
        value = self.record.fields["status"]
        if value not in STATUSES:
            self.refuse("status", "unknown_status" if value else "missing", slug=value, options=STATUSES)
        return value

    def heads(self, column: str) -> int | None:
        value = self.record.fields[column]
        if not value:
            return None
        if NUMBER.fullmatch(value) and int(value) <= MOST_HEADS:
            return int(value)
        self.refuse(column, "bad_heads", value=value, most=MOST_HEADS)
        return None

    def _local(self, column: str, given: datetime, timezone: ZoneInfo) -> datetime | None:
        try:
            return to_utc(given, timezone)
        except (TimeDoesNotExist, TimeIsAmbiguous) as unclear:
            self.refuse(column, unclear.code, **unclear.params)
            return None


def parse(record: Record, known: Directory, now: datetime) -> tuple[BookingLine | None, list[LineProblem]]:
    """The line, or None and what is wrong with it."""
    reader = Reader(record)
    identifier, asked = reader.identifier(), reader.things(known.things)
    timezone = asked[0].timezone if asked else UTC_ZONE
    start, end = reader.needed_instant("start", timezone), reader.needed_instant("end", timezone)
    if start and end:
        _check_order(reader, start, end)
    title = reader.title()
    organisation = reader.named("organisation", known.organisations)
    category = reader.named("category", known.categories) if record.fields["category"] else ""
    activity, status = reader.named("activity", known.activities), reader.status()
    if end and end > now and status in LIVE_STATUSES:
        _check_in_use(reader, asked)
    women, men, other = (reader.heads(column) for column in ("women", "men", "other"))
    created_at = reader.instant("created_at", timezone)
    if reader.problems or start is None or end is None:
        return None, reader.problems
    email = record.fields["organiser_email"].lower()
    organisation_id, category_of_organisation = known.organisations[organisation]
    row = BookingRow(
        imported_as=identifier,
        resources=(),
        asked_for=tuple(thing.id for thing in asked if not thing.is_pool),
        asked_for_pools=tuple(thing.id for thing in asked if thing.is_pool),
        start=start,
        end=end,
        title=title,
        organisation_id=organisation_id,
        category_id=known.categories[category] if category else category_of_organisation,
        activity_id=known.activities[activity],
        status=status,
        women=women,
        men=men,
        other=other,
        created_at=created_at,
        organiser_id=known.people.get(email),
        uid=f"{uuid4()}@motesplats",
        timezone=timezone.key,
        import_hash=_hash(
            *sorted(thing.slug for thing in asked),
            *(
                start,
                end,
                title,
                organisation,
                category,
                activity,
                status,
                women,
                men,
                other,
                created_at,
                email,
            ),
        ),
    )
    return BookingLine(record.line, asked, bool(email) and row.organiser_id is None, row), []


def _check_order(reader: Reader, start: datetime, end: datetime) -> None:
    if end == start:
        reader.refuse("end", "is_start")
    elif end < start:
        reader.refuse("end", "before_start")


def _check_in_use(reader: Reader, asked: tuple[Thing, ...]) -> None:
    for thing in asked:
        if thing.retired:
            reader.refuse("resources", "retired", slug=thing.slug)


def _hash(*content: object) -> str:
    return hashlib.sha256("\x1f".join(map(str, content)).encode()).hexdigest()
