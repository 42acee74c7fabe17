"""Signing in by password and by link, sessions, and the lock after too many tries."""

from datetime import datetime, timedelta

import pytest
from sqlalchemy import func, select

from app.extensions import db
from app.models import OutboxMail, Person, SignIn, SignInFailure, SignInLink
from app.services.people import add_person, hash_of, set_active
from app.services.sign_in import (
    LinkGone,
    TooManyTries,
    WrongPassword,
    forget_expired,
    is_due_to_be_seen,
    keep_session,
    link_person,
    request_link,
    session_of,
    sign_in_with_password,
    sign_out,
    use_link,
)
from tests.databases import both
from tests.factories import Factory

EMAIL, PASSWORD = "anna@example.org", "snöstorm i Umeå"
LASTS = timedelta(days=30)
MINUTE = timedelta(minutes=1)


@pytest.fixture
def anna(make: Factory, now: datetime) -> Person:
    make.organisation("granit")
    return add_person(EMAIL, role="member", organisation="granit", password=PASSWORD, now=now)


def fail(now: datetime, email: str = EMAIL) -> None:
    with pytest.raises(WrongPassword):
        sign_in_with_password(email, "not the password", now)


def who_is_in(token: str, now: datetime, lasts: timedelta) -> int | None:
    session = session_of(token, now, lasts)
    return session.person.id if session else None


def letter(token: str, language: str) -> tuple[str, str]:
    return f"Subject {language}", token


def mailed_token(now: datetime) -> str:
    request_link(EMAIL, now, "sv", letter)
    return db.session.scalars(select(OutboxMail.body).order_by(OutboxMail.id.desc())).first() or ""


@both
def test_the_right_password_opens_a_session(anna: Person, now: datetime) -> None:
    token, person = sign_in_with_password(" ANNA@example.org", PASSWORD, now)
    assert person.id == anna.id
    assert who_is_in(token, now, LASTS) == person.id
    assert db.session.scalars(select(SignIn.token_hash)).all() == [hash_of(token)]
    assert sign_in_with_password(EMAIL, PASSWORD, now)[0] != token


@pytest.mark.parametrize("email", [EMAIL, "nobody@example.org", "no address", ""])
def test_a_wrong_password_and_an_unknown_address_answer_alike(
    anna: Person, now: datetime, email: str
) -> None:
    fail(now, email)


def test_somebody_shut_out_cannot_sign_in_and_is_out_at_once(anna: Person, now: datetime) -> None:
    token, _ = sign_in_with_password(EMAIL, PASSWORD, now)
    set_active(EMAIL, False)
    assert who_is_in(token, now, LASTS) is None
    with pytest.raises(WrongPassword):
        sign_in_with_password(EMAIL, PASSWORD, now)


def test_a_switch_in_the_table_alone_ends_a_session_too(anna: Person, now: datetime) -> None:
    token, person = sign_in_with_password(EMAIL, PASSWORD, now)
    person.active = False
    db.session.commit()
    assert who_is_in(token, now, LASTS) is None


@both
def test_ten_failures_lock_the_address_for_a_while_even_for_the_right_password(
    anna: Person, now: datetime
) -> None:
    for minute in range(10):
        fail(now + minute * MINUTE / 2)
    with pytest.raises(TooManyTries) as locked:
        sign_in_with_password(EMAIL, PASSWORD, now + 5 * MINUTE)
    assert locked.value.params == {"minutes": 5}
    # The first failure counts no longer.
    assert sign_in_with_password(EMAIL, PASSWORD, now + 10 * MINUTE)[1].id == anna.id


def test_the_lock_is_for_one_address_and_unknown_ones_lock_too(anna: Person, now: datetime) -> None:
    for _ in range(10):
        fail(now, "nobody@example.org")
    with pytest.raises(TooManyTries):
        sign_in_with_password("nobody@example.org", "x", now)
    assert sign_in_with_password(EMAIL, PASSWORD, now)


def test_success_clears_the_failures(anna: Person, now: datetime) -> None:
    for _ in range(9):
        fail(now)
    sign_in_with_password(EMAIL, PASSWORD, now)
    assert db.session.scalars(select(SignInFailure)).all() == []


