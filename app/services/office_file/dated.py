"""Opening hours, capacities, closures and rules: rows without a slug, known by all that they say.

What the file no longer says goes, also for the past; who wants the past kept gives the old row a
`valid_to` instead of removing it. Rows of resources that the file no longer names stay as they are.
Each function returns the resources whose rows changed, None among them if the office's own did.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import TypeVar

from sqlalchemy import or_, select

from app.domain.policy import SETTINGS
from app.extensions import db
from app.models import (
    BookingRule,
    Category,
    Closure,
    Office,
    OpeningHours,
    Organisation,
    Resource,
    ResourceCapacity,
    ResourceValue,
)
from app.services.money.values import put_value
from app.services.office_file.changes import Ledger
from app.services.office_file.entries import ClosureEntry, Description

RULE_COLUMNS = (
    "resource_id",
    "category_id",
    "organisation_id",
    "starts_at",
    "ends_at",
    "reason",
    *SETTINGS,
)

R = TypeVar("R", OpeningHours, ResourceCapacity)
Row = tuple[object, ...]
Owners = set[int | None]


def store_capacities(ledger: Ledger, description: Description, resources: Mapping[str, Resource]) -> Owners:
    wanted = {
        (resources[entry.resource].id, entry.capacity, entry.valid_from, entry.valid_to)
        for entry in description.capacities
    }
    query = select(ResourceCapacity).where(ResourceCapacity.resource_id.in_(_ids(resources)))
    columns = ("resource_id", "capacity", "valid_from", "valid_to")
    changed = _replace(ResourceCapacity, columns, wanted, db.session.scalars(query).all())
    _note(ledger, "capacities", changed, resources, "")
    return changed


def store_values(
    ledger: Ledger, description: Description, resources: Mapping[str, Resource], now: datetime
) -> None:
    """What the file says last of a resource and day stands; what was said before can still be read."""
    query = select(ResourceValue).where(
        ResourceValue.resource_id.in_(_ids(resources)), ResourceValue.source == "file"
    )
    said = {
        (each.resource_id, each.valid_from): each.per_hour
        for each in db.session.scalars(query.order_by(ResourceValue.id))
    }
    for entry in description.values:
        number = resources[entry.resource].id
        if said.get((number, entry.valid_from)) != entry.per_hour:
            put_value(number, entry.per_hour, entry.valid_from, source="file", by=None, now=now)
            ledger.note("updated", "values", entry.resource)


def store_opening_hours(
    ledger: Ledger, office: Office, description: Description, resources: Mapping[str, Resource]
) -> Owners:
    wanted = {
        (
            office.id,
            resources[entry.resource].id if entry.resource else None,
            weekday,
            entry.opens_minute,
            entry.closes_minute,
            entry.valid_from,
            entry.valid_to,
        )
        for entry in description.opening_hours
        for weekday in entry.weekdays
    }
    query = select(OpeningHours).where(
        OpeningHours.office_id == office.id,
        or_(OpeningHours.resource_id.is_(None), OpeningHours.resource_id.in_(_ids(resources))),
    )
    columns = (
        "office_id",
        "resource_id",
        "weekday",
        "opens_minute",
        "closes_minute",
        "valid_from",
        "valid_to",
    )
    changed = _replace(OpeningHours, columns, wanted, db.session.scalars(query).all())
    _note(ledger, "opening hours", changed, resources, office.slug)
    return changed


def store_closures(
    ledger: Ledger, office: Office, description: Description, resources: Mapping[str, Resource], now: datetime
) -> Owners:
    """Those of hosts and of public holidays are left alone."""
    query = select(Closure).where(
        Closure.office_id == office.id,
        Closure.source == "file",
        or_(Closure.resource_id.is_(None), Closure.resource_id.in_(_ids(resources))),
    )
    known = {(row.resource_id, row.starts_at, row.ends_at): row for row in db.session.scalars(query)}
    changed: Owners = set()
    for entry in description.closures:
        resource_id = resources[entry.resource].id if entry.resource else None
        stored = known.pop((resource_id, entry.starts_at, entry.ends_at), None)
        if _store_closure(office, entry, resource_id, stored, now):
            changed.add(resource_id)
    for row in known.values():
        if row.retired_at is None:
            row.retired_at = now
            changed.add(row.resource_id)
    db.session.flush()
    _note(ledger, "closures", changed, resources, office.slug)
    return changed


def store_rules(
    ledger: Ledger, office: Office, description: Description, resources: Mapping[str, Resource]
) -> None:
    """Those of hosts are left alone. What the file no longer says is retired; said again, it is back."""
    known: dict[Row, BookingRule] = {}
    for rule in db.session.scalars(select(BookingRule).filter_by(office_id=office.id, source="file")):
        known[tuple(getattr(rule, column) for column in RULE_COLUMNS)] = rule
    changed = False
    for entry in description.rules:
        content = {
            "resource_id": resources[entry.resource].id if entry.resource else None,
            "category_id": _id_of(Category, entry.category),
            "organisation_id": _id_of(Organisation, entry.organisation),
            "starts_at": entry.starts_at,
            "ends_at": entry.ends_at,
            "reason": entry.reason,
            **entry.settings,
        }
        stored = known.pop(tuple(content[column] for column in RULE_COLUMNS), None)
        if stored is None:
            db.session.add(BookingRule(office_id=office.id, source="file", **content))
        elif stored.retired:
            stored.retired = False
        else:
            continue
        changed = True
    for rule in known.values():
        changed |= not rule.retired
        rule.retired = True
    db.session.flush()
    if changed:
        ledger.note("updated", "rules", office.slug)


def _id_of(model: type[Category] | type[Organisation], slug: str | None) -> int | None:
    return db.session.scalar(select(model.id).filter_by(slug=slug)) if slug else None


def _store_closure(
    office: Office, entry: ClosureEntry, resource_id: int | None, stored: Closure | None, now: datetime
) -> bool:
    if stored is None:
        closure = Closure(
            office_id=office.id,
            resource_id=resource_id,
            starts_at=entry.starts_at,
            ends_at=entry.ends_at,
            reason=entry.reason,
            source="file",
            entered_at=entry.entered_at or now,
        )
        db.session.add(closure)
        return True
    entered = entry.entered_at or stored.entered_at
    if (stored.reason, stored.entered_at, stored.retired_at) == (entry.reason, entered, None):
        return False
    stored.reason, stored.entered_at, stored.retired_at = entry.reason, entered, None
    return True


def _replace(model: type[R], columns: Sequence[str], wanted: Iterable[Row], rows: Sequence[R]) -> Owners:
    """Deletes the rows that are not wanted and adds those that are missing."""
    missing, changed = set(wanted), Owners()
    for row in rows:
        content = tuple(getattr(row, column) for column in columns)
        if content in missing:
            missing.remove(content)
        else:
            db.session.delete(row)
            changed.add(row.resource_id)
    for content in missing:
        added = model(**dict(zip(columns, content, strict=True)))
        db.session.add(added)
        changed.add(added.resource_id)
    db.session.flush()
    return changed


def _ids(resources: Mapping[str, Resource]) -> list[int]:
    return [resource.id for resource in resources.values()]


def _note(
    ledger: Ledger, what: str, changed: Iterable[int | None], resources: Mapping[str, Resource], office: str
) -> None:
    slugs: dict[int | None, str] = {resource.id: slug for slug, resource in resources.items()}
    for slug in sorted(slugs.get(each, office) for each in changed):
        ledger.note("updated", what, slug)
