"""From the text of a file to its description, by itself: no database, no clock."""

import re
import tomllib
from collections.abc import Iterable, Sequence
from typing import TypeVar
from zoneinfo import ZoneInfo, available_timezones

from app.domain.localtime import UnknownTimezone, zone
from app.domain.opening import MINUTES_PER_DAY
from app.domain.policy import FLAGS, NUMBERS, nonsense
from app.models.resource import KINDS
from app.services.holidays import knows_country
from app.services.office_file.entries import (
    CapacityEntry,
    ClosureEntry,
    Description,
    HoursEntry,
    NamedEntry,
    OfficeEntry,
    OrganisationEntry,
    PoolEntry,
    ProjectEntry,
    ResourceEntry,
    RuleEntry,
    TargetEntry,
    ValueEntry,
)
from app.services.office_file.problems import Problem, suggestion
from app.services.office_file.table import Table
from app.services.people import LANGUAGES

T = TypeVar("T")

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
HEADLINES = ("hours", "days", "seats")
MOST_SEATS = 100_000
LONGEST_MINUTES = 31 * MINUTES_PER_DAY
FARTHEST_DAYS = 3660


def parse(text: str) -> tuple[Description | None, list[Problem]]:
    """What the file describes, and what is wrong with it. Nothing but a problem where it is no TOML."""
    problems: list[Problem] = []
    try:
        root = Table(tomllib.loads(text.removeprefix("\ufeff")), "", problems)
    except tomllib.TOMLDecodeError as error:
        return None, [_broken(str(error))]
    office, timezone = _office(root)
    named = _pools(root.tables("pools"))
    resources = tuple(_resource(table) for table in root.tables("resources"))
    description = Description(
        office=office,
        categories=tuple(_named(table) for table in root.tables("categories")),
        organisations=tuple(_organisation(table) for table in root.tables("organisations")),
        activities=tuple(_named(table) for table in root.tables("activities")),
        pools=(*named, *_unnamed_pools(named, resources)),
        resources=resources,
        capacities=tuple(_capacity(table) for table in root.tables("capacities")),
        values=tuple(_value(table) for table in root.tables("values")),
        opening_hours=_whole(_hours(table) for table in root.tables("opening_hours")),
        closures=_whole(_closure(table, timezone) for table in root.tables("closures")),
        rules=tuple(_rule(table, timezone) for table in root.tables("rules")),
        projects=_whole(_project(table) for table in root.tables("projects")),
        targets=tuple(_target(table) for table in root.tables("targets")),
    )
    root.close()
    return description, problems


def _broken(message: str) -> Problem:
    place = re.search(r"\(at (?:line (\d+), column \d+|end of document)\)", message)
    where = f"line {place[1]}" if place and place[1] else "end of file"
    return Problem(where, "broken_toml", {"message": message.split(" (at ")[0]})


def _whole(entries: Iterable[T | None]) -> tuple[T, ...]:
    """Without those that lack a time: what is wrong with them has been noted."""
    return tuple(entry for entry in entries if entry is not None)


def _office(root: Table) -> tuple[OfficeEntry, ZoneInfo]:
    table = root.table("office")
    if "office" not in root.values:
        root.refuse("office", "missing")
        return OfficeEntry("", "", "UTC", "sv", None, "", ""), ZoneInfo("UTC")
    office = OfficeEntry(
        slug=table.slug("slug"),
        name=table.needed_text("name", 200),
        timezone=table.needed_text("timezone", 64),
        language=table.choice("language", LANGUAGES, default="sv"),
        holidays=table.optional_text("holidays", 8),
        address=table.text("address", 300),
        directions=table.text("directions", 2000, lines=True),
    )
    if office.holidays and not knows_country(office.holidays):
        table.refuse("holidays", "unknown_country", value=office.holidays)
    table.close()
    return office, _zone(table, office.timezone)


def _zone(table: Table, name: str) -> ZoneInfo:
    """The zone, or UTC in its stead, so that reading can go on."""
    try:
        return zone(name) if name else ZoneInfo("UTC")
    except UnknownTimezone:
        close = suggestion(name, available_timezones())
        table.refuse("timezone", "unknown_timezone", value=name, suggestion=close)
        return ZoneInfo("UTC")


def _named(table: Table) -> NamedEntry:
    entry = NamedEntry(slug=table.slug("slug"), names=_names(table))
    table.close()
    return entry


def _names(table: Table) -> dict[str, str]:
    """Names by language; a single text, or the one language given, stands for the other too."""
    if isinstance(table.values.get("name"), str):
        return dict.fromkeys(LANGUAGES, table.needed_text("name", 200))
    if "name" not in table.values:
        table.refuse("name", "missing")
    inner = table.table("name")
    inner.path = f"{table.path}.name"
    names = {language: inner.text(language, 200) for language in LANGUAGES}
    inner.close()
    given = next(filter(None, names.values()), "")
    if not given and isinstance(table.values.get("name"), dict):
        table.refuse("name", "missing")
    return {language: name or given for language, name in names.items()}


def _organisation(table: Table) -> OrganisationEntry:
    entry = OrganisationEntry(
        slug=table.slug("slug"),
        name=table.needed_text("name", 200),
        category=table.slug("category"),
        co_funder=table.flag("co_funder"),
        organisation_number=table.optional_text("organisation_number", 20),
        municipality=table.optional_text("municipality", 80),
    )
    table.close()
    return entry


