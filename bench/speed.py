"""Rounds of every page beside the bare page, one after the other, so that the machine's moods hit both."""

from collections.abc import Mapping
from dataclasses import dataclass
from statistics import median
from urllib.parse import urlsplit

from bench.browser import Browser
from bench.load import PLAIN, Clients, Cost, Request, request, send
from bench.server import Server
from bench.table import Measured, ratio
from bench.world import World

CLIENTS = 4


@dataclass(frozen=True)
class Running:
    """A world and the server on it."""

    world: World
    server: Server
    count: int


# What is held against what, at most how many times as dear.
BESIDE = (
    ("day board, visitor", "board", "hello", 4),
    ("day board, host", "host board", "hello", 4),
    ("  beside hello for the same host", "host board", "host hello", None),
    ("304 of a feed", "feed", "hello", 1.5),
    ("report of a month", "report", "host board", 20),
)


def measure(place: Running, clients: Clients, rounds: int, seconds: float) -> list[Measured]:
    """Boards, feed and report against `/hello`."""
    requests = _requests(place)
    for each in requests.values():
        clients.cost(*each, seconds / 2)  # whatever first requests do once
    return [_against(name, requests, clients, rounds, seconds, *what) for name, *what in BESIDE]


def _against(
    name: str,
    requests: Mapping[str, Request],
    clients: Clients,
    rounds: int,
    seconds: float,
    page: str,
    other: str,
    target: float | None,
) -> Measured:
    """Slices of the one and of the other in turns, so that the machine's moods hit both."""
    found: list[Mapping[str, Cost]] = []
    for number in range(rounds):
        order = (page, other) if number % 2 else (other, page)
        found.append({each: clients.cost(*requests[each], seconds) for each in order})
    processor = median(each[page].processor / each[other].processor for each in found)
    each_costs = median(each[page].processor for each in found) * 1000
    answered = 1 / median(each[page].passed for each in found)
    note = (
        f"{processor:.2f} by processor time of the workers, {each_costs:.2f} ms each; {answered:.0f} a second"
    )
    ratios = [each[page].passed / each[other].passed for each in found]
    return ratio(name, ratios, f"× {other}", target, note)


def _requests(running: Running) -> dict[str, Request]:
    world, server = running.world, running.server
    host = Browser(server.port)
    host.sign_in(world.host, world.password)
    as_host = {"Cookie": host.cookie}
    day = f"/offices/{world.office}/days/{world.day}"
    pages = {
        "hello": ("/hello", {}, 200),
        "board": (day, {}, 200),
        "host hello": ("/hello", as_host, 200),
        "host board": (day, as_host, 200),
        "feed": (*feed(running), 304),
        "report": (f"/offices/{world.office}/reports/{world.month}", as_host, 200),
    }
    return {
        name: (server, request("GET", path, server.port, headers), status)
        for name, (path, headers, status) in pages.items()
    }


def feed(running: Running) -> tuple[str, dict[str, str]]:
    """A feed's path, and what a calendar program that has it sends along."""
    port, token = running.server.port, running.world.tokens[0]
    path = f"/api/v1/resources?office={running.world.office}"
    answer = send(port, request("GET", path, port, {"Authorization": f"Bearer {token}", **PLAIN}))
    address = urlsplit(answer.json["items"][0]["feed_url"]).path
    return address, {"If-None-Match": Browser(port).open(address).headers["ETag"]}
