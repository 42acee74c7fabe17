"""Claims: one at a time, done once, taken over from the dead."""

from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask

from app.extensions import db
from app.models import JobRun
from app.services.health import last_job_at
from app.services.job_claims import (
    LEASE,
    PAUSE,
    TURNS,
    ClaimLost,
    claim,
    fail,
    finish_turn,
    periods_of,
)
from tests.databases import both

NOW = datetime(2026, 11, 2, 6, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


@both
def test_only_one_has_it(app: Flask) -> None:
    held = claim("job", "2026-10", now=NOW)
    assert held
    assert claim("job", "2026-10", now=NOW) is None
    assert claim("job", "2026-10", now=NOW + LEASE - MINUTE) is None
    assert claim("job", "2026-09", now=NOW)  # another period
    assert claim("other", "2026-10", now=NOW)


@both
def test_done_is_done(app: Flask) -> None:
    held = claim("job", "2026-10", now=NOW)
    assert held
    finish_turn(held, now=NOW, result={"mails": 2})
    assert claim("job", "2026-10", now=NOW + timedelta(days=400)) is None
    (row,) = db.session.query(JobRun)
    assert (row.done_at, row.leased_until, row.result, row.attempts) == (NOW, None, {"mails": 2}, 1)
    assert periods_of("job") == {"2026-10": NOW}


def test_the_last_sign_of_life_is_a_turn(app: Flask) -> None:
    for period, done_at in (("", NOW), ("2026-12", NOW + timedelta(days=60))):  # one was done as if later
        held = claim("job", period, now=done_at)
        assert held
        finish_turn(held, now=done_at)
    assert last_job_at() == NOW


@both
def test_who_died_with_it_loses_it_and_cannot_finish_later(app: Flask) -> None:
    first = claim("job", "2026-10", now=NOW)
    second = claim("job", "2026-10", now=NOW + LEASE)
    assert first
    assert second
    assert second.token > first.token
    with pytest.raises(ClaimLost):
        finish_turn(first, now=NOW + LEASE)
    fail(first, "too late", now=NOW + LEASE)  # changes nothing either
    finish_turn(second, now=NOW + LEASE)
    assert db.session.query(JobRun).one().last_error is None


@both
def test_a_failure_is_tried_again_after_a_pause(app: Flask) -> None:
    held = claim("job", "2026-10", now=NOW)
    assert held
    fail(held, "x" * 1000, now=NOW)
    assert claim("job", "2026-10", now=NOW + PAUSE - MINUTE) is None
    assert claim("job", "2026-10", now=NOW + PAUSE)
    (row,) = db.session.query(JobRun)
    assert (row.attempts, len(row.last_error or "")) == (2, 500)


@both
def test_a_turn_comes_again(app: Flask) -> None:
    def turn(now: datetime) -> bool:
        held = claim("job", TURNS, now=now, again_after=5 * MINUTE)
        if held:
            finish_turn(held, now=now)
        return held is not None

    assert turn(NOW)
    assert not turn(NOW + 4 * MINUTE)
    assert turn(NOW + 5 * MINUTE)
    # Somebody tried the job "next year"; today goes on all the same.
    assert turn(NOW + timedelta(days=365))
    assert turn(NOW + 6 * MINUTE)


@both
def test_a_lease_from_another_time_binds_nobody(app: Flask) -> None:
    assert claim("job", TURNS, now=NOW + timedelta(days=365), again_after=MINUTE)
    assert claim("job", TURNS, now=NOW, again_after=MINUTE)
