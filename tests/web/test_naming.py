"""Names of things in the reader's language."""

import pytest
from flask import Flask
from flask_babel import force_locale

from app.web.naming import KIND_HEADINGS, KINDS, all_of_kinds, one_of_kinds

THERE = {"video", "room", "desk"}


@pytest.mark.parametrize(
    ("locale", "one", "all_of_them"),
    [
        ("sv_SE", "Rum, skrivbord eller videoenhet", "Rum, skrivbord och videoenheter"),
        ("en_GB", "Room, desk or video unit", "Rooms, desks and video units"),
    ],
)
def test_kinds_are_told_in_order_and_only_those_there_are(
    app: Flask, locale: str, one: str, all_of_them: str
) -> None:
    with app.test_request_context(), force_locale(locale):
        assert one_of_kinds(THERE) == one
        assert all_of_kinds(THERE) == all_of_them
        assert one_of_kinds({"room"}) == str(KINDS["room"])
        assert all_of_kinds({"adviser"}) == str(KIND_HEADINGS["adviser"])
        assert one_of_kinds(()) == all_of_kinds(()) == ""
