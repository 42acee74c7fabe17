"""What can be booked."""

from flask import Blueprint, Response, current_app, jsonify
from sqlalchemy import select

from app.api.access import caller, with_token
from app.api.reading import Fields
from app.extensions import db
from app.models import Pool, Resource
from app.services.agenda import office_known
from app.services.availability import bookable
from app.services.feeds import feed_urls
from app.services.offices import offices
from app.services.serializers import Data, resource_data


def add_to(api: Blueprint) -> None:
    """Registers the endpoint."""
    api.get("/resources")(list_resources)


@with_token
def list_resources() -> Response:
    """Resources, each with a feed that the caller may subscribe to, and pools."""
    fields = Fields.of_query("office")
    slug = fields.text("office")
    fields.check()
    places = [office_known(slug)] if slug else offices()
    resources = [resource for place in places for resource in bookable(place)]
    config = current_app.config
    urls = feed_urls(
        caller(),
        [*map(_thing, resources)],
        base_url=config["BASE_URL"],
        secret=config["SECRET_KEY"],
    )
    pools = db.session.scalars(
        select(Pool).where(Pool.retired.is_(False), Pool.office_id.in_([place.id for place in places]))
    )
    return jsonify(
        items=[resource_data(each, feed_url=urls[_thing(each)]) for each in resources],
        pools=[_pool_data(pool, resources) for pool in pools],
    )


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
