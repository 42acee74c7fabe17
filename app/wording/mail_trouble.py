"""Why a mail has not left, in plain words; and what its server said, for those who can make use of that."""

import re

from flask_babel import lazy_gettext

from app.wording.jobs import job_trouble

# A reply of a mail server: "550 5.1.1 No such user"; and how smtplib writes one down among other things.
_REPLY = re.compile(r"(?P<code>[45]\d\d)[ -]+(?P<detail>[45]\.\d{1,3}\.\d{1,3})?")
_WRITTEN = re.compile(r"\((\d{3}), b(['\"])(.*?)\2")
# The errors of which a server's own words are part.
_ANSWERED = (
    "Undeliverable",
    "SMTPRecipientsRefused",
    "SMTPSenderRefused",
    "SMTPDataError",
    "SMTPConnectError",
)
# The beginning of the program's own words for what went wrong, and what that means.
_TROUBLES = (
    (("Timeout", "timeout"), lazy_gettext("The mail server did not answer in time.")),
    (
        ("SSL", "Certificate", "SMTPNotSupported"),
        lazy_gettext("No safe connection to the mail server could be made (TLS)."),
    ),
    (("SMTPAuthentication",), lazy_gettext("The mail server does not accept the installation's password.")),
    (
        (
            "ConnectionRefused",
            "ConnectionReset",
            "gaierror",
            "SMTPServerDisconnected",
            "SMTPConnect",
            "OSError",
        ),
        lazy_gettext("The mail server does not answer."),
    ),
)
_FULL = ("452", "552", "4.2.2", "5.2.2")
_NOBODY = ("5.1.0", "5.1.1", "5.1.2", "5.1.3", "5.1.6", "5.1.10")
_MAILBOX_FULL = lazy_gettext("The mailbox is full.")
_LATER = lazy_gettext("The recipient's mail server asks to be tried again later; many do so the first time.")
_NO_ADDRESS = lazy_gettext("The recipient's mail server says that there is no such address.")
_NOT_FROM_HERE = lazy_gettext("The recipient's mail server refuses mail from here.")


def mail_trouble(error: str) -> str:
    """What went wrong, for hosts."""
    said = server_said(error)
    if said and (reply := _REPLY.match(said)):
        return str(_answer(reply["code"], reply["detail"] or ""))
    name = error.partition(":")[0]
    for signs, sentence in _TROUBLES:
        if any(sign in name for sign in signs):
            return str(sentence)
    return job_trouble(error)


def server_said(error: str) -> str | None:
    """The words of the mail server, if it was one that refused."""
    name, _, told = error.partition(": ")
    if name not in _ANSWERED:
        return None
    written = _WRITTEN.search(told)
    return f"{written[1]} {written[3]}" if written else told


def _answer(code: str, detail: str) -> object:
    if code in _FULL or detail in _FULL:
        return _MAILBOX_FULL
    if code.startswith("4"):
        return _LATER
    if detail in _NOBODY or (not detail and code in ("550", "551", "553")):
        return _NO_ADDRESS
    return _NOT_FROM_HERE
