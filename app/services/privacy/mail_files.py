"""The copies of mails that lie in files, where no mail server is set up."""

import html
import re
from collections.abc import Collection, Iterator
from datetime import UTC, datetime
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path

from calendars import lines

NAME = re.compile(r"(?P<at>\d{8}T\d{6}Z)-(?P<id>\d+)\.eml")


def take_away_older(folder: Path, before: datetime) -> int:
    """Takes away the mails that were written before; how many."""
    old = [file for file, at, _ in _files(folder) if at < before]
    return _take_away(old)


def take_away_with(folder: Path, mail_ids: Collection[int], words: Collection[str]) -> int:
    """Takes away these mails, and every one that says one of these words; how many."""
    ids = set(mail_ids)
    return _take_away([file for file, _, number in _files(folder) if number in ids or _says(file, words)])


def says(text: str, words: Collection[str]) -> bool:
    """Whether one of the words stands in the text, however it is spelled there."""
    told = text.casefold()
    return any(word.casefold() in told for word in words)


def unfolded(calendar: str) -> str:
    """A calendar with the lines as they were meant (RFC 5545, 3.1)."""
    return lines.unfolded(calendar).replace("\\,", ",").replace("\\;", ";")


def _files(folder: Path) -> Iterator[tuple[Path, datetime, int]]:
    if not folder.is_dir():
        return
    for file in sorted(folder.iterdir()):
        if found := NAME.fullmatch(file.name):
            at = datetime.strptime(found["at"], "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC)
            yield file, at, int(found["id"])


def _says(file: Path, words: Collection[str]) -> bool:
    message = message_from_bytes(file.read_bytes(), _class=EmailMessage, policy=policy.default)
    parts = [f"{name}: {value}" for name, value in message.items()]
    for part in message.walk():
        if part.get_content_type() in ("text/plain", "text/html", "text/calendar", "application/ics"):
            payload = part.get_payload(decode=True)
            told = payload.decode("utf-8", "replace") if isinstance(payload, bytes) else ""
            parts += [told, html.unescape(told), unfolded(told)]
    return says("\n".join(parts), words)


def _take_away(files: list[Path]) -> int:
    for file in files:
        file.unlink(missing_ok=True)
    return len(files)
