"""`flask calendar lint FILE|URL`."""

import ssl
from collections.abc import Iterator
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from ipaddress import ip_address
from pathlib import Path
from socket import gaierror
from typing import get_args
from urllib.parse import urlsplit

import click
from flask.cli import AppGroup

from app.cli.files import plain, refuse
from app.cli.words import counted
from calendars.fetch import no_longer_than
from calendars.lint import CODES, Defect, Examined, Kind, Remark, examine, gather
from calendars.lint.http import BEARER, Answer, check_again, check_answer, check_same, if_unchanged
from calendars.read import MAX_BYTES

MOST_BYTES = 5 * MAX_BYTES
PATIENCE = 10.0  # seconds for each answer, all of it
SHOWN = 3  # of each class; more are counted

calendar = AppGroup("calendar", help="Calendar files and feeds.")


class NotAsked(Exception):
    """Why an address is not asked, as a sentence without its end."""


@calendar.command("lint")
@click.argument("source", metavar="FILE|URL")
@click.option(
    "--kind", type=click.Choice(get_args(Kind)), help="What it is to be; without it, what it looks like."
)
@click.option("--free-busy", is_flag=True, help="It may tell no more than when somebody is busy.")
@click.option("--strict", is_flag=True, help="Advice too ends the command with code 1.")
def lint_source(source: str, kind: Kind | None, free_busy: bool, strict: bool) -> None:
    """Hold a calendar against the checklist of what calendar programs stumble over.

    A fault is wrong by the standard, or some calendar program shows it wrongly. Advice is what our own
    calendars do besides. Each is a line: line of the file, class, what it means and what was found. Exit code
    1 if there is a fault.

    An address (https, or http on this machine) is asked as calendar programs do, and its answers are held
    against the checklist too.
    """
    ics, besides = _asked(source) if "://" in source else (_read(Path(source)), [])
    if ics is None:
        found = Examined(gather(besides), 0)
    else:
        found = examine(ics, besides=besides, kind=kind, free_busy=free_busy)
    for remark in found.remarks:
        for line in _lines(remark):
            click.echo(f"{source}:{plain(line)}")
    faults = sum(remark.count for remark in found.remarks if remark.is_fault)
    advice = sum(remark.count for remark in found.remarks) - faults
    click.echo(f"{source}: {_summary(faults, advice, found.events)}")
    if faults or (strict and advice):
        raise SystemExit(1)


def _lines(remark: Remark) -> Iterator[str]:
    weight = "fault" if remark.is_fault else "advice"
    for defect in remark.first[:SHOWN]:
        yield f"{defect.line}: {weight}: {defect.code}: {CODES[defect.code]} ({defect.message})"
    if more := remark.count - len(remark.first[:SHOWN]):
        yield f" … and {more} more like it"


def _summary(faults: int, advice: int, events: int) -> str:
    found = [(faults, "fault", "faults"), (advice, "piece of advice", "pieces of advice")]
    said = [counted(number, *words) for number, *words in found if number]
    return f"{', '.join(said) or 'nothing to remark'} in {counted(events, 'event', 'events')}"


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
    except (NotAsked, OSError, HTTPException, ValueError) as error:
        refuse([f"{url}: {_why(error)}"])


def _why(error: Exception) -> str:
    match error:
        case NotAsked():
            return str(error)
        case ssl.SSLCertVerificationError():
            return f"the server cannot prove that it is the one in the address: {error.verify_message}"
        case ssl.SSLError():
            return "what answers there does not speak https"
        case gaierror():
            return "nobody knows the server in the address"
        case TimeoutError():
            return f"no whole answer within {PATIENCE:g} seconds"
        case ConnectionRefusedError():
            return "nothing answers there"
        case OSError():
            return "the connection broke off"
        case HTTPException():
            return "what answers there is no web server"
    return "this is no address"


def _wrong_with(url: str, answer: Answer) -> Iterator[Defect]:
    yield from check_answer(answer)
    if answer.status != 200:
        return
    for name, headers in if_unchanged(answer).items():
        yield from check_again(name, _ask(url, headers))
    yield from check_same(answer, _ask(url, method="HEAD"), _ask(url, BEARER))


def _ask(url: str, headers: dict[str, str] | None = None, method: str = "GET") -> Answer:
    """One request, no redirect followed. What `_why` explains where it comes to nothing."""
    connection, path = _connection(url)
    with no_longer_than(PATIENCE, connection):
        connection.request(method, path, headers={"Accept": "text/calendar, */*", **(headers or {})})
        with connection.getresponse() as answer:
            body = answer.read(MOST_BYTES + 1)
            return Answer(answer.status, _of_bearable_size(body, url), dict(answer.getheaders()))


def _connection(url: str) -> tuple[HTTPConnection, str]:
    """Where to ask, and for what."""
    parts = urlsplit(url)
    host, port, path = parts.hostname or "", parts.port, parts.path or "/"
    if parts.query:
        path += f"?{parts.query}"
    if not host or not (path.isascii() and path.isprintable()) or " " in path:
        raise NotAsked("this is no address that can be asked")
    if parts.scheme == "https":
        return HTTPSConnection(host, port, timeout=PATIENCE), path
    if parts.scheme == "http" and _is_here(host):
        return HTTPConnection(host, port, timeout=PATIENCE), path
    raise NotAsked("only https addresses are asked, and http ones on this machine (http://127.0.0.1:5000/…)")


def _is_here(host: str) -> bool:
    """Whether it is this machine, where nobody else listens to what goes over http."""
    try:
        return host == "localhost" or ip_address(host).is_loopback
    except ValueError:
        return False
