"""As much of a browser as the benches need: cookies, the sign-in form, what a page loads besides itself."""

import http.client
import re
from dataclasses import dataclass
from html.parser import HTMLParser
from http.cookies import SimpleCookie
from urllib.parse import urlencode, urljoin

from bench.server import HOST

ENCODINGS = "gzip, deflate"  # what every browser takes, also without TLS
TOKEN = re.compile(r'name="csrf_token"[^>]*value="([^"]+)"')
IMPORT = re.compile(rb"""(?:from|import)\s*\(?\s*["'](\.{1,2}/[^"']+)["']""")


@dataclass(frozen=True)
class Page:
    """One answer, its body as it went over the wire."""

    status: int
    headers: dict[str, str]
    body: bytes


class Browser:
    """Keeps cookies of one server."""

    def __init__(self, port: int) -> None:
        self.port = port
        self.cookies: dict[str, str] = {}

    @property
    def cookie(self) -> str:
        return "; ".join(f"{name}={value}" for name, value in self.cookies.items())

    def open(self, path: str, form: dict[str, str] | None = None, encodings: str = "identity") -> Page:
        """GET, or POST where there is a form. Redirects are not followed."""
        headers = {"Accept-Encoding": encodings, "Connection": "close"}
        if self.cookies:
            headers["Cookie"] = self.cookie
        body = None
        if form is not None:
            body, headers["Content-Type"] = urlencode(form), "application/x-www-form-urlencoded"
        connection = http.client.HTTPConnection(HOST, self.port, timeout=30)
        connection.request("GET" if form is None else "POST", path, body, headers)
        answer = connection.getresponse()
        for line in answer.headers.get_all("Set-Cookie", []):
            self.cookies |= {name: morsel.value for name, morsel in SimpleCookie(line).items()}
        return Page(answer.status, dict(answer.headers), answer.read())

    def sign_in(self, email: str, password: str) -> None:
        token = TOKEN.search(self.open("/sign-in").body.decode())
        form = {"email": email, "password": password, "csrf_token": token[1] if token else ""}
        answer = self.open("/sign-in", form)
        if answer.status != 303:
            raise RuntimeError(f"signing in was answered with {answer.status}")
        self.open("/")  # what a session gathers at its first page is in the cookie from now on

    def weight(self, path: str) -> int:
        """Bytes over the wire, headers left out, of a page with all styles, scripts and pictures of it."""
        page = self.open(path)
        if page.status != 200:
            raise RuntimeError(f"{path} was answered with {page.status}")
        weight, seen = len(self.open(path, encodings=ENCODINGS).body), set()
        waiting = loaded_by(page.body.decode(), path)
        while waiting:
            address = waiting.pop()
            if address not in seen:
                seen.add(address)
                weight += len(self.open(address, encodings=ENCODINGS).body)
                if address.endswith(".js"):
                    waiting += imported_by(self.open(address).body, address)
        return weight


class _Loads(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.addresses: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = dict(attrs)
        address = values.get("href") if tag == "link" else values.get("src")
        if address and not address.startswith("data:"):
            self.addresses.append(address)


def loaded_by(html: str, path: str) -> list[str]:
    """The addresses of what a page loads by itself."""
    parser = _Loads()
    parser.feed(html)
    return [urljoin(path, address) for address in parser.addresses]


def imported_by(script: bytes, path: str) -> list[str]:
    """The modules that a script may load, whether or not this page has use for them."""
    return [urljoin(path, address.decode()) for address in IMPORT.findall(script)]
