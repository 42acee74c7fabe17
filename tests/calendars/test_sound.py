"""The linter for mails, tried on a mail."""

from datetime import UTC, datetime
from email.message import EmailMessage

import pytest
from flask import Flask
from sqlalchemy import delete
from werkzeug.test import Client, TestResponse
from werkzeug.wrappers import Response

from app.extensions import db
from app.models import OutboxMail
from app.services.outbox import Beside, put_mail
from tests.calendars.sound import defects_in, defects_in_mails, defects_of
from tests.calendars.test_lint import FIRST, MESSAGE


def mail(method: str = "REQUEST", encoding: str = "base64") -> EmailMessage:
    message = EmailMessage()
    message["To"] = "bo@example.org"
    message.set_content("Du är bjuden.")
    message.add_alternative(
        MESSAGE,
        maintype="text",
        subtype="calendar",
        params={"method": method, "charset": "utf-8"},
        cte=encoding,
    )
    return message


@pytest.mark.parametrize("encoding", ["base64", "quoted-printable"])
def test_an_invitation_in_a_mail(encoding: str) -> None:
    assert defects_of(mail(encoding=encoding)) == []
    assert defects_of(mail(encoding=encoding).as_bytes()) == []


def test_every_mail_in_the_outbox_is_looked_at(app: Flask) -> None:
    now = datetime(2026, 9, 7, tzinfo=UTC)
    sound, foul = MESSAGE.decode(), MESSAGE.decode().replace("PRODID", "X-PRODID")
    for key, calendars in (("none", []), ("sound", [sound]), ("foul", [foul])):
        put_mail(key, "bo@example.org", "Möte", "Du är bjuden.", "sv", now, Beside(calendars=calendars))
    assert {defect.code for defect in defects_in_mails(db.session.connection())} == {"prodid"}
    db.session.execute(delete(OutboxMail).where(OutboxMail.key == "foul"))
    db.session.commit()


@pytest.mark.parametrize(
    ("path", "codes"), [("/feeds/x.ics", {"prodid"}), ("/bookings/1.ics", {"prodid", "name-in-download"})]
)
def test_every_calendar_that_is_answered_is_looked_at(path: str, codes: set[str]) -> None:
    def answered(ics: bytes) -> TestResponse:
        return Client(Response(ics, mimetype="text/calendar")).get(path)

    assert {defect.code for defect in defects_in(answered(FIRST.replace(b"PRODID", b"X-PRODID")))} == codes


def test_what_is_wrong_with_it() -> None:
    assert {defect.code for defect in defects_of(mail(method="CANCEL"))} == {"content-type-method"}
    with pytest.raises(AssertionError):
        defects_of(EmailMessage())
