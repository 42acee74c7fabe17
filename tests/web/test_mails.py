"""The page of mails: what waits, what was given up, what rooms did not take."""

import re
import secrets
from datetime import datetime, timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient

from app.extensions import db
from app.models import Office, OutboxMail, Person, ReceivedMail
from app.services.outbox import Beside, Undeliverable, put_mail, send_waiting
from app.services.transaction import use_case
from app.services.unsent_mails import MOST_SHOWN
from tests.conftest import Clock
from tests.factories import Factory
from tests.web.accounts import add_account, sign_in

MAILS = "/host/stockholm/mails"
AGAIN = re.compile(r'action="(/host/[^"]*mails/\d+/again)"')
MINUTE = timedelta(minutes=1)


@use_case
def put(office: Office | None, now: datetime, to: str = "anna@example.org", subject: str = "Hej") -> None:
    beside = Beside(office_id=office.id if office else None)
    put_mail(f"{to}{subject}", to, subject, "Text", "sv", now, beside)


def greylists(mail: OutboxMail) -> None:
    raise ConnectionRefusedError("no way: secret")


def refuses(mail: OutboxMail) -> None:
    raise Undeliverable("550 no such mailbox")


def came(office: Office | None, now: datetime, *reasons: str, **more: object) -> None:
    told: dict[str, object] = {
        "message_id": f"<{secrets.token_hex(8)}@x>",
        "recipient": "tallen@rum.example",
        "sender": "eva@guest.example",
        "subject": "Fika 👨‍👩‍👧‍👦",
        "received_at": now,
        "outcome": "refused",
        "reasons": list(reasons),
        "office_id": office.id if office else None,
        **more,
    }
    db.session.add(ReceivedMail(**told))
    db.session.commit()


def section(page: str, name: str) -> str:
    return page.partition(f'aria-labelledby="{name}"')[2].partition("</section>")[0]


def test_what_waits_tells_to_whom_since_when_how_often_why_and_when_next(
    host: Person, client: FlaskClient, make: Factory, clock: Clock
) -> None:
    put(make.office(), clock.at, subject="Booked: Board meeting")
    assert "mail waits" not in client.get("/host").text  # it leaves in a moment
    assert "in a moment" in section(client.get(MAILS).text, "waiting")
    send_waiting(clock.at, greylists)
    page = section(client.get(MAILS).text, "waiting")
    for told in (
        "anna@example.org",
        "Booked: Board meeting",
        "<dt>Written</dt><dd>today at 09:00",
        "<dt>Tried</dt><dd>1 time<",
        "The mail server does not answer.",
        "<dt>Next try</dt><dd>today at 09:0",
    ):
        assert told in page
    assert "secret" not in page  # what is no server's answer is for administrators
    day = client.get("/host").text
    assert f'<a href="{MAILS}#waiting">1 mail waits to leave</a>' in day


def test_one_that_waits_is_tried_at_once(
    host: Person, client: FlaskClient, make: Factory, clock: Clock
) -> None:
    put(make.office(), clock.at)
    send_waiting(clock.at, greylists)
    (again,) = AGAIN.findall(client.get(MAILS).text)
    assert client.get(again).status_code == 405
    for _ in range(2):  # twice is once
        answer = client.post(again, follow_redirects=True)
        assert "The mail will be tried again within a few minutes." in answer.text
    assert AGAIN.findall(answer.text) == []
    assert send_waiting(clock.at, lambda mail: None).sent == 1
    assert "It has left meanwhile." in client.post(again, follow_redirects=True).text


ALL_AGAIN = re.compile(r'action="(/host/[^"]*mails/again)"')


def test_all_that_wait_are_tried_by_one_button(
    host: Person, client: FlaskClient, make: Factory, clock: Clock
) -> None:
    for number in range(3):
        put(make.office(), clock.at, to=f"anna-{number}@example.org")
        if number < 2:
            send_waiting(clock.at, greylists)
            shown = ALL_AGAIN.findall(client.get(MAILS).text)
            assert len(shown) == number, "of one its own button is enough"
    assert client.get(shown[0]).status_code == 405
    answer = client.post(shown[0], follow_redirects=True)
    assert "2 mails are tried again, one after the other." in answer.text
    assert ALL_AGAIN.findall(answer.text) == AGAIN.findall(answer.text) == []
    assert send_waiting(clock.at, lambda mail: None).sent == 3
    assert "All that waited has left" in client.post(shown[0], follow_redirects=True).text


