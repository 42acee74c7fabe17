"""`flask calendar lint FILE|URL`."""

from collections.abc import Iterator
from http.client import HTTPException, HTTPSConnection
from pathlib import Path
from typing import get_args
from urllib.parse import urlsplit

import click
from flask.cli import AppGroup

from app.cli.files import plain, refuse
from calendars.fetch import no_longer_than
from calendars.lint import CODES, Defect, Kind, lint
from calendars.lint.http import BEARER, Answer, check_again, check_answer, check_same, if_unchanged
from calendars.read import MAX_BYTES

MOST_BYTES = 5 * MAX_BYTES
PATIENCE = 10.0  # seconds for each answer, all of it

calendar = AppGroup("calendar", help="Calendar files and feeds.")


@calendar.command("lint")
@click.argument("source", metavar="FILE|URL")
@click.option(
    "--kind", type=click.Choice(get_args(Kind)), help="What it is to be; without it, what it looks like."
)
@click.option("--free-busy", is_flag=True, help="It may tell no more than when somebody is busy.")
def lint_source(source: str, kind: Kind | None, free_busy: bool) -> None:
    """Hold a calendar against the checklist of what calendar programs stumble over.

    Prints a line for each defect: line of the file, code, what it means and what was found. Exit code 1
    if there is any. An address (https only) is asked as calendar programs do, and its answers are held
    against the checklist too.
    """
    ics, found = _asked(source) if "://" in source else (_read(Path(source)), [])
    if ics is not None:
        found += lint(ics, kind=kind, free_busy=free_busy)
    for defect in found:
        click.echo(f"{source}:{defect.line}: {defect.code}: {CODES[defect.code]} ({plain(defect.message)})")
    if found:
        raise SystemExit(1)
    click.echo(f"{source}: nothing to complain about.")


def _read(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            ics = file.read(MOST_BYTES + 1)
    except OSError as error:
        refuse([f"{path}: {error.strerror}"])
    return _of_bearable_size(ics, str(path))


def _of_bearable_size(ics: bytes, source: str) -> bytes:
    if len(ics) > MOST_BYTES:
        refuse([f"{source}: more than {MOST_BYTES} octets"])
    return ics


def _asked(url: str) -> tuple[bytes | None, list[Defect]]:
    """The calendar at an address if there is one, and what is wrong with how it is answered."""
    try:
        answer = _ask(url)
        return answer.body if answer.status == 200 else None, [*_wrong_with(url, answer)]
    except (OSError, HTTPException, ValueError) as error:
        refuse([f"{url}: {error or type(error).__name__}"])


def _wrong_with(url: str, answer: Answer) -> Iterator[Defect]:
    yield from check_answer(answer)
    if answer.status != 200:
        return
    for name, headers in if_unchanged(answer).items():
        yield from check_again(answer, name, _ask(url, headers))
    yield from check_same(answer, _ask(url, method="HEAD"), _ask(url, BEARER))


def _ask(url: str, headers: dict[str, str] | None = None, method: str = "GET") -> Answer:
    """One request, no redirect followed. OSError, HTTPException or ValueError where it comes to nothing."""
    parts = urlsplit(url)
    if parts.scheme != "https" or not parts.hostname:
        raise ValueError("only https addresses are asked")
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    connection = HTTPSConnection(parts.hostname, parts.port, timeout=PATIENCE)
    with no_longer_than(PATIENCE, connection):
        connection.request(method, path, headers={"Accept": "text/calendar, */*", **(headers or {})})
        with connection.getresponse() as answer:
            body = answer.read(MOST_BYTES + 1)
            return Answer(answer.status, _of_bearable_size(body, url), dict(answer.getheaders()))
