"""What the slugs in a report are called; retired things too, since old figures speak of them."""

from collections.abc import Mapping

from sqlalchemy import select

from app.extensions import db
from app.models import Activity, Category, Organisation, Resource

Names = Mapping[str, str]  # by language


def category_names() -> dict[str, Names]:
    return _by_language(Category)


def activity_names() -> dict[str, Names]:
    return _by_language(Activity)


def organisation_names() -> dict[str, str]:
    return _plain(Organisation)


def resource_names() -> dict[str, str]:
    return _plain(Resource)


def home_municipalities() -> dict[str, str | None]:
    """Of organisations, by slug; None where it is not stated."""
    query = select(Organisation.slug, Organisation.municipality)
    return {slug: municipality or None for slug, municipality in db.session.execute(query)}


def _by_language(model: type[Category] | type[Activity]) -> dict[str, Names]:
    return dict(db.session.execute(select(model.slug, model.names)).all())


def _plain(model: type[Organisation] | type[Resource]) -> dict[str, str]:
    return dict(db.session.execute(select(model.slug, model.name)).all())
