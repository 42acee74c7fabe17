"""Names of things in the reader's language."""

import pytest
from flask import Flask
from flask_babel import force_locale

from app.web.naming import KINDS, one_of_kinds

THERE = {"video", "room", "desk"}


@pytest.mark.parametrize(
    ("locale", "one"),
    [("sv_SE", "Rum, skrivbord eller videoenhet"), ("en_GB", "Room, desk or video unit")],
)
def test_kinds_are_told_in_order_and_only_those_there_are(app: Flask, locale: str, one: str) -> None:
    with app.test_request_context(), force_locale(locale):
        assert one_of_kinds(THERE) == one
        assert one_of_kinds({"room"}) == str(KINDS["room"])
        assert one_of_kinds({"adviser"}) == str(KINDS["adviser"])
        assert one_of_kinds(()) == ""