def test_old_failures_are_cleared_away(anna: Person, now: datetime) -> None:
    fail(now, "one@example.org")
    fail(now + 11 * MINUTE, "two@example.org")
    assert db.session.scalars(select(SignInFailure.email)).all() == ["two@example.org"]


@both
def test_a_link_signs_in_once(anna: Person, now: datetime) -> None:
    token = mailed_token(now)
    assert link_person(token, now) == anna
    session, person = use_link(token, now + 9 * MINUTE)
    assert person.id == anna.id
    assert who_is_in(session, now, LASTS) == person.id
    with pytest.raises(LinkGone):
        use_link(token, now + 9 * MINUTE)
    with pytest.raises(LinkGone):
        link_person(token, now + 9 * MINUTE)


def test_looking_at_a_link_changes_nothing(anna: Person, now: datetime) -> None:
    token = mailed_token(now)
    for _ in range(3):
        link_person(token, now)
    assert db.session.scalars(select(SignInLink.used_at)).all() == [None]
    assert use_link(token, now)


@pytest.mark.parametrize("after", [10 * MINUTE, timedelta(days=1)])
def test_a_link_is_good_for_ten_minutes(anna: Person, now: datetime, after: timedelta) -> None:
    token = mailed_token(now)
    with pytest.raises(LinkGone):
        use_link(token, now + after)


def test_a_link_of_somebody_shut_out_is_worth_nothing(anna: Person, now: datetime) -> None:
    token = mailed_token(now)
    set_active(EMAIL, False)
    for look in (use_link, link_person):
        with pytest.raises(LinkGone):
            look(token, now)


@pytest.mark.parametrize("email", ["nobody@example.org", "no address", ""])
def test_strangers_get_no_mail(anna: Person, now: datetime, email: str) -> None:
    request_link(email, now, "sv", letter)
    assert db.session.scalars(select(OutboxMail)).all() == []


def test_the_mail_is_in_the_language_of_its_reader(anna: Person, now: datetime) -> None:
    request_link(EMAIL, now, "en", letter)
    anna.language = "sv"
    db.session.commit()
    request_link(EMAIL, now, "en", letter)
    assert db.session.scalars(select(OutboxMail.subject).order_by(OutboxMail.id)).all() == [
        "Subject en",
        "Subject sv",
    ]


def test_nobody_can_be_flooded_with_links(anna: Person, now: datetime) -> None:
    for _ in range(20):
        request_link(EMAIL, now, "sv", letter)
    count = select(func.count()).select_from(OutboxMail)
    assert db.session.scalar(count) == 5
    request_link(EMAIL, now + 11 * MINUTE, "sv", letter)
    assert db.session.scalar(count) == 6


def test_signing_out_ends_this_session_and_no_other(anna: Person, now: datetime) -> None:
    here, _ = sign_in_with_password(EMAIL, PASSWORD, now)
    there, _ = sign_in_with_password(EMAIL, PASSWORD, now)
    sign_out(here)
    assert who_is_in(here, now, LASTS) is None
    assert who_is_in(there, now, LASTS) is not None


@both
def test_a_session_in_use_goes_on_lasting(anna: Person, now: datetime) -> None:
    token, _ = sign_in_with_password(EMAIL, PASSWORD, now)
    keep_session(token, now + timedelta(minutes=59))
    sign_in = session_of(token, now, LASTS)
    assert sign_in is not None
    assert sign_in.seen_at == now
    assert not is_due_to_be_seen(sign_in, now + timedelta(minutes=59))
    later = now + timedelta(days=29)
    assert is_due_to_be_seen(sign_in, later)
    keep_session(token, later)
    assert who_is_in(token, later + timedelta(days=29), LASTS) is not None
    assert who_is_in(token, later + LASTS, LASTS) is None


@both
def test_what_has_expired_is_forgotten(anna: Person, now: datetime) -> None:
    old, _ = sign_in_with_password(EMAIL, PASSWORD, now)
    request_link(EMAIL, now, "sv", letter)
    later = now + LASTS
    new, _ = sign_in_with_password(EMAIL, PASSWORD, later)
    assert forget_expired(later, LASTS) == 2
    assert db.session.scalars(select(SignIn.token_hash)).all() == [hash_of(new)]
    assert old != new
