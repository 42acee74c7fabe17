"""The sign-in page, mailed links, signing out."""

from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select

from app.extensions import db
from app.models import OutboxMail, SignIn, SignInLink
from app.services.people import hash_of
from tests.conftest import Clock
from tests.factories import Factory
from tests.web.accounts import EMAIL, PASSWORD, add_account, is_signed_in, mailed_link, sign_in

ELSEWHERE = [
    "https://evil.example/",
    "//evil.example",
    "///evil.example",
    "/\\evil.example",
    "\\\\evil.example",
    "/\t/evil.example",
    "javascript:alert(1)",
    "evil.example",
    "http:evil.example",
    "/\r\nSet-Cookie: a=b",
]


def sign_in_form(page: str) -> str:
    return page[page.index('action="/sign-in"') :].partition("</form>")[0]


def test_both_fields_are_in_one_form(make: Factory, client: FlaskClient) -> None:
    make.office()
    form = sign_in_form(client.get("/sign-in").text)
    assert 'name="email"' in form
    assert 'name="password"' in form


def test_in_by_password_and_out_again(make: Factory, client: FlaskClient) -> None:
    add_account(make)
    assert not is_signed_in(client)
    answer = sign_in(client, next="/find?people=3")
    assert (answer.status_code, answer.location) == (303, "/find?people=3")
    assert is_signed_in(client)
    assert client.post("/sign-out").status_code == 303
    assert not is_signed_in(client)
    assert db.session.scalars(select(SignIn)).all() == []


def test_signing_out_makes_a_copied_cookie_worthless(app: Flask, make: Factory, client: FlaskClient) -> None:
    add_account(make)
    sign_in(client)
    cookie = client.get_cookie("session")
    assert cookie
    client.post("/sign-out")
    thief = app.test_client()
    thief.set_cookie("session", cookie.value)
    assert not is_signed_in(thief)


def test_a_session_planted_beforehand_is_not_the_one_afterwards(make: Factory, client: FlaskClient) -> None:
    add_account(make)
    with client.session_transaction() as planted:
        planted["_user_id"] = "known to the attacker"
        planted["planted"] = True
        planted["csrf_token"] = "known too"
    sign_in(client)
    with client.session_transaction() as session:
        assert "planted" not in session
        assert "csrf_token" not in session
        token = session["_user_id"]
    assert token != "known to the attacker"
    assert db.session.scalars(select(SignIn.token_hash)).all() == [hash_of(token)]


def test_signing_in_again_ends_the_session_before(make: Factory, client: FlaskClient) -> None:
    add_account(make)
    add_account(make, "berit@example.org")
    sign_in(client)
    sign_in(client, "berit@example.org")
    assert db.session.scalar(select(func.count()).select_from(SignIn)) == 1


@pytest.mark.parametrize(
    ("email", "password"), [(EMAIL, "wrong one"), ("nobody@example.org", PASSWORD), ("x", PASSWORD)]
)
def test_what_is_wrong_is_told_the_same_way(
    make: Factory, client: FlaskClient, email: str, password: str
) -> None:
    add_account(make)
    answer = sign_in(client, email, password)
    assert answer.status_code == 422
    assert "hör inte ihop" in answer.text
    assert f'value="{email}"' in answer.text
    assert password not in answer.text
    assert not is_signed_in(client)


def test_empty_fields_are_named(make: Factory, client: FlaskClient) -> None:
    make.office()
    answer = sign_in(client, "", "")
    assert answer.status_code == 422
    assert "Skriv din e-postadress." in answer.text
    assert "Skriv ditt lösenord." in answer.text


def test_after_ten_failures_wait_or_take_a_link(make: Factory, client: FlaskClient, clock: Clock) -> None:
    add_account(make)
    for _ in range(10):
        assert sign_in(client, password="wrong").status_code == 422
    locked = sign_in(client)
    assert locked.status_code == 429
    assert "10 minuter" in locked.text
    assert not is_signed_in(client)
    clock.at += timedelta(minutes=10)
    assert sign_in(client).status_code == 303


def test_somebody_shut_out_is_out_at_once(make: Factory, client: FlaskClient) -> None:
    person = add_account(make)
    sign_in(client)
    person.active = False
    db.session.commit()
    assert not is_signed_in(client)


def test_an_unused_session_ends_and_a_used_one_goes_on(
    make: Factory, client: FlaskClient, clock: Clock
) -> None:
    add_account(make)
    sign_in(client)
    for _ in range(3):
        clock.at += timedelta(days=29)
        assert is_signed_in(client)
    clock.at += timedelta(days=30)
    assert not is_signed_in(client)


