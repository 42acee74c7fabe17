"""`flask calendar lint`."""

import re
import socket
import ssl
import time
from collections.abc import Callable, Iterator
from http.client import BadStatusLine, HTTPConnection
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from importlib import import_module
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
from click.testing import CliRunner, Result

from tests.calendars.samples import event, feed

calendar = import_module("app.cli.calendar")  # its group has the same name
ICS = feed(event())
TAG, CHANGED = '"1"', "Sun, 01 Feb 2026 08:00:00 GMT"
SOUND = {"Content-Type": "text/calendar; charset=utf-8", "ETag": TAG, "Last-Modified": CHANGED}


def lint(*args: str) -> Result:
    return CliRunner().invoke(calendar.calendar, ["lint", *args])


def test_a_sound_file(tmp_path: Path) -> None:
    path = tmp_path / "sound.ics"
    path.write_bytes(ICS)
    found = lint(str(path))
    assert (found.exit_code, found.output) == (0, f"{path}: nothing to remark in 1 event\n")


def test_a_line_for_each_defect(tmp_path: Path) -> None:
    path = tmp_path / "broken.ics"
    path.write_bytes(
        ICS.replace(b"VERSION:2.0\r\n", b"VERSION:2.0\n").replace(b"STATUS:CONFIRMED", b"STATUS:\x1b[2J")
    )
    found = lint(str(path))
    assert found.exit_code == 1
    first, *rest, summary = found.output.splitlines()
    assert first == f"{path}:2: fault: bare-newline: a line ends with LF or CR alone (LF alone)"
    assert len(rest) == 2
    assert all(": fault: " in line for line in rest)
    assert summary == f"{path}: 3 faults in 1 event"
    assert "\x1b" not in found.output


def test_advice_is_told_apart_and_fails_only_where_asked(tmp_path: Path) -> None:
    path = tmp_path / "foreign.ics"
    path.write_bytes(feed(*(event(uid=str(number)) for number in range(214))).replace(b"SEQUENCE:0\r\n", b""))
    found = lint(str(path))
    assert found.exit_code == 0
    *shown, more, summary = found.output.splitlines()
    assert len(shown) == 3
    assert all(": advice: event-sequence: " in line for line in shown)
    assert more == f"{path}: … and 211 more like it"
    assert summary == f"{path}: 214 pieces of advice in 214 events"
    assert lint(str(path), "--strict").exit_code == 1


@pytest.mark.parametrize("name", ["google", "outlook", "exchange", "windows-1252"])
def test_what_others_write_is_told_plainly(name: str) -> None:
    """With the weight on every line, and no line repeated without end."""
    found = lint(f"tests/data/calendars/{name}.ics")
    *lines, summary = found.output.splitlines()
    assert all(": fault: " in line or ": advice: " in line or "more like it" in line for line in lines)
    assert found.exit_code == (name != "outlook")
    assert ("fault" in summary) == (name != "outlook")
    assert not re.search(r"b'|Error|Traceback|<", found.output)


def test_what_it_is_to_be_can_be_said(tmp_path: Path) -> None:
    path = tmp_path / "feed.ics"
    path.write_bytes(ICS)
    assert "name-in-download" in lint(str(path), "--kind", "download").output
    assert lint(str(path), "--free-busy").exit_code == 0


@pytest.mark.parametrize("junk", [b"", b"\0" * 1000, b"BEGIN:VCALENDAR\r\n" * 999, bytes(range(256)) * 99])
def test_junk_is_defective_and_nothing_worse(tmp_path: Path, junk: bytes) -> None:
    path = tmp_path / "junk.ics"
    path.write_bytes(junk)
    found = lint(str(path))
    assert found.exit_code == 1
    assert isinstance(found.exception, SystemExit)


def test_what_cannot_be_read_is_said_in_a_line(tmp_path: Path) -> None:
    with (tmp_path / "huge.ics").open("wb") as file:
        file.truncate(calendar.MOST_BYTES + 1)
    for name in ("huge.ics", "missing.ics", "."):
        found = lint(str(tmp_path / name))
        assert found.exit_code == 1
        assert found.output.count("\n") == 1


@pytest.mark.parametrize(
    "url",
    [
        *("http://example.org/x.ics", "http://10.0.0.1/x.ics", "http://localhost.example.org/x"),
        *("file://there/etc/passwd", "webcal://example.org/x", "ftp://x"),
    ],
)
def test_only_https_is_asked(url: str) -> None:
    found = lint(url)
    assert found.exit_code == 1
    assert found.output.startswith(f"{url}: only https addresses are asked, and http ones on this machine")


@pytest.mark.parametrize("url", ["https:///x", "file:///etc/passwd", "https://a/b c", "https://a:b/"])
def test_what_is_no_address_is_said_in_a_line(url: str) -> None:
    found = lint(url)
    assert (found.exit_code, found.output.count("\n")) == (1, 1)
    assert found.output.startswith(f"{url}: this is no address")


