"""What a booking names besides its resources: offices, organisations, categories and activities."""

from collections.abc import Callable, Sequence
from typing import TypeVar

from flask import Blueprint, Response, jsonify

from app.api.access import caller, with_token
from app.api.answers import page_of
from app.api.places import offices_meant
from app.api.reading import Fields
from app.models import Activity, Category, Office, Organisation
from app.services.authorize import may
from app.services.directory import directory
from app.services.offices import activities, categories, organisations_for
from app.services.serializers import Data

Thing = TypeVar("Thing")


def add_to(api: Blueprint) -> None:
    """Registers the endpoints."""
    api.get("/offices")(list_offices)
    api.get("/organisations")(list_organisations)
    api.get("/categories")(list_categories)
    api.get("/activities")(list_activities)


@with_token
def list_offices() -> Response:
    """Every office, in the order in which they were made."""
    return _listed([*directory().offices.values()], _office_data)


@with_token
def list_organisations() -> Response:
    """Whom the caller may book for, by name; at an office of which they are host, everybody."""
    fields = Fields.of_query("office", "limit", "cursor")
    places, by = offices_meant(fields), caller()
    whom = organisations_for(by, hosts=any(may(by, "host", each) for each in places))
    return _listed(whom, _organisation_data, fields)


@with_token
def list_categories() -> Response:
    """What organisations are counted by, in order."""
    return _listed([each for each in categories() if not each.retired], _named_data)


@with_token
def list_activities() -> Response:
    """What time can be for, in order."""
    return _listed(activities(), _named_data)


def _listed(
    things: Sequence[Thing], data_of: Callable[[Thing], Data], fields: Fields | None = None
) -> Response:
    page, following = page_of(fields or Fields.of_query("limit", "cursor"), things)
    return jsonify(items=[data_of(each) for each in page], next_cursor=following)


def _office_data(office: Office) -> Data:
    return {
        "slug": office.slug,
        "name": office.name,
        "timezone": office.timezone,
        "language": office.language,
        "address": office.address,
        "directions": office.directions,
        "host": may(caller(), "host", office),
    }


def _organisation_data(organisation: Organisation) -> Data:
    category = directory().of_id(Category, organisation.category_id)
    return {
        "slug": organisation.slug,
        "name": organisation.name,
        "category": category.slug,
        "co_funder": organisation.co_funder,
    }


def _named_data(thing: Category | Activity) -> Data:
    return {"slug": thing.slug, "names": dict(thing.names)}
