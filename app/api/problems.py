"""Every error of the API as application/problem+json (RFC 9457): no page, no trace of the program."""

from collections.abc import Mapping

from flask import Blueprint, Response, current_app, g, jsonify, request
from flask_babel import force_locale
from sqlalchemy.exc import DBAPIError
from werkzeug.exceptions import HTTPException

from app.api import words
from app.database import RETRY_AFTER, is_unreachable
from app.domain.errors import DomainError, NotAllowed, NotFound, Refusal, Refused, Stale, Taken, dates_told
from app.services.serializers import alternative_data, clash_data, instant
from app.wording.languages import LOCALES, asked_for

STATUSES: Mapping[type[DomainError], int] = {NotAllowed: 403, NotFound: 404, Taken: 409, Stale: 412}
# Forms have one field for the day; here it is part of the start.
FIELDS = {"date": "start"}
# What a refusal leads to, by its number.
LEADS_TO = ("booking", "closure")


class Problem(Exception):
    """An error that only the API knows."""

    def __init__(
        self, status: int, code: str, *, headers: Mapping[str, str] | None = None, **params: object
    ) -> None:
        super().__init__(status, code)
        self.status = status
        self.code = code
        self.headers = dict(headers or {})
        self.params = params


def init_blueprint(api: Blueprint) -> None:
    """Answers what the endpoints raise."""
    api.register_error_handler(Problem, _of_problem)
    api.register_error_handler(DomainError, _of_domain_error)
    api.register_error_handler(HTTPException, of_http_error)
    api.register_error_handler(DBAPIError, _of_database_error)


def of_http_error(error: HTTPException) -> Response:
    """What HTTP itself has a word for. `Allow` and its like stay."""
    status = error.code or 500
    kept = {
        name: value for name, value in error.get_headers(request.environ) if name in ("Allow", "Retry-After")
    }
    return _answer(status, f"http_{status}", headers=kept)


def _of_problem(problem: Problem) -> Response:
    return _answer(problem.status, problem.code, problem.params, headers=problem.headers)


def _of_database_error(error: DBAPIError) -> Response:
    """503 where the database is gone for a while; else it is a bug."""
    if not is_unreachable(error):
        raise error
    current_app.logger.warning("the database does not answer: %s", type(error.orig).__name__)
    g.api_caller = None  # whose language is stored where nothing can be read
    return _answer(503, "http_503", headers={"Retry-After": str(RETRY_AFTER)})


def _of_domain_error(error: DomainError) -> Response:
    if isinstance(error, Taken):
        return _answer(
            409,
            error.code,
            detail_of=error,
            clashes=[clash_data(clash) for clash in error.clashes],
            alternatives=[alternative_data(each) for each in error.alternatives],
        )
    status = next((status for kind, status in STATUSES.items() if isinstance(error, kind)), 422)
    if status != 422:
        return _answer(status, error.code, detail_of=error)
    refusals = error.refusals if isinstance(error, Refused) else (Refusal(error.code, "", error.params),)
    with readers_language():
        told = [refusal_data(refusal) for refusal in refusals]
    clashes = [clash_data(clash) for clash in error.clashes] if isinstance(error, Refused) else []
    besides = {"clashes": clashes} if clashes else {}
    return _answer(422, "refused", detail_of=error, refusals=told, **besides)


def refusal_data(refusal: Refusal) -> dict[str, object]:
    """One broken rule, in the language set."""
    told: dict[str, object] = {
        "code": refusal.code,
        "field": FIELDS.get(refusal.field, refusal.field),
        "message": words.say_here(refusal),
    }
    if "also" in refusal.params:  # of a series: every date that breaks it
        told["dates"] = [str(each["date_on"]) for each in dates_told(refusal)]
    told |= {key: refusal.params[key] for key in LEADS_TO if key in refusal.params}
    choices = refusal.params.get("choices")
    if isinstance(choices, tuple):  # the two instants of a local time that comes twice
        told["choices"] = [instant(choice) for choice in choices]
    return told


def _answer(
    status: int,
    code: str,
    params: Mapping[str, object] | None = None,
    *,
    detail_of: DomainError | None = None,
    headers: Mapping[str, str] | None = None,
    **members: object,
) -> Response:
    with readers_language():
        title = words.title_of(status)
        detail = words.say_here(detail_of or Refusal(code, "", dict(params or {})))
    response = jsonify(
        type=f"urn:motesplats:problem:{code}",
        title=title,
        status=status,
        code=code,
        detail=detail,
        **members,
    )
    response.status_code = status
    response.mimetype = "application/problem+json"
    response.headers.update(headers or {})
    return response


def readers_language() -> force_locale:
    """What the caller chose once and for all, else what this request asks for, else Swedish."""
    caller = g.get("api_caller")
    stored = caller.language if caller else None
    return force_locale(LOCALES[stored or asked_for(request.accept_languages)])
