"""Fetching somebody else's calendar by https: from hosts that were allowed, on the open internet alone.

A name is looked up once, every address that it has must be public, and the connection goes to the very
address that was looked at, with the certificate still asked for the name. So neither a redirect nor a name
that means another address a moment later leads into the network that we stand in.
"""

import socket
import ssl
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass, replace
from http.client import HTTPConnection, HTTPException
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address
from threading import Timer
from time import monotonic
from typing import Any
from urllib.parse import urljoin, urlsplit

from urllib3 import BaseHTTPResponse
from urllib3.connection import HTTPSConnection
from urllib3.exceptions import HTTPError

from calendars.entries import MOST_BYTES

SECONDS = 10.0  # for all of it: looking up, connecting, asking, every octet
TO_CONNECT = 5.0
MOST_REDIRECTS = 3
MOST_ADDRESSES = 2  # of one name that are tried
LONGEST = 2000  # characters of an address
HTTPS = 443
SCHEMES = ("https", "webcal", "webcals")
REDIRECTS = (301, 302, 303, 307, 308)
# What servers send calendars as; a page to sign in on is none of it.
TYPES = ("text/calendar", "text/plain", "text/x-vcalendar", "application/ics", "application/octet-stream")
# All of the IPv6 internet that anybody is given an address of; and IPv4 as seen from networks without it.
_GLOBAL_UNICAST, _NAT64 = IPv6Network("2000::/3"), IPv6Network("64:ff9b::/96")

Lookup = Callable[..., Sequence[tuple[Any, ...]]]


class FetchError(Exception):
    """A calendar that did not come. Holds a code alone, never the address, which is a secret.

    `code`: no_https, with_password, host_not_allowed, unknown_host, not_public, unreachable, certificate,
    too_slow, too_large, no_access, gone, server_trouble, redirected_away, too_many_redirects,
    not_a_calendar, odd_answer.
    """

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True, slots=True)
class Known:
    """By what a server tells whether its calendar has changed since; "" where it gave nothing."""

    etag: str = ""
    last_modified: str = ""

    def headers(self) -> dict[str, str]:
        asked = {"If-None-Match": self.etag, "If-Modified-Since": self.last_modified}
        return {name: value for name, value in asked.items() if value}


NEVER_ASKED = Known()


@dataclass(frozen=True, slots=True)
class Fetched:
    """What came. `content` None: nothing has changed since what was `Known`."""

    content: bytes | None
    known: Known


@dataclass(frozen=True, slots=True)
class Place:
    """An address taken apart; `target` is its path with the question."""

    host: str
    port: int
    target: str

    @classmethod
    def of(cls, address: str, hosts: Collection[str]) -> "Place":
        """FetchError unless it is a plain https address at a host that is allowed (see `is_allowed`)."""
        try:
            parts = urlsplit(address.strip())
            host, port = (parts.hostname or "").rstrip(".").encode("idna").decode().lower(), parts.port
        except (UnicodeError, ValueError):
            raise FetchError("no_https") from None  # the error would quote it
        if parts.scheme not in SCHEMES or not host or len(address) > LONGEST:
            raise FetchError("no_https")
        if parts.username is not None or parts.password is not None:
            raise FetchError("with_password")
        target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        if not target.isascii() or not target.isprintable() or " " in target:
            raise FetchError("no_https")
        if not is_allowed(host, port or HTTPS, hosts):
            raise FetchError("host_not_allowed")
        return cls(host, port or HTTPS, target)


def is_allowed(host: str, port: int, hosts: Collection[str]) -> bool:
    """Whether a host is among those: "a.example" itself, ".example" all below it, "a.example:84" by port."""
    for each in hosts:
        name, _, at = each.lower().partition(":")
        below = name.startswith(".") and host.endswith(name)
        if (host == name or below) and port == int(at or HTTPS):
            return True
    return False


def is_public(address: str) -> bool:
    """Whether an IP address is one of the open internet, also where it hides in another."""
    ip = ip_address(address)
    if isinstance(ip, IPv6Address):
        inner = ip.ipv4_mapped or (IPv4Address(int(ip) & 0xFFFFFFFF) if ip in _NAT64 else None)
        if inner is not None:
            return is_public(str(inner))
        if ip not in _GLOBAL_UNICAST or ip.sixtofour or ip.teredo:
            return False
    return ip.is_global and not (ip.is_multicast or ip.is_reserved or ip.is_unspecified)


def fetch(
    address: str, *, hosts: Collection[str], known: Known = NEVER_ASKED, lookup: Lookup = socket.getaddrinfo
) -> Fetched:
    """What stands at an address now. FetchError where nothing came that could be a calendar.

    Redirects are followed within the host alone. `lookup` is as `socket.getaddrinfo`.
    """
    ends = monotonic() + SECONDS
    place = Place.of(address, hosts)
    ips = _public_addresses(place, lookup)
    for _ in range(MOST_REDIRECTS + 1):
        answer = _asked(place, ips, known, ends)
        if isinstance(answer, Fetched):
            return answer
        place = _redirected(place, answer, hosts)
    raise FetchError("too_many_redirects")


