"""`api("member@example.org")` calls the API as that person."""

from collections.abc import Callable
from typing import Any

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from app.api import access
from app.services.people import new_token
from tests.factories import Factory


class Caller:
    """One person with a token."""

    def __init__(self, client: FlaskClient, token: str) -> None:
        self.client = client
        self.token = token

    def call(
        self, method: str, path: str, headers: dict[str, str] | None = None, **more: Any
    ) -> TestResponse:
        sent = {"Authorization": f"Bearer {self.token}", **(headers or {})}
        return self.client.open(f"/api/v1{path}", method=method, headers=sent, **more)

    def get(self, path: str, **more: Any) -> TestResponse:
        return self.call("GET", path, **more)

    def post(self, path: str, body: Any, **more: Any) -> TestResponse:
        return self.call("POST", path, json=body, **more)

    def patch(self, path: str, body: Any, **more: Any) -> TestResponse:
        return self.call("PATCH", path, json=body, **more)

    def delete(self, path: str, **more: Any) -> TestResponse:
        return self.call("DELETE", path, **more)

    def book(self, **body: Any) -> TestResponse:
        """Tuesday 8 September 2026, 10 to 11 in Stockholm, unless the body says otherwise."""
        return self.post("/bookings", wish(**body))


def wish(**body: Any) -> dict[str, Any]:
    usual = {
        "resources": ["tallen"],
        "start": "2026-09-08T10:00:00+02:00",
        "end": "2026-09-08T11:00:00+02:00",
        "title": "Möte",
        "organisation": "granit",
        "activity": "meeting",
    }
    return {key: value for key, value in (usual | body).items() if value is not ...}


@pytest.fixture
def api(client: FlaskClient, make: Factory) -> Callable[..., Caller]:
    make.room("tallen", equipment=["screen"])
    for limit in (access.READS, access.WRITES):
        limit.forget()

    def caller(email: str = "member@example.org", **more: Any) -> Caller:
        person = make.person(email, **more)
        return Caller(client, new_token(person.email, make.now))

    return caller
