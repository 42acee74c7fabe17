"""Sentences for what only a program can get wrong; everything else is said as on the pages."""

from collections.abc import Callable, Mapping
from http import HTTPStatus
from typing import Any

from flask_babel import gettext as _

from app.domain.errors import DomainError, Refusal
from app.wording import say

Params = Mapping[str, Any]

SENTENCES: Mapping[str, Callable[[Params], str]] = {
    "http_400": lambda p: _("That request could not be understood."),
    "http_403": lambda p: _("You may not do this."),
    "http_404": lambda p: _("There is nothing at this address."),
    "http_405": lambda p: _("This address does not take that method; see the header Allow."),
    "http_413": lambda p: _("That is more than the API takes at once: a body has at most 64 KiB."),
    "http_415": lambda p: _("Send JSON, with the content type application/json."),
    "http_500": lambda p: _(
        "Something broke on our side. Nothing was half-saved: send it again, with the same Idempotency-Key."
    ),
    "http_503": lambda p: _(
        "The database does not answer at the moment. Retry-After says when to ask again; "
        "whether this was kept is not known, so send it with the same Idempotency-Key."
    ),
    "unauthorised": lambda p: _("Send a valid token: Authorization: Bearer TOKEN."),
    "too_many_requests": lambda p: _("That is too many calls. Retry-After says when to go on."),
    "bad_json": lambda p: _("The body is not a JSON object, or says a key twice. Send one object."),
    "bad_idempotency_key": lambda p: _("An Idempotency-Key has 1 to 200 visible ASCII characters."),
    "idempotency_key_reused": lambda p: _(
        "This Idempotency-Key came before with another body. Take a new one."
    ),
    "version_missing": lambda p: _(
        "Say which version you change, as If-Match or as version, so that nobody's change is lost."
    ),
    "unknown_key": lambda p: (
        _("There is no %(key)s here, only %(known)s.", key=p["key"], known=p["known"])
        if p["known"]
        else _("There is no %(key)s here: leave it out.", key=p["key"])
    ),
    "missing": lambda p: _("%(key)s is missing.", key=p["key"]),
    "wrong_type": lambda p: _("%(key)s must be %(type)s.", key=p["key"], type=_type(p["type"])),
    "bad_text": lambda p: _("%(key)s has characters that no text has, or is too long.", key=p["key"]),
    "bad_time": lambda p: _(
        "%(key)s must be a time such as 2026-11-24T09:00:00+01:00, in whole seconds.", key=p["key"]
    ),
    "bad_day": lambda p: _("%(key)s must be a day such as 2026-11-24.", key=p["key"]),
    "out_of_range": lambda p: _(
        "%(key)s must be from %(least)s to %(most)s.", key=p["key"], least=p["least"], most=p["most"]
    ),
    "range_too_long": lambda p: _("Ask for at most %(days)s days at once.", days=p["days"]),
    "bad_cursor": lambda p: _("The cursor must be a next_cursor of an answer."),
    "not_one_of": lambda p: _("%(key)s must be one of these: %(known)s.", key=p["key"], known=p["known"]),
    "office_or_resource": lambda p: _("Say which office or which resources."),
    "bad_month": lambda p: _("The month must be written as 2026-11."),
    "no_meetings_here": lambda p: _("No links are made here: give the https address of a meeting."),
    "scope_missing": lambda p: _(
        "This is a series: say scope=this, following or all, and from which occurrence."
    ),
}


# What is not known by its name stands in a list.
LISTS = {
    "unknown_resource": "/resources",
    "unknown_organisation": "/organisations",
    "unknown_activity": "/activities",
    "unknown_category": "/categories",
    "unknown_office": "/offices",
}

TITLES: Mapping[int, Callable[[], str]] = {
    400: lambda: _("Not understood"),
    401: lambda: _("Who are you?"),
    403: lambda: _("Not allowed"),
    404: lambda: _("Not found"),
    405: lambda: _("No such method"),
    409: lambda: _("Taken"),
    412: lambda: _("Changed meanwhile"),
    413: lambda: _("Too large"),
    415: lambda: _("Not JSON"),
    422: lambda: _("Not possible"),
    428: lambda: _("Which version?"),
    429: lambda: _("Too many calls"),
    500: lambda: _("Our fault"),
    503: lambda: _("Away for a moment"),
}


def title_of(status: int) -> str:
    """What kind of problem it is, in the language set."""
    return TITLES[status]() if status in TITLES else HTTPStatus(status).phrase


def say_here(problem: Refusal | DomainError) -> str:
    """What is wrong, in the language set."""
    if isinstance(problem, Refusal) and problem.code in SENTENCES:
        return SENTENCES[problem.code](problem.params)
    if isinstance(problem, Refusal) and problem.code in LISTS:
        where = _("GET %(path)s lists what there is.", path=LISTS[problem.code])
        return f"{say(problem)} {where}"
    if refusals := getattr(problem, "refusals", ()):
        return " ".join(dict.fromkeys(say_here(refusal) for refusal in refusals))
    return say(problem)


def _type(name: str) -> str:
    names = {
        "text": _("a text"),
        "texts": _("a list of texts"),
        "numbers": _("a list of whole numbers"),
        "number": _("a whole number"),
        "truth": _("true or false"),
    }
    return str(names[name])
