"""Fetching calendars from outside: what is let through, and what no address, name or server brings about."""

import logging
import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from ipaddress import IPv4Address, IPv6Address, ip_address
from pathlib import Path
from typing import Any

import pytest
import trustme
import urllib3.util.connection
from hypothesis import given
from hypothesis import strategies as st

from calendars import fetch as fetching
from calendars.entries import MOST_BYTES
from calendars.fetch import NEVER_ASKED, Fetched, FetchError, Known, Place, fetch, is_allowed, is_public

HOST = "calendars.example.org"
PUBLIC = "93.184.215.14"  # stands for the server of the tests
ICS = b"BEGIN:VCALENDAR\r\nVERSION:2.0\r\nEND:VCALENDAR\r\n"
SECRET = "/private-9f3c/calendar.ics"

Answer = Callable[[BaseHTTPRequestHandler], None]


class Server(ThreadingHTTPServer):
    """An https server; `answers` by path."""

    daemon_threads = True

    def __init__(self, context: ssl.SSLContext) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.socket = context.wrap_socket(self.socket, server_side=True)
        self.answers: dict[str, Answer] = {}
        self.asked: list[dict[str, str]] = []
        self.dialled: list[str] = []

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Whoever is cut off complains; that is meant."""


class Handler(BaseHTTPRequestHandler):
    server: Server

    def do_GET(self) -> None:
        self.server.asked.append({"path": self.path, **self.headers})
        self.server.answers[self.path](self)

    def log_message(self, *_: object) -> None:
        pass


def sends(status: int = 200, body: bytes = ICS, **headers: str) -> Answer:
    def answer(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(status)
        named = {"Content_Type": "text/calendar", "Content_Length": str(len(body)), **headers}
        for name, value in named.items():
            if value:
                handler.send_header(name.replace("_", "-"), value)
        handler.end_headers()
        handler.wfile.write(body)

    return answer


@pytest.fixture(scope="module")
def authority() -> trustme.CA:
    return trustme.CA()


@pytest.fixture
def server(authority: trustme.CA, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Server]:
    """Answers in the place of one public address; its certificate is trusted, for HOST alone."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert(HOST).configure_cert(context)
    authority.cert_pem.write_to_path(str(tmp_path / "ca.pem"))
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "ca.pem"))
    server = Server(context)

    def dial(address: tuple[str, int], *args: Any, **kwargs: Any) -> socket.socket:
        server.dialled.append(address[0])
        if address[0] != PUBLIC:
            raise ConnectionRefusedError
        return socket.create_connection(server.server_address[:2], timeout=5)

    monkeypatch.setattr(urllib3.util.connection, "create_connection", dial)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    yield server
    server.shutdown()
    server.server_close()
    thread.join()


def says(*ips: str) -> fetching.Lookup:
    """A resolver with these addresses for every name."""
    return lambda host, port, **_: [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (ip, port)) for ip in ips]


def get(path: str = SECRET, known: Known = NEVER_ASKED, *ips: str) -> Fetched:
    return fetch(f"https://{HOST}{path}", hosts=[HOST], known=known, lookup=says(*(ips or (PUBLIC,))))


def why(*args: Any, **kwargs: Any) -> str:
    with pytest.raises(FetchError) as raised:
        get(*args, **kwargs)
    return raised.value.code


def test_what_comes_and_by_what_it_is_asked_for_again(server: Server) -> None:
    server.answers[SECRET] = sends(ETag='"7"', Last_Modified="Tue, 08 Sep 2026 08:00:00 GMT")
    fetched = get()
    assert fetched == Fetched(ICS, Known('"7"', "Tue, 08 Sep 2026 08:00:00 GMT"))
    server.answers[SECRET] = sends(304, b"")
    assert get(SECRET, fetched.known) == Fetched(None, fetched.known)
    first, again = server.asked
    assert first["Host"] == HOST
    assert first["Accept-Encoding"] == "identity"
    assert not {"If-None-Match", "Authorization", "Cookie"} & set(first)
    assert again["If-None-Match"] == '"7"'
    assert again["If-Modified-Since"] == "Tue, 08 Sep 2026 08:00:00 GMT"


def test_webcal_is_https(server: Server) -> None:
    server.answers["/a.ics?x=1"] = sends()
    assert fetch(f"webcal://{HOST}/a.ics?x=1#y", hosts=[HOST], lookup=says(PUBLIC)).content == ICS


@pytest.mark.parametrize(
    ("address", "code"),
    [
        (f"http://{HOST}/a.ics", "no_https"),
        ("file:///etc/passwd", "no_https"),
        ("gopher://x", "no_https"),
        ("", "no_https"),
        ("https://", "no_https"),
        (f"https://{HOST}:99999/", "no_https"),
        (f"https://{HOST}/a b", "no_https"),
        (f"https://{HOST}/a\r\nX: y", "no_https"),
        (f"https://{HOST}/{'a' * 2000}", "no_https"),
        (f"https://me:word@{HOST}/a.ics", "with_password"),
        (f"https://evil.example@{HOST}/", "with_password"),
        ("https://evil.example/a.ics", "host_not_allowed"),
        (f"https://{HOST}.evil.example/", "host_not_allowed"),
        (f"https://{HOST}:8443/", "host_not_allowed"),
        ("https://127.0.0.1/", "host_not_allowed"),
        ("https://[::1]/", "host_not_allowed"),
        ("https://2130706433/", "host_not_allowed"),
    ],
)
def test_addresses_that_are_not_even_looked_up(address: str, code: str) -> None:
    def never(*_: object, **__: object) -> Any:
        raise AssertionError("looked up")

    with pytest.raises(FetchError) as raised:
        fetch(address, hosts=[HOST], lookup=never)
    assert raised.value.code == code


