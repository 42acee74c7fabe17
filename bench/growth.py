"""Whether anything costs more where more is stored: the same with many bookings and with few, in turns."""

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import cycle, islice

from bench.booking import CALENDAR, Slot, booking, call, free_slots
from bench.browser import Browser
from bench.engine import by_round, for_series, free_times
from bench.load import PLAIN, Clients, Request, Turn, request, send, times_as_dear
from bench.speed import Running, feed
from bench.table import Measured, ratio

MOST = 1.1  # times
EACH = 8  # turns of a round
LEAST_ROUNDS = 4
SERIES = "FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR;COUNT=10"
Both = Mapping[str, Sequence[Turn]]


def measure(big: Running, small: Running, clients: Clients, seconds: float) -> list[Measured]:
    """Everything that reads for so many seconds each; then bookings made, changed and cancelled."""
    reads = {"many": _reads(big), "few": _reads(small)}
    rows = []
    for name in reads["many"]:
        turns: dict[str, list[Turn]] = {"many": [], "few": []}
        until = time.monotonic() + seconds
        while len(turns["many"]) < LEAST_ROUNDS * EACH or time.monotonic() < until:
            again = {who: [next(asked[name]) for _ in range(EACH)] for who, asked in reads.items()}
            for who, found in clients.in_turns(again).items():
                turns[who] += found
        rows.append(_row(name, turns, big, small))
    rounds = LEAST_ROUNDS + int(4 * seconds)
    return rows + [_row(name, turns, big, small) for name, turns in _writes(big, small, clients, rounds)]


def _row(name: str, turns: Both, big: Running, small: Running) -> Measured:
    ratios = by_round(turns["many"], turns["few"], EACH)
    processor = times_as_dear(turns["many"], turns["few"]).processor
    note = f"{processor:.2f} by processor time; {len(ratios)} rounds of {EACH} in turns"
    title = f"{name}: {_thousands(big.count)} bookings beside {_thousands(small.count)}"
    return ratio(title, ratios, "times", MOST, note)


def _reads(place: Running) -> Mapping[str, Iterator[Request]]:
    """Endless requests of every kind. What needs a token takes them in turn, for the limit on calls."""
    world, server = place.world, place.server
    host = Browser(server.port)
    host.sign_in(world.host, world.password)
    as_host, day = {"Cookie": host.cookie}, f"/offices/{world.office}/days/{world.day}"
    listed = f"{CALENDAR}?office={world.office}&from={world.day}&limit=50"
    path, known = feed(place)

    def page(path: str, headers: dict[str, str] | None = None, status: int = 200) -> Iterator[Request]:
        return cycle([(server, request("GET", path, server.port, headers or {}), status)])

    def api(path: str) -> Iterator[Request]:
        return cycle([(server, call("GET", path, token, server.port), 200) for token in world.tokens])

    return {
        "day board, visitor": page(day),
        "day board, host": page(day, as_host),
        "day of the host": page(f"/host/{world.office}/{world.day}", as_host),
        "my bookings": page("/bookings", as_host),
        "304 of a feed": page(path, known, 304),
        "bookings by API": api(listed),
        "bookings by API, next page": api(f"{listed}&cursor={_cursor(place, listed)}"),
        "what is free by API": cycle([(server, raw, 200) for raw in free_times(place)]),
    }


def _cursor(place: Running, path: str) -> str:
    port = place.server.port
    asked = call("GET", path, place.world.tokens[0], port, headers=PLAIN)
    return str(send(port, asked).json["next_cursor"])


def _writes(
    big: Running, small: Running, clients: Clients, rounds: int
) -> Iterator[tuple[str, Mapping[str, Sequence[Turn]]]]:
    """One booking, then changed, then cancelled; and a short series."""
    places = {"many": big, "few": small}
    wanted = {who: list(islice(_single(place), rounds * EACH)) for who, place in places.items()}
    tokens = {who: place.world.tokens for who, place in places.items()}

    def in_turns(ask: Callable[[str, int], bytes], status: int) -> Both:
        kinds = {
            who: [(place.server, ask(who, number), status) for number in range(rounds * EACH)]
            for who, place in places.items()
        }
        return clients.in_turns(kinds)

    def token(who: str, number: int) -> str:
        return tokens[who][number % len(tokens[who])]

    def book(who: str, number: int) -> bytes:
        place = places[who]
        return booking(place.world, wanted[who][number], token(who, number), place.server.port)

    made = in_turns(book, 201)
    yield "a booking by API", made

    def change(who: str, number: int) -> bytes:
        """To the room beside it, at the same time."""
        place, path = places[who], f"{CALENDAR}/{made[who][number].made}"
        other = {"resources": [place.world.large_rooms[1]]}
        return call("PATCH", path, token(who, number), place.server.port, other, {"If-Match": "*"})

    yield "a booking changed", in_turns(change, 200)

    def cancel(who: str, number: int) -> bytes:
        place, path = places[who], f"{CALENDAR}/{made[who][number].made}"
        return call("DELETE", path, token(who, number), place.server.port)

    yield "a booking cancelled", in_turns(cancel, 200)
    dates = {who: for_series(place.world, slice(2, 10)) for who, place in places.items()}

    def repeat(who: str, number: int) -> bytes:
        place = places[who]
        return booking(place.world, next(dates[who]), token(who, number), place.server.port, SERIES)

    yield "a series by API", in_turns(repeat, 201)


def _single(place: Running) -> Iterator[Slot]:
    return free_slots(place.world, place.world.large_rooms[0])


def _thousands(count: int) -> str:
    return f"{count:,}".replace(",", " ")