class Site:
    """A server of one calendar; `answer` may be replaced."""

    def __init__(self) -> None:
        self.status, self.body, self.headers = 200, ICS, dict(SOUND)
        self.not_modified = True
        self.asked: list[str] = []
        self.slow = 0.0

    def serve(self, request: BaseHTTPRequestHandler) -> None:
        self.asked.append(request.command)
        asked = request.headers
        unchanged = TAG in asked.get("If-None-Match", "") or asked.get("If-Modified-Since") == CHANGED
        is_304 = self.not_modified and unchanged
        body = b"" if is_304 or request.command == "HEAD" else self.body
        request.send_response(304 if is_304 else self.status)
        for name, value in self.headers.items():
            request.send_header(name, value)
        if not is_304:
            request.send_header("Content-Length", str(len(self.body)))
        request.end_headers()
        for piece in [body[:20], body[20:]]:
            request.wfile.write(piece)
            request.wfile.flush()
            time.sleep(self.slow)


@pytest.fixture
def site(monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[Site, str]]:
    """As if its http were https."""
    one = Site()

    class Handler(BaseHTTPRequestHandler):
        do_GET = do_HEAD = lambda self: one.serve(self)

        def log_message(self, *_: Any) -> None:
            pass

    monkeypatch.setattr(calendar, "HTTPSConnection", HTTPConnection)
    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        yield one, f"https://127.0.0.1:{server.server_port}/feeds/x.ics?all=1"
        server.shutdown()


def test_a_sound_address_is_asked_as_programs_do(site: tuple[Site, str]) -> None:
    one, url = site
    found = lint(url)
    assert (found.exit_code, found.output) == (0, f"{url}: nothing to remark in 1 event\n")
    assert sorted(one.asked) == ["GET", "GET", "GET", "GET", "HEAD"]


def test_on_this_machine_http_will_do(site: tuple[Site, str]) -> None:
    url = site[1].replace("https:", "http:")
    for address in (url, url.replace("127.0.0.1", "localhost")):
        found = lint(address)
        assert (found.exit_code, found.output) == (0, f"{address}: nothing to remark in 1 event\n")


@pytest.mark.parametrize(
    ("break_it", "code"),
    [
        (lambda site: setattr(site, "status", 302), "http-status"),
        (lambda site: site.headers.update({"Content-Type": "text/plain"}), "http-type"),
        (lambda site: site.headers.pop("ETag"), "http-validators"),
        (lambda site: site.headers.update({"Content-Encoding": "gzip"}), "http-encoding"),
        (lambda site: setattr(site, "not_modified", False), "http-not-modified"),
        (lambda site: setattr(site, "body", b"<html>"), "calendar-count"),
    ],
)
def test_what_is_wrong_with_the_answers(
    site: tuple[Site, str], break_it: Callable[[Site], None], code: str
) -> None:
    break_it(site[0])
    found = lint(site[1])
    assert found.exit_code == (": fault: " in found.output)
    assert f": {code}: " in found.output
    assert lint(site[1], "--strict").exit_code == 1


def test_an_address_that_takes_its_time_is_given_up(
    site: tuple[Site, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    site[0].slow = 0.5
    monkeypatch.setattr(calendar, "PATIENCE", 0.2)
    began = time.monotonic()
    found = lint(site[1])
    assert found.exit_code == 1
    assert found.output.count("\n") == 1
    assert time.monotonic() - began < 3


def test_an_address_that_sends_without_end_is_given_up(
    site: tuple[Site, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(calendar, "MOST_BYTES", 100)
    assert lint(site[1]).output == f"{site[1]}: more than 100 octets\n"


def test_an_address_where_nobody_is(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(calendar, "HTTPSConnection", HTTPConnection)
    found = lint("https://127.0.0.1:1/x.ics")
    assert found.exit_code == 1
    assert found.output == "https://127.0.0.1:1/x.ics: nothing answers there\n"


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (socket.gaierror(-2, "Name or service not known"), "nobody knows the server in the address"),
        (ssl.SSLError(1, "[SSL: WRONG_VERSION_NUMBER] wrong version (_ssl.c:1006)"), "does not speak https"),
        (ssl.SSLCertVerificationError(1, "[SSL] (_ssl.c:1006)"), "cannot prove"),
        (ConnectionResetError(104, "Connection reset by peer"), "the connection broke off"),
        (BadStatusLine("<html>"), "no web server"),
        (UnicodeError("label too long"), "this is no address"),
    ],
)
def test_why_nothing_came_is_said_plainly(
    monkeypatch: pytest.MonkeyPatch, error: Exception, said: str
) -> None:
    if isinstance(error, ssl.SSLCertVerificationError):
        error.verify_message = "certificate has expired"

    def fails(*_: Any, **__: Any) -> None:
        raise error

    monkeypatch.setattr(calendar, "_ask", fails)
    found = lint("https://calendars.example.org/x.ics")
    assert found.exit_code == 1
    assert said in found.output
    assert not re.search(r"_ssl|Errno|Error|<|\[", found.output)