def test_pages_are_not_a_write_each(make: Factory, client: FlaskClient, clock: Clock) -> None:
    add_account(make)
    sign_in(client)
    client.get("/bookings")  # keeps the token of its forms in the cookie
    started = clock.at
    clock.at += timedelta(minutes=59)
    first = client.get("/bookings")
    assert db.session.scalars(select(SignIn.seen_at)).all() == [started]
    assert "Set-Cookie" not in first.headers
    clock.at += timedelta(minutes=1)
    assert "Set-Cookie" in client.get("/bookings").headers
    db.session.expire_all()
    assert db.session.scalars(select(SignIn.seen_at)).all() == [clock.at]


@pytest.mark.parametrize("address", ELSEWHERE)
def test_nobody_is_sent_elsewhere(make: Factory, client: FlaskClient, address: str) -> None:
    add_account(make)
    assert sign_in(client, next=address).location == "/"
    assert client.get("/sign-in", query_string={"next": address}).location == "/"  # signed in already
    client.post("/sign-out")
    assert "evil" not in sign_in_form(client.get("/sign-in", query_string={"next": address}).text)
    client.post("/sign-in/links", data={"email": EMAIL, "next": address})
    link = mailed_link()
    assert "next" not in link
    assert client.post(link, query_string={"next": address}).location == "/"


def test_a_link_by_mail(make: Factory, client: FlaskClient) -> None:
    add_account(make)
    answer = client.post("/sign-in/links", data={"email": EMAIL, "next": "/find?people=3"})
    assert answer.status_code == 200
    link = mailed_link()
    for _ in range(3):  # the mail's scanners look first
        page = client.get(link)
        assert page.status_code == 200
        assert '<form class="card form" method="post">' in page.text
        assert not is_signed_in(client)
    assert db.session.scalars(select(SignInLink.used_at)).all() == [None]
    assert client.post(link).location == "/find?people=3"
    assert is_signed_in(client)


def test_a_link_works_once(app: Flask, make: Factory, client: FlaskClient) -> None:
    add_account(make)
    client.post("/sign-in/links", data={"email": EMAIL})
    link = mailed_link()
    client.post(link)
    other = app.test_client()
    for answer in (other.post(link), other.get(link), other.get("/sign-in/links/made-up")):
        assert answer.status_code == 410
        assert 'href="/sign-in"' in answer.text
    assert not is_signed_in(other)


def test_a_link_is_too_old_after_ten_minutes(make: Factory, client: FlaskClient, clock: Clock) -> None:
    add_account(make)
    client.post("/sign-in/links", data={"email": EMAIL})
    clock.at += timedelta(minutes=10)
    assert client.post(mailed_link()).status_code == 410
    assert not is_signed_in(client)


def test_a_stranger_gets_the_same_answer_and_no_mail(make: Factory, client: FlaskClient) -> None:
    add_account(make)
    known = client.post("/sign-in/links", data={"email": EMAIL})
    stranger = client.post("/sign-in/links", data={"email": "nobody@example.org"})
    assert stranger.status_code == known.status_code
    assert stranger.text == known.text.replace(EMAIL, "nobody@example.org")
    assert db.session.scalars(select(OutboxMail.recipient)).all() == [EMAIL]


@pytest.mark.parametrize("email", ["", "anna", "anna@example.org\r\nBcc: all@example.org"])
def test_no_address_no_mail(make: Factory, client: FlaskClient, email: str) -> None:
    add_account(make)
    assert client.post("/sign-in/links", data={"email": email}).status_code == 422
    assert db.session.scalars(select(OutboxMail)).all() == []


def test_the_host_header_never_gets_into_a_mail(make: Factory, client: FlaskClient) -> None:
    add_account(make)
    headers = {"Host": "evil.example", "X-Forwarded-Host": "evil.example"}
    client.post("/sign-in/links", data={"email": EMAIL}, headers=headers)
    body = db.session.scalars(select(OutboxMail.body)).one()
    assert "http://localhost/sign-in/links/" in body
    assert "evil" not in body


@pytest.mark.parametrize(
    ("language", "subject"), [("sv", "Logga in på Mötesplats"), ("en", "Sign in to Mötesplats")]
)
def test_the_mail_is_in_its_readers_language(
    make: Factory, client: FlaskClient, language: str, subject: str
) -> None:
    add_account(make, language=language)
    other = "en" if language == "sv" else "sv"
    client.post("/sign-in/links", data={"email": EMAIL}, headers={"Accept-Language": other})
    assert db.session.scalars(select(OutboxMail.subject)).all() == [subject]
