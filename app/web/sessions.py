"""Signing in and out."""

from flask import Blueprint, current_app, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext, lazy_gettext
from flask_login import current_user, login_user
from flask_wtf import FlaskForm
from wtforms import EmailField, HiddenField, PasswordField
from wtforms.validators import InputRequired, Length

from app.clock import now
from app.models import Person
from app.services.people import clean_email, keep_language
from app.services.sign_in import (
    LINK_LASTS,
    TooManyTries,
    WrongPassword,
    link_person,
    request_link,
    sign_in_with_password,
    sign_out,
    use_link,
)
from app.web.languages import choose_language
from app.web.security import SignedIn, allow, safe_path
from app.wording import say
from app.wording.letters import write_letter

bp = Blueprint("sessions", __name__)

LONGEST_EMAIL = 254


class SignInForm(FlaskForm):
    """E-mail address and password, both in one form."""

    email = EmailField(
        lazy_gettext("E-mail address"),
        [InputRequired(lazy_gettext("Write your e-mail address.")), Length(max=LONGEST_EMAIL)],
    )
    password = PasswordField(lazy_gettext("Password"), [InputRequired(lazy_gettext("Write your password."))])
    next = HiddenField()


class LinkForm(FlaskForm):
    """The address that a link is mailed to."""

    email = EmailField(
        lazy_gettext("E-mail address"),
        [InputRequired(lazy_gettext("Write your e-mail address.")), Length(max=LONGEST_EMAIL)],
    )
    next = HiddenField()


@bp.route("/sign-in", methods=["GET", "POST"])
@allow("visitor")
def new() -> ResponseReturnValue:
    """By password, or the way to a link."""
    form = SignInForm()
    if request.method == "GET":
        back = safe_path(request.args.get("next"))
        if current_user.is_authenticated:
            return redirect(back or url_for("board.today"))
        form.next.data = back
    if not form.validate_on_submit():
        return _sign_in_page(form, 200 if request.method == "GET" else 422)
    try:
        token, person = sign_in_with_password(form.email.data, form.password.data, now())
    except (WrongPassword, TooManyTries) as error:
        form.form_errors.append(say(error))
        return _sign_in_page(form, 429 if isinstance(error, TooManyTries) else 422)
    return _begin(token, person, form.next.data)


@bp.post("/sign-in/links")
@allow("visitor")
def mail_link() -> ResponseReturnValue:
    """Mails a link; says the same whether or not the address is known."""
    form = LinkForm()
    if form.validate() and clean_email(form.email.data) is None:
        form.email.errors = [gettext("That is no e-mail address.")]
    if form.errors:
        return _sign_in_page(SignInForm(formdata=None), 422, form)
    back = safe_path(form.next.data)

    def write(token: str, language: str) -> tuple[str, str]:
        # From BASE_URL, never from the request: its Host header is whatever somebody sent.
        address = f"{current_app.config['BASE_URL']}{url_for('sessions.link', token=token, next=back)}"
        minutes = int(LINK_LASTS.total_seconds() // 60)
        subject = lazy_gettext("Sign in to Mötesplats")
        return write_letter("sign_in_link", language, subject, link=address, minutes=minutes)

    request_link(form.email.data, now(), choose_language(), write)
    return render_template("sessions/link_sent.html", email=form.email.data)


@bp.route("/sign-in/links/<token>", methods=["GET", "POST"])
@allow("visitor")
def link(token: str) -> ResponseReturnValue:
    """A button. Only pressing it uses the link up: mail scanners open every link they see."""
    if request.method == "GET":
        return render_template("sessions/link.html", person=link_person(token, now()))
    session_token, person = use_link(token, now())
    return _begin(session_token, person, request.args.get("next"))


@bp.post("/sign-out")
@allow("visitor")
def end() -> ResponseReturnValue:
    """Ends the session on the server, not only in this browser."""
    if current_user.is_authenticated:
        sign_out(current_user.token)
    _clear()
    return redirect(url_for("board.today"), code=303)


def _begin(token: str, person: Person, back: str | None) -> ResponseReturnValue:
    """A new session in the browser too, so that one planted there before is worth nothing."""
    if current_user.is_authenticated:
        sign_out(current_user.token)
    _clear()
    session.permanent = True
    if person.language is None and "language" in session:
        keep_language(person, session["language"])
    login_user(SignedIn(person, token))
    return redirect(safe_path(back) or url_for("board.today"), code=303)


def _clear() -> None:
    language = session.get("language")
    session.clear()
    if language:
        session["language"] = language
        session.permanent = True


def _sign_in_page(form: SignInForm, status: int, link_form: LinkForm | None = None) -> ResponseReturnValue:
    if link_form is None:
        link_form = LinkForm(formdata=None, next=form.next.data)
    return render_template("sessions/new.html", form=form, link_form=link_form), status
