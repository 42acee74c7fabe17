"""Signing in and out: by password or by a mailed link, with sessions that live on the server."""

from collections.abc import Callable
from datetime import datetime, timedelta
from math import ceil
from typing import NamedTuple

from sqlalchemy import delete, func, select, update

from app.domain.errors import DomainError
from app.extensions import db
from app.models import Person, SignIn, SignInFailure, SignInLink
from app.services.outbox import put_mail
from app.services.people import (
    clean_email,
    find_person,
    hash_of,
    needs_new_hash,
    new_secret,
    password_fits,
    rehash,
)
from app.services.transaction import use_case
from app.services.who_asks import by_session

MOST_FAILURES = 10
FAILURES_COUNT_FOR = timedelta(minutes=10)
LINK_LASTS = timedelta(minutes=10)
MOST_LINKS = 5  # that wait to be used, per person
SEEN_EVERY = timedelta(hours=1)


class OpenSession(NamedTuple):
    """Somebody's session, and when it was last noted to be in use."""

    person: Person
    seen_at: datetime


# Writes the mail around a link's token, in that language: subject and body.
Letter = Callable[[str, str], tuple[str, str]]


class WrongPassword(DomainError):
    """E-mail address and password do not belong together; which of the two is wrong is not told."""

    code = "wrong_password"


class TooManyTries(DomainError):
    """Too many wrong passwords for one e-mail address. `params["minutes"]`: when to try again."""

    code = "too_many_tries"


class LinkGone(DomainError):
    """The link was used, is too old, or never was."""

    code = "link_gone"


def sign_in_with_password(email: str, password: str, now: datetime) -> tuple[str, Person]:
    """A new session's token and its person. Raises WrongPassword or TooManyTries."""
    address = clean_email(email)
    if address is None:
        password_fits(None, password)  # takes as long as for a known address
        raise WrongPassword()
    _count_try(address, now)
    person = find_person(address)
    # The slow part, outside of any transaction that writes.
    if not password_fits(person, password) or person is None or not person.active:
        raise WrongPassword()
    return _open_after_password(person.id, address, password, now)


@use_case
def request_link(email: str, now: datetime, language: str, write: Letter) -> None:
    """Mails a link for signing in, if the address is a known person's; nobody learns whether it was.

    `language` holds unless the person has chosen one.
    """
    person = find_person(email)
    if person is None or not person.active:
        return
    expired = delete(SignInLink).where(SignInLink.person_id == person.id, SignInLink.expires_at <= now)
    db.session.execute(expired)
    waiting = select(func.count()).where(SignInLink.person_id == person.id)
    if (db.session.scalar(waiting) or 0) >= MOST_LINKS:
        return
    token = new_secret()
    hashed = hash_of(token)
    expires_at = now + LINK_LASTS
    db.session.add(SignInLink(token_hash=hashed, person_id=person.id, created_at=now, expires_at=expires_at))
    subject, body = write(token, person.language or language)
    put_mail(f"sign-in-link:{hashed}", person.email, subject, body, person.language or language, now)


def link_person(token: str, now: datetime) -> Person:
    """Whom a link would sign in; changes nothing. Raises LinkGone."""
    link = db.session.get(SignInLink, hash_of(token))
    if link is None or link.used_at is not None or link.expires_at <= now:
        raise LinkGone()
    person = db.session.get_one(Person, link.person_id)
    if not person.active:
        raise LinkGone()
    return person


@use_case
def use_link(token: str, now: datetime) -> tuple[str, Person]:
    """Uses a link up: a new session's token and its person. Raises LinkGone."""
    good = (
        SignInLink.token_hash == hash_of(token),
        SignInLink.used_at.is_(None),
        SignInLink.expires_at > now,
    )
    use = update(SignInLink).where(*good).values(used_at=now).returning(SignInLink.person_id)
    person_id = db.session.scalar(use)
    person = db.session.get(Person, person_id) if person_id else None
    if person is None or not person.active:
        raise LinkGone()
    return _open_session(person, now), person


@use_case
def sign_out(token: str) -> None:
    """Ends a session on the server; the browser's cookie is worth nothing from then on."""
    db.session.execute(delete(SignIn).where(SignIn.token_hash == hash_of(token)))


def session_of(token: str, now: datetime, lasts: timedelta) -> OpenSession | None:
    """The session that a token opens, while it was used within `lasts` and its person may come in."""
    found = by_session(hash_of(token))
    if found is None or found.at is None or found.at + lasts <= now or not found.person.active:
        return None
    return OpenSession(found.person, found.at)


@use_case
def keep_session(token: str, now: datetime) -> None:
    """Notes that a session is in use, so that it goes on lasting; due when `is_due_to_be_seen`."""
    due = now - SEEN_EVERY
    db.session.execute(
        update(SignIn).where(SignIn.token_hash == hash_of(token), SignIn.seen_at <= due).values(seen_at=now)
    )


def is_due_to_be_seen(session: OpenSession, now: datetime) -> bool:
    """Whether the last note of use is an hour old. More often would be a write at every page."""
    return session.seen_at <= now - SEEN_EVERY


@use_case
def forget_expired(now: datetime, lasts: timedelta) -> int:
    """Deletes sessions unused for `lasts`, links past their time, old wrong passwords. For a daily job.

    Returns how many sessions and links it were.
    """
    db.session.execute(delete(SignInFailure).where(SignInFailure.at <= now - FAILURES_COUNT_FOR))
    old_sessions = delete(SignIn).where(SignIn.seen_at <= now - lasts).returning(SignIn.person_id)
    old_links = delete(SignInLink).where(SignInLink.expires_at <= now).returning(SignInLink.person_id)
    return len(db.session.scalars(old_sessions).all()) + len(db.session.scalars(old_links).all())


@use_case
def _count_try(address: str, now: datetime) -> None:
    """Counts a try as failed until it succeeds: so many at once cannot slip past the count."""
    db.session.execute(delete(SignInFailure).where(SignInFailure.at <= now - FAILURES_COUNT_FOR))
    earlier = select(SignInFailure.at).where(SignInFailure.email == address).order_by(SignInFailure.at.desc())
    times = db.session.scalars(earlier.limit(MOST_FAILURES)).all()
    if len(times) >= MOST_FAILURES:
        left = times[-1] + FAILURES_COUNT_FOR - now
        raise TooManyTries(minutes=max(1, ceil(left.total_seconds() / 60)))
    db.session.add(SignInFailure(email=address, at=now))


@use_case
def _open_after_password(person_id: int, address: str, password: str, now: datetime) -> tuple[str, Person]:
    person = db.session.get_one(Person, person_id)
    if not person.active:  # shut out since the look at the password
        raise WrongPassword()
    db.session.execute(delete(SignInFailure).where(SignInFailure.email == address))
    if needs_new_hash(person):
        rehash(person, password)
    return _open_session(person, now), person


def _open_session(person: Person, now: datetime) -> str:
    token = new_secret()
    db.session.add(SignIn(token_hash=hash_of(token), person_id=person.id, created_at=now, seen_at=now))
    return token
