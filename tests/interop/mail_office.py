"""A small office whose rooms take mail: its commands and its mail room run as they do in an office."""

import os
import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from queue import Empty, Queue
from subprocess import PIPE, STDOUT, Popen
from threading import Thread

from config import ROOT
from tests.calendars.sound import defects_of
from tests.interop.calendars.programs import run
from tests.services.mails import AUTHSERV, MEMBER

OFFICE = """
office = { slug = "stockholm", name = "Stockholm", timezone = "Europe/Stockholm" }
categories = [{ slug = "company", name = { sv = "Företag", en = "Companies" } }]
organisations = [{ slug = "granit", name = "Granit AB", category = "company" }]
activities = [{ slug = "meeting", name = "Möte" }]

[[resources]]
slug = "bjorken"
name = "Björken"
kind = "room"
capacity = 4

[[resources]]
slug = "hall"
name = "Hallen"
kind = "room"
capacity = 40
approval = true

[[opening_hours]]
days = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
opens = "08:00"
closes = "17:00"
"""
FLASK = (sys.executable, "-m", "flask", "--app", "wsgi")
OTHER = "other@example.org"
PATIENCE = 60  # seconds
DAY = datetime.now(UTC).date() + timedelta(days=30)


def day(after: int = 0) -> str:
    """A day to come, as calendars write it; `after` so many days later."""
    return f"{DAY + timedelta(days=after):%Y%m%d}"


class MailOffice:
    """The office, in a folder of its own."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.settings = {
            "DATABASE_URL": f"sqlite:///{folder / 'office.db'}",
            "INSTANCE_PATH": str(folder),
            "SECRET_KEY": "only for tests",
            "MAIL_DOMAIN": "rum.example",
            "MAIL_AUTHSERV_ID": AUTHSERV,
            "MAIL_SENDER": "Mötesplats <boka@rum.example>",
        }
        self.flask("db", "upgrade")
        (folder / "office.toml").write_text(OFFICE, "utf-8")
        self.flask("office", "load", str(folder / "office.toml"))
        for person in (MEMBER, OTHER):
            added = ("user", "add", person, "--role", "member", "--organisation", "granit")
            self.flask(*added, "--password-stdin", said=b"long enough for this")

    def flask(self, *arguments: str, said: bytes = b"") -> str:
        return run(*FLASK, *arguments, said=said, env=self.settings)

    def sent(self) -> list[EmailMessage]:
        """Every mail that has left by now, oldest first."""
        self.flask("run-job", "send-mail")
        paths = sorted((self.folder / "mail").glob("*.eml"), key=lambda path: int(path.stem.split("-")[-1]))
        messages = [message_from_bytes(path.read_bytes(), policy=policy.default) for path in paths]
        return [each for each in messages if isinstance(each, EmailMessage)]

    @contextmanager
    def mail_room(self, *arguments: str, **settings: str) -> Iterator["MailRoom"]:
        """The mail room in a process of its own."""
        env = {**os.environ, **self.settings, **settings, "PYTHONUNBUFFERED": "1"}
        command = (*FLASK, "mailroom", *arguments)
        with Popen(command, cwd=ROOT, env=env, stdout=PIPE, stderr=STDOUT) as program:
            try:
                yield MailRoom(program)
            finally:
                program.terminate()
                assert program.wait(20) == 0


class MailRoom:
    """A mail room that runs, and what it says."""

    def __init__(self, program: "Popen[bytes]") -> None:
        self.program = program
        self.said: list[str] = []
        self._lines: Queue[str] = Queue()
        Thread(target=self._read, daemon=True).start()

    def _read(self) -> None:
        assert self.program.stdout
        for line in self.program.stdout:
            self._lines.put(line.decode())

    def says(self, pattern: str) -> "re.Match[str]":
        """Waits for it to say this."""
        while True:
            try:
                self.said.append(self._lines.get(timeout=PATIENCE))
            except Empty:
                raise AssertionError(f"never said {pattern}: {self.said}") from None
            if found := re.search(pattern, self.said[-1]):
                return found


def calendar_in(message: EmailMessage) -> bytes:
    """The calendar beside the text; sound, as is what the mail says about it."""
    (part,) = [each for each in message.walk() if each.get_content_type() == "text/calendar"]
    ics = part.get_payload(decode=True)
    assert isinstance(ics, bytes)
    assert defects_of(message) == []
    return ics
