"""Who asks: the person that a session or an API token belongs to. Every page and every call begins with it.

Read as plain columns by one statement, and put into the session as if it had been loaded, for half of what
loading costs. Roles, and organisations, which are those of the directory, are to be read, never changed.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import bindparam, select
from sqlalchemy.engine import Row
from sqlalchemy.orm import InstrumentedAttribute, make_transient_to_detached
from sqlalchemy.orm.attributes import set_committed_value
from sqlalchemy.orm.util import identity_key

from app.extensions import db
from app.models import ApiToken, Membership, Organisation, Person, Role, SignIn
from app.services.columns import Prepared, instant
from app.services.directory import directory


class Found(NamedTuple):
    """`at`: when the session was last seen, or when the API token was revoked."""

    person: Person
    at: datetime | None


def _statement(proof: type[SignIn] | type[ApiToken], at: InstrumentedAttribute[Any]) -> Prepared:
    """A row for each role with each organisation of the person; one at least."""
    about = (Person.id, Person.email, Person.name, Person.language, Person.active)
    settled = (Person.wants_invitations, Person.erasure_asked_at)
    return Prepared(
        select(at, Role.id, Role.role, Role.office_id, Organisation.id, *about, *settled)
        .select_from(proof)
        .join(Person, Person.id == proof.person_id)
        .outerjoin(Role, Role.person_id == Person.id)
        .outerjoin(Membership, Membership.person_id == Person.id)
        .outerjoin(Organisation, Organisation.id == Membership.organisation_id)
        .where(proof.token_hash == bindparam("token_hash"))
        .order_by(Role.id, Organisation.name)
    )


_BY_SESSION = _statement(SignIn, SignIn.seen_at)
_BY_TOKEN = _statement(ApiToken, ApiToken.revoked_at)


def by_session(token_hash: str) -> Found | None:
    """Whose session it is; None where there is none."""
    return _found(_BY_SESSION.read(token_hash=token_hash))


def by_token(token_hash: str) -> Found | None:
    """Whose API token it is; None where there is none."""
    return _found(_BY_TOKEN.read(token_hash=token_hash))


def _found(rows: Sequence[Row[*tuple[Any, ...]]]) -> Found | None:
    if not rows:
        return None
    at, *_, identifier, email, name, language, active, invited, asked = rows[0]
    met = db.session.identity_map.get(identity_key(Person, identifier))
    if isinstance(met, Person):
        return Found(met, _instant(at))
    person = Person(
        id=identifier,
        email=email,
        name=name,
        language=language,
        active=bool(active),
        wants_invitations=bool(invited),
        erasure_asked_at=_instant(asked),
    )
    make_transient_to_detached(person)
    db.session.add(person)
    roles = {role_id: Role(id=role_id, role=role, office_id=office) for _, role_id, role, office, *_ in rows}
    organisations = dict.fromkeys(row[4] for row in rows)
    known = directory()
    set_committed_value(person, "roles", [role for role_id, role in roles.items() if role_id])
    set_committed_value(
        person, "organisations", [known.of_id(Organisation, each) for each in organisations if each]
    )
    return Found(person, _instant(at))


def _instant(seconds: int | None) -> datetime | None:
    return None if seconds is None else instant(seconds)
