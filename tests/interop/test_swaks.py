"""Debian's swaks delivers invitations to a mail room that runs as it does in an office."""

import os
import re
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy
from pathlib import Path
from subprocess import DEVNULL, PIPE, Popen

import pytest

from calendars.lint import lint
from config import ROOT
from tests.interop.calendars.programs import install, run
from tests.services.mails import AT, AUTHSERV, MEMBER, UNTIL, calendar, mail

OFFICE = """
office = { slug = "stockholm", name = "Stockholm", timezone = "Europe/Stockholm" }
categories = [{ slug = "company", name = { sv = "Företag", en = "Companies" } }]
organisations = [{ slug = "granit", name = "Granit AB", category = "company" }]
activities = [{ slug = "meeting", name = "Möte" }]
resources = [{ slug = "bjorken", name = "Björken", kind = "room", capacity = 4 }]

[[opening_hours]]
days = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
opens = "08:00"
closes = "17:00"
"""
FLASK = (sys.executable, "-m", "flask", "--app", "wsgi")


@pytest.fixture(scope="module")
def settings(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    install(("swaks", "swaks"))
    folder = tmp_path_factory.mktemp("office")
    return {
        "DATABASE_URL": f"sqlite:///{folder / 'office.db'}",
        "INSTANCE_PATH": str(folder),
        "SECRET_KEY": "only for tests",
        "MAIL_DOMAIN": "rum.example",
        "MAIL_AUTHSERV_ID": AUTHSERV,
        "MAIL_SENDER": "Mötesplats <boka@rum.example>",
    }


def flask(settings: dict[str, str], *arguments: str, said: bytes = b"") -> str:
    return run(*FLASK, *arguments, said=said, env=settings)


@pytest.fixture(scope="module")
def port(settings: dict[str, str]) -> Iterator[int]:
    """A mail room in a process of its own, for an office with one room."""
    flask(settings, "db", "upgrade")
    office = Path(settings["INSTANCE_PATH"]) / "office.toml"
    office.write_text(OFFICE, "utf-8")
    flask(settings, "office", "load", str(office))
    person = ("user", "add", MEMBER, "--role", "member", "--organisation", "granit", "--password-stdin")
    flask(settings, *person, said=b"long enough for this")
    env = {**os.environ, **settings}
    with Popen([*FLASK, "mailroom", "--port", "0"], cwd=ROOT, env=env, stdout=PIPE, stderr=DEVNULL) as room:
        assert room.stdout
        found = re.search(rb":(\d+)$", room.stdout.readline().strip())
        assert found
        yield int(found[1])
        room.terminate()


def deliver(port: int, raw: bytes, tmp_path: Path, to: str = "bjorken@rum.example") -> str:
    """What the mail room says to swaks."""
    file = tmp_path / "mail.eml"
    file.write_bytes(raw)
    server = ("--protocol", "LMTP", "--server", "127.0.0.1", "--port", str(port))
    return run("swaks", *server, "--from", "bounce@example.org", "--to", to, "--data", f"@{file}")


def test_what_swaks_delivers_is_booked_answered_or_refused(
    settings: dict[str, str], port: int, tmp_path: Path
) -> None:
    day = f"{datetime.now(UTC) + timedelta(days=30):%Y%m%d}"
    # In the evening, when the office is closed; then a time that can be had, twice.
    closed = calendar("REQUEST", f"{AT}{day}T200000", f"{UNTIL}{day}T210000", uid="closed")
    first = calendar("REQUEST", f"{AT}{day}T080000", f"{UNTIL}{day}T083000", uid="first")
    second = calendar("REQUEST", f"{AT}{day}T080000", f"{UNTIL}{day}T083000", uid="second")
    for number, ics in enumerate((closed, first, second, first), 1):
        assert "250 2.0.0 OK" in deliver(port, mail(ics, number=number), tmp_path)
    deliver(port, mail(first, number=9, vouched=None), tmp_path)
    with pytest.raises(AssertionError, match="550"):
        deliver(port, mail(first), tmp_path, "nothing@rum.example")
    flask(settings, "run-job", "send-mail")
    answered = {}
    for path in (Path(settings["INSTANCE_PATH"]) / "mail").glob("*.eml"):
        message = message_from_bytes(path.read_bytes(), policy=policy.default)
        (part,) = [each for each in message.walk() if each.get_content_type() == "text/calendar"]
        ics = part.get_payload(decode=True)
        assert isinstance(ics, bytes)
        assert lint(ics, kind="message", content_type=str(part["Content-Type"])) == []
        text = ics.decode().replace("\r\n ", "")
        answered[re.findall(r"UID:(\w+)", text)[0]] = re.findall(r"PARTSTAT=([A-Z-]+)", text)
    assert answered == {"closed": ["DECLINED"], "first": ["ACCEPTED"], "second": ["DECLINED"]}
