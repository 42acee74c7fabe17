"""People: who can sign in, with which role, for which organisation; and their API tokens."""

import hashlib
import secrets
from datetime import datetime
from functools import cache
from typing import TypeVar

from argon2 import PasswordHasher, Type
from argon2.exceptions import InvalidHashError, VerificationError
from email_validator import EmailNotValidError, validate_email
from sqlalchemy import delete, select

from app.domain.errors import NotFound, Refusal, Refused
from app.extensions import db
from app.models import ApiToken, Office, Organisation, Person, Role, SignIn
from app.models.person import ROLES
from app.services.transaction import use_case
from app.services.who_asks import by_token

Named = TypeVar("Named", Office, Organisation)

SHORTEST_PASSWORD = 10
LONGEST_PASSWORD = 1000
LANGUAGES = ("sv", "en")
TOKEN_BYTES = 32


class UnknownPerson(NotFound):
    """Nobody has this e-mail address."""

    code = "unknown_person"


_hasher = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1, type=Type.ID)


def clean_email(email: str) -> str | None:
    """The address in the one spelling that is stored, or None where it is no address.

    Whether mail arrives there is not looked up; names reserved for tests and examples are fine.
    """
    try:
        checked = validate_email(
            email.strip(),
            check_deliverability=False,
            allow_smtputf8=False,
            globally_deliverable=False,
            test_environment=True,
        )
    except EmailNotValidError:
        return None
    return (checked.ascii_email or checked.normalized).lower()


def hash_of(token: str) -> str:
    """What is stored of a secret that somebody else holds."""
    return hashlib.sha256(token.encode()).hexdigest()


def new_secret() -> str:
    """256 bits, fit for a URL."""
    return secrets.token_urlsafe(TOKEN_BYTES)


def password_fits(person: Person | None, password: str) -> bool:
    """Whether this is the person's password. Takes as long for nobody as for somebody."""
    stored = person.password_hash if person else None
    if len(password) > LONGEST_PASSWORD:
        return False
    try:
        _hasher.verify(stored or _nobodys_hash(), password)
    except (VerificationError, InvalidHashError):
        return False
    return stored is not None


@use_case
def add_person(
    email: str,
    *,
    role: str,
    organisation: str,
    office: str | None = None,
    language: str | None = None,
    name: str | None = None,
    password: str | None = None,
    now: datetime,
) -> Person:
    """Adds a person, or brings a known one up to date; the same call twice changes nothing.

    `organisation` and `office` are slugs. The role replaces the one held so far at that office
    (without an office: at all of them); the organisation is added to those booked for. A new
    password ends the person's sign-ins. Raises Refused with everything that is wrong.
    """
    address = clean_email(email)
    place = _by_slug(Office, office) if office else None
    booked_for = _by_slug(Organisation, organisation)
    wrong = []
    if address is None:
        wrong.append(Refusal("bad_email", "email", {"email": email}))
    if role not in ROLES:
        wrong.append(Refusal("unknown_role", "role", {"role": role}))
    if office and place is None:
        wrong.append(Refusal("unknown_office", "office", {"slug": office}))
    if booked_for is None:
        wrong.append(Refusal("unknown_organisation", "organisation", {"slug": organisation}))
    if language is not None and language not in LANGUAGES:
        wrong.append(Refusal("unknown_language", "language", {"language": language}))
    wrong += _weaknesses(password)
    if wrong or address is None or booked_for is None:
        raise Refused(*wrong)

    person = _person(address)
    if person is None:
        person = Person(email=address, created_at=now, changed_at=now)
        db.session.add(person)
    if name is not None:
        person.name = " ".join(name.split())[:200]
    if language is not None:
        person.language = language
    if booked_for not in person.organisations:
        person.organisations.append(booked_for)
    _set_role(person, role, place.id if place else None)
    if password is not None and not password_fits(person, password):
        person.password_hash = _hasher.hash(password)
        db.session.flush()
        db.session.execute(delete(SignIn).where(SignIn.person_id == person.id))
    return person


@use_case
def set_active(email: str, active: bool) -> Person:
    """Lets a person in, or shuts them out at once: every sign-in of theirs ends, tokens stop working."""
    person = person_by_email(email)
    person.active = active
    if not active:
        db.session.execute(delete(SignIn).where(SignIn.person_id == person.id))
    return person


@use_case
def keep_language(person: Person, language: str) -> None:
    """What the person chose to read, for what reaches them outside a page: mails, and their feeds."""
    if language not in LANGUAGES:
        raise Refused(Refusal("unknown_language", "language", {"language": language}))
    db.session.get_one(Person, person.id).language = language


@use_case
def new_token(email: str, now: datetime) -> str:
    """A new API token of this person; the only time that it can be read."""
    token = new_secret()
    person = person_by_email(email)
    db.session.add(ApiToken(token_hash=hash_of(token), person_id=person.id, created_at=now))
    return token


def person_for_token(token: str, now: datetime) -> Person | None:
    """Whose API token this is; None where it is unknown or revoked, or its owner is shut out."""
    found = by_token(hash_of(token))
    if found is None or (found.at is not None and found.at <= now):
        return None
    return found.person if found.person.active else None


def person_by_email(email: str) -> Person:
    """The person with this address; raises UnknownPerson."""
    person = find_person(email)
    if person is None:
        raise UnknownPerson(email=email)
    return person


def needs_new_hash(person: Person) -> bool:
    """Whether the password was hashed by older, cheaper settings."""
    return person.password_hash is not None and _hasher.check_needs_rehash(person.password_hash)


def rehash(person: Person, password: str) -> None:
    """Hashes a password that was just found right anew."""
    person.password_hash = _hasher.hash(password)


def find_person(email: str) -> Person | None:
    """The person with this address, however it is spelled."""
    address = clean_email(email)
    return _person(address) if address else None


def _person(address: str) -> Person | None:
    return db.session.scalar(select(Person).where(Person.email == address))


def _by_slug(model: type[Named], slug: str) -> Named | None:
    return db.session.scalar(select(model).where(model.slug == slug))


def _set_role(person: Person, role: str, office_id: int | None) -> None:
    held = [each for each in person.roles if each.office_id == office_id]
    kept = next((each for each in held if each.role == role), held[0] if held else None)
    if kept is None:
        person.roles.append(Role(role=role, office_id=office_id))
        return
    kept.role = role
    for other in held:
        if other is not kept:
            person.roles.remove(other)
            db.session.delete(other)


def _weaknesses(password: str | None) -> list[Refusal]:
    if password is None:
        return []
    if len(password) < SHORTEST_PASSWORD:
        return [Refusal("password_too_short", "password", {"characters": SHORTEST_PASSWORD})]
    if len(password) > LONGEST_PASSWORD:
        return [Refusal("password_too_long", "password", {"characters": LONGEST_PASSWORD})]
    return []


@cache
def _nobodys_hash() -> str:
    return _hasher.hash(new_secret())
