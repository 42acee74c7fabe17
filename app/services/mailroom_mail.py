"""A mail as the mail room needs it: who sent it, whether that is sure, and the calendar in it."""

from dataclasses import dataclass
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from email.utils import getaddresses

from authres import AuthenticationResultsHeader
from authres.core import AuthResError

from app.domain.one_line import one_line
from calendars.lines import unfolded

MAX_BYTES = 5_000_000  # with what is attached, of which nothing is kept
MOST_PARTS = 100
# Where servers note to whom a mail was delivered, and where its sender names whom it is for.
_RECIPIENTS = ("X-Original-To", "Envelope-To", "Delivered-To", "To", "Cc")


@dataclass(frozen=True, slots=True)
class Received:
    """What is taken from a mail; the rest of it is forgotten."""

    message_id: str
    sender: str  # lower case; empty where there is none, or more than one
    recipient: str
    subject: str
    authenticated: bool
    automatic: bool  # sent by a program, so never to be answered
    calendar: bytes | None


class UnreadableMail(ValueError):
    """It cannot be taken apart."""


def open_mail(raw: bytes, recipient: str, *, authserv_id: str) -> Received:
    """Takes a mail apart. `authserv_id`: the mail server whose word on senders counts. UnreadableMail."""
    if len(raw) > MAX_BYTES:
        raise UnreadableMail("too large")
    try:
        message = message_from_bytes(raw, policy=default)
        assert isinstance(message, EmailMessage)
        sender = _sender(message)
        return Received(
            message_id=_line(message, "Message-ID")[:300],
            sender=sender,
            recipient=recipient.strip().lower(),
            subject=_line(message, "Subject")[:300],
            authenticated=bool(sender) and _is_vouched_for(message, sender, authserv_id),
            automatic=_line(message, "Auto-Submitted").lower() not in ("", "no"),
            calendar=_calendar_of(message),
        )
    except Exception as error:  # the parser raises whatever it stumbles over
        raise UnreadableMail(type(error).__name__) from error


def addresses_of(raw: bytes) -> tuple[list[str], list[str]]:
    """To whom a mail was sent that lies in a mailbox: as its headers say, and as the calendar in it says.

    Lower case; the same address may come more than once. UnreadableMail.
    """
    if len(raw) > MAX_BYTES:
        raise UnreadableMail("too large")
    try:
        message = message_from_bytes(raw, policy=default)
        named = [str(value) for name in _RECIPIENTS for value in message.get_all(name, [])]
        ics = _calendar_of(message)
    except Exception as error:  # the parser raises whatever it stumbles over
        raise UnreadableMail(type(error).__name__) from error
    lines = unfolded((ics or b"").decode("utf-8", "replace")).lower().splitlines()
    invited = [line.rpartition("mailto:")[2].strip() for line in lines if line.startswith("attendee")]
    return [address.strip().lower() for _, address in getaddresses(named)], invited


def _line(message: EmailMessage, name: str) -> str:
    return one_line(str(message.get(name, "")))


def _sender(message: EmailMessage) -> str:
    addresses = getaddresses([str(each) for each in message.get_all("From", [])])
    return addresses[0][1].strip().lower() if len(addresses) == 1 else ""


def _is_vouched_for(message: EmailMessage, sender: str, authserv_id: str) -> bool:
    """Whether the configured server says that this sender is who they say (RFC 8601).

    Its newest word counts, which it puts above all others; those below may be anybody's.
    """
    if not authserv_id:
        return False
    for header in message.get_all("Authentication-Results", []):
        try:
            said = " ".join(str(header).split())
            told = AuthenticationResultsHeader.parse(f"Authentication-Results: {said}")
        except AuthResError:
            continue
        if str(told.authserv_id).lower() == authserv_id.lower():
            return any(_vouches(each, sender) for each in told.results)
    return False


def _vouches(result: object, sender: str) -> bool:
    if getattr(result, "result", "") != "pass":
        return False
    domain = sender.rpartition("@")[2]
    known = {(each.type, each.name): str(each.value).lower() for each in getattr(result, "properties", ())}
    match getattr(result, "method", ""):
        case "dmarc":
            return known.get(("header", "from")) == domain
        case "dkim":
            return known.get(("header", "d")) == domain
        case "spf":
            return known.get(("smtp", "mailfrom"), "").rpartition("@")[2] == domain
        case "auth":
            return known.get(("smtp", "auth")) == sender
    return False


def _calendar_of(message: EmailMessage) -> bytes | None:
    """The first text/calendar part; only where there is none, a file that is called one."""
    files = []
    for number, part in enumerate(message.walk()):
        if number > MOST_PARTS:
            break
        kind = part.get_content_type()
        payload = part.get_payload(decode=True)
        if kind == "text/calendar" and isinstance(payload, bytes):
            charset = part.get_content_charset("utf-8")
            return payload.decode(charset, "replace").encode()
        if kind == "application/ics" and isinstance(payload, bytes):
            files.append(payload)
    return files[0] if files else None
