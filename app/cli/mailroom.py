"""`flask mailroom`: takes mail for the rooms from the office's own mail server, by LMTP."""

import asyncio
import logging
import signal
from collections.abc import Callable
from typing import Any

import click
from aiosmtpd.lmtp import LMTP
from aiosmtpd.smtp import Envelope, Session
from flask import Flask, current_app
from flask.cli import with_appcontext

from app import clock
from app.extensions import db
from app.services.invitations import PostOffice
from app.services.mailroom import receive, takes
from app.services.mailroom_mail import MAX_BYTES, UnreadableMail, open_mail

LONGEST = 30  # seconds for one mail
TAKEN = "250 2.0.0 OK"
LATER = "451 4.3.0 Try again later"
UNREADABLE = "554 5.6.0 This mail cannot be read"
NOBODY = "550 5.1.1 Nothing can be booked at this address"


@click.command("mailroom")
@click.option("--host", default="127.0.0.1", show_default=True, help="The address to listen on.")
@click.option("--port", default=2424, show_default=True, type=click.IntRange(0, 65535))
@with_appcontext
def mailroom(host: str, port: int) -> None:
    """Listens for mail to the rooms until it is told to stop (Ctrl-C, SIGTERM)."""
    if not current_app.config["MAIL_DOMAIN"] or not current_app.config["MAIL_AUTHSERV_ID"]:
        raise click.ClickException("MAIL_DOMAIN and MAIL_AUTHSERV_ID must be set: see docs/mail.md.")
    logging.getLogger("mail.log").setLevel(logging.WARNING)  # who writes to whom is nobody's business
    asyncio.run(_serve(current_app._get_current_object(), host, port))


async def _serve(app: Flask, host: str, port: int) -> None:
    loop, stop = asyncio.get_running_loop(), asyncio.Event()
    for name in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(name, stop.set)
    server = await listen(app, host, port)
    click.echo(f"Mail room: LMTP on {host}:{server.sockets[0].getsockname()[1]}")
    async with server:
        await stop.wait()


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
        if not await self._in_thread(lambda: takes(address, self._post()), default=False):
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
            mail = open_mail(content, recipient, authserv_id=self.app.config["MAIL_AUTHSERV_ID"])
        except UnreadableMail:
            return UNREADABLE
        outcome = receive(mail, self._post(), clock.now())
        self.app.logger.info("mail room: %s", outcome)
        return TAKEN

    def _post(self) -> PostOffice:
        return PostOffice(self.app.config["MAIL_SENDER"], self.app.config["MAIL_DOMAIN"])

    async def _in_thread(self, work: Callable[[], Any], default: Any) -> Any:
        def run() -> Any:
            with self.app.app_context():
                try:
                    return work()
                except Exception as error:  # of the database, say: the mail server tries again
                    self.app.logger.error("mail room: %s", type(error).__name__)
                    return default
                finally:
                    db.session.remove()

        try:
            return await asyncio.wait_for(asyncio.to_thread(run), LONGEST)
        except TimeoutError:
            return default
