"""A feed of 10 000 events beside nginx serving the same bytes from a file, in turns."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from bench.booking import booking, free_slots, token_of
from bench.browser import Browser
from bench.load import Clients, Request, Turn, request, send, times_as_dear
from bench.nginx import nginx
from bench.server import Server
from bench.speed import Running
from bench.table import Measured, ratio

EVENTS = 10_000
STORED = 16_500  # of which so many stand in the calendar of the large office
FILE = "/feed.ics"
ADDRESS = re.compile(r'"https?://[^/"%]+(/feeds/office/[^"%?]+\.ics)"')


@dataclass(frozen=True)
class Calendar:
    """A feed on the server, and a file that nginx serves from `folder`."""

    running: Running
    file: Server
    folder: Path
    path: str

    @property
    def server(self) -> Server:
        return self.running.server

    def read(self) -> bytes:
        """The feed as it is now."""
        return _body(self.server, self.path)

    def ask(self, etag: str = "") -> Request:
        """For the feed, or whether it is another than that of this tag."""
        return _request(self.server, self.path, etag)

    def ask_file(self, etag: str = "") -> Request:
        """The same of nginx."""
        return _request(self.file, FILE, etag)

    def put_down(self) -> bytes:
        """Has nginx serve what the server does now; the bytes, which are the same from both."""
        body = self.read()
        (self.folder / FILE[1:]).write_bytes(body)
        if _body(self.file, FILE) != body:
            raise RuntimeError("nginx serves other bytes")
        return body


def measure(running: Running, folder: Path, one: Clients, rounds: int) -> Iterator[Measured]:
    """The whole feed, a 304, and the first time after a booking; each by one client."""
    with nginx(folder) as (file, served):
        calendar = Calendar(running, file, served, _path(running))
        raw = calendar.ask()[1]
        anew, written = (send(running.server.port, raw).seconds for _ in range(2))
        body = calendar.put_down()
        if _events(body) < EVENTS:
            raise RuntimeError(f"only {_events(body)} events")
        note = f"{_events(body)} events, {len(body) / 1e6:.1f} MB"
        yield _whole(calendar, one, 4 * rounds, note)
        yield from _not_modified(calendar, one, 12 * rounds)
        yield _after_booking(calendar, one, 3 * rounds, note)
        yield Measured(
            "  for the first time at all", anew * 1000, "ms", note=f"then kept: {written * 1000:.1f} ms"
        )


def _whole(calendar: Calendar, one: Clients, rounds: int, note: str) -> Measured:
    turns = one.in_turns({"feed": [calendar.ask()] * rounds, "nginx": [calendar.ask_file()] * rounds})
    return _row("whole feed", turns["feed"], turns["nginx"], "× nginx", 3, note)


def _not_modified(calendar: Calendar, one: Clients, rounds: int) -> Iterator[Measured]:
    tags = [_etag(calendar.server, calendar.path), _etag(calendar.file, FILE)]
    hello = (calendar.server, request("GET", "/hello", calendar.server.port), 200)
    kinds = {
        "feed": [calendar.ask(tags[0])] * rounds,
        "hello": [hello] * rounds,
        "nginx": [calendar.ask_file(tags[1])] * rounds,
    }
    turns = one.in_turns(kinds)
    yield _row("304 of that feed", turns["feed"], turns["hello"], "× hello", 1.5)
    yield _row("  beside a 304 of nginx", turns["feed"], turns["nginx"], "× nginx")


def _after_booking(calendar: Calendar, one: Clients, rounds: int, note: str) -> Measured:
    """Each change is a booking by API, which is not measured; whichever worker is free answers."""
    world, server = calendar.running.world, calendar.server
    slots = free_slots(world, world.large_rooms[0])
    found: dict[str, list[Turn]] = {"feed": [], "nginx": []}
    before = _events(calendar.read())
    for number in range(rounds):
        made = send(server.port, booking(world, next(slots), token_of(world, 0, number), server.port))
        if made.status != 201:
            raise RuntimeError(f"a booking was answered with {made.status}")
        kinds = {"feed": [calendar.ask()], "nginx": [calendar.ask_file()]}
        in_order = kinds if number % 2 else dict(reversed(kinds.items()))
        for name, turns in one.in_turns(in_order).items():
            found[name] += turns
        if _events(calendar.read()) != before + number + 1:
            raise RuntimeError("a booking is not in the feed")
    return _row("first time after a booking", found["feed"], found["nginx"], "× nginx", 10, note)


def _row(
    name: str,
    ours: Sequence[Turn],
    theirs: Sequence[Turn],
    unit: str,
    target: float | None = None,
    note: str = "",
) -> Measured:
    ratios = [one.cost.passed / other.cost.passed for one, other in zip(ours, theirs, strict=True)]
    processor = times_as_dear(ours, theirs).processor
    measured = [
        ratio("", [turn.cost.passed * 1000 for turn in turns], "ms").value for turns in (ours, theirs)
    ]
    more = f"{measured[0]:.2f} ms beside {measured[1]:.2f}; {processor:.2f} by processor time of the servers"
    return ratio(name, ratios, unit, target, f"{more}; {note}" if note else more)


def _path(running: Running) -> str:
    """The address at which a host follows the large office, all of it."""
    host = Browser(running.server.port)
    host.sign_in(running.world.host, running.world.password)
    page = host.open(f"/feeds/office:{running.world.large}").body.decode()
    found = ADDRESS.search(page)
    if found is None:
        raise RuntimeError("the page of a feed does not tell its address")
    return f"{found[1]}?all=1"


def _request(server: Server, path: str, etag: str) -> Request:
    known = {"If-None-Match": etag} if etag else {}
    return server, request("GET", path, server.port, known), 304 if etag else 200


def _body(server: Server, path: str) -> bytes:
    return send(server.port, _request(server, path, "")[1]).raw.partition(b"\r\n\r\n")[2]


def _etag(server: Server, path: str) -> str:
    return Browser(server.port).open(path).headers["ETag"]


def _events(calendar: bytes) -> int:
    return calendar.count(b"BEGIN:VEVENT\r\n")
