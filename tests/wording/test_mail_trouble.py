"""Why a mail has not left, in plain words."""

import pytest
from flask import Flask
from flask_babel import force_locale

from app.wording.mail_trouble import mail_trouble, server_said


@pytest.mark.parametrize(
    ("error", "told"),
    [
        ("ConnectionRefusedError: [Errno 111] Connection refused", "The mail server does not answer."),
        ("gaierror: [Errno -2] Name or service not known", "The mail server does not answer."),
        ("SMTPServerDisconnected: Connection unexpectedly closed", "The mail server does not answer."),
        ("OSError: [Errno 101] Network is unreachable", "The mail server does not answer."),
        ("TimeoutError: timed out", "The mail server did not answer in time."),
        (
            "SSLCertVerificationError: self-signed",
            "No safe connection to the mail server could be made (TLS).",
        ),
        (
            "SMTPAuthenticationError: (535, b'5.7.8 no')",
            "The mail server does not accept the installation's password.",
        ),
        (
            "SMTPRecipientsRefused: {'550@example.org': (450, b'4.2.0 Greylisted, see 550')}",
            "The recipient's mail server asks to be tried again later; many do so the first time.",
        ),
        ("SMTPRecipientsRefused: {'a@b.example': (452, b'4.2.2 full')}", "The mailbox is full."),
        ("Undeliverable: 552 5.2.2 over quota", "The mailbox is full."),
        (
            "Undeliverable: 550 5.1.1 no such mailbox",
            "The recipient's mail server says that there is no such address.",
        ),
        (
            "Undeliverable: 550 no such mailbox",
            "The recipient's mail server says that there is no such address.",
        ),
        ("Undeliverable: 554 5.7.1 spam", "The recipient's mail server refuses mail from here."),
        (
            "SMTPSenderRefused: (550, b'5.7.1 not you', 'x')",
            "The recipient's mail server refuses mail from here.",
        ),
        (
            "KeyError: 'x'",
            "Something went wrong that the program did not foresee. The log of the scheduler says more.",
        ),
    ],
)
def test_every_usual_error_has_its_sentence(app: Flask, error: str, told: str) -> None:
    with app.test_request_context(), force_locale("en_GB"):
        assert mail_trouble(error) == told


def test_the_servers_own_words_without_those_around_them() -> None:
    assert server_said("Undeliverable: 550 5.1.1 no such mailbox") == "550 5.1.1 no such mailbox"
    refused = "SMTPRecipientsRefused: {'a@b.example': (450, b'4.2.0 Greylisted')}"
    assert server_said(refused) == "450 4.2.0 Greylisted"
    assert server_said("KeyError: 'Hemligt'") is None
