"""Brings an office in line with its description."""

from collections.abc import Iterable, Sequence
from dataclasses import asdict
from datetime import date, datetime
from typing import TypeVar

from sqlalchemy import func, select

from app.domain.localtime import local_date, zone
from app.extensions import db
from app.models import (
    Activity,
    BookingDate,
    Category,
    Office,
    Organisation,
    Pool,
    Resource,
    ResourcePart,
    Slot,
)
from app.models.booking import LIVE_STATUSES
from app.services.composites import wholes_of
from app.services.history import mark_changed
from app.services.holidays import YEARS_AHEAD, change_country, ensure_holidays
from app.services.office_file.changes import Ledger, Summary, in_order
from app.services.office_file.dated import (
    store_capacities,
    store_closures,
    store_opening_hours,
    store_rules,
    store_values,
)
from app.services.office_file.entries import Description, NamedEntry, OfficeEntry, ResourceEntry
from app.services.office_file.left_out import left_out, services_of
from app.services.office_file.projects import store_projects

# Imported bookings may reach back before anything in the file has a date.
YEARS_BACK = 10
# A resource retired before it was ever in service gets a day long before any report.
NEVER_IN_SERVICE = (date(1970, 1, 1), date(1970, 1, 2))

N = TypeVar("N", Category, Activity)


def store(description: Description, now: datetime) -> Summary:
    """Creates, updates and retires, referred things first. Part of the caller's transaction."""
    ledger = Ledger()
    office, everything = _store_office(ledger, description.office, now)
    touched: set[int] = set()
    _store_named(ledger, Category, "category", description.categories)
    everywhere = _store_named(ledger, Activity, "activity", description.activities)
    everywhere |= _store_organisations(ledger, description)
    store_projects(ledger, office, description)
    pools = _store_pools(ledger, office, description)
    services = services_of(office)
    resources, retired = _store_resources(ledger, office, description, pools, now, touched)
    touched |= _store_parts(ledger, description, resources)
    for changed in (
        store_capacities(ledger, description, resources),
        store_opening_hours(ledger, office, description, resources),
        store_closures(ledger, office, description, resources, now),
    ):
        everything |= None in changed
        touched |= {each for each in changed if each is not None}
    store_rules(ledger, office, description, resources)
    store_values(ledger, description, resources, now)
    _store_holidays(ledger, office, description, now)
    _tell_readers(touched, office if everything else None, everywhere, now)
    return Summary(
        description.office.slug,
        tuple(ledger.changes),
        still_booked=_still_booked(retired, now),
        left_out=left_out(office, services, now),
    )


def _store_office(ledger: Ledger, entry: OfficeEntry, now: datetime) -> tuple[Office, bool]:
    """The office, and whether anything that all its readers see has changed."""
    values = asdict(entry)
    country = values.pop("holidays")
    office = db.session.scalar(select(Office).filter_by(slug=entry.slug))
    if office:
        return office, ledger.update(office, "office", entry.slug, values)
    office = ledger.create(Office(**values, holidays=country, created_at=now), "office", entry.slug)
    db.session.flush()
    return office, False


def _store_named(ledger: Ledger, model: type[N], what: str, entries: Sequence[NamedEntry]) -> bool:
    """Categories or activities. They are the installation's: what this file does not name stays."""
    changed = False
    known = {thing.slug: thing for thing in db.session.scalars(select(model))}
    positions = in_order([known[entry.slug].position if entry.slug in known else None for entry in entries])
    for position, entry in zip(positions, entries, strict=True):
        values: dict[str, object] = {"names": entry.names, "position": position, "retired": False}
        if thing := known.get(entry.slug):
            changed |= ledger.update(thing, what, entry.slug, values)
        else:
            ledger.create(model(slug=entry.slug, **values), what, entry.slug)
    db.session.flush()
    return changed


def _store_organisations(ledger: Ledger, description: Description) -> bool:
    """The installation's too; optional facts that this file leaves out stay as they are."""
    changed = False
    categories = {category.slug: category.id for category in db.session.scalars(select(Category))}
    known = {each.slug: each for each in db.session.scalars(select(Organisation))}
    for entry in description.organisations:
        stated = {
            key: value for key, value in asdict(entry).items() if value is not None and key != "category"
        }
        values = {**stated, "category_id": categories[entry.category], "retired": False}
        if organisation := known.get(entry.slug):
            changed |= ledger.update(organisation, "organisation", entry.slug, values)
        else:
            ledger.create(Organisation(**values), "organisation", entry.slug)
    db.session.flush()
    return changed


def _store_pools(ledger: Ledger, office: Office, description: Description) -> dict[str, int]:
    """The office's pools by slug. Who names a pool without naming it gets a name made of the slug."""
    known = {pool.slug: pool for pool in db.session.scalars(select(Pool).filter_by(office_id=office.id))}
    named = {entry.slug for entry in description.pools}
    for entry in description.pools:
        name = entry.name or entry.slug.replace("-", " ").capitalize()
        if pool := known.get(entry.slug):
            ledger.update(pool, "pool", entry.slug, {"name": name, "retired": False})
        else:
            pool = Pool(office_id=office.id, slug=entry.slug, name=name)
            known[entry.slug] = ledger.create(pool, "pool", entry.slug)
    for slug in known.keys() - named:
        ledger.retire(known[slug], "pool", slug, {"retired": True})
    db.session.flush()
    return {slug: pool.id for slug, pool in known.items()}


