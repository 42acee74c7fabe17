"""Error pages: what happened and what to do about it, in the reader's language."""

from typing import Any

from flask import Flask, Response, current_app, make_response, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import force_locale, gettext, lazy_gettext
from flask_wtf.csrf import CSRFError
from sqlalchemy.exc import DBAPIError
from werkzeug.exceptions import HTTPException, SecurityError

from app.database import RETRY_AFTER, is_unreachable
from app.domain.errors import DomainError, NotAllowed, NotFound, Stale, Taken
from app.services.sign_in import LinkGone, TooManyTries
from app.web.security import person, safe_path, to_sign_in
from app.wording import say
from app.wording.languages import LOCALES, asked_for

# For each status its title and what to do.
TEXTS: dict[int, tuple[Any, Any]] = {
    400: (
        lazy_gettext("That could not be understood"),
        lazy_gettext(
            "Something in the address or the form was not as it should be. Go back and try once more."
        ),
    ),
    403: (
        lazy_gettext("This is not for you to see"),
        lazy_gettext(
            "You are signed in, but your role does not reach here. Ask the host of your office if it should."
        ),
    ),
    404: (
        lazy_gettext("There is nothing here"),
        lazy_gettext("The address may be old or mistyped, or what stood here is gone."),
    ),
    405: (
        lazy_gettext("That does not work this way"),
        lazy_gettext(
            "This address takes something from a form. Go back to the page before and use its button."
        ),
    ),
    409: (
        lazy_gettext("That did not work"),
        lazy_gettext("Something changed meanwhile. Go back and try once more."),
    ),
    410: (
        lazy_gettext("This is gone"),
        lazy_gettext("What stood here existed once, but does no longer."),
    ),
    413: (
        lazy_gettext("That is too large"),
        lazy_gettext("What you sent is larger than we take. Send less at once."),
    ),
    422: (
        lazy_gettext("That did not work"),
        lazy_gettext("Go back, look at what you wrote, and try once more."),
    ),
    429: (
        lazy_gettext("Too many at once"),
        lazy_gettext("Wait a minute and try again."),
    ),
    500: (
        lazy_gettext("Something broke on our side"),
        lazy_gettext(
            "It is not your fault, and it has been noted. Nothing was half-saved. Try again in a while."
        ),
    ),
    503: (
        lazy_gettext("We are away for a moment"),
        lazy_gettext("Look in a few seconds whether what you did was kept, and else do it once more."),
    ),
}
STATUSES: dict[type[DomainError], int] = {
    NotFound: 404,
    Taken: 409,
    Stale: 409,
    LinkGone: 410,
    TooManyTries: 429,
}


def init_app(app: Flask) -> None:
    """Answers every error with a page."""
    app.register_error_handler(HTTPException, _http_error)
    app.register_error_handler(SecurityError, _wrong_host)
    app.register_error_handler(CSRFError, _stale_form)
    app.register_error_handler(DomainError, _domain_error)
    app.register_error_handler(DBAPIError, _database_error)


def error_page(
    code: int, message: str | None = None, actions: list[tuple[str, str]] | None = None
) -> Response:
    """The page of a status, with a message of its own where there is one."""
    title, usual = TEXTS[code if code in TEXTS else 500 if code >= 500 else 400]
    page = render_template(
        "errors/error.html", code=code, title=str(title), message=message or str(usual), actions=actions
    )
    return make_response(page, code)


def _http_error(error: HTTPException) -> ResponseReturnValue:
    code = error.code or 500
    if code < 400:
        return error.get_response()
    try:
        if code == 403 and person() is None:
            return _with_headers(
                error, error_page(code, gettext("Sign in, if you have an account."), _sign_in_action())
            )
        return _with_headers(error, error_page(code))
    except Exception:
        current_app.logger.exception("the error page failed")
        return _bare(code, error.name)


def _with_headers(error: HTTPException, page: Response) -> Response:
    """What HTTP wants beside the page: `Allow` with 405, `Retry-After` with 429."""
    for name, value in error.get_headers(request.environ):
        if name.lower() not in ("content-type", "content-length"):
            page.headers[name] = value
    return page


def _wrong_host(error: SecurityError) -> ResponseReturnValue:
    """Without an address that can be trusted no link can be made, so this page is bare."""
    return _bare(400, "This server does not answer to that name. See TRUSTED_HOSTS.")


def _stale_form(error: CSRFError) -> ResponseReturnValue:
    message = gettext(
        "The form was too old, or your browser keeps no cookies from here. Open the page anew and try again."
    )
    return error_page(400, message, _back_action())


def _domain_error(error: DomainError) -> ResponseReturnValue:
    """An error that the view did not answer itself."""
    if isinstance(error, NotAllowed):
        return to_sign_in() if person() is None else error_page(403)
    if type(error) is NotFound:
        return error_page(404)
    code = next((code for kind, code in STATUSES.items() if isinstance(error, kind)), 422)
    actions = [(gettext("Ask for a new link"), url_for("sessions.new"))] if code == 410 else _back_action()
    return error_page(code, say(error), actions)


def _database_error(error: DBAPIError) -> ResponseReturnValue:
    """Gone for a while: no page of ours can be made without it, so this one is bare. Else it is a bug."""
    if not is_unreachable(error):
        raise error
    current_app.logger.warning("the database does not answer: %s", type(error.orig).__name__)
    with force_locale(LOCALES[asked_for(request.accept_languages)]):  # what a person chose is stored there
        title, what_to_do = (str(text) for text in TEXTS[503])
    answer = _bare(503, f"{title}. {what_to_do}")
    answer.headers["Retry-After"] = str(RETRY_AFTER)
    return answer


def _back_action() -> list[tuple[str, str]]:
    back = (
        safe_path(request.referrer.removeprefix(request.host_url.rstrip("/"))) if request.referrer else None
    )
    return [(gettext("Back"), back)] if back else []


def _sign_in_action() -> list[tuple[str, str]]:
    return [(gettext("Sign in"), url_for("sessions.new"))]


def _bare(code: int, text: str) -> Response:
    return Response(text + "\n", code, mimetype="text/plain")
