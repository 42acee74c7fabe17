"""kill -9 amid bookings: of a worker, of a process of PostgreSQL, of all of PostgreSQL.

Whatever was answered with 201 must be there afterwards, once, and the server must go on by itself.
"""

import os
import signal
import time
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path

from sqlalchemy import create_engine, text

from bench.booking import CALENDAR, booking, call, token_of
from bench.load import Clients, send
from bench.postgres import Postgres
from bench.races import Place
from bench.server import Server, below
from bench.table import Measured
from config import database_url

MOST = 120  # bookings that a client has ready for one time
CONNECTED = b"[local]"  # in the title of a process of PostgreSQL that serves a connection
BACK_WITHIN = 60.0  # seconds
ANSWERED_YET = 0.05  # seconds that an answer may take which was on its way already
PAUSE = 0.1  # seconds before the next, after an answer that is none
TWICE = """
    SELECT count(*) FROM slot a JOIN slot b ON a.resource_id = b.resource_id AND a.id < b.id
    WHERE a.live AND b.live AND a.blocks_from < b.blocks_until AND b.blocks_from < a.blocks_until
"""
HALF_DONE = """
    SELECT count(*) FROM booking WHERE NOT EXISTS (
        SELECT 1 FROM booking_date d JOIN slot s ON s.date_id = d.id WHERE d.booking_id = booking.id)
"""


@dataclass
class Seen:
    """What one client saw: ids answered with 201 and when, the other answers, connections dropped."""

    promised: list[tuple[float, int]] = field(default_factory=list)
    others: Counter[int] = field(default_factory=Counter)
    unsaid: int = 0  # 503 without Retry-After
    dropped: int = 0


def workers(place: Place, clients: Clients, rounds: int, seconds: float) -> list[Measured]:
    """A worker is killed amid bookings, again and again."""

    def kill() -> None:
        os.kill(place.server.workers[0], signal.SIGKILL)

    return _survives(place, "workers", clients, [kill] * rounds, seconds)


def backends(
    place: Place, clients: Clients, database: Postgres, rounds: int, seconds: float
) -> list[Measured]:
    """A process of PostgreSQL that serves a connection is killed: all of them fall, and it recovers."""

    def kill() -> None:
        serving = [each for each in below(database.process_id()) if CONNECTED in _title(each)]
        os.kill(serving[0], signal.SIGKILL)

    return _survives(place, "processes of PostgreSQL", clients, [kill] * rounds, seconds)


def postmaster(
    place: Place, clients: Clients, database: Postgres, rounds: int, seconds: float
) -> list[Measured]:
    """PostgreSQL is killed, all of it, and started again on the same folder; nobody restarts the server."""

    def kill() -> None:
        main = database.process_id()
        for each in (main, *below(main)):
            with suppress(ProcessLookupError):
                os.kill(each, signal.SIGKILL)
        database.start_again()

    return _survives(place, "PostgreSQL itself", clients, [kill] * rounds, seconds)


def _title(process_id: int) -> bytes:
    with suppress(OSError):
        return Path(f"/proc/{process_id}/cmdline").read_bytes()
    return b""


def _survives(
    place: Place, what: str, clients: Clients, kills: Sequence[Callable[[], None]], seconds: float
) -> list[Measured]:
    seen, gaps = list[Seen](), list[float]()
    for number, kill in enumerate(kills):
        raws = [
            [
                booking(place.world, slot, token_of(place.world, client, each), place.server.port)
                for each, slot in enumerate(islice(slots, MOST))
            ]
            for client, slots in zip(range(len(clients)), place.times, strict=False)
        ]
        with ThreadPoolExecutor(1) as meanwhile:
            killed = meanwhile.submit(_later, kill, seconds * (0.3 + 0.05 * (number % 4)))
            found = clients.each(_go_on, [(place.server, own, seconds) for own in raws])
            died_at = killed.result()
        back_at = _back_at(place)
        seen += found
        later = [at for each in found for at, _ in each.promised if at > died_at + ANSWERED_YET]
        gaps.append(min([*later, back_at]) - died_at)
    promised = {made for each in seen for _, made in each.promised}
    there = _there(place, promised)
    others = sum((each.others for each in seen), Counter[int]())
    told = "".join(f", {count} × {status}" for status, count in sorted(others.items()))
    dropped = sum(each.dropped for each in seen)
    note = (
        f"{len(promised)} answered with 201{told}, {dropped} connections dropped, {len(kills)} times; "
        f"booked again after {max(gaps):.1f} s at most"
    )
    wrong = sum(count for status, count in others.items() if status != 503) + sum(
        each.unsaid for each in seen
    )
    title = f"{place.name}, kill -9 of {what}"
    return [
        Measured(f"{title}: acknowledged and gone", len(promised - there), "", 0, note),
        Measured("  answers other than 201, or 503 with Retry-After", wrong, "", 0),
        Measured("  times held twice, bookings half done", _unsound(place), "", 0),
    ]


def _later(kill: Callable[[], None], seconds: float) -> float:
    """When it was done."""
    time.sleep(seconds)
    at = time.monotonic()
    kill()
    return at


def _back_at(place: Place) -> float:
    """When whoever asks gets an answer again. Nobody starts the server anew."""
    port, until = place.server.port, time.monotonic() + BACK_WITHIN
    while time.monotonic() < until:
        with suppress(OSError):
            if send(port, call("GET", f"{CALENDAR}?limit=1", place.world.tokens[-1], port)).status == 200:
                return time.monotonic()
        time.sleep(PAUSE)
    raise RuntimeError(f"no answer for {BACK_WITHIN:.0f} seconds")


def _go_on(server: Server, raws: Iterable[bytes], seconds: float) -> Seen:
    """Books one thing after another for so long, whatever comes."""
    seen, until = Seen(), time.monotonic() + seconds
    for raw in raws:
        if time.monotonic() > until:
            break
        try:
            answer = send(server.port, raw)
        except OSError:
            seen.dropped += 1
            time.sleep(PAUSE)
            continue
        if answer.made is not None:
            seen.promised.append((time.monotonic(), answer.made))
        elif not answer.raw:
            seen.dropped += 1
        else:
            seen.others[answer.status] += 1
            seen.unsaid += answer.status == 503 and b"\r\nRetry-After: " not in answer.raw
            time.sleep(PAUSE)
    return seen


def _there(place: Place, ids: Iterable[int]) -> set[int]:
    found, port = set(), place.server.port
    for number, each in enumerate(sorted(ids)):
        token = place.world.tokens[number % len(place.world.tokens)]
        answer = send(port, call("GET", f"{CALENDAR}/{each}", token, port))
        if answer.status == 200:
            found.add(each)
    return found


def _unsound(place: Place) -> int:
    engine = create_engine(database_url(place.server.database_url))
    with engine.connect() as connection:
        found = [connection.scalar(text(words)) or 0 for words in (TWICE, HALF_DONE)]
    engine.dispose()
    return sum(found)
