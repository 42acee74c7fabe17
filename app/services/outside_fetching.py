"""Fetching calendars that are kept elsewhere, again and again: politely, and none stops another."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy import select

from app.extensions import db
from app.models import OutsideCalendar, Resource
from app.services.calendar_import import CalendarFileInvalid
from app.services.outside_calendars import EVERY, Look, keep_times, look_at
from app.services.transaction import use_case
from calendars.fetch import NEVER_ASKED, Fetched, FetchError, Known

BATCH = 20  # all of them within a job's lease, however slow they are
LONGEST_PAUSE = timedelta(days=1)
MOST_DOUBLINGS = 7
# Series go on, and so does the time that they are laid out for: once a day also where nothing has changed.
READ_AGAIN = timedelta(days=1)

Get = Callable[[str, Known], Fetched]  # raises FetchError


@dataclass(slots=True)
class Turn:
    """What came of fetching what is due. `wrong` are failures of ours, not of the calendars."""

    fetched: int = 0
    unreachable: int = 0
    wrong: list[str] = field(default_factory=list)


def fetch_due(now: datetime, get: Get) -> Turn:
    """Fetches every calendar whose turn it is, at most a batch."""
    turn = Turn()
    for calendar_id in _due(now):
        try:
            error = _fetch(calendar_id, now, get)
        except Exception as failure:  # whatever it is, the next calendar must not wait for it
            _keep(calendar_id, now, error="broken")
            turn.wrong.append(f"calendar {calendar_id}: {type(failure).__name__}")
            continue
        turn.fetched += error is None
        turn.unreachable += error is not None
    return turn


def _due(now: datetime) -> Sequence[int]:
    query = (
        select(OutsideCalendar.id)
        .join(OutsideCalendar.resource)
        .where(OutsideCalendar.due_at <= now, Resource.retired.is_(False))
        .order_by(OutsideCalendar.due_at, OutsideCalendar.id)
    )
    return db.session.scalars(query.limit(BATCH)).all()


def _fetch(calendar_id: int, now: datetime, get: Get) -> str | None:
    calendar = db.session.get(OutsideCalendar, calendar_id)
    if calendar is None or calendar.address is None:
        return None
    fresh = now - calendar.read_at < READ_AGAIN
    known = Known(calendar.etag, calendar.last_modified) if fresh else NEVER_ASKED
    address, resource, shows_titles = calendar.address, calendar.resource, calendar.shows_titles
    db.session.rollback()  # nobody waits for us while we wait for others
    look = None
    try:
        fetched = get(address, known)
        if fetched.content is not None:
            look = look_at(fetched.content, resource, shows_titles=shows_titles, now=now)
    except FetchError as error:
        return _keep(calendar_id, now, error=error.code)
    except CalendarFileInvalid as invalid:
        return _keep(calendar_id, now, error=str(invalid.params["reason"]))
    return _keep(calendar_id, now, look=look, known=fetched.known)


@use_case
def _keep(
    calendar_id: int,
    now: datetime,
    *,
    look: Look | None = None,
    known: Known = NEVER_ASKED,
    error: str | None = None,
) -> str | None:
    """Notes what came of it; where it failed, what was read before stays."""
    query = select(OutsideCalendar).where(OutsideCalendar.id == calendar_id)
    calendar = db.session.scalar(query.with_for_update(key_share=True))
    if calendar is None:  # taken away meanwhile
        return error
    calendar.tried_at, calendar.error = now, error
    calendar.failures = calendar.failures + 1 if error else 0
    calendar.due_at = now + min(EVERY * 2 ** min(calendar.failures, MOST_DOUBLINGS), LONGEST_PAUSE)
    if error is None:
        calendar.good_at = now
    if look is not None:
        calendar.etag, calendar.last_modified = known.etag, known.last_modified
        calendar.read_at, calendar.reaches_until = now, look.until
        keep_times(calendar, look.times)
    return error
