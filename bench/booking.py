"""Bookings by API: as many as go, each at its own time; and many at one time of one room."""

import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from statistics import quantiles

from bench.load import Clients, Cost, request
from bench.server import Server
from bench.table import Measured, ratio
from bench.world import ZONE, World, is_working_day

WRITERS, RACERS = 8, 16
HALF_HOURS = range(16, 34)  # 08:00 to 17:00


@dataclass(frozen=True)
class Slot:
    room: str
    start: datetime
    end: datetime


def free_slots(world: World, room: str) -> Iterator[Slot]:
    """Half hours of a room, in order, on days that hold no bookings yet."""
    day = date.fromisoformat(world.free_from)
    while True:
        if is_working_day(day):
            midnight = datetime(day.year, day.month, day.day, tzinfo=ZONE)
            for number in HALF_HOURS:
                start = midnight + number * timedelta(minutes=30)
                yield Slot(room, start, start + timedelta(minutes=30))
        day += timedelta(days=1)


def booking(world: World, slot: Slot, token: str, port: int) -> bytes:
    wish = {
        "resources": [slot.room],
        "start": slot.start.isoformat(),
        "end": slot.end.isoformat(),
        "title": "Styrelsemöte",
        "organisation": world.organisation,
        "activity": world.activity,
    }
    headers = {"Authorization": f"Bearer {token}"}
    return request("POST", "/api/v1/bookings", port, headers, json.dumps(wish).encode())


def measure(world: World, server: Server, clients: Clients, rounds: int, each: int) -> list[Measured]:
    """Distinct times, every client in a room of its own, beside `/hello` from the same clients."""
    times = [free_slots(world, room) for room in world.rooms[: len(clients)]]
    hello = request("GET", "/hello", server.port)
    sent, found = 0, list[tuple[Cost, Cost]]()
    for _ in range(rounds):
        raws = [
            [
                booking(world, next(slots), _token(world, client, sent + number), server.port)
                for number in range(each)
            ]
            for client, slots in enumerate(times)
        ]
        sent += each
        found.append((clients.cost_of_all(server, raws, 201), clients.cost(server, hello, 200, 0.4)))
    ratios = [booked.passed / bare.passed for booked, bare in found]
    note = f"{sent * len(clients)} bookings, {len(clients)} clients, SQLite synchronous={world.synchronous}"
    return [
        ratio("booking by API", ratios, "× hello", 10, note),
        Measured(
            "  booking by API itself",
            1 / ratio("", [booked.passed for booked, _ in found], "").value,
            "a second",
        ),
    ]


def race(name: str, world: World, server: Server, clients: Clients, rounds: int) -> list[Measured]:
    """All clients want the same half hour of the same room in the same moment; exactly one may get it."""
    slots = free_slots(world, world.rooms[-1])
    statuses: Counter[int] = Counter()
    wrong, seconds = 0, list[float]()
    for number in range(rounds):
        slot = next(slots)
        raws = [
            booking(world, slot, _token(world, client, number), server.port) for client in range(len(clients))
        ]
        answers = clients.race(server.port, raws)
        counted = Counter(answer.status for answer in answers)
        wrong += counted != {201: 1, 409: len(clients) - 1}
        statuses += counted
        seconds += [answer.seconds for answer in answers]
    told = ", ".join(f"{count} × {status}" for status, count in sorted(statuses.items()))
    slowest = quantiles(seconds, n=20)[-1] * 1000
    title = f"never two, {name}: rounds without exactly one winner"
    return [
        Measured(title, wrong, f"of {rounds}", 0, f"{len(clients)} processes, {told}"),
        Measured(f"  95 of 100 of them answered within, {name}", slowest, "ms"),
    ]


def _token(world: World, client: int, number: int) -> str:
    """Each client has tokens of its own and takes them in turn: the limit on writes is one per token."""
    own = world.tokens[client * world.tokens_each : (client + 1) * world.tokens_each]
    return own[number % len(own)]
