"""How the jobs are doing: what is silent, failed, or runs next, and whether somebody should be woken."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from flask import Flask

from app.domain.errors import NotAllowed, NotFound
from app.services import job_claims
from app.services.job_claims import TURNS, Claim, claim, fail, finish_turn
from app.services.job_paces import DAY, MINUTELY, OFTEN, PACES, Pace
from app.services.job_states import JobState, broken_jobs, job_states, run_soon
from tests.databases import both
from tests.factories import Factory

NOW = datetime(2026, 11, 2, 6, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
HOUR = timedelta(hours=1)
STOCKHOLM = ZoneInfo("Europe/Stockholm")
NIGHTLY = Pace(look=5 * MINUTE, again_after=DAY, at=time(3, 30))


def turn(job: str, now: datetime = NOW, again_after: timedelta = MINUTE / 2) -> Claim | None:
    return claim(job, TURNS, now=now, again_after=again_after)


def done(job: str, now: datetime = NOW, **result: int) -> None:
    held = turn(job, now)
    assert held
    finish_turn(held, now=now, result=dict(result))


def state(job: str, now: datetime = NOW) -> JobState:
    return next(each for each in job_states(now) if each.job == job)


@both
def test_what_is_silent_and_what_failed_is_told(app: Flask) -> None:
    for job in ("monthly-reports", "send-mail", "holidays"):
        done(job)
    failed = claim("monthly-reports", "kontoret/2026-10", now=NOW)
    assert failed
    fail(failed, "RuntimeError", now=NOW)
    told = {each.job: (each.last_at, each.ok) for each in job_states(NOW + 5 * MINUTE)}
    assert told["monthly-reports"] == (NOW, False)  # one month waits with an error
    assert told["send-mail"] == (NOW, False)  # a minute's job, silent for five
    assert told["holidays"] == (NOW, True)
    assert told["clean-up"] == (None, False)  # never
    assert list(told) == list(PACES)


@both
def test_the_last_turn_and_the_next_are_told(app: Flask) -> None:
    assert state("send-mail").next_at is None
    done("send-mail", sent=3)
    found = state("send-mail", NOW + MINUTE / 4)
    assert (found.last_at, found.next_at, found.result) == (NOW, NOW + MINUTE, {"sent": 3})
    assert found.ok


def test_who_is_at_it_is_told_and_not_called_late(app: Flask) -> None:
    done("send-mail")
    later = NOW + 8 * MINUTE
    assert broken_jobs(later) == ["send-mail"]
    assert turn("send-mail", later)
    assert state("send-mail", later + MINUTE).running_since == later
    assert broken_jobs(later + MINUTE) == []
    dead = later + job_claims.LEASE
    assert state("send-mail", dead).running_since is None  # its process is gone
    assert broken_jobs(dead) == ["send-mail"]


@both
def test_a_failure_is_a_moments_trouble_and_several_are_not(app: Flask) -> None:
    at = NOW
    for failures in (1, 2, 3):
        at += 15 * MINUTE
        held = turn("holidays", at)
        assert held
        fail(held, "OSError: no answer", now=at)
        found = state("holidays", at)
        assert (found.failures, found.failed_at, found.error) == (failures, at, "OSError: no answer")
        assert found.running_since is None
        assert (broken_jobs(at) == ["holidays"]) == (failures == 3)
    done("holidays", at + HOUR)
    found = state("holidays", at + HOUR)
    assert (found.failures, found.failed_at, found.error) == (0, None, None)
    assert broken_jobs(at + HOUR) == []


def test_a_period_that_nobody_tries_any_more_wakes_nobody(app: Flask) -> None:
    at = NOW
    for _ in range(4):
        held = claim("monthly-reports", "ended/2026-10", now=at)
        assert held
        fail(held, "RuntimeError", now=at)
        at += 15 * MINUTE
    done("monthly-reports", at)
    assert broken_jobs(at) == ["monthly-reports"]
    done("monthly-reports", at + 3 * HOUR)
    assert broken_jobs(at + 3 * HOUR) == []
    assert not state("monthly-reports", at + 3 * HOUR).ok  # yet the host's page goes on telling it


def test_a_job_that_never_ran_is_missed_once_the_office_has_been_here_long_enough(
    app: Flask, make: Factory
) -> None:
    assert broken_jobs(NOW) == []
    make.office(created_at=NOW)
    assert broken_jobs(NOW + 3 * MINUTE) == []
    hour_later = broken_jobs(NOW + HOUR)
    assert "send-mail" in hour_later
    assert "holidays" not in hour_later
    assert "holidays" in broken_jobs(NOW + 25 * HOUR)


@both
def test_a_host_can_have_a_job_done_at_the_next_look(app: Flask, make: Factory) -> None:
    office, host = make.office(), make.host()
    done("holidays")
    soon = NOW + 5 * MINUTE
    pause = PACES["holidays"].since_due(soon, STOCKHOLM)
    assert turn("holidays", soon, pause) is None
    run_soon("holidays", office, by=host, now=soon)
    assert (state("holidays", soon).asked, state("holidays", soon).next_at) == (True, soon)
    held = turn("holidays", soon, pause)
    assert held
    assert held.asked
    finish_turn(held, now=soon)
    assert not state("holidays", soon).asked
    assert turn("holidays", soon, pause) is None


def test_asking_ends_the_pause_after_a_failure_and_disturbs_nobody_at_work(app: Flask, make: Factory) -> None:
    office, host = make.office(), make.host()
    held = turn("holidays")
    assert held
    run_soon("holidays", office, by=host, now=NOW)
    assert turn("holidays") is None
    fail(held, "OSError", now=NOW)
    assert turn("holidays", NOW + MINUTE) is None
    run_soon("holidays", office, by=host, now=NOW + MINUTE)
    assert turn("holidays", NOW + MINUTE)


def test_hosts_alone_ask_and_only_for_what_does_no_harm(app: Flask, make: Factory) -> None:
    office, host, member = make.office(), make.host(), make.person()
    with pytest.raises(NotAllowed):
        run_soon("holidays", office, by=member, now=NOW)
    for job in ("monthly-reports", "clean-up", "nothing"):
        with pytest.raises(NotFound):
            run_soon(job, office, by=host, now=NOW)


@pytest.mark.parametrize(
    ("last", "expected"),
    [
        ("2026-11-02T03:00+01:00", "2026-11-02T03:30+01:00"),
        ("2026-11-02T03:30+01:00", "2026-11-03T03:30+01:00"),
        ("2026-11-02T14:00+01:00", "2026-11-03T03:30+01:00"),
        ("2026-03-28T03:40+01:00", "2026-03-29T03:30+02:00"),  # 23 hours
        ("2026-10-24T03:40+02:00", "2026-10-25T03:30+01:00"),  # 25 hours
    ],
)
def test_once_a_night_by_the_clock_on_the_wall(last: str, expected: str) -> None:
    done_at, due = datetime.fromisoformat(last), datetime.fromisoformat(expected)
    assert NIGHTLY.next_turn(done_at, STOCKHOLM) == due
    assert due - NIGHTLY.since_due(due, STOCKHOLM) >= done_at  # its turn has come
    before = due - MINUTE
    assert before - NIGHTLY.since_due(before, STOCKHOLM) < done_at  # and not before


@pytest.mark.parametrize("job", [job for job, pace in PACES.items() if pace.every >= DAY])
@pytest.mark.parametrize("first", ["2026-03-26", "2026-10-22", "2026-11-20"])
def test_daily_jobs_come_at_the_same_time_every_day(job: str, first: str) -> None:
    """A scheduler that looks every five minutes and a little late: told and due agree, and nothing drifts."""
    pace = PACES[job]
    look = datetime.combine(date.fromisoformat(first), time(0), STOCKHOLM).astimezone(UTC)
    done_at, turns = look - HOUR, []
    told = pace.next_turn(done_at, STOCKHOLM)
    for _ in range(6 * 24 * 12):
        look += 5 * MINUTE + timedelta(seconds=1)
        if done_at <= look - pace.since_due(look, STOCKHOLM):
            turns.append(look.astimezone(STOCKHOLM))
            assert timedelta() <= look - told < 6 * MINUTE
            done_at, told = look, pace.next_turn(look, STOCKHOLM)
    assert pace.at
    expected = [datetime.combine(each, pace.at) for each in dict.fromkeys(turn.date() for turn in turns)]
    late = [turn.replace(tzinfo=None) - due for turn, due in zip(turns, expected, strict=True)]
    assert len(turns) == 6
    assert all(timedelta() <= each < 6 * MINUTE for each in late)


@pytest.mark.parametrize("pace", [MINUTELY, OFTEN])
def test_others_come_with_every_look(pace: Pace) -> None:
    assert pace.next_turn(NOW, STOCKHOLM) == NOW + pace.look
    assert pace.since_due(NOW, STOCKHOLM) == pace.again_after < pace.look


def test_after_a_failure_the_next_run_is_the_next_try_and_not_late(app: Flask) -> None:
    done("holidays", NOW - DAY)
    held = turn("holidays")
    assert held
    fail(held, "OSError", now=NOW)
    again = NOW + job_claims.PAUSE
    found = state("holidays", again + MINUTE)
    assert (found.next_at, found.ok, found.overdue) == (again, False, False)
    assert broken_jobs(again + MINUTE) == []
    assert state("holidays", again + HOUR).overdue  # nobody has tried it again
