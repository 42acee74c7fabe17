"""The bookings behind a figure."""

import re

import pytest
from flask.testing import FlaskClient

from app.models import Office
from tests.web.october import PAGE, enter, office, text_of

__all__ = ["office"]  # a fixture


def test_every_figure_opens_to_its_bookings(client: FlaskClient, office: Office) -> None:
    enter(client, "host", language="en")
    page = client.get(PAGE).text
    links = [link.replace("&amp;", "&") for link in re.findall(rf'href="({PAGE}/bookings[^"]*)"', page)]
    assert f"{PAGE}/bookings?category=company" in links
    assert f"{PAGE}/bookings?resource=a" in links
    assert f"{PAGE}/bookings?organisation=exempelbolaget" in links
    assert "Companies: 4 bookings with 12 h used, 1 no-show" in text_of(
        client, f"{PAGE}/bookings?category=company"
    )
    assert "7 bookings with 21 h used, 1 no-show" in text_of(client, f"{PAGE}/bookings")


def test_titles_are_for_hosts(client: FlaskClient, office: Office) -> None:
    enter(client, "funder")
    text = text_of(client, f"{PAGE}/bookings")
    assert "Styrgrupp" not in text
    assert "Exempelbolaget" not in text
    client.post("/sign-out")
    enter(client, "host")
    text = text_of(client, f"{PAGE}/bookings")
    assert "Styrgrupp" in text
    assert "Exempelbolaget" in text


@pytest.mark.parametrize("query", ["audience=public", "page=0", "page=x", "category=xx", "only=all", "x=1"])
def test_bookings_behind_something_unknown_are_not_shown(
    client: FlaskClient, office: Office, query: str
) -> None:
    enter(client, "host", language="en")
    assert client.get(f"{PAGE}/bookings?{query}").status_code in (404, 422)