@contextmanager
def no_longer_than(seconds: float, connection: HTTPConnection) -> Iterator[None]:
    """Connects, and ends it all after a while. A timeout of the socket begins anew with each octet.

    TimeoutError where it was ended, also if that looked like the end of what came.
    """
    ends = monotonic() + seconds
    timer = None
    try:
        if connection.sock is None:
            connection.connect()
        # Kept hold of: a connection lets go of it where the answer goes on until it ends.
        timer = Timer(max(0.0, ends - monotonic()), _cut, [connection.sock])
        timer.daemon = True
        timer.start()
        yield
        if monotonic() >= ends:
            raise TimeoutError("it takes too long")
    finally:
        if timer:
            timer.cancel()
        connection.close()


def _cut(sock: socket.socket) -> None:
    with suppress(OSError):  # ended already
        sock.shutdown(socket.SHUT_RDWR)


def _public_addresses(place: Place, lookup: Lookup) -> list[str]:
    """Of a name with an address inside and one outside neither is used: it means no good."""
    try:
        found = lookup(place.host, place.port, type=socket.SOCK_STREAM)
    except OSError as error:
        raise FetchError("unknown_host") from error
    ips = list(dict.fromkeys(str(each[4][0]) for each in found))
    if not ips:
        raise FetchError("unknown_host")
    if not all(map(is_public, ips)):
        raise FetchError("not_public")
    return ips


def _asked(place: Place, ips: Sequence[str], known: Known, ends: float) -> Fetched | str:
    """The answer, or where it sends us."""
    connection = _connected(place, ips, ends)
    try:
        with no_longer_than(max(0.0, ends - monotonic()), connection):
            connection.request(
                "GET",
                place.target,
                headers={
                    "Host": place.host if place.port == HTTPS else f"{place.host}:{place.port}",
                    "Accept": "text/calendar",
                    "Accept-Encoding": "identity",
                    "User-Agent": "Motesplats",
                    **known.headers(),
                },
                preload_content=False,
                decode_content=False,
            )
            with closing(connection.getresponse()) as response:
                answer = _answer(response, known)
    except (HTTPError, HTTPException, OSError, ValueError, AttributeError) as error:
        # A connection that was ended under way fails in any of these.
        raise FetchError("too_slow" if _is_late(error, ends) else "unreachable") from error
    return answer


def _connected(place: Place, ips: Sequence[str], ends: float) -> HTTPSConnection:
    failed: Exception | None = None
    for ip in ips[:MOST_ADDRESSES]:
        connection = HTTPSConnection(
            ip,
            place.port,
            timeout=max(0.1, min(TO_CONNECT, ends - monotonic())),
            server_hostname=place.host,
            ssl_context=ssl.create_default_context(),
        )
        try:
            connection.connect()
        except (HTTPError, OSError) as error:
            connection.close()
            failed = error
        else:
            return connection
    if isinstance(failed, ssl.SSLCertVerificationError):
        raise FetchError("certificate") from failed
    raise FetchError("too_slow" if failed and _is_late(failed, ends) else "unreachable") from failed


def _is_late(error: Exception, ends: float) -> bool:
    return isinstance(error, TimeoutError) or monotonic() >= ends


def _answer(response: BaseHTTPResponse, known: Known) -> Fetched | str:
    status, headers = response.status, response.headers
    if status == 304 and known.headers():
        return Fetched(None, known)
    if status in REDIRECTS and headers.get("Location"):
        return str(headers["Location"])
    if status != 200:
        raise FetchError(_why_not(status))
    kind = headers.get("Content-Type", "text/calendar").partition(";")[0].strip().lower()
    if kind not in TYPES:
        raise FetchError("not_a_calendar")
    if headers.get("Content-Encoding", "identity").strip().lower() != "identity":
        raise FetchError("odd_answer")  # not asked for, and small things grow large when unpacked
    validators = Known(headers.get("ETag", "")[:300], headers.get("Last-Modified", "")[:100])
    return Fetched(_body(response), validators)


def _why_not(status: int) -> str:
    if status in (401, 403, 407):
        return "no_access"
    if status in (404, 410):
        return "gone"
    return "server_trouble" if status >= 500 or status == 429 else "odd_answer"


def _body(response: BaseHTTPResponse) -> bytes:
    parts, length = [], 0
    announced = response.headers.get("Content-Length", "")
    if announced.isdecimal() and int(announced) > MOST_BYTES:
        raise FetchError("too_large")
    while part := response.read1(65536):
        parts.append(part)
        length += len(part)
        if length > MOST_BYTES:
            raise FetchError("too_large")
    if announced.isdecimal() and length < int(announced):
        raise OSError("broken off")
    return b"".join(parts)


def _redirected(place: Place, location: str, hosts: Collection[str]) -> Place:
    port = "" if place.port == HTTPS else f":{place.port}"
    try:
        there = Place.of(urljoin(f"https://{place.host}{port}{place.target}", location), hosts)
    except (FetchError, ValueError):
        raise FetchError("redirected_away") from None
    if (there.host, there.port) != (place.host, place.port):
        raise FetchError("redirected_away")
    return replace(place, target=there.target)
