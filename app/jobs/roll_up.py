"""The jobs of the daily roll-up: kept up to date through the day, held against the bookings at night."""

from collections.abc import Callable
from datetime import datetime, timedelta

from flask import current_app

from app.models import Office
from app.services import job_claims
from app.services.job_claims import Claim, ClaimLost
from app.services.offices import offices
from app.services.reports.roll_up import compare, update


class NotRolledUp(Exception):
    """What went wrong, by office; the other offices are done."""


def roll_up(now: datetime, asked: bool) -> dict[str, int]:
    """Counts the days that are over and have changed or are missing."""

    def work(office: Office, held: Claim) -> int:
        return update.bring_up_to_date(office, held, now=now)

    days, errors = _each([office for office in offices() if update.is_behind(office, now)], now, work)
    if errors:
        raise NotRolledUp("; ".join(errors))
    return {"days": days}


def roll_up_check(now: datetime, asked: bool) -> dict[str, int]:
    """Holds every day of every office against its bookings; what differs is an error, and counted anew."""
    wrong: list[str] = []

    def work(office: Office, held: Claim) -> int:
        update.bring_up_to_date(office, held, now=now)
        found = compare.differing(office, now=now)
        if found:
            compare.mend(office, found, held)
            update.bring_up_to_date(office, held, now=now)
            wrong.append(f"{office.slug}: {len(found)} days were not what the bookings come to, counted anew")
        return len(found)

    differing, errors = _each(offices(), now, work)
    if wrong or errors:
        raise NotRolledUp("; ".join(wrong + errors))
    return {"differing": differing}


def _each(some: list[Office], now: datetime, work: Callable[[Office, Claim], int]) -> tuple[int, list[str]]:
    """The work for each office, whose roll-up nobody else touches meanwhile; the sum, and what went wrong."""
    total, errors = 0, []
    for office in some:
        held = job_claims.claim(update.JOB, office.slug, now=now, again_after=timedelta())
        if held is None:
            continue
        try:
            done = work(office, held)
            job_claims.finish_turn(held, now=now, result={"days": done})
            total += done
        except ClaimLost:
            continue  # another process has taken it over
        except Exception as error:
            current_app.logger.exception("the roll-up of %s failed", office.slug)
            job_claims.fail(held, f"{type(error).__name__}: {error}", now=now)
            errors.append(f"{office.slug}: {error}")
    return total, errors
