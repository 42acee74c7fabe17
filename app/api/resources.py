"""What can be booked, and when it is free."""

from datetime import timedelta

from flask import Blueprint, Response, current_app, jsonify
from sqlalchemy import select

from app.api.access import caller, with_token
from app.api.reading import Fields
from app.clock import now
from app.domain.errors import NotFound
from app.domain.interval import Interval
from app.domain.localtime import zone
from app.extensions import db
from app.models import Office, Pool, Resource
from app.models.resource import KINDS
from app.services.availability import bookable, free
from app.services.directory import directory
from app.services.feeds import feed_urls
from app.services.serializers import Data, Instants, resource_data

USUAL_DAYS, MOST_DAYS = 1, 31
MOST_MINUTES = 31 * 24 * 60


def add_to(api: Blueprint) -> None:
    """Registers the endpoints."""
    api.get("/resources")(list_resources)
    api.get("/availability")(list_free_times)


@with_token
def list_resources() -> Response:
    """Resources, each with a feed that the caller may subscribe to, and pools."""
    fields = Fields.of_query("office")
    slug = fields.text("office")
    fields.check()
    offices = [_office(slug)] if slug else list(db.session.scalars(select(Office).order_by(Office.id)))
    resources = [resource for office in offices for resource in bookable(office)]
    config = current_app.config
    urls = feed_urls(
        caller(),
        [*map(_thing, resources)],
        base_url=config["BASE_URL"],
        secret=config["SECRET_KEY"],
    )
    pools = db.session.scalars(
        select(Pool).where(Pool.retired.is_(False), Pool.office_id.in_([office.id for office in offices]))
    )
    return jsonify(
        items=[resource_data(each, feed_url=urls[_thing(each)]) for each in resources],
        pools=[_pool_data(pool, resources) for pool in pools],
    )


@with_token
def list_free_times() -> Response:
    """Where and when an office is free, from now on."""
    fields = Fields.of_query("office", "from", "to", "minutes", "capacity", "kind", "equipment")
    slug = fields.text("office", required=True)
    fields.check()
    office, moment = _office(slug or ""), now()
    tz = zone(office.timezone)
    start = fields.instant("from", tz, default=moment, days=True)
    usual = (start or moment) + timedelta(days=USUAL_DAYS)
    within = fields.interval(start, fields.instant("to", tz, default=usual, days=True), most_days=MOST_DAYS)
    minutes = fields.number("minutes", 15, least=1, most=MOST_MINUTES)
    capacity = fields.number("capacity", 1, least=1, most=100_000)
    kind = fields.text("kind")
    if kind is not None and kind not in KINDS:
        fields.refuse("unknown_kind", "kind", kinds=", ".join(KINDS))
    equipment = {each for each in (fields.text("equipment") or "").split(",") if each}
    fields.check()
    if within is None or within.end <= moment:
        return jsonify(items=[])
    wanted = [
        each
        for each in bookable(office)
        if each.capacity >= capacity and kind in (None, each.kind) and equipment <= set(each.equipment)
    ]
    still = Interval(max(within.start, moment), within.end)
    found = free(office, still, wanted)
    written = Instants()
    return jsonify(
        items=[
            {
                "resource": each.resource.slug,
                "name": each.resource.name,
                "kind": each.resource.kind,
                "capacity": each.resource.capacity,
                "free": [
                    {"start": written[start], "end": written[end]}
                    for start, end in each.seconds
                    if end - start >= minutes * 60
                ],
            }
            for each in found
        ]
    )


def _office(slug: str) -> Office:
    office = directory().offices.get(slug)
    if office is None:
        raise NotFound()
    return office


def _thing(resource: Resource) -> str:
    return f"resource:{resource.slug}"


def _pool_data(pool: Pool, resources: list[Resource]) -> Data:
    members = [each for each in resources if each.pool_id == pool.id]
    return {
        "slug": pool.slug,
        "name": pool.name,
        "office": members[0].office.slug if members else None,
        "members": [each.slug for each in members],
    }
