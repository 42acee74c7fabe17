"""Bookings by API: as many as go, each at its own time; and many at one time of one room."""

import json
import os
import random
import re
import signal
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import cycle
from statistics import quantiles

from bench.load import Clients, Cost, request, send
from bench.server import Server
from bench.table import Measured, ratio
from bench.world import ZONE, World, is_working_day

WRITERS, RACERS = 8, 16
PROMISED = re.compile(rb"\r\nLocation: \S*/bookings/(\d+)\r\n")
EACH = 6  # bookings of every client between two kills
HALF_HOURS = range(16, 34)  # 08:00 to 17:00
# Eight weeks that begin up to three weeks apart: any two of them meet.
SERIES, SERIES_APART = "FREQ=WEEKLY;COUNT=8", 4
LATER = 8  # weeks behind the half hours that the first races take


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


def booking(world: World, slot: Slot, token: str, port: int, recurrence: str | None = None) -> bytes:
    wish = {
        "resources": [slot.room],
        "start": slot.start.isoformat(),
        "end": slot.end.isoformat(),
        "title": "Styrelsemöte",
        "organisation": world.organisation,
        "activity": world.activity,
        "recurrence": recurrence,
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
    """All clients want the same room in the same moment; exactly one may get it.

    First all the same half hour; then each a weekly series of its own that meets every other one's.
    """
    slots = free_slots(world, world.rooms[-1])
    chance = random.Random(16)

    def one_half_hour() -> list[bytes]:
        slot = next(slots)
        return [booking(world, slot, token(), server.port) for _ in range(len(clients))]

    def series() -> list[bytes]:
        slot = next(slots)
        later = [timedelta(weeks=LATER + chance.randrange(SERIES_APART)) for _ in range(len(clients))]
        moved = [Slot(slot.room, on_the_clock(slot.start, by), on_the_clock(slot.end, by)) for by in later]
        return [booking(world, each, token(), server.port, SERIES) for each in moved]

    def token() -> str:
        return next(tokens)

    tokens = cycle(world.tokens)
    return [
        *_race(f"never two, {name}", one_half_hour, server, clients, rounds),
        *_race(f"never two series, {name}", series, server, clients, rounds),
    ]


def survive(world: World, server: Server, clients: Clients, rounds: int) -> list[Measured]:
    """Workers are killed (kill -9) amid bookings: whatever was answered with 201 must be there afterwards."""
    times = [free_slots(world, room) for room in world.rooms[: len(clients)]]
    promised, killed = set[int](), 0
    for number in range(rounds):
        raws = [
            [
                booking(world, next(slots), _token(world, client, number * EACH + each), server.port)
                for each in range(EACH)
            ]
            for client, slots in enumerate(times)
        ]
        answers = clients.each(
            _send_while_killing, [(server, own, client == 0) for client, own in enumerate(raws)]
        )
        killed += 1
        promised.update(number for own in answers for number in own)
    there = _stored(world, server, promised)
    note = f"{len(promised)} bookings answered with 201, {killed} workers killed amid them"
    return [Measured("acknowledged bookings gone after kill -9", len(promised - there), "", 0, note)]


def _send_while_killing(server: Server, raws: Sequence[bytes], kills: bool) -> list[int]:
    """The ids that were promised. Connections that a killed worker dropped promise nothing."""
    promised = []
    for number, raw in enumerate(raws):
        if kills and number == len(raws) // 2:
            os.kill(server.workers[0], signal.SIGKILL)
        with suppress(OSError):
            answer = send(server.port, raw)
            if answer.status == 201 and (found := PROMISED.search(answer.raw)):
                promised.append(int(found[1]))
    return promised


def _stored(world: World, server: Server, ids: Iterable[int]) -> set[int]:
    found = set()
    for number, each in enumerate(sorted(ids)):
        headers = {"Authorization": f"Bearer {world.tokens[number % len(world.tokens)]}"}
        if send(server.port, request("GET", f"/api/v1/bookings/{each}", server.port, headers)).status == 200:
            found.add(each)
    return found


def on_the_clock(instant: datetime, by: timedelta) -> datetime:
    """Later by so much on the wall clock."""
    return (instant.replace(tzinfo=None) + by).replace(tzinfo=instant.tzinfo)


def _race(
    title: str, wishes: Callable[[], list[bytes]], server: Server, clients: Clients, rounds: int
) -> list[Measured]:
    statuses: Counter[int] = Counter()
    wrong, seconds = 0, list[float]()
    for _ in range(rounds):
        answers = clients.race(server.port, wishes())
        counted = Counter(answer.status for answer in answers)
        wrong += counted != {201: 1, 409: len(clients) - 1}
        statuses += counted
        seconds += [answer.seconds for answer in answers]
    told = ", ".join(f"{count} × {status}" for status, count in sorted(statuses.items()))
    slowest = quantiles(seconds, n=20)[-1] * 1000
    return [
        Measured(
            f"{title}: rounds without exactly one winner",
            wrong,
            f"of {rounds}",
            0,
            f"{len(clients)} processes, {told}",
        ),
        Measured(f"  95 of 100 of them answered within: {title}", slowest, "ms"),
    ]


def _token(world: World, client: int, number: int) -> str:
    """Each client has tokens of its own and takes them in turn: the limit on writes is one per token."""
    own = world.tokens[client * world.tokens_each : (client + 1) * world.tokens_each]
    return own[number % len(own)]
