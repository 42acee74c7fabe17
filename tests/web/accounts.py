"""People for page tests, and the way in for them."""

import re

from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.test import TestResponse

from app.clock import now
from app.extensions import db
from app.models import OutboxMail, Person
from app.services.people import add_person
from tests.factories import Factory

EMAIL, PASSWORD = "anna@example.org", "snöstorm i Umeå"


def add_account(
    make: Factory,
    email: str = EMAIL,
    role: str = "member",
    language: str | None = None,
    office: str | None = None,
) -> Person:
    """Somebody of the organisation "granit" with PASSWORD."""
    make.organisation("granit")
    make.office()
    return add_person(
        email,
        role=role,
        organisation="granit",
        office=office,
        password=PASSWORD,
        language=language,
        now=now(),
    )


def sign_in(client: FlaskClient, email: str = EMAIL, password: str = PASSWORD, **more: str) -> TestResponse:
    """Sends the sign-in form."""
    return client.post("/sign-in", data={"email": email, "password": password, **more})


def is_signed_in(client: FlaskClient) -> bool:
    """Whether a member's page opens."""
    return client.get("/bookings").status_code == 200


def mailed_link() -> str:
    """The path in the newest mail."""
    body = db.session.scalars(select(OutboxMail.body).order_by(OutboxMail.id.desc())).first() or ""
    found = re.search(r"^http://localhost(/sign-in/links/\S+)$", body, re.MULTILINE)
    assert found, body
    return found[1]
