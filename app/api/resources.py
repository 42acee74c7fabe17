"""What can be booked."""

from flask import Blueprint, Response, current_app, jsonify

from app.api.access import caller, with_token
from app.api.answers import page_of
from app.api.places import offices_meant
from app.api.reading import Fields
from app.models import Pool, Resource
from app.services.availability import bookable
from app.services.bookings.things import members
from app.services.directory import directory
from app.services.feeds import feed_urls
from app.services.serializers import Data, resource_data


def add_to(api: Blueprint) -> None:
    """Registers the endpoint."""
    api.get("/resources")(list_resources)


@with_token
def list_resources() -> Response:
    """A page of resources, each with a feed that the caller may subscribe to, and all pools."""
    fields = Fields.of_query("office", "limit", "cursor")
    places = offices_meant(fields)
    page, following = page_of(fields, [resource for place in places for resource in bookable(place)])
    config = current_app.config
    urls = feed_urls(
        caller(),
        [*map(_thing, page)],
        base_url=config["BASE_URL"],
        secret=config["SECRET_KEY"],
    )
    here = {place.id for place in places}
    pools = [pool for pool in directory().pools.values() if pool.office_id in here and not pool.retired]
    return jsonify(
        items=[resource_data(each, feed_url=urls[_thing(each)]) for each in page],
        pools=[_pool_data(pool) for pool in pools],
        next_cursor=following,
    )


def _thing(resource: Resource) -> str:
    return f"resource:{resource.slug}"


def _pool_data(pool: Pool) -> Data:
    known = directory()
    return {
        "slug": pool.slug,
        "name": pool.name,
        "office": known.office_of(pool).slug,
        "members": [each.slug for each in members(pool, known)],
    }