def _pools(tables: Sequence[Table]) -> tuple[PoolEntry, ...]:
    entries = []
    for table in tables:
        entries.append(PoolEntry(slug=table.slug("slug"), name=table.optional_text("name", 200)))
        table.close()
    return tuple(entries)


def _unnamed_pools(named: Sequence[PoolEntry], resources: Sequence[ResourceEntry]) -> list[PoolEntry]:
    known = {pool.slug for pool in named}
    wanted = dict.fromkeys(resource.pool for resource in resources if resource.pool)
    return [PoolEntry(slug=slug, name=None) for slug in wanted if slug not in known]


def _resource(table: Table) -> ResourceEntry:
    kind = table.choice("kind", KINDS)
    active_from, active_to = table.days("active_from", "active_to")
    shortest = table.number("min_minutes", 1, LONGEST_MINUTES, default=15)
    longest = table.number("max_minutes", 1, LONGEST_MINUTES, default=max(MINUTES_PER_DAY, shortest))
    if longest < shortest:
        table.refuse("max_minutes", "below", other="min_minutes")
    entry = ResourceEntry(
        slug=table.slug("slug"),
        name=table.needed_text("name", 200),
        kind=kind,
        capacity=table.number("capacity", 1, MOST_SEATS, default=None if kind == "room" else 1),
        equipment=table.words("equipment"),
        location=table.text("location", 200),
        description=table.text("description", 2000, lines=True),
        active_from=active_from,
        active_to=active_to,
        parts=table.words("parts"),
        pool=table.optional_slug("pool"),
        approval=bool(table.flag("approval")),
        buffer_before_minutes=table.number("buffer_before_minutes", 0, MINUTES_PER_DAY, default=0),
        buffer_after_minutes=table.number("buffer_after_minutes", 0, MINUTES_PER_DAY, default=0),
        min_minutes=shortest,
        max_minutes=longest,
        max_days_ahead=table.number("max_days_ahead", 0, FARTHEST_DAYS, default=365),
    )
    table.close()
    return entry


def _capacity(table: Table) -> CapacityEntry:
    resource, capacity = table.slug("resource"), table.number("capacity", 1, MOST_SEATS)
    valid_from, valid_to = table.days("valid_from", "valid_to")
    table.close()
    return CapacityEntry(table.path, resource, capacity, valid_from, valid_to)


def _value(table: Table) -> ValueEntry:
    entry = ValueEntry(
        table.path, table.slug("resource"), table.per_hour("per_hour"), table.day("valid_from")
    )
    table.close()
    return entry


def _hours(table: Table) -> HoursEntry | None:
    days = table.choices("days", DAYS)
    opens, closes = table.clock("opens"), table.clock("closes")
    valid_from, valid_to = table.days("valid_from", "valid_to")
    resource = table.optional_slug("resource")
    table.close()
    if opens is None or closes is None:
        return None
    if opens >= closes:
        table.refuse("closes", "not_after", other="opens")
    weekdays = tuple(sorted(DAYS.index(day) for day in days if day in DAYS))
    return HoursEntry(table.path, resource, weekdays, opens, closes, valid_from, valid_to)


def _closure(table: Table, timezone: ZoneInfo) -> ClosureEntry | None:
    starts, ends = table.needed_instant("starts", timezone), table.needed_instant("ends", timezone)
    resource, reason = table.optional_slug("resource"), table.text("reason", 300)
    entered = table.instant("entered_at", timezone)
    table.close()
    if starts is None or ends is None:
        return None
    if ends <= starts:
        table.refuse("ends", "not_after", other="starts")
    return ClosureEntry(table.path, resource, starts, ends, reason, entered)


def _rule(table: Table, timezone: ZoneInfo) -> RuleEntry:
    starts, ends = table.instant("starts", timezone), table.instant("ends", timezone)
    settings: dict[str, int | None] = {flag: table.flag(flag) for flag in FLAGS}
    settings |= {key: table.optional_number(key, *bounds) for key, bounds in NUMBERS.items()}
    entry = RuleEntry(
        key=table.path,
        resource=table.optional_slug("resource"),
        category=table.optional_slug("category"),
        organisation=table.optional_slug("organisation"),
        starts_at=starts,
        ends_at=ends,
        reason=table.text("reason", 300),
        settings=settings,
    )
    table.close()
    said = {key: value for key, value in table.values.items() if key not in ("starts", "ends")}
    for wrong in nonsense({**said, "starts": starts, "ends": ends}):
        table.refuse(wrong.key, wrong.code, **wrong.params)
    return entry


def _project(table: Table) -> ProjectEntry | None:
    slug, name, host = table.slug("slug"), table.needed_text("name", 200), table.slug("host")
    starts, ends = table.needed_day("starts"), table.needed_day("ends")
    funders, kinds = table.words("funders"), table.choices("kinds", KINDS, default=KINDS)
    headline = table.choice("headline", HEADLINES, default="hours")
    table.close()
    if starts is None or ends is None:
        return None
    if ends <= starts:
        table.refuse("ends", "not_after", other="starts")
    return ProjectEntry(slug, name, host, starts, ends, funders, kinds, headline)


def _target(table: Table) -> TargetEntry:
    indicator = table.needed_text("indicator", 200)
    # The contract's older spelling; everywhere else it is share_women.
    indicator = "share_women" if indicator == "women_share" else indicator
    entry = TargetEntry(table.path, table.slug("project"), indicator, table.fraction("target"))
    table.close()
    return entry
