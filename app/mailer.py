"""Hands one mail over: to a mail server, or as an .eml file where none is set up."""

import os
import smtplib
import ssl
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from email.header import Header
from email.message import EmailMessage
from email.policy import SMTP, EmailPolicy
from email.utils import format_datetime, parseaddr
from pathlib import Path
from typing import Any, Protocol
from urllib.parse import SplitResult, unquote, urlsplit

TIMEOUT_SECONDS = 20
SUBMISSION_PORT = 587
PLAIN_PORT = 25
TLS_PORT = 465
PERMANENT = 500  # replies from here on say: do not try again (RFC 5321, 4.2.1)


class WholeSubjects(EmailPolicy):
    """Folds subjects itself: Python 3.11 loses spaces between the words it encodes (gh-92081)."""

    def fold_binary(self, name: str, value: Any) -> bytes:
        if name != "Subject" or str(value).isascii():
            return super().fold_binary(name, value)
        words = Header(str(value), "utf-8", header_name=name).encode(linesep=self.linesep)
        return f"{name}: {words}{self.linesep}".encode("ascii")


POLICY = WholeSubjects(linesep=SMTP.linesep)


class Mail(Protocol):
    """What a mail needs to have; `app.models.OutboxMail` has it."""

    id: Any
    message_id: Any
    recipient: Any
    subject: Any
    body: Any
    language: Any
    html: Any
    calendars: Any
    sender: Any
    created_at: Any


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file of a mail."""

    name: str
    media_type: str
    content: bytes


class RefusedForGood(Exception):
    """The mail server will never take mail to this address."""


def deliver(mail: Mail, settings: Mapping[str, Any], files: Iterable[Attachment] = ()) -> None:
    """Sends the mail with its files by SMTP_URL, else writes it into MAIL_FOLDER.

    Raises RefusedForGood where no other try would help, else whatever went wrong.
    """
    message = message_of(mail, settings["MAIL_SENDER"], files)
    if settings["SMTP_URL"]:
        _send(message, settings["SMTP_URL"])
    else:
        _write(message, file_of(mail, settings))


def file_of(mail: Mail, settings: Mapping[str, Any]) -> Path:
    """Where a mail is written while there is no mail server."""
    return Path(settings["MAIL_FOLDER"]) / f"{mail.created_at:%Y%m%dT%H%M%SZ}-{mail.id}.eml"


def message_of(mail: Mail, sender: str, files: Iterable[Attachment] = ()) -> EmailMessage:
    """The mail as a message. Raises ValueError where a line break would forge a header."""
    message = EmailMessage(policy=POLICY)
    message["From"] = mail.sender or sender
    message["To"] = mail.recipient
    message["Subject"] = mail.subject
    message["Date"] = format_datetime(mail.created_at)
    message["Message-ID"] = f"<{mail.message_id}@{parseaddr(sender)[1].rpartition('@')[2]}>"
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(mail.body)
    if mail.html:
        message.add_alternative(mail.html, subtype="html")
    _add_calendars(message, mail.calendars or ())
    for file in files:
        main, _, sub = file.media_type.partition(";")[0].partition("/")
        message.add_attachment(file.content, maintype=main, subtype=sub, filename=file.name)
    message["Content-Language"] = mail.language  # set_content would take it away
    return message


def _add_calendars(message: EmailMessage, calendars: Sequence[str]) -> None:
    """The first beside the text, where calendar programs look for it, and each as a file (RFC 6047).

    In base64: servers on the way mend line breaks in anything else.
    """
    for calendar in calendars[:1]:
        how = {"method": _method_of(calendar)}
        message.add_alternative(calendar, subtype="calendar", charset="utf-8", cte="base64", params=how)
    for number, calendar in enumerate(calendars, 1):
        name = "invite.ics" if len(calendars) == 1 else f"invite-{number}.ics"
        message.add_attachment(calendar.encode(), maintype="application", subtype="ics", filename=name)


def _method_of(calendar: str) -> str:
    line = next(line for line in calendar.splitlines() if line.startswith("METHOD:"))
    return line.removeprefix("METHOD:")


def _send(message: EmailMessage, url: str) -> None:
    server, tls = _server(url), ssl.create_default_context()
    with _connection(server, tls) as smtp:
        if server.scheme == "smtp":
            smtp.ehlo()
            if server.username or smtp.has_extn("starttls"):  # a password never travels in the clear
                smtp.starttls(context=tls)
        if server.username:
            smtp.login(unquote(server.username), unquote(server.password or ""))
        try:
            smtp.send_message(message)
        except smtplib.SMTPRecipientsRefused as refused:
            ((code, said),) = refused.recipients.values()
            if code >= PERMANENT:
                raise RefusedForGood(f"{code} {said.decode('utf-8', 'replace')}") from None
            raise


def _server(url: str) -> SplitResult:
    try:
        server = urlsplit(url)
        fits = server.scheme in ("smtp", "smtps") and bool(server.hostname) and server.port != 0
    except ValueError:  # which says what it stumbled over: perhaps half a password
        fits = False
    if not fits:
        raise ValueError("SMTP_URL has the form smtp://user:password@host:587 or smtps://…")
    return server


def _connection(server: SplitResult, tls: ssl.SSLContext) -> smtplib.SMTP:
    host = server.hostname or ""
    if server.scheme == "smtps":
        return smtplib.SMTP_SSL(host, server.port or TLS_PORT, timeout=TIMEOUT_SECONDS, context=tls)
    usual = SUBMISSION_PORT if server.username else PLAIN_PORT
    return smtplib.SMTP(host, server.port or usual, timeout=TIMEOUT_SECONDS)


def _write(message: EmailMessage, file: Path) -> None:
    """Whole or not at all: whoever watches the folder never reads half a mail."""
    file.parent.mkdir(parents=True, exist_ok=True)
    draft = file.with_name(f".{file.name}.{os.getpid()}")
    draft.write_bytes(message.as_bytes())
    draft.replace(file)