def _store_resources(
    ledger: Ledger,
    office: Office,
    description: Description,
    pools: dict[str, int],
    now: datetime,
    touched: set[int],
) -> tuple[dict[str, Resource], list[Resource]]:
    """The resources that the file names, by slug, and those that it no longer does."""
    known = {each.slug: each for each in db.session.scalars(select(Resource).filter_by(office_id=office.id))}
    named: dict[str, Resource] = {}
    entries = description.resources
    positions = in_order([known[entry.slug].position if entry.slug in known else None for entry in entries])
    for position, entry in zip(positions, entries, strict=True):
        values = _resource_values(entry, position, pools)
        if resource := known.pop(entry.slug, None):
            if ledger.update(resource, "resource", entry.slug, values):
                touched.add(resource.id)
        else:
            resource = Resource(office_id=office.id, changed_at=now, **values)
            ledger.create(resource, "resource", entry.slug)
        named[entry.slug] = resource
    for slug, resource in known.items():
        if not resource.retired:
            ledger.retire(resource, "resource", slug, _out_of_service(resource, office, now))
            touched.add(resource.id)
    db.session.flush()
    return named, list(known.values())


def _resource_values(entry: ResourceEntry, position: int, pools: dict[str, int]) -> dict[str, object]:
    values = asdict(entry)
    del values["parts"]
    pool = values.pop("pool")
    return {
        **values,
        "equipment": list(entry.equipment),
        "pool_id": pools[pool] if pool else None,
        "position": position,
        "retired": False,
    }


def _out_of_service(resource: Resource, office: Office, now: datetime) -> dict[str, object]:
    """Retired from today on: until then its hours were available, and reports go on saying so."""
    today = local_date(now, zone(office.timezone))
    first, last = resource.active_from, min(resource.active_to or today, today)
    if first is not None and first >= last:
        first, last = NEVER_IN_SERVICE
    return {"retired": True, "active_from": first, "active_to": last}


def _store_parts(ledger: Ledger, description: Description, resources: dict[str, Resource]) -> set[int]:
    """Makes the composites whole; returns those whose parts changed."""
    query = select(ResourcePart).where(ResourcePart.whole_id.in_([each.id for each in resources.values()]))
    known = {(link.whole_id, link.part_id): link for link in db.session.scalars(query)}
    slugs = {resource.id: slug for slug, resource in resources.items()}
    wanted = {
        (resources[entry.slug].id, resources[part].id)
        for entry in description.resources
        for part in entry.parts
    }
    for pair in known.keys() - wanted:
        db.session.delete(known[pair])
    db.session.add_all([ResourcePart(whole_id=whole, part_id=part) for whole, part in wanted - known.keys()])
    changed = {whole for whole, _ in wanted ^ known.keys()}
    _note_once(ledger, "parts", (slugs[whole] for whole in changed))
    db.session.flush()
    return changed


def _note_once(ledger: Ledger, what: str, slugs: Iterable[str]) -> None:
    for slug in sorted(slugs):
        ledger.note("updated", what, slug)


def _store_holidays(ledger: Ledger, office: Office, description: Description, now: datetime) -> None:
    if office.holidays != description.office.holidays:
        change_country(office, description.office.holidays, now)
        ledger.note("updated", "holidays", office.slug)
    dates = [each.starts_on for each in description.projects]
    dates += [each.active_from for each in description.resources if each.active_from]
    first = min([now.year - YEARS_BACK, *(day.year for day in dates)])
    if ensure_holidays(office, range(first, now.year + YEARS_AHEAD + 1), now):
        ledger.note("created", "holidays", office.slug)


def _tell_readers(touched: set[int], office: Office | None, everywhere: bool, now: datetime) -> None:
    query = select(Resource.id)
    if everywhere:
        touched.update(db.session.scalars(query))
    elif office:
        touched.update(db.session.scalars(query.filter_by(office_id=office.id)))
    mark_changed(touched | wholes_of(touched), (), now)
    db.session.expire_all()


def _still_booked(retired: Sequence[Resource], now: datetime) -> dict[str, int]:
    query = (
        select(Resource.slug, func.count(BookingDate.id.distinct()))
        .join(Slot, Slot.resource_id == Resource.id)
        .join(BookingDate, BookingDate.id == Slot.date_id)
        .where(Resource.id.in_([resource.id for resource in retired]))
        .where(Slot.live, Slot.ends_at > now, BookingDate.status.in_(LIVE_STATUSES))
        .group_by(Resource.slug)
        .order_by(Resource.slug)
    )
    return dict(db.session.execute(query).all())
