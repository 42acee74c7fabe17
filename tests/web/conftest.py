"""Who most page tests are: a member or a host, signed in, of an office with the room Tallen."""

import pytest
from flask.testing import FlaskClient

from app.models import Person
from tests.factories import Factory
from tests.web.accounts import add_account, sign_in


@pytest.fixture
def member(make: Factory, client: FlaskClient) -> Person:
    """Signed in."""
    make.room("tallen", equipment=["screen"])
    person = add_account(make, language="en")
    sign_in(client)
    return person


@pytest.fixture
def host(make: Factory, client: FlaskClient) -> Person:
    """Signed in."""
    make.room("tallen")
    person = add_account(make, role="host", language="en")
    sign_in(client)
    return person
