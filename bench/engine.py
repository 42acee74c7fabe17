"""What the booking engine costs: a series beside one booking, all that is free beside the day board."""

from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from itertools import cycle, islice
from statistics import median

from bench.booking import Slot, booking, call, free_slots
from bench.load import PLAIN, Clients, Request, Turn, request, send, times_as_dear
from bench.speed import Running
from bench.table import Measured, ratio
from bench.world import World

DATES = 150
EVERY_WEEKDAY = f"FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR;COUNT={DATES}"
DAYS, MINUTES = 14, 60
EACH = 5  # turns of a round
FOR_SERIES = slice(10, None)  # of the large office's rooms: those before are for others


def series(place: Running, clients: Clients, rounds: int, target: float | None, on: str) -> Measured:
    """A series and a booking in turns, by one client, through the same address."""
    world, server = place.world, place.server
    tokens = cycle(world.tokens)
    long, single = for_series(world), free_slots(world, world.rooms[-2])
    probe = booking(world, next(long), next(tokens), server.port, EVERY_WEEKDAY, PLAIN)
    answer = send(server.port, probe)
    if answer.status != 201 or len(answer.json["occurrences"]) != DATES:
        raise RuntimeError(f"no series of {DATES} dates: {answer.raw[:500]!r}")
    count = rounds * EACH

    def wanted(slots: Iterator[Slot], recurrence: str | None) -> list[Request]:
        raws = (booking(world, slot, next(tokens), server.port, recurrence) for slot in islice(slots, count))
        return [(server, raw, 201) for raw in raws]

    turns = clients.in_turns({"series": wanted(long, EVERY_WEEKDAY), "one": wanted(single, None)})
    note = f"{on}, {place.count} stored, {_cost_of(turns['series'], turns['one'])}"
    ratios = by_round(turns["series"], turns["one"])
    return ratio(f"a series of {DATES} dates, {on}", ratios, "× one booking", target, note)


def availability(place: Running, clients: Clients, rounds: int) -> list[Measured]:
    """What is free in fifty rooms for two weeks, beside the board of one day; nothing of it is kept."""
    world, server = place.world, place.server
    kinds = {
        "free": [(server, raw, 200) for raw in islice(cycle(free_times(place)), rounds * EACH)],
        "board": [(server, _board(place, world.large), 200)] * (rounds * EACH),
        "small board": [(server, _board(place, world.office), 200)] * (rounds * EACH),
    }
    turns = clients.in_turns(kinds)
    what = f"what is free in {len(world.large_rooms)} rooms for {DAYS} days"
    rows = []
    for title, other, target in (
        (f"{what}, beside their day board", "board", 3),
        (f"  beside the day board of {len(world.rooms)} rooms", "small board", None),
    ):
        note = f"{place.count} stored, {_cost_of(turns['free'], turns[other])}"
        rows.append(ratio(title, by_round(turns["free"], turns[other]), "× day board", target, note))
    return rows


def for_series(world: World, rooms: slice = FOR_SERIES) -> Iterator[Slot]:
    """Half hours that are free on every weekday from the first on."""
    for room in world.large_rooms[rooms]:
        yield from islice(free_slots(world, room), 18)


def free_times(place: Running) -> list[bytes]:
    """The question for what is free, by each token."""
    world = place.world
    until = date.fromisoformat(world.day) + timedelta(days=DAYS)
    path = f"/api/v1/availability?office={world.large}&from={world.day}&to={until}&minutes={MINUTES}"
    return [call("GET", path, token, place.server.port) for token in world.tokens]


def by_round(one: Sequence[Turn], other: Sequence[Turn], each: int = EACH) -> list[float]:
    """Of every so many turns how many times as long the one took."""
    starts = range(0, len(one), each)
    return [times_as_dear(one[at : at + each], other[at : at + each]).passed for at in starts]


def _board(place: Running, office: str) -> bytes:
    return request("GET", f"/offices/{office}/days/{place.world.day}", place.server.port)


def _cost_of(one: Sequence[Turn], other: Sequence[Turn]) -> str:
    longer, shorter = (median(turn.cost.passed for turn in turns) * 1000 for turns in (one, other))
    processor = times_as_dear(one, other).processor
    return f"{longer:.1f} ms beside {shorter:.1f}; {processor:.2f} by processor time of the workers"
