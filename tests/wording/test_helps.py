"""What somebody can do about the rules that refuse a booking."""

import pytest
from flask import Flask
from flask_babel import force_locale

from app.domain.errors import Refusal
from app.domain.policy import COUNTING_RULES, RULES
from app.wording.helps import what_helps


def helps(app: Flask, *codes: str) -> str | None:
    with app.test_request_context(), force_locale("en_GB"):
        return what_helps([Refusal(code) for code in codes])


@pytest.mark.parametrize("code", sorted({rule.code for rule in (*RULES, *COUNTING_RULES)}))
def test_something_helps_against_every_rule(app: Flask, code: str) -> None:
    assert helps(app, code)


def test_what_helps_against_all_is_said_once(app: Flask) -> None:
    assert helps(app, "closed", "in_past") == "Choose another time below."


def test_nothing_is_advised_where_the_rules_ask_for_different_things(app: Flask) -> None:
    assert helps(app, "closed", "not_for_you") is None
    assert helps(app, "closed", "title_missing") is None


def test_a_refusal_that_says_it_itself_is_left_alone(app: Flask) -> None:
    assert helps(app, "title_missing") is None
    assert helps(app) is None
