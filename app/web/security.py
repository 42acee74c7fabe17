"""Who is signed in, who may open which page, and the headers that protect every answer.

Every endpoint says by `@allow(...)` who may open it; one that says nothing answers 403 to everybody.
That is the outer fence: whether a person may do something to a certain booking or office, the
services ask `app.services.authorize`.
"""

from collections.abc import Callable
from typing import Any, TypeVar
from urllib.parse import urlsplit

from flask import Flask, Response, abort, current_app, redirect, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_login import AnonymousUserMixin, UserMixin, current_user

from app.clock import now
from app.extensions import login
from app.models import Person
from app.services.authorize import roles_anywhere
from app.services.sign_in import OpenSession, is_due_to_be_seen, keep_session, session_of

View = TypeVar("View", bound=Callable[..., Any])

# visitor: anybody · token: the view itself asks for a bearer token or a secret address
# member, host, funder, admin: signed in with that role, or one that includes it, at some office
AUDIENCES = frozenset({"visitor", "token", "member", "host", "funder", "admin"})
SAFE_METHODS = ("GET", "HEAD")

CONTENT_SECURITY_POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' data:",
        "font-src 'self'",
        "connect-src 'self'",
        "form-action 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
    )
)
HEADERS = {
    "Content-Security-Policy": CONTENT_SECURITY_POLICY,
    "Referrer-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
    "Cross-Origin-Opener-Policy": "same-origin",
}
ONE_YEAR = 365 * 24 * 60 * 60


def allow(*audiences: str) -> Callable[[View], View]:
    """Opens a view to these audiences. Stands nearest to the function, below the route."""
    unknown = set(audiences) - AUDIENCES
    if unknown or not audiences:
        raise ValueError(f"no such audience: {', '.join(sorted(unknown)) or 'none named'}")

    def mark(view: View) -> View:
        view.allowed_audiences = frozenset(audiences)
        return view

    return mark


def audiences_of(app: Flask, endpoint: str) -> frozenset[str]:
    """Who may open an endpoint; nobody where it does not say."""
    if endpoint == "static":
        return frozenset({"visitor"})
    return getattr(app.view_functions.get(endpoint), "allowed_audiences", frozenset())


class SignedIn(UserMixin):
    """Whom Flask-Login calls `current_user`: a person, known by the token of their session."""

    def __init__(self, person: Person, token: str, open_session: OpenSession | None = None) -> None:
        self.person = person
        self.token = token
        self.open_session = open_session

    def get_id(self) -> str:
        return self.token

    @property
    def name(self) -> str:
        return self.person.name or self.person.email.partition("@")[0]

    @property
    def email(self) -> str:
        return self.person.email


class Visitor(AnonymousUserMixin):
    """Nobody in particular. False, so that `{% if current_user %}` means what it says."""

    person = None

    def __bool__(self) -> bool:
        return False


def person() -> Person | None:
    """Who makes this request; None for a visitor."""
    return current_user.person


def signed_in() -> Person:
    """Who makes this request, in a view that only opens to people signed in."""
    who = person()
    if who is None:
        abort(403)
    return who


def safe_path(address: str | None) -> str | None:
    """An address if it is a path on this very site, else None: nobody is sent elsewhere by our links."""
    if not address or not address.startswith("/") or address.startswith("//"):
        return None
    # Browsers read a backslash as a slash, and skip line breaks and tabs.
    if "\\" in address or any(ord(character) < 33 or ord(character) == 127 for character in address):
        return None
    parts = urlsplit(address)
    return None if parts.scheme or parts.netloc else address


def sent_from_here() -> bool:
    """Whether the browser says that a page of this site sent the form. What is no browser may send it too."""
    site, origin = request.headers.get("Sec-Fetch-Site"), request.headers.get("Origin")
    if site is not None:
        return site in ("same-origin", "none")
    return origin is None or urlsplit(origin).netloc == request.host


def to_sign_in() -> ResponseReturnValue:
    """To the sign-in page, and back afterwards to what was asked for, or to where the form stood."""
    if request.method in SAFE_METHODS:
        back = safe_path(request.full_path if request.query_string else request.path)
    else:
        referrer = urlsplit(request.referrer or "")
        back = safe_path(referrer.path) if referrer.netloc == request.host else None
    return redirect(url_for("sessions.new", next=back), code=303)


def init_app(app: Flask) -> None:
    """Hooks the fence, the session and the headers into the application."""
    login.anonymous_user = Visitor
    login.session_protection = None  # phones change their address on the train
    login.user_loader(_load)
    app.before_request(_keep_session)
    app.before_request(_fence)
    app.after_request(_add_headers)


def _load(token: str) -> SignedIn | None:
    found = session_of(token, now(), current_app.config["SIGN_IN_LASTS"])
    return SignedIn(found.person, token, found) if found else None


def _keep_session() -> None:
    """Before the view begins to read, and at most once an hour: a session in use goes on lasting."""
    if request.endpoint in (None, "static") or "token" in audiences_of(current_app, request.endpoint):
        return  # where a token or a secret address counts, a cookie does not
    if not current_user.is_authenticated:
        return
    if is_due_to_be_seen(current_user.open_session, now()):
        keep_session(current_user.token, now())
        session.modified = True  # the cookie goes on lasting too


def _fence() -> ResponseReturnValue | None:
    if request.endpoint is None:  # no such page, a wrong method or host: Flask answers that
        return None
    allowed = audiences_of(current_app, request.endpoint)
    if allowed & {"visitor", "token"} or allowed & roles_anywhere(person()):
        return None
    if allowed and person() is None:
        return to_sign_in()
    abort(403)


def _add_headers(response: Response) -> Response:
    for name, value in HEADERS.items():
        response.headers.setdefault(name, value)
    if current_app.config["BASE_URL"].startswith("https://"):
        response.headers.setdefault("Strict-Transport-Security", f"max-age={ONE_YEAR}")
    if request.endpoint != "static" and "Cache-Control" not in response.headers:
        # What stands on a page of a signed-in person must not come back after signing out.
        response.headers["Cache-Control"] = "no-store" if "_user_id" in session else "private, no-cache"
    return response