def test_nothing_is_allowed_unless_it_is_said() -> None:
    with pytest.raises(FetchError, match="host_not_allowed"):
        fetch(f"https://{HOST}/", hosts=[], lookup=says(PUBLIC))


@pytest.mark.parametrize(
    ("host", "port", "allowed"),
    [
        ("a.example", 443, True),
        ("b.a.example", 443, False),
        ("caldav.icloud.com", 443, True),
        ("icloud.com", 443, False),
        ("evilicloud.com", 443, False),
        ("c.example", 8443, True),
        ("c.example", 443, False),
    ],
)
def test_hosts_that_are_allowed(host: str, port: int, allowed: bool) -> None:
    assert is_allowed(host, port, ["A.example", ".icloud.com", "c.example:8443"]) is allowed


@pytest.mark.parametrize(
    "ip",
    [
        *("10.0.0.1", "172.16.0.1", "192.168.1.1", "127.0.0.1", "127.9.9.9", "0.0.0.0", "169.254.169.254"),
        *("100.64.0.1", "224.0.0.1", "239.1.1.1", "240.0.0.1", "255.255.255.255", "192.0.2.1", "198.18.0.1"),
        *("::1", "::", "fe80::1", "fe80::1%eth0", "fc00::1", "fd12::1", "ff02::1", "fec0::1", "2001:db8::1"),
        *("::ffff:127.0.0.1", "::ffff:10.0.0.1", "::ffff:a9fe:a9fe", "::127.0.0.1", "64:ff9b::10.0.0.1"),
        *("64:ff9b::7f00:1", "64:ff9b:1::1", "2002:7f00:1::", "2002:a00:1::1", "2001:0:4136:e378::1"),
    ],
)
def test_addresses_within(server: Server, ip: str) -> None:
    assert not is_public(ip)
    assert why(SECRET, NEVER_ASKED, ip) == "not_public"
    # Nor beside a public one.
    assert why(SECRET, NEVER_ASKED, PUBLIC, ip) == "not_public"
    assert not server.dialled


@pytest.mark.parametrize(
    "ip", [PUBLIC, "8.8.8.8", "2a00:1450:400f:80d::200e", "::ffff:8.8.8.8", "64:ff9b::808:808"]
)
def test_addresses_of_the_open_internet(ip: str) -> None:
    assert is_public(ip)


@given(st.ip_addresses())
def test_whatever_the_library_calls_private_is_not_public(ip: IPv4Address | IPv6Address) -> None:
    if is_public(str(ip)):
        assert ip.is_global or ip.ipv4_mapped or str(ip).startswith("64:ff9b::")
        assert not any((ip.is_loopback, ip.is_link_local, ip.is_multicast, ip.is_unspecified))
    if isinstance(ip, IPv4Address):
        assert is_public(f"::ffff:{ip}") == is_public(str(ip)) == is_public(f"64:ff9b::{ip}")


def test_a_name_that_means_something_else_a_moment_later(server: Server) -> None:
    server.answers[SECRET] = sends()
    answers = iter([says(PUBLIC), says("127.0.0.1"), says("127.0.0.1")])
    looked_up = []

    def rebinding(host: str, port: int, **more: Any) -> Any:
        looked_up.append(host)
        return next(answers)(host, port, **more)

    assert fetch(f"https://{HOST}{SECRET}", hosts=[HOST], lookup=rebinding).content == ICS
    assert looked_up == [HOST]  # once
    assert server.dialled == [PUBLIC]  # and the address that was looked at, no name


def test_the_second_address_where_the_first_does_not_answer(server: Server) -> None:
    server.answers[SECRET] = sends()
    assert get(SECRET, NEVER_ASKED, "8.8.8.8", PUBLIC).content == ICS
    assert server.dialled == ["8.8.8.8", PUBLIC]
    assert why(SECRET, NEVER_ASKED, "8.8.8.8") == "unreachable"


def test_names_nobody_knows() -> None:
    def unknown(*_: object, **__: object) -> Any:
        raise socket.gaierror

    for lookup in (unknown, says()):
        with pytest.raises(FetchError, match="unknown_host"):
            fetch(f"https://{HOST}/", hosts=[HOST], lookup=lookup)


@pytest.mark.parametrize(
    "location",
    [
        "https://evil.example/a.ics",
        f"http://{HOST}/a.ics",
        "//127.0.0.1/a.ics",
        "https://169.254.169.254/latest/meta-data",
        f"https://{HOST}:8443/a.ics",
        f"https://me:word@{HOST}/",
        "file:///etc/passwd",
        "https://[::1",
    ],
)
def test_redirects_off_the_host(server: Server, location: str) -> None:
    server.answers[SECRET] = sends(302, b"", Location=location)
    assert why() == "redirected_away"
    assert server.dialled == [PUBLIC]


