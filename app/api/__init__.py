"""The JSON API, version 1: bearer tokens, JSON, problems as application/problem+json.

Map:
    access        who calls: the token, what each endpoint is open to, how often
    limits        the buckets that count how often
    problems      every error as a problem document
    reading       bodies and query strings: everything that is wrong with them at once
    words         the sentences that only the API needs
    bookings, resources, utilisation    the endpoints
    openapi       the description of all of it
"""

from flask import Blueprint, Flask, Response, request

from app.api import access, bookings, openapi, problems, resources, utilisation
from app.extensions import csrf

PREFIX = "/api/v1"


def init_app(app: Flask) -> None:
    """Registers the endpoints. No cookie counts here, so forged forms of other sites do nothing."""
    api = Blueprint("api", __name__, url_prefix=PREFIX)
    access.init_blueprint(api)
    problems.init_blueprint(api)
    for module in (resources, bookings, utilisation, openapi):
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
