"""Fetches what comes to a mailbox, by IMAP, and hands each mail to whoever deals with it.

A mail is moved out of the inbox once it has been dealt with, not before: one that was being dealt with when
the power went is handed over again, and has to be known by its Message-ID.
"""

import ssl
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from enum import Enum
from random import random
from threading import Event
from typing import Any
from urllib.parse import unquote, urlsplit

from imapclient import IMAPClient
from imapclient.exceptions import CapabilityError, IMAPClientError

FORM = "MAILROOM_IMAP_URL has the form imaps://user:password@host or imap://user:password@host/folder"
TIMEOUT_SECONDS = 30
LOOK_SECONDS = 60  # at the latest; a server that can, tells at once
LONGEST_PAUSE = 300  # seconds
JITTER = 0.2  # by up to this part sooner


class Fate(Enum):
    """What is to become of a mail: moved away, moved away with a flag for people to look at, or left."""

    DONE = "done"
    ODD = "odd"
    LATER = "later"


Take = Callable[[bytes], Fate]


@dataclass(frozen=True, slots=True)
class Mailbox:
    """Where mail is fetched: always encrypted, at once or by STARTTLS before the password is told."""

    host: str
    port: int | None
    tls_at_once: bool
    user: str
    password: str = field(repr=False)
    inbox: str
    handled: str  # the folder for what has been dealt with


def mailbox_of(settings: Mapping[str, Any]) -> Mailbox:
    """The mailbox of MAILROOM_IMAP_URL. ValueError, without the password, where that is none."""
    try:
        url = urlsplit(settings["MAILROOM_IMAP_URL"])
        port = url.port
    except ValueError:  # which says what it stumbled over: perhaps half a password
        raise ValueError(FORM) from None
    if url.scheme not in ("imap", "imaps") or not (url.hostname and url.username and url.password):
        raise ValueError(FORM)
    return Mailbox(
        url.hostname,
        port,
        url.scheme == "imaps",
        unquote(url.username),
        unquote(url.password),
        unquote(url.path.strip("/")) or "INBOX",
        settings["MAILROOM_IMAP_HANDLED"],
    )


def watch(mailbox: Mailbox, take: Take, *, most_bytes: int, stop: Event, say: Callable[[str], None]) -> None:
    """Fetches what is there and what comes, until `stop` is set; what is larger than `most_bytes` is odd.

    What goes wrong with the server is told to `say`, and tried again after a while, longer each time.
    """
    failures = 0
    while not stop.is_set():
        try:
            with _signed_in(mailbox) as client:
                say(f"fetching from {mailbox.host}")
                while not stop.is_set():
                    _fetch(client, mailbox.handled, take, most_bytes, stop)
                    failures = 0
                    _wait(client, stop)
        except (IMAPClientError, OSError) as error:
            pause = min(LONGEST_PAUSE, 5 * 2**failures) * (1 - JITTER * random())
            failures = min(failures + 1, 10)
            # Not what the server said: that may be about anybody's mail.
            say(f"{mailbox.host}: {type(error).__name__}; again in {pause:.0f} s")
            stop.wait(pause)


@contextmanager
def _signed_in(mailbox: Mailbox) -> Iterator[IMAPClient]:
    tls = ssl.create_default_context()
    at_once = mailbox.tls_at_once
    with IMAPClient(
        mailbox.host, mailbox.port, ssl=at_once, ssl_context=tls if at_once else None, timeout=TIMEOUT_SECONDS
    ) as client:
        if not at_once:
            client.starttls(tls)
        client.login(mailbox.user, mailbox.password)
        if not client.has_capability("MOVE"):
            raise CapabilityError("the server cannot move mails (RFC 6851)")
        if not client.folder_exists(mailbox.handled):
            client.create_folder(mailbox.handled)
        client.select_folder(mailbox.inbox)
        yield client


def _fetch(client: IMAPClient, handled: str, take: Take, most_bytes: int, stop: Event) -> None:
    for uid in sorted(client.search(["NOT", "DELETED"])):
        if stop.is_set():
            return
        fate = _taken(client, uid, take, most_bytes)
        if fate is None or fate is Fate.LATER:
            continue
        client.add_flags([uid], [b"\\Seen", b"\\Flagged"] if fate is Fate.ODD else [b"\\Seen"])
        client.move([uid], handled)


def _taken(client: IMAPClient, uid: int, take: Take, most_bytes: int) -> Fate | None:
    """What becomes of a mail; None where somebody else took it away meanwhile."""
    size = client.fetch([uid], ["RFC822.SIZE"]).get(uid, {}).get(b"RFC822.SIZE")
    if size is None:
        return None
    if size > most_bytes:
        return Fate.ODD
    raw = client.fetch([uid], ["BODY.PEEK[]"]).get(uid, {}).get(b"BODY[]")
    return None if raw is None else take(raw)


def _wait(client: IMAPClient, stop: Event) -> None:
    """Until something comes, or it is time to look again."""
    if not client.has_capability("IDLE"):
        stop.wait(LOOK_SECONDS)
        return
    client.idle()
    for _ in range(LOOK_SECONDS):
        if stop.is_set() or client.idle_check(timeout=1):
            break
    client.idle_done()
