"""Many processes at one time for the same: who gets it, and what the others are told."""

import random
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from itertools import cycle, islice
from statistics import quantiles
from typing import Any

from bench.booking import CALENDAR, Slot, booking, call, free_slots
from bench.browser import TOKEN, Browser
from bench.load import PLAIN, Answer, Clients, request, send
from bench.server import Server
from bench.speed import Running
from bench.table import Measured
from bench.world import World

RACERS = 16
# Eight weeks that begin up to three weeks apart: any two of them meet, each pair at other dates.
SERIES, SERIES_APART = "FREQ=WEEKLY;COUNT=8", 4
TOGETHER, OF = 3, 4  # rooms of one wish, of so many: any two wishes share one at least
LATER = 12  # weeks: where the first races never come

Wish = tuple[tuple[str, ...], bytes]  # what is asked for, and the request
Judge = Callable[[Sequence[tuple[str, ...]]], bool]  # of what those asked for who won


@dataclass(frozen=True)
class Place:
    """A world, the server on it, and what it is called; half hours of its large rooms that nobody wants."""

    name: str
    world: World
    server: Server
    times: Sequence[Iterator[Slot]] = ()

    @classmethod
    def of(cls, name: str, running: Running) -> "Place":
        times = [free_slots(running.world, room) for room in running.world.large_rooms]
        return cls(name, running.world, running.server, times)


def races(place: Place, clients: Clients, rounds: int, fewer: int) -> list[Measured]:
    """Every kind of race; so many rounds of those that the issue counts, fewer of the others."""
    world, chance = place.world, random.Random(16)
    tokens = cycle(world.tokens)

    def wish(slot: Slot, recurrence: str | None = None) -> Wish:
        return slot.things, booking(world, slot, next(tokens), place.server.port, recurrence, PLAIN)

    def everybody(slots: Iterator[Slot], *things: str) -> list[Wish]:
        """Each thing is asked for, by as many as another."""
        slot, asked = next(slots), [*islice(cycle(things), len(clients))]
        chance.shuffle(asked)
        return [wish(slot.of(thing)) for thing in asked]

    def series() -> list[Wish]:
        slot, rooms = next(in_series), world.rooms[-OF:]
        return [
            wish(
                slot.later(timedelta(weeks=chance.randrange(SERIES_APART))).of(
                    *chance.sample(rooms, TOGETHER)
                ),
                SERIES,
            )
            for _ in range(len(clients))
        ]

    one_room, in_series = free_slots(world, world.rooms[-1]), free_slots(world, world.rooms[-1], LATER)
    pool, hall = free_slots(world, world.pool), free_slots(world, world.whole)
    members = len(world.desks)
    return [
        *_race(place, "one half hour", lambda: everybody(one_room, world.rooms[-1]), _one, clients, rounds),
        *_race(place, "series of three rooms", series, _one, clients, rounds),
        *_race(
            place,
            f"a pool of {members}",
            lambda: everybody(pool, world.pool),
            lambda won: len(won) == members,
            clients,
            fewer,
        ),
        *_race(
            place,
            "a hall and its parts",
            lambda: everybody(hall, world.whole, *world.parts),
            lambda won: _hall(world, won),
            clients,
            fewer,
        ),
        *_taken_back(place, clients, fewer),
    ]


def _one(won: Sequence[tuple[str, ...]]) -> bool:
    return len(won) == 1


def _hall(world: World, won: Sequence[tuple[str, ...]]) -> bool:
    """The whole alone, or each of its parts once."""
    things = sorted(thing for wish in won for thing in wish)
    return things in ([world.whole], sorted(world.parts))


def _race(
    place: Place, title: str, wishes: Callable[[], list[Wish]], fair: Judge, clients: Clients, rounds: int
) -> list[Measured]:
    statuses: Counter[int] = Counter()
    wrong, unnamed, seconds = 0, 0, list[float]()
    for _ in range(rounds):
        things, raws = zip(*wishes(), strict=True)
        answers = clients.race(place.server.port, raws)
        won = [thing for thing, answer in zip(things, answers, strict=True) if answer.status == 201]
        lost = [answer for answer in answers if answer.status != 201]
        unnamed += sum(not _names_a_clash(answer) for answer in lost)
        wrong += not fair(won)
        statuses += Counter(answer.status for answer in answers)
        seconds += [answer.seconds for answer in answers]
    told = ", ".join(f"{count} × {status}" for status, count in sorted(statuses.items()))
    note = f"{len(clients)} processes: {told}; {_within(seconds)}"
    of = f"of {rounds}"
    return [
        Measured(f"{place.name}, {title}: rounds won otherwise than by rights", wrong, of, 0, note),
        Measured("  losers without a 409 that names the clash", unnamed, "", 0),
    ]


def _within(seconds: Sequence[float]) -> str:
    return f"95 of 100 answered within {quantiles(seconds, n=20)[-1] * 1000:.0f} ms"


def _names_a_clash(answer: Answer) -> bool:
    return answer.status == 409 and bool(answer.json["clashes"])


def _taken_back(place: Place, clients: Clients, rounds: int) -> list[Measured]:
    """Sixteen cancelled bookings of one time are taken back at once; then the one that holds is approved.

    By the forms of the pages, as a host has them; what came of it is asked by the API.
    """
    world, server = place.world, place.server
    host = Browser(server.port)
    host.sign_in(world.host, world.password)
    slots, tokens = free_slots(world, world.asked), cycle(world.tokens)
    wrong, broken, seconds = 0, 0, list[float]()
    for _ in range(rounds):
        slot, cancelled = next(slots), list[Mapping[str, Any]]()
        for _ in range(len(clients)):
            token = next(tokens)
            made = send(server.port, booking(world, slot, token, server.port, headers=PLAIN)).json
            send(server.port, call("DELETE", f"{CALENDAR}/{made['id']}", token, server.port))
            cancelled.append({**made, "token": token})
        form = _form(host)
        back = [_post(place, host, f"/bookings/{each['id']}/restoration", form) for each in cancelled]
        answers = clients.race(server.port, back)
        holding = [each for each in cancelled if _status(place, each) in ("requested", "confirmed")]
        wrong += len(holding) != 1
        for each in holding:
            path = f"/host/dates/{each['occurrences'][0]['id']}/presence"
            approval = _post(place, host, path, {**form, "action": "approve"})
            answers += clients.race(server.port, [approval] * len(clients))
            wrong += _status(place, each) != "confirmed"
        broken += sum(answer.status >= 500 for answer in answers)
        seconds += [answer.seconds for answer in answers]
    note = f"{_within(seconds)}; then {len(clients)} approve the one"
    title = f"{place.name}, {len(clients)} cancelled bookings of one time taken back"
    return [
        Measured(f"{title}: rounds without exactly one", wrong, f"of {rounds}", 0, note),
        Measured("  answers that were errors of ours", broken, "", 0),
    ]


def _form(host: Browser) -> dict[str, str]:
    token = TOKEN.search(host.open("/bookings/new").body.decode())
    return {"csrf_token": token[1] if token else ""}


def _post(place: Place, host: Browser, path: str, form: Mapping[str, str]) -> bytes:
    body = "&".join(f"{name}={value}" for name, value in form.items()).encode()
    headers = {"Cookie": host.cookie, "Content-Type": "application/x-www-form-urlencoded"}
    return request("POST", path, place.server.port, headers, body)


def _status(place: Place, made: Mapping[str, Any]) -> str:
    port = place.server.port
    asked = call("GET", f"{CALENDAR}/{made['id']}", made["token"], port, headers=PLAIN)
    return str(send(port, asked).json["status"])
