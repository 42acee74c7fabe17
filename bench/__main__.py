"""`python -m bench [--quick]`: measures, prints the table, and keeps it in `instance/bench.md`."""

import argparse
import os
import platform
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from bench import booking, engine, feeds, fixtures, growth, kills, races, reports, schedulers, size, speed
from bench.load import clients
from bench.nginx import program
from bench.postgres import postgres
from bench.server import environment, free_port, serving
from bench.speed import Running
from bench.table import Measured, table
from bench.world import build
from config import INSTANCE

A_MILLION, MANY, FEW = 1_000_000, 100_000, 10_000


@contextmanager
def running(folder: Path, count: int, *, database_url: str = "", workers: int = 2) -> Iterator[Running]:
    """A world of so many bookings in a folder of its own, and a server on it."""
    folder.mkdir()
    port = free_port()
    settings = environment(folder, port, database_url)
    _say(f"Storing {count} bookings")
    world = build(count, settings)
    with serving(settings, port, workers) as server:
        yield Running(world, server, count)


def measure(folder: Path, quick: bool) -> Iterator[Measured]:
    yield from _speed(folder, quick)
    count, rounds = (MANY, 3) if quick else (A_MILLION, 9)
    _say(f"Reports of ten years, {count} bookings")
    yield from reports.measure(folder / "reports", count, rounds)
    yield from _feeds(folder, quick)
    _say("Calendars that other projects test themselves with, through the importer")
    yield from fixtures.measure(folder / "fixtures", 40 if quick else None)
    yield from _proofs(folder, quick)
    yield from _schedulers(folder, quick)


def _speed(folder: Path, quick: bool) -> Iterator[Measured]:
    rounds, seconds = (3, 0.2) if quick else (8, 0.3)
    with running(folder / "many", MANY) as big:
        with clients(speed.CLIENTS) as several:
            _say("Pages beside the bare page")
            yield from speed.measure(big, several, rounds, seconds)
        with clients(1) as one:
            _say("A series beside one booking, what is free beside the day board")
            yield engine.series(big, one, rounds, 8, "SQLite")
            yield from engine.availability(big, one, 2 * rounds)
            with running(folder / "few", FEW) as small:
                _say("Many stored beside few")
                yield from growth.measure(big, small, one, seconds=0.3 if quick else 1.2)
        with clients(booking.WRITERS) as writers:
            _say("Bookings by API")
            yield from booking.measure(big.world, big.server, writers, rounds // 2 + 1, 10)
        _say("Sizes")
        yield from size.memory(big.server)
        yield from size.weights(big.world, big.server)


def _feeds(folder: Path, quick: bool) -> Iterator[Measured]:
    with clients(1) as one, running(folder / "feeds", feeds.STORED) as found:
        _say("Feeds beside nginx")
        yield from feeds.measure(found, folder / "nginx", one, 4 if quick else 10)


def _proofs(folder: Path, quick: bool) -> Iterator[Measured]:
    rounds, fewer, deaths, seconds = (4, 2, 2, 1.5) if quick else (50, 12, 6, 2.0)
    with clients(races.RACERS) as racers, clients(booking.WRITERS) as writers:
        with running(folder / "sqlite", 500, workers=4) as found:
            place = races.Place.of("SQLite", found)
            _say("Sixteen at once, SQLite")
            yield from races.races(place, racers, rounds, fewer)
            _say("Workers killed amid bookings, SQLite")
            yield from kills.workers(place, writers, deaths, seconds)
        with (
            postgres(folder / "postgres-data") as database,
            running(folder / "postgres", 500, database_url=database.url, workers=4) as found,
        ):
            place = races.Place.of("PostgreSQL", found)
            with clients(1) as one:
                yield engine.series(found, one, 2 if quick else 6, None, "PostgreSQL")
            _say("Sixteen at once, PostgreSQL")
            yield from races.races(place, racers, rounds, fewer)
            _say("Workers and PostgreSQL killed amid bookings")
            yield from kills.workers(place, writers, deaths // 2, seconds)
            yield from kills.backends(place, writers, database, deaths // 2, 2 * seconds)
            yield from kills.postmaster(place, writers, database, deaths // 2, 2 * seconds)


def _schedulers(folder: Path, quick: bool) -> Iterator[Measured]:
    months = 12 if quick else schedulers.MONTHS
    _say(f"{schedulers.SCHEDULERS} schedulers on {months} months, killed and stopped, SQLite")
    yield from schedulers.measure("SQLite", folder / "schedulers", months=months)
    with postgres(folder / "schedulers-data") as database:
        _say("The same, PostgreSQL")
        yield from schedulers.measure("PostgreSQL", folder / "schedulers-postgres", database.url, months)


def main() -> int:
    parser = argparse.ArgumentParser(prog="make bench", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="fewer rounds: rough figures, not to judge by")
    quick = parser.parse_args().quick
    try:
        program()  # before anything is measured
    except RuntimeError as missing:
        sys.exit(f"make bench: {missing}")
    began = time.monotonic()
    rows: list[Measured] = []
    try:
        with tempfile.TemporaryDirectory(prefix="bench-") as folder:
            rows.extend(measure(Path(folder), quick))
    except BaseException:
        print(table(rows))  # what there was until then
        raise
    missed = sum(row.verdict == "MISSED" for row in rows)
    told = sum(row.target is not None for row in rows)
    how = f"{_machine()}{', quick' if quick else ''}, {time.monotonic() - began:.0f} seconds"
    written = f"{table(rows)}\n\n{told - missed} of {told} targets held. {how}.\n"
    print(f"\n{written}", end="")
    INSTANCE.mkdir(parents=True, exist_ok=True)
    (INSTANCE / "bench.md").write_text(f"# Benches\n\n{written}", "utf-8")
    return 0


def _machine() -> str:
    load = os.getloadavg()[0]
    return f"Python {platform.python_version()}, {os.cpu_count()} processors, load {load:.1f} at the end"


def _say(what: str) -> None:
    print(f"{what} …", file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main())
