"""The reader's language: their choice, else what is stored with them, else the browser's, else Swedish."""

from functools import cache

from babel import Locale
from flask import Blueprint, abort, has_request_context, redirect, request, session, url_for
from flask.typing import ResponseReturnValue

from app.extensions import csrf
from app.services.people import LANGUAGES, keep_language
from app.web.security import allow, person, safe_path, sent_from_here
from app.wording.languages import LOCALES, asked_for

bp = Blueprint("languages", __name__)


def choose_language() -> str:
    """ "sv" or "en", for whoever reads the answer to this request."""
    chosen = session.get("language")
    if chosen in LANGUAGES:
        return chosen
    reader = person()
    if reader is not None and reader.language in LANGUAGES:
        return reader.language
    return asked_for(request.accept_languages)


def choose_locale() -> Locale:
    """For Flask-Babel. Outside a request, at a terminal, English: that is the language of the commands."""
    return _locale(choose_language() if has_request_context() else "en")


@cache
def _locale(language: str) -> Locale:
    return Locale.parse(LOCALES[language])


@bp.post("/language")
@csrf.exempt
@allow("visitor")
def choose() -> ResponseReturnValue:
    """Keeps a choice for as long as the cookie lasts, with a person for good, and goes back to the page.

    The form stands on every page. A token in it would take a cookie, so whoever only looks would get
    one; the browser's own word that the form is ours does as well (docs/decisions/0011).
    """
    language = request.form.get("language", "")
    if language not in LANGUAGES or not sent_from_here():
        abort(400)
    reader = person()
    if reader is not None and reader.language != language:
        keep_language(reader, language)
    session["language"] = language
    session.permanent = True
    return redirect(safe_path(request.form.get("next")) or url_for("board.today"), code=303)
