"""Why a mail to a room was refused, and what to do about it."""

import pytest
from flask import Flask
from flask_babel import force_locale

from app.models import ReceivedMail
from app.wording.mail_reasons import REASONS, TO_DO, mail_reasons, what_to_do


@pytest.mark.parametrize("code", REASONS)
@pytest.mark.parametrize("locale", ["en_GB", "sv_SE"])
def test_every_reason_has_a_sentence_and_something_to_do(app: Flask, code: str, locale: str) -> None:
    mail = ReceivedMail(outcome="refused", reasons=[code])
    with app.test_request_context(), force_locale(locale):
        (said,) = mail_reasons(mail)
        assert said.endswith(".")
        told = what_to_do(mail)
        assert told.startswith(("Nothing: the sender", "Inget: avsändaren")) is (code not in TO_DO)


def test_of_what_cannot_be_read_hosts_are_told_whether_the_sender_knows(app: Flask) -> None:
    with app.test_request_context(), force_locale("en_GB"):
        told, untold = (
            ReceivedMail(outcome="refused", reasons=["too_large", *more]) for more in (["sender_told"], [])
        )
        assert mail_reasons(told) == mail_reasons(untold) == ["The invitation is too large."]
        assert what_to_do(told) == "Nothing: the sender was told the reason."
        assert what_to_do(untold) == "Ask the sender to book here instead."


@pytest.mark.parametrize(
    ("locale", "past", "closed", "unknown"),
    [
        ("en_GB", "That time has already passed.", "It is closed then.", "The rules said no."),
        ("sv_SE", "Den tiden har redan passerat.", "Det är stängt då.", "Reglerna sa nej."),
    ],
)
def test_rules_are_told_in_sentences_and_those_without_one_are_told_all_the_same(
    app: Flask, locale: str, past: str, closed: str, unknown: str
) -> None:
    with app.test_request_context(), force_locale(locale):
        named = ReceivedMail(outcome="refused", reasons=["in_past", "closed", "something_new"])
        assert mail_reasons(named) == [past, closed]
        assert mail_reasons(ReceivedMail(outcome="refused", reasons=["something_new"])) == [unknown]


def test_of_a_cancellation_by_somebody_else_it_is_said_that_nothing_was_cancelled(app: Flask) -> None:
    mail = ReceivedMail(outcome="refused", reasons=["cancel_not_the_organiser"])
    with app.test_request_context(), force_locale("en_GB"):
        assert mail_reasons(mail) == ["It is a cancellation that was not sent by whoever called the meeting."]
        assert what_to_do(mail).startswith("Nothing was cancelled: only whoever called the meeting")
    with app.test_request_context(), force_locale("sv_SE"):
        assert what_to_do(mail).startswith("Ingenting avbokades: bara")


def test_a_cancellation_that_was_refused_was_told_to_nobody(app: Flask) -> None:
    with app.test_request_context(), force_locale("en_GB"):
        mail = ReceivedMail(outcome="refused", reasons=["has_started"], booking_id=7)
        assert mail_reasons(mail) == ["The meeting has begun already."]
        assert what_to_do(mail).startswith("The booking stays as it is, and nobody was told.")
