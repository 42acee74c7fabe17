"""Who calls the API: known by a bearer token alone, never by a cookie."""

from collections.abc import Callable
from typing import Any, TypeVar

from flask import Blueprint, Response, current_app, g, request

from app.api.limits import Buckets
from app.api.problems import Problem
from app.clock import now
from app.models import Person
from app.services.people import hash_of, person_for_token

View = TypeVar("View", bound=Callable[..., Any])

READING = ("GET", "HEAD", "OPTIONS")
# The contract asks for 120 writes a minute with bursts of 60; there is room above it.
WRITES = Buckets(burst=480, per_minute=960)
READS = Buckets(burst=1200, per_minute=4800)
LARGEST_BODY = 64 * 1024


def with_token(view: View) -> View:
    """Opens an endpoint to everybody with a token; the services say what they may do."""
    return _mark(view, "token")


def public(view: View) -> View:
    """Opens an endpoint to everybody."""
    return _mark(view, "visitor")


def reads_only(view: View) -> View:
    """Counts a call as reading although it is a POST: it changes nothing."""
    view.reads_only = True
    return view


def caller() -> Person:
    """Whose token this request carries."""
    person: Person = g.api_caller
    return person


def init_blueprint(api: Blueprint) -> None:
    """Asks for the token before every endpoint that is not public."""
    api.before_request(_identify)
    api.after_request(_not_for_caches)


def _mark(view: View, audience: str) -> View:
    # The mark that the fence of the web pages looks for: without one nobody gets in.
    view.allowed_audiences = frozenset({audience})
    return view


def _identify() -> None:
    request.max_content_length = LARGEST_BODY
    view = current_app.view_functions[str(request.endpoint)]
    if "visitor" in getattr(view, "allowed_audiences", ()):
        return
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    moment = now()
    person = person_for_token(token.strip(), moment) if scheme.lower() == "bearer" and token.strip() else None
    if person is None:
        raise Problem(401, "unauthorised", headers={"WWW-Authenticate": 'Bearer realm="motesplats"'})
    g.api_caller = person
    reads = request.method in READING or getattr(view, "reads_only", False)
    wait = (READS if reads else WRITES).wait(hash_of(token.strip()), moment)
    if wait:
        raise Problem(429, "too_many_requests", headers={"Retry-After": str(wait)})


def _not_for_caches(response: Response) -> Response:
    response.headers["Cache-Control"] = "no-store"
    response.vary.update(("Authorization", "Accept-Language"))
    return response
