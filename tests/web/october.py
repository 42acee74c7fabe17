"""The worked example as a report page: who opens it, and what stands there."""

import re

import pytest
from flask.testing import FlaskClient

from app.domain.period import Period
from app.models import Office
from app.services.people import add_person
from tests.conftest import Clock
from tests.reports.october import NOVEMBER, TARGETS, load_project
from tests.web.accounts import PASSWORD, sign_in

OCTOBER = Period.parse("2026-10")
PAGE = "/offices/oktober/reports/2026-10"


@pytest.fixture
def office(clock: Clock) -> Office:
    clock.at = NOVEMBER
    return load_project(more=TARGETS)[0]


def enter(client: FlaskClient, role: str, office: str | None = "oktober", language: str = "sv") -> None:
    add_person(
        f"{role}@example.org",
        role=role,
        organisation="kommunen",
        office=office,
        language=language,
        password=PASSWORD,
        now=NOVEMBER,
    )
    assert sign_in(client, f"{role}@example.org").status_code in (302, 303)


def text_of(client: FlaskClient, path: str) -> str:
    answer = client.get(path)
    assert answer.status_code == 200, answer.text
    return " ".join(re.sub(r"<[^>]+>", " ", answer.text).replace("\N{NO-BREAK SPACE}", " ").split())