def test_what_was_refused_beyond_those_shown_is_counted(
    host: Person, client: FlaskClient, make: Factory, clock: Clock
) -> None:
    office = make.office()
    for number in range(MOST_SHOWN + 2):
        came(office, clock.at, "unknown_sender", sender=f"eva-{number}@guest.example")
    page = section(client.get(MAILS).text, "refused")
    assert page.count("<article") == MOST_SHOWN
    assert f'<span class="count figures">{MOST_SHOWN + 2}</span>' in page
    assert "and 2 more" in page


def test_a_mail_that_was_given_up_is_shown_and_tried_again(
    host: Person, client: FlaskClient, make: Factory, clock: Clock
) -> None:
    put(make.office(), clock.at, subject="Approved: Board meeting")
    send_waiting(clock.at, refuses)
    page = section(client.get(MAILS).text, "given-up")
    assert "anna@example.org" in page
    assert "The recipient&#39;s mail server says that there is no such address." in page
    assert "550 no such mailbox" in page
    assert f'<a href="{MAILS}#given-up">1 was given up</a>' in client.get("/host").text
    (again,) = AGAIN.findall(page)
    assert client.post(again).location == MAILS
    after = client.get(MAILS).text
    assert "550 no such mailbox" not in section(after, "given-up")
    assert "anna@example.org" in section(after, "waiting")
    assert client.post(again).location == MAILS


def test_what_was_refused_tells_when_who_where_why_and_what_to_do(
    host: Person, client: FlaskClient, make: Factory, clock: Clock
) -> None:
    office = make.office()
    came(office, clock.at - timedelta(days=1), "unknown_sender")
    came(office, clock.at, "outside_opening_hours", "something_new")
    came(office, clock.at, outcome="begun")
    came(office, clock.at, "has_started", booking_id=None)
    came(office, clock.at - timedelta(days=15), "taken", sender="old@guest.example")
    page = section(client.get(MAILS).text, "refused")
    for told in (
        "eva@guest.example",
        "tallen@rum.example",
        "Fika 👨‍👩‍👧‍👦",
        "6 Sept 2026 at 09:00",
        "Nobody here has that address.",
        "have whoever looks after the service add them",
        "today at 09:00",
        "It is outside the opening hours.",
        "Nothing: the sender was told the reason.",
        "It could not be dealt with.",
    ):
        assert told in page, told
    assert "old@guest.example" not in page
    assert f'<a href="{MAILS}#refused">4 to rooms were refused</a>' in client.get("/host").text


def test_each_office_reads_its_own_and_administrators_what_is_nobodys(
    app: Flask, make: Factory, clock: Clock
) -> None:
    here, there = make.office(), make.office("umea")
    for office, name in ((here, "here"), (there, "there"), (None, "nobody")):
        put(office, clock.at, f"{name}@example.org")
        came(office, clock.at, "not_invited", sender=f"guest-{name}@example.org")
    send_waiting(clock.at, greylists)
    clients = {}
    for email, role, office in (
        ("h@example.org", "host", "stockholm"),
        ("all@example.org", "host", None),
        ("a@example.org", "admin", None),
        ("local@example.org", "admin", "stockholm"),
    ):
        add_account(make, email, role=role, office=office, language="en")
        clients[email] = app.test_client()
        sign_in(clients[email], email)

    def read(email: str, path: str) -> set[str]:
        return set(re.findall(r"\b(?:guest-)?(?:here|there|nobody)(?=@)", clients[email].get(path).text))

    for email in clients:
        assert read(email, MAILS) == {"here", "guest-here"}
    assert read("a@example.org", "/host/mails") == {"nobody", "guest-nobody"}
    assert read("all@example.org", "/host/umea/mails") == {"there", "guest-there"}
    assert clients["h@example.org"].get("/host/umea/mails").status_code == 403
    assert clients["h@example.org"].post("/host/umea/mails/again").status_code == 403
    for email in ("h@example.org", "all@example.org", "local@example.org"):
        assert clients[email].post("/host/mails/again").status_code == 403
        assert clients[email].get("/host/mails").status_code == 403
        assert "belong to no office" not in clients[email].get("/host").text
    admin = clients["a@example.org"]
    assert '<a href="/host/mails#waiting">Some that belong to no office' in admin.get("/host").text
    page = admin.get("/host/mails").text
    assert "no way: secret" in page
    (again,) = AGAIN.findall(page)
    assert clients["local@example.org"].post(again).status_code == 403
    assert admin.post(again).location == "/host/mails"
    assert admin.post("/host/mails/again").location == "/host/mails#waiting"


@pytest.mark.usefixtures("host")
def test_a_page_with_nothing_on_it_says_so(client: FlaskClient) -> None:
    page = client.get(MAILS).text
    assert "Nothing waits." in page
    assert page.count("None.") == 2
    assert "All mail has left, and none to a room was refused." in client.get("/host").text
    assert "The job that sends mail is late or has failed." in page  # nothing has run yet
