"""Bookings by API: requests for them, and as many as go, each at its own time."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from bench.load import Clients, Cost, request
from bench.server import Server
from bench.table import Measured, ratio
from bench.world import ZONE, World, is_working_day

WRITERS = 8
HALF_HOURS = range(16, 34)  # 08:00 to 17:00
CALENDAR = "/api/v1/bookings"


@dataclass(frozen=True)
class Slot:
    """A half hour of a room, or of several things at once."""

    start: datetime
    end: datetime
    things: tuple[str, ...]

    def later(self, by: timedelta) -> "Slot":
        """On the wall clock."""
        start, end = (
            (each.replace(tzinfo=None) + by).replace(tzinfo=ZONE) for each in (self.start, self.end)
        )
        return Slot(start, end, self.things)

    def of(self, *things: str) -> "Slot":
        return Slot(self.start, self.end, things)


def free_slots(world: World, room: str, weeks: int = 0) -> Iterator[Slot]:
    """Half hours of a room, in order, on days that hold no bookings yet; from so many weeks on."""
    day = date.fromisoformat(world.free_from) + timedelta(weeks=weeks)
    while True:
        if is_working_day(day):
            midnight = datetime(day.year, day.month, day.day, tzinfo=ZONE)
            for number in HALF_HOURS:
                start = midnight + number * timedelta(minutes=30)
                yield Slot(start, start + timedelta(minutes=30), (room,))
        day += timedelta(days=1)


def booking(
    world: World,
    slot: Slot,
    token: str,
    port: int,
    recurrence: str | None = None,
    headers: dict[str, str] | None = None,
) -> bytes:
    """A request for that time; a title as people write them."""
    wish = {
        "resources": slot.things,
        "start": slot.start.isoformat(),
        "end": slot.end.isoformat(),
        "title": "Styrelsemöte",
        "organisation": world.organisation,
        "activity": world.activity,
        "recurrence": recurrence,
    }
    return call("POST", CALENDAR, token, port, wish, headers)


def call(
    method: str,
    path: str,
    token: str,
    port: int,
    body: object = None,
    headers: dict[str, str] | None = None,
) -> bytes:
    """A request to the API, with a body or without."""
    sent = {"Authorization": f"Bearer {token}", **(headers or {})}
    return request(method, path, port, sent, b"" if body is None else json.dumps(body).encode())


def measure(world: World, server: Server, clients: Clients, rounds: int, each: int) -> list[Measured]:
    """Distinct times, every client in a room of its own, beside `/hello` from the same clients."""
    times = [free_slots(world, room) for room in world.rooms[: len(clients)]]
    hello = request("GET", "/hello", server.port)
    sent, found = 0, list[tuple[Cost, Cost]]()
    for _ in range(rounds):
        raws = [
            [
                booking(world, next(slots), token_of(world, client, sent + number), server.port)
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


def token_of(world: World, client: int, number: int) -> str:
    """Each client has tokens of its own and takes them in turn: the limit on calls is one per token."""
    own: Sequence[str] = world.tokens[client * world.tokens_each : (client + 1) * world.tokens_each]
    return own[number % len(own)]
