"""People, passwords and tokens."""

from datetime import datetime, timedelta

import pytest
from sqlalchemy import func, select

from app.domain.errors import Refused
from app.extensions import db
from app.models import ApiToken, Person, Role, SignIn
from app.services.people import (
    UnknownPerson,
    add_person,
    clean_email,
    hash_of,
    keep_language,
    new_token,
    password_fits,
    person_for_token,
    set_active,
)
from app.services.sign_in import sign_in_with_password
from tests.databases import both
from tests.factories import Factory

PASSWORD = "snöstorm i Umeå"


def add(now: datetime, email: str = "anna@example.org", **changed: str | None) -> Person:
    settings: dict[str, str | None] = {
        "role": "member",
        "organisation": "granit",
        "password": PASSWORD,
        **changed,
    }
    return add_person(email, now=now, **settings)


@both
def test_somebody_new_can_sign_in(make: Factory, now: datetime) -> None:
    make.organisation("granit")
    person = add(now, " Anna@Example.ORG ", name="Anna  Ek\n", language="sv")
    assert (person.email, person.name, person.language) == ("anna@example.org", "Anna Ek", "sv")
    assert [each.slug for each in person.organisations] == ["granit"]
    assert [(role.role, role.office_id) for role in person.roles] == [("member", None)]
    assert person.password_hash
    assert person.password_hash.startswith("$argon2id$v=19$m=19456,t=2,p=1$")
    assert sign_in_with_password("anna@example.org", PASSWORD, now)[1].id == person.id


@both
def test_twice_is_once(make: Factory, now: datetime) -> None:
    make.organisation("granit")
    first = add(now, name="Anna")
    hashed = first.password_hash
    again = add(now + timedelta(days=1))
    assert (again.id, again.name, again.password_hash) == (first.id, "Anna", hashed)
    assert db.session.scalar(select(func.count()).select_from(Person)) == 1
    assert db.session.scalar(select(func.count()).select_from(Role)) == 1


@both
def test_the_role_at_an_office_is_replaced_and_other_offices_keep_theirs(
    make: Factory, now: datetime
) -> None:
    make.organisation("granit")
    stockholm, umea = make.office("stockholm"), make.office("umea")
    for role, office in [("host", "stockholm"), ("member", "umea"), ("member", "stockholm")]:
        person = add(now, role=role, office=office)
    assert {(role.role, role.office_id) for role in person.roles} == {
        ("member", stockholm.id),
        ("member", umea.id),
    }


@both
def test_several_roles_at_one_office_become_the_one(make: Factory, now: datetime) -> None:
    make.organisation("granit")
    stockholm = make.office("stockholm")
    person = make.person("anna@example.org", office=stockholm)
    person.roles.append(Role(role="host", office_id=stockholm.id))
    db.session.commit()
    person = add(now, role="host", office="stockholm")
    assert [role.role for role in person.roles] == ["host"]
    assert db.session.scalar(select(func.count()).select_from(Role)) == 1


def test_organisations_are_added(make: Factory, now: datetime) -> None:
    make.organisation("granit")
    make.organisation("tall")
    add(now)
    assert {each.slug for each in add(now, organisation="tall").organisations} == {"granit", "tall"}


def test_a_new_password_ends_the_sign_ins_with_the_old_one(make: Factory, now: datetime) -> None:
    make.organisation("granit")
    person = add(now)
    sign_in_with_password("anna@example.org", PASSWORD, now)
    add(now, password="something else")
    assert db.session.scalars(select(SignIn)).all() == []
    assert password_fits(person, "something else")
    assert not password_fits(person, PASSWORD)


def test_everything_wrong_is_told_at_once(app: object, now: datetime) -> None:
    with pytest.raises(Refused) as refused:
        add(now, "anna", role="king", organisation="nix", office="nowhere", language="no", password="short")
    assert [refusal.code for refusal in refused.value.refusals] == [
        "bad_email",
        "unknown_role",
        "unknown_office",
        "unknown_organisation",
        "unknown_language",
        "password_too_short",
    ]
    assert db.session.scalars(select(Person)).all() == []


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        ("Anna@Example.org", "anna@example.org"),
        ("anna@umeå.example", "anna@xn--ume-wla.example"),
        ("a@office.test", "a@office.test"),
        ("anna", None),
        ("", None),
        ("a@b@c.se", None),
        ("anna@example.org\nBcc: all@example.org", None),
        ("anna\0@example.org", None),
        ("Anna <anna@example.org>", None),
        ("x" * 300 + "@example.org", None),
    ],
)
def test_addresses(written: str, kept: str | None) -> None:
    assert clean_email(written) == kept


@both
def test_a_token_is_its_persons_and_only_its_hash_is_kept(make: Factory, now: datetime) -> None:
    person = make.person()
    token = new_token("MEMBER@example.org", now)
    assert len(token) >= 43  # 256 bits in base64
    organisations = [each.id for each in person.organisations]
    db.session.expunge_all()
    caller = person_for_token(token, now)
    assert caller
    assert (caller.id, caller.email, caller.active) == (person.id, person.email, True)
    assert [(role.role, role.office_id) for role in caller.roles] == [("member", None)]
    assert [each.id for each in caller.organisations] == organisations
    assert "password_hash" not in vars(caller)  # nothing but what is asked of everybody is carried about
    assert caller in db.session
    keep_language(caller, "en")
    assert db.session.execute(select(Person.language, Role.role).join(Role)).all() == [("en", "member")]
    assert db.session.scalars(select(ApiToken.token_hash)).all() == [hash_of(token)]
    assert person_for_token(token + "x", now) is None
    assert person_for_token("", now) is None


def test_a_revoked_token_and_one_of_somebody_shut_out_open_nothing(make: Factory, now: datetime) -> None:
    make.person()
    token = new_token("member@example.org", now)
    set_active("member@example.org", False)
    assert person_for_token(token, now) is None
    set_active("member@example.org", True)
    assert person_for_token(token, now) is not None
    db.session.get_one(ApiToken, hash_of(token)).revoked_at = now
    assert person_for_token(token, now) is None


def test_nobody_has_no_token(app: object, now: datetime) -> None:
    with pytest.raises(UnknownPerson):
        new_token("nobody@example.org", now)


def test_nobodys_password_never_fits(make: Factory) -> None:
    assert not password_fits(None, "")
    assert not password_fits(make.person(), "")
    assert not password_fits(make.person(), "x" * 2000)