def test_no_other_allowed_host_either(server: Server) -> None:
    server.answers[SECRET] = sends(302, b"", Location="https://other.example.org/a.ics")
    with pytest.raises(FetchError, match="redirected_away"):
        fetch(f"https://{HOST}{SECRET}", hosts=[HOST, "other.example.org"], lookup=says(PUBLIC))


def test_redirects_within_the_host(server: Server) -> None:
    server.answers[SECRET] = sends(301, b"", Location="moved.ics?a=1")
    server.answers["/private-9f3c/moved.ics?a=1"] = sends(307, b"", Location=f"https://{HOST}/here.ics")
    server.answers["/here.ics"] = sends()
    assert get().content == ICS
    server.answers["/here.ics"] = sends(302, b"", Location=SECRET)
    assert why() == "too_many_redirects"


@pytest.mark.parametrize(
    ("answer", "code"),
    [
        (sends(401), "no_access"),
        (sends(403), "no_access"),
        (sends(404), "gone"),
        (sends(410), "gone"),
        (sends(429), "server_trouble"),
        (sends(503), "server_trouble"),
        (sends(204, b""), "odd_answer"),
        (sends(304, b""), "odd_answer"),  # nobody asked whether it had changed
        (sends(302, b"", Location=""), "odd_answer"),
        (sends(Content_Type="text/html; charset=utf-8"), "not_a_calendar"),
        (sends(Content_Type="application/json"), "not_a_calendar"),
        (sends(Content_Encoding="gzip"), "odd_answer"),
        (sends(body=b"x" * (MOST_BYTES + 1)), "too_large"),
        (sends(body=b"x" * (MOST_BYTES + 1), Content_Length=""), "too_large"),
        (sends(Content_Length="999"), "unreachable"),  # broken off
        (sends(Content_Length=str(10**12)), "too_large"),
    ],
)
def test_answers_that_are_no_calendar(server: Server, answer: Answer, code: str) -> None:
    server.answers[SECRET] = answer
    assert why() == code


@pytest.mark.parametrize(
    "kind", ["text/calendar; charset=utf-8", "TEXT/Calendar", "application/octet-stream", ""]
)
def test_what_calendars_are_sent_as(server: Server, kind: str) -> None:
    server.answers[SECRET] = sends(Content_Type=kind)
    assert get().content == ICS


def drips(before: bytes, each: bytes) -> Answer:
    """Octet by octet, for ever: no timeout of a socket would ever end it."""

    def answer(handler: BaseHTTPRequestHandler) -> None:
        handler.wfile.write(before)
        while True:
            handler.wfile.write(each)
            handler.wfile.flush()
            time.sleep(0.05)

    return answer


@pytest.mark.parametrize(
    "answer",
    [
        drips(b"HTTP/1.1 200 OK\r\nContent-Type: text/calendar\r\n\r\n", b"x"),
        drips(b"HTTP/1.1 200 OK\r\nContent-Type: text/calendar\r\nContent-Length: 9999\r\n\r\n", b"x"),
        drips(b"HTTP/1.1 200 OK\r\nX-Long: ", b"x"),
        lambda handler: time.sleep(2),
    ],
    ids=["body", "announced", "headers", "nothing"],
)
def test_slow_servers(server: Server, monkeypatch: pytest.MonkeyPatch, answer: Answer) -> None:
    monkeypatch.setattr(fetching, "SECONDS", 0.5)
    server.answers[SECRET] = answer
    began = time.monotonic()
    assert why() == "too_slow"
    assert time.monotonic() - began < 1.5


def test_a_certificate_for_somebody_else(server: Server) -> None:
    with pytest.raises(FetchError, match="certificate"):
        fetch("https://other.example.org/", hosts=["other.example.org"], lookup=says(PUBLIC))


def test_a_certificate_that_nobody_vouches_for(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("SSL_CERT_FILE")
    assert why() == "certificate"


def test_no_proxy_of_the_environment_is_asked(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("https_proxy", "HTTPS_PROXY", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    server.answers[SECRET] = sends()
    assert get().content == ICS


def test_the_address_is_in_no_error_and_no_log(
    server: Server, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    caplog.set_level(logging.INFO)
    monkeypatch.setattr(fetching, "SECONDS", 0.5)
    for answer in (
        sends(),
        sends(404),
        sends(302, b"", Location="https://evil.example/private-9f3c"),
        drips(b"", b"x"),
    ):
        server.answers[SECRET] = answer
        try:
            get()
        except FetchError as error:
            chain = [error, error.__cause__, error.__context__]
            assert not any("9f3c" in f"{each!r}{each}" for each in chain)
    assert "9f3c" not in caplog.text
    with pytest.raises(FetchError) as raised:
        Place.of("https://x:9f3c/", [])
    assert raised.value.__suppress_context__
    assert ip_address(PUBLIC).is_global
