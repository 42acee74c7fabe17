"""Pages: one module per noun."""

from functools import cache
from typing import Any

from flask import Flask

from app.clock import now
from app.services.authorize import roles_anywhere
from app.services.requests import count_requests
from app.web import (
    account,
    board,
    bookings,
    calendars,
    closures,
    conferences,
    deliveries,
    door,
    erasures,
    errors,
    feeds,
    find,
    formatting,
    freezing,
    goals,
    host,
    imports,
    jobs,
    languages,
    mails,
    money,
    money_terms,
    pages,
    report_words,
    reports,
    requests,
    resources,
    retention,
    rules,
    security,
    sessions,
    sheet_import,
    texts,
    waiting,
)
from app.web.addresses import address_of
from app.web.languages import choose_locale

__all__ = ["choose_locale", "init_app"]

BLUEPRINTS = (
    board.bp,
    find.bp,
    bookings.bp,
    conferences.bp,
    resources.bp,
    feeds.bp,
    host.bp,
    requests.bp,
    mails.bp,
    jobs.bp,
    goals.bp,
    rules.bp,
    money.bp,
    money_terms.bp,
    deliveries.bp,
    closures.bp,
    retention.bp,
    imports.bp,
    sheet_import.bp,
    calendars.bp,
    door.bp,
    waiting.bp,
    reports.bp,
    report_words.bp,
    freezing.bp,
    account.bp,
    erasures.bp,
    languages.bp,
    pages.bp,
    sessions.bp,
)


def init_app(app: Flask) -> None:
    """Puts up the fence, the error pages and the formats, and registers the blueprints."""
    security.init_app(app)
    errors.init_app(app)
    formatting.init_app(app)
    texts.init_app(app)
    app.context_processor(_shared)
    app.jinja_env.globals["icon"] = cache(app.jinja_env.get_template("_icons.html").module.icon)
    for blueprint in BLUEPRINTS:
        app.register_blueprint(blueprint)


def _shared() -> dict[str, Any]:
    """What every template may use; `current_user` comes from Flask-Login."""
    return {
        "address_of": address_of,
        "roles": roles_anywhere(security.person()),
        "language": texts.language(),
        "requests_waiting": _requests_waiting,
    }


def _requests_waiting() -> int:
    """How many requests wait for the reader; asked by the navigation of a host alone."""
    who = security.person()
    return count_requests(who, now()) if who else 0
