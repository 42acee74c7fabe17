"""How often a token may call, counted once for all workers."""

import subprocess
import sys
from datetime import timedelta

from app.api.access import WRITES
from app.api.limits import LOOKED_AT, Buckets
from tests.conftest import NOW

SECOND = timedelta(seconds=1)

# What gunicorn does with preload_app: the memory is mapped, then the workers are forked.
FORKED = """
import os
from datetime import UTC, datetime
from app.api.limits import Buckets

buckets, now = Buckets(burst=50, per_minute=60), datetime(2026, 9, 7, 7, tzinfo=UTC)
for _ in range(4):
    if os.fork() == 0:
        os._exit(sum(buckets.wait("token", now) == 0 for _ in range(30)))
    print(os.waitstatus_to_exitcode(os.wait()[1]))
"""


def test_the_limit_keeps_what_the_contract_promises() -> None:
    bucket = Buckets(WRITES.burst, WRITES.per_minute)
    assert all(bucket.wait("token", NOW) == 0 for _ in range(60))
    spread = [bucket.wait("token", NOW + SECOND * number / 2) for number in range(600)]
    assert not any(spread), "120 a minute for five minutes"


def test_a_bucket_empties_and_fills_with_time() -> None:
    bucket = Buckets(burst=3, per_minute=6)
    assert [bucket.wait("token", NOW) for _ in range(5)] == [0, 0, 0, 10, 10]
    assert bucket.wait("token", NOW + 9 * SECOND) == 1
    assert [bucket.wait("token", NOW + 10 * SECOND) for _ in range(2)] == [0, 10]
    assert [bucket.wait("token", NOW + timedelta(hours=1)) for _ in range(4)] == [0, 0, 0, 10]


def test_tokens_are_counted_apart() -> None:
    bucket = Buckets(burst=1, per_minute=1)
    assert [bucket.wait(token, NOW) for token in ("one", "other", "one")] == [0, 0, 60]


def test_a_clock_that_is_put_back_shuts_nobody_out() -> None:
    bucket = Buckets(burst=2, per_minute=60)
    assert [bucket.wait("token", NOW) for _ in range(3)] == [0, 0, 1]
    assert bucket.wait("token", NOW - timedelta(days=1)) == 1
    assert bucket.wait("token", NOW - timedelta(days=1) + SECOND) == 0


def test_more_tokens_than_places_lose_their_count_and_nothing_else() -> None:
    bucket = Buckets(burst=1, per_minute=1, places=LOOKED_AT)
    assert not any(bucket.wait(str(number), NOW) for number in range(100))
    assert len(bucket.memory) == LOOKED_AT * 16


def test_all_workers_count_together() -> None:
    done = subprocess.run([sys.executable, "-c", FORKED], capture_output=True, text=True, check=True)
    assert [int(line) for line in done.stdout.split()] == [30, 20, 0, 0]
