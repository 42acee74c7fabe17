"""The JSON API, version 1: bearer tokens, JSON, problems as application/problem+json.

Map:
    access        who calls: the token, what each endpoint is open to, how often
    limits        the buckets that count how often
    problems      every error as a problem document
    reading       bodies and query strings: everything that is wrong with them at once
    words         the sentences that only the API needs
    wishes, dates what a body asks for, and which dates of a booking it is about
    places        which office a call is about
    keys          what is sent again is not done again
    answers       what several endpoints answer
    lists, resources, availability, bookings, previews, guests, occurrences, hosting, rules, rule_making,
    closures, waiting, utilisation, aid
                  the endpoints
    description   all of it as OpenAPI 3.1, which `openapi` serves
"""

from flask import Blueprint, Flask, Response, request

from app.api import (
    access,
    aid,
    availability,
    bookings,
    closures,
    guests,
    hosting,
    lists,
    occurrences,
    openapi,
    problems,
    resources,
    rule_making,
    rules,
    utilisation,
    waiting,
)
from app.api.dates import Identifier
from app.extensions import csrf

PREFIX = "/api/v1"
ENDPOINTS = (
    lists,
    resources,
    availability,
    bookings,
    guests,
    occurrences,
    hosting,
    rules,
    rule_making,
    closures,
    waiting,
    utilisation,
    aid,
    openapi,
)


def init_app(app: Flask) -> None:
    """Registers the endpoints. No cookie counts here, so forged forms of other sites do nothing."""
    app.url_map.converters["id"] = Identifier
    api = Blueprint("api", __name__, url_prefix=PREFIX)
    access.init_blueprint(api)
    problems.init_blueprint(api)
    for module in ENDPOINTS:
        module.add_to(api)
    csrf.exempt(api)
    app.register_blueprint(api)
    app.before_request(_routing_problem)


def _routing_problem() -> Response | None:
    """An address under /api/ that leads nowhere, or not by this method: no endpoint of ours would answer."""
    error = request.routing_exception
    if error is None or not request.path.startswith("/api/"):
        return None
    return problems.of_http_error(error)
