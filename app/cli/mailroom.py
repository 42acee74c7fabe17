"""`flask mailroom`: takes mail for the rooms from the office's own mail server, by LMTP or by IMAP."""

import asyncio
import logging
import signal
from collections.abc import Callable
from threading import Event
from typing import Any

import click
from aiosmtpd.lmtp import LMTP
from aiosmtpd.smtp import Envelope, Session
from flask import Flask, current_app
from flask.cli import with_appcontext

from app import clock
from app.cli.mailroom_try import try_out
from app.extensions import db
from app.mailbox import Fate, mailbox_of, watch
from app.services.invitations import PostOffice
from app.services.mailroom import receive, recipients_of, takes
from app.services.mailroom_mail import MAX_BYTES, UnreadableMail, open_mail
from app.services.received_mails import reasons_of

LONGEST = 30  # seconds for one mail
log = logging.getLogger("motesplats.mailroom")

TAKEN = "250 2.0.0 OK"
LATER = "451 4.3.0 Try again later"
UNREADABLE = "554 5.6.0 This mail cannot be read"
NOBODY = "550 5.1.1 Nothing can be booked at this address"


@click.group("mailroom", invoke_without_command=True)
@click.option("--host", default="127.0.0.1", show_default=True, help="The address to listen on.")
@click.option("--port", default=2424, show_default=True, type=click.IntRange(0, 65535))
@click.option("--imap", is_flag=True, help="Fetch from the mailbox of MAILROOM_IMAP_URL instead.")
@click.pass_context
@with_appcontext
def mailroom(ctx: click.Context, host: str, port: int, imap: bool) -> None:
    """Listens for mail to the rooms, or fetches it, until it is told to stop (Ctrl-C, SIGTERM)."""
    if not current_app.config["MAIL_DOMAIN"] or not current_app.config["MAIL_AUTHSERV_ID"]:
        raise click.ClickException("MAIL_DOMAIN and MAIL_AUTHSERV_ID must be set: see docs/mail.md.")
    if ctx.invoked_subcommand:
        return
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(message)s")
    for name in ("mail.log", "imapclient"):
        logging.getLogger(name).setLevel(logging.WARNING)  # who writes to whom is nobody's business
    app = current_app._get_current_object()
    if imap:
        _fetch(app)
    else:
        asyncio.run(_serve(app, host, port))


def _fetch(app: Flask) -> None:
    try:
        mailbox = mailbox_of(app.config)
    except ValueError as error:
        raise click.ClickException(f"{error}: see docs/mail.md.") from None
    stop = Event()
    for name in (signal.SIGINT, signal.SIGTERM):
        signal.signal(name, lambda *_: stop.set())

    def say(what: str) -> None:
        log.info("The mail room: %s", what)

    watch(mailbox, lambda raw: fetched(app, raw), most_bytes=MAX_BYTES, stop=stop, say=say)
    log.info("The mail room stops.")


def fetched(app: Flask, raw: bytes) -> Fate:
    """Deals with a mail from the mailbox; odd are those that cannot be read, or are for nothing of ours."""
    with app.app_context():
        try:
            recipients = recipients_of(raw, PostOffice.of(app.config))
            for recipient in recipients:
                take(app, raw, recipient)
            if recipients:
                return Fate.DONE
            log.info("no room: put aside")
        except UnreadableMail:
            log.info("no room: put aside, unreadable_mail")
        except Exception as error:  # of the database, say: it stays where it is
            log.error("tried again later: %s", type(error).__name__)
            return Fate.LATER
        finally:
            db.session.remove()
        return Fate.ODD


def take(app: Flask, raw: bytes, recipient: str) -> None:
    """Does what a mail asks of one recipient, and logs what became of it. UnreadableMail."""
    mail = open_mail(raw, recipient, authserv_id=app.config["MAIL_AUTHSERV_ID"])
    outcome = receive(mail, PostOffice.of(app.config), clock.now())
    log.info("%s: %s", _room(app, recipient), ", ".join([outcome, *reasons_of(mail)]))


def _room(app: Flask, recipient: str) -> str:
    """What is logged of a mail, whose sender and subject are nobody's business but the host's."""
    if recipient.strip().lower() == PostOffice.of(app.config).address.lower():
        return "the office"
    return recipient.partition("@")[0]


async def _serve(app: Flask, host: str, port: int) -> None:
    loop, stop = asyncio.get_running_loop(), asyncio.Event()
    for name in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(name, stop.set)
    server = await listen(app, host, port)
    bound, domain = server.sockets[0].getsockname()[1], PostOffice.of(app.config).domain
    log.info("The mail room takes mail to rooms at %s, by LMTP on %s:%s", domain, host, bound)
    await stop.wait()
    server.close()  # without waiting for those who are connected: the loop's end is theirs
    log.info("The mail room stops.")


async def listen(app: Flask, host: str, port: int) -> asyncio.Server:
    """A listening LMTP server."""
    return await asyncio.get_running_loop().create_server(lambda: protocol(app), host, port)


def protocol(app: Flask) -> LMTP:
    """One connection."""
    return LMTP(Handler(app), data_size_limit=MAX_BYTES, enable_SMTPUTF8=True, timeout=LONGEST * 2)


class Handler:
    """Takes mails one after the other. What it says of one is logged; nothing that stands in it is."""

    def __init__(self, app: Flask) -> None:
        self.app = app

    async def handle_RCPT(
        self, server: Any, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        """Refuses addresses that are nobody's, so that the mail server tells the sender at once."""
        if not await self._in_thread(lambda: takes(address, PostOffice.of(self.app.config)), default=False):
            log.info("no room: refused")
            return NOBODY
        envelope.rcpt_tos.append(address)
        return TAKEN

    async def handle_DATA(self, server: Any, session: Session, envelope: Envelope) -> str:
        """One answer for each recipient, as LMTP has it."""
        raw = envelope.content
        content = raw if isinstance(raw, bytes) else (raw or "").encode()
        answers = [await self._take(content, each) for each in envelope.rcpt_tos]
        return "\r\n".join(answers)

    async def _take(self, content: bytes, recipient: str) -> str:
        answer: str = await self._in_thread(lambda: self._received(content, recipient), default=LATER)
        return answer

    def _received(self, content: bytes, recipient: str) -> str:
        try:
            take(self.app, content, recipient)
        except UnreadableMail:
            log.info("%s: refused, unreadable_mail", _room(self.app, recipient))
            return UNREADABLE
        return TAKEN

    async def _in_thread(self, work: Callable[[], Any], default: Any) -> Any:
        def run() -> Any:
            with self.app.app_context():
                try:
                    return work()
                except Exception as error:  # of the database, say: the mail server tries again
                    log.error("tried again later: %s", type(error).__name__)
                    return default
                finally:
                    db.session.remove()

        try:
            return await asyncio.wait_for(asyncio.to_thread(run), LONGEST)
        except TimeoutError:
            return default


mailroom.add_command(try_out)
