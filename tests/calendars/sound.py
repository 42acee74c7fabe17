"""The linter for tests: of feeds as they are answered, and of the calendars in mails.

`tests/conftest.py` has it look at every calendar that any test asks for by HTTP, and at every mail with a
calendar that any test puts into the outbox.
"""

from collections.abc import Iterator
from email import message_from_bytes, policy
from email.message import EmailMessage
from email.utils import getaddresses

from flask.testing import FlaskClient
from sqlalchemy import Connection, select
from werkzeug.test import TestResponse

from app.mailer import message_of
from app.models import OutboxMail
from calendars.lint import Defect, lint
from calendars.lint.http import BEARER, Answer, check_again, check_answer, check_same, if_unchanged


def answered(response: TestResponse) -> Answer:
    """A test client's answer as the linter takes it."""
    return Answer(response.status_code, response.data, dict(response.headers))


def defects_at(client: FlaskClient, address: str) -> Iterator[Defect]:
    """Everything wrong with a feed, its answers to all that calendar programs ask included."""
    first = answered(client.get(address))
    yield from lint(first.body, kind="feed")
    yield from check_answer(first)
    for name, headers in if_unchanged(first).items():
        yield from check_again(name, answered(client.get(address, headers=headers)))
    head, bearer = client.head(address), client.get(address, headers=BEARER)
    yield from check_same(first, answered(head), answered(bearer))


def defects_in(response: TestResponse) -> list[Defect]:
    """What is wrong with the calendar that an answer is, if it is one: a feed, else a file."""
    if response.status_code != 200 or response.mimetype != "text/calendar" or not response.data:
        return []
    return lint(response.data, kind="feed" if response.request.path.startswith("/feeds/") else "download")


def defects_in_mails(connection: Connection) -> list[Defect]:
    """What is wrong with the calendars of all mails in the outbox."""
    mails = select(OutboxMail.__table__).where(OutboxMail.calendars.is_not(None))
    found = connection.execute(mails).all()
    return [
        defect
        for mail in found
        if mail.calendars
        for defect in defects_of(message_of(mail, "Mötesplats <boka@rum.example>").as_bytes())
    ]


def defects_of(mail: EmailMessage | bytes) -> list[Defect]:
    """Everything wrong with the calendars of a mail. AssertionError where it carries none."""
    parsed = message_from_bytes(mail, policy=policy.default) if isinstance(mail, bytes) else mail
    parts = [part for part in parsed.walk() if part.get_content_type() == "text/calendar"]
    assert parts, "no text/calendar in it"
    ((_, reader),) = getaddresses([str(parsed["To"])])
    found = []
    for part in parts:
        ics = part.get_payload(decode=True)
        assert isinstance(ics, bytes)
        found += lint(ics, kind="message", content_type=str(part["Content-Type"]), reader=reader)
    return found
