"""The proofs of `make bench`, short: a round of every race and of every death, on both databases."""

from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from pathlib import Path

import pytest

from bench import kills, races
from bench.__main__ import running
from bench.booking import WRITERS
from bench.load import Clients, clients
from bench.postgres import Postgres, postgres
from bench.races import RACERS, Place
from bench.table import Measured

BOOKINGS, WORKERS = 60, 4
SHORT, LONG = 1.0, 2.5  # seconds; PostgreSQL takes a while to come back

Proof = tuple[Place, Postgres | None, Clients]


@pytest.fixture(scope="module", params=["sqlite", "postgres"])
def proof(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Proof]:
    """gunicorn with four workers on a small office, and a database that may be killed."""
    folder: Path = tmp_path_factory.mktemp("proofs")
    with ExitStack() as stack:
        racers = stack.enter_context(clients(RACERS))  # before there are threads
        database = stack.enter_context(postgres(folder / "data")) if request.param == "postgres" else None
        url = database.url if database else ""
        found = stack.enter_context(running(folder / "world", BOOKINGS, database_url=url, workers=WORKERS))
        yield Place.of(request.param, found), database, racers


def kept(rows: Sequence[Measured]) -> bool:
    """Whether something was judged, and all of it held. Shows the rows where not."""
    missed = [row for row in rows if row.verdict == "MISSED"]
    assert not missed
    return any(row.verdict == "held" for row in rows)


def test_of_sixteen_processes_those_win_who_should(proof: Proof) -> None:
    """One half hour, series in random order, a pool, a hall and its parts, cancelled bookings taken back."""
    place, _, racers = proof
    assert kept(races.races(place, racers, rounds=2, fewer=1))


def test_what_was_acknowledged_survives_the_death_of_who_acknowledged_it(proof: Proof) -> None:
    place, database, racers = proof
    writers = Clients(racers.pipes[:WRITERS])
    assert kept(kills.workers(place, writers, 1, SHORT))
    if database:
        assert kept(kills.backends(place, writers, database, 1, LONG))
        assert kept(kills.postmaster(place, writers, database, 1, LONG))
