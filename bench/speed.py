"""Rounds of every page beside the bare page, one after the other, so that the machine's moods hit both."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

from bench.browser import Browser
from bench.load import Clients, Cost, request, send
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


Rounds = list[Mapping[str, Cost]]


def measure(big: Running, small: Running, clients: Clients, rounds: int, seconds: float) -> list[Measured]:
    """Boards, feed and report against `/hello`; board with many bookings against board with few."""
    jobs = {**_jobs(big, "big"), **_jobs(small, "small", only=("board", "host board"))}
    for server, raw, status in jobs.values():
        clients.cost(server, raw, seconds / 4, status)  # whatever a first request does once
    found: Rounds = []
    for number in range(rounds):
        names = list(jobs) if number % 2 else list(reversed(jobs))
        found.append({name: clients.cost(*jobs[name][:2], seconds, jobs[name][2]) for name in names})
    many, few = f"{big.count:,}".replace(",", " "), f"{small.count:,}".replace(",", " ")
    return [
        _against(found, f"day board, visitor, {many} bookings", "board big", "hello big", 4, "hello"),
        _against(found, f"day board, host, {many} bookings", "host board big", "hello big", 4, "hello"),
        _against(
            found,
            "  the same beside hello asked for by the host",
            "host board big",
            "host hello big",
            None,
            "hello",
        ),
        _against(
            found, f"day board, visitor: {many} beside {few}", "board big", "board small", 1.1, f"at {few}"
        ),
        _against(
            found,
            f"day board, host: {many} beside {few}",
            "host board big",
            "host board small",
            1.1,
            f"at {few}",
        ),
        _against(found, "304 of a feed", "feed big", "hello big", 1.5, "hello"),
        _against(found, "report of a month", "report big", "host board big", 20, "board"),
        Measured(
            "  hello itself",
            1 / _typical(found, "hello big"),
            "a second",
            note=_milliseconds(found, "hello big"),
        ),
        Measured(
            "  day board itself",
            1 / _typical(found, "board big"),
            "a second",
            note=_milliseconds(found, "board big"),
        ),
    ]


def _jobs(
    running: Running, size: str, only: tuple[str, ...] | None = None
) -> dict[str, tuple[Server, bytes, int]]:
    world, server = running.world, running.server
    host = Browser(server.port)
    host.sign_in(world.host, world.password)
    as_host = {"Cookie": host.cookie}
    day = f"/offices/{world.office}/days/{world.day}"
    jobs = {
        "hello": ("/hello", {}, 200),
        "board": (day, {}, 200),
        "host hello": ("/hello", as_host, 200),
        "host board": (day, as_host, 200),
        "feed": (*_feed(running), 304),
        "report": (f"/offices/{world.office}/reports/{world.month}", as_host, 200),
    }
    return {
        f"{name} {size}": (server, request("GET", path, server.port, headers), status)
        for name, (path, headers, status) in jobs.items()
        if only is None or name in only
    }


def _feed(running: Running) -> tuple[str, dict[str, str]]:
    """A feed's path, and what a calendar program that has it sends along."""
    port, token = running.server.port, running.world.tokens[0]
    path = f"/api/v1/resources?office={running.world.office}"
    answer = send(
        port, request("GET", path, port, {"Authorization": f"Bearer {token}", "Accept-Encoding": "identity"})
    )
    address = urlsplit(json.loads(answer.raw.partition(b"\r\n\r\n")[2])["items"][0]["feed_url"]).path
    return address, {"If-None-Match": Browser(port).open(address).headers["ETag"]}


def _against(rounds: Rounds, name: str, page: str, other: str, target: float | None, beside: str) -> Measured:
    passed = [each[page].passed / each[other].passed for each in rounds]
    processor = ratio("", [each[page].processor / each[other].processor for each in rounds], "")
    note = f"{processor.value:.2f} by the workers' processor time"
    return ratio(name, passed, f"× {beside}", target, note)


def _typical(rounds: Rounds, page: str) -> float:
    return ratio("", [each[page].passed for each in rounds], "").value


def _milliseconds(rounds: Rounds, page: str) -> str:
    processor = ratio("", [each[page].processor for each in rounds], "").value
    return f"{processor * 1000:.2f} ms of processor time each"
