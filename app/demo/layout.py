"""One place on one day: which of its open minutes are used."""

from collections.abc import Iterable, Iterator, Sequence
from random import Random

from app.demo.rhythm import HALL_SEATS, idleness
from app.demo.world import Place, Span

CELL = 30
STEP = 15
NOON = 12 * 60
HALF_FULL = 0.5
WHOLE = 0.45  # of the free stretches between two breaks go to one booking

Use = tuple[int, int]  # from minute to minute, half-open

_SMALL = ((30, 60, 90, 120, 180, 240, 420), (3, 10, 12, 27, 24, 17, 7))
_LARGE = ((60, 90, 120, 180, 240, 420), (7, 10, 26, 27, 20, 10))
_HALL = ((90, 120, 180, 240, 420), (8, 20, 34, 24, 14))
_VIDEO = ((30, 45, 60, 90, 120, 180), (2, 2, 20, 24, 30, 22))
LARGE_SEATS = 12


def fill(rng: Random, place: Place, span: Span, goal: float, taken: Sequence[Use]) -> list[Use]:
    """Uses of about `goal` minutes in all, apart from each other and from what is taken already."""
    if place.kind == "desk":
        return _desk(rng, span, goal / span.minutes) if not taken else []
    cells = _free_cells(place, span, taken)
    if goal < HALF_FULL * span.minutes:
        return _put_in(rng, place, span, cells, goal)
    _leave_empty(rng, span, cells, sum(cell is not None for cell in cells) - round(goal / CELL))
    return [use for stretch in _stretches(cells) for use in _cut(rng, place, stretch)]


def gaps(span: Span, taken: Sequence[Use]) -> list[Use]:
    """The whole half-hours, joined where they meet, of which nothing is taken."""
    cells: list[int | None] = [
        None if _is_taken(cell, taken, 0) else cell for cell in range(span.start, span.end - CELL + 1, CELL)
    ]
    return list(_stretches(cells))


def usual_length(rng: Random, place: Place) -> int:
    """How many minutes a booking of such a place lasts."""
    if place.kind == "desk":
        return 240
    lengths, weights = _lengths(place)
    return rng.choices(lengths, weights)[0]


def _lengths(place: Place) -> tuple[Sequence[int], Sequence[int]]:
    if place.kind == "video":
        return _VIDEO
    if place.capacity >= HALL_SEATS:
        return _HALL
    return _LARGE if place.capacity >= LARGE_SEATS else _SMALL


def _desk(rng: Random, span: Span, share: float) -> list[Use]:
    """All day, half the day or not at all; on average the share."""
    noon = span.start + NOON - span.local
    middle = noon if span.start < noon < span.end else (span.start + span.end) // 2 // STEP * STEP
    halves = [(span.start, middle), (middle, span.end)]
    drawn = rng.random()
    edge = min(0.12, share, 1 - share) if 0 < share < 1 else 0
    if drawn < share - edge:
        return halves if rng.random() < 0.3 else [(span.start, span.end)]
    return [rng.choice(halves)] if drawn < share + edge else []


def _free_cells(place: Place, span: Span, taken: Sequence[Use]) -> list[int | None]:
    """The half-hours of the span by their first minute; None where one is taken."""
    starts = range(span.start, span.end - CELL + 1, CELL)
    if not taken:
        return list(starts)
    return [None if _is_taken(start, taken, place.rest) else start for start in starts]


def _is_taken(cell: int, taken: Iterable[Use], rest: int) -> bool:
    return any(start - rest < cell + CELL and cell < end + rest for start, end in taken)


def _put_in(rng: Random, place: Place, span: Span, cells: list[int | None], goal: float) -> list[Use]:
    """A few bookings on a quiet day, or none, at the hours people like; on average the goal."""
    weights = [0.0 if cell is None else 1 / idleness(cell - span.start + span.local) for cell in cells]
    uses: list[Use] = []
    while any(weights):
        minutes = usual_length(rng, place)
        if goal < minutes * rng.random():
            break
        first = rng.choices(range(len(cells)), weights)[0]
        last = first
        while last < first + minutes / CELL and last < len(cells) and cells[last] is not None:
            last += 1
        use = span.start + CELL * first, span.start + CELL * last
        if use[1] - use[0] < _lengths(place)[0][0]:
            weights[first] = 0.0
            continue
        uses.append(use)
        goal -= use[1] - use[0]
        for i in range(len(cells)):
            if _is_taken(span.start + CELL * i, [use], place.rest):
                cells[i], weights[i] = None, 0.0
    return uses


def _leave_empty(rng: Random, span: Span, cells: list[int | None], count: int) -> None:
    """Takes `count` half-hours out, a few together, where the day is quiet."""
    weights = [0.0 if cell is None else idleness(cell - span.start + span.local) for cell in cells]
    while count > 0 and any(weights):
        first = rng.choices(range(len(cells)), weights)[0]
        for i in range(first, min(first + rng.randint(2, 4), len(cells))):
            if weights[i] and count > 0:
                cells[i], weights[i], count = None, 0.0, count - 1


def _stretches(cells: Iterable[int | None]) -> Iterator[Use]:
    """What is left, joined where half-hours meet."""
    start = end = None
    for cell in cells:
        if start is not None and end is not None and cell != end:
            yield start, end
            start = None
        if cell is not None:
            start, end = cell if start is None else start, cell + CELL
    if start is not None and end is not None:
        yield start, end


def _cut(rng: Random, place: Place, stretch: Use) -> Iterator[Use]:
    """Bookings back to back, or `rest` minutes apart, from the stretch's start to its end."""
    start, end = stretch
    shortest = _lengths(place)[0][0]
    if end - start < shortest:  # nobody takes the hall for half an hour
        return
    whole = place.kind == "room" and rng.random() < WHOLE
    while start < end:
        until = end if whole else start + usual_length(rng, place)
        if end - until - place.rest < shortest:  # what is left would be too short for another
            until = end
        yield start, until
        start = until + place.rest
