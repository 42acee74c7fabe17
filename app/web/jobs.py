"""What the host's page says of the scheduled jobs: a scheduler that has died silently must be seen."""

from datetime import datetime

from flask_babel import gettext, lazy_gettext

from app.services.job_claims import job_overview
from app.wording.formats import Zone, clock, date_short

NAMES = {
    "monthly-reports": lazy_gettext("Monthly reports"),
    "requests": lazy_gettext("Requests that nobody answered"),
    "no-shows": lazy_gettext("Releasing what nobody came to"),
    "waiting": lazy_gettext("Telling those who wait for a time"),
    "send-mail": lazy_gettext("Sending mail"),
    "outside-calendars": lazy_gettext("Fetching calendars from outside"),
    "roll-up": lazy_gettext("Figures by day"),
    "roll-up-check": lazy_gettext("Figures by day held against the bookings"),
    "holidays": lazy_gettext("Public holidays of coming years"),
    "clean-up": lazy_gettext("Forgetting expired sign-ins"),
}


def job_lines(now: datetime, tz: Zone) -> list[tuple[str, str, bool]]:
    """Each job's name, when it last ran, and whether all is well with it."""
    return [(str(NAMES[job]), _when(last, tz), ok) for job, last, ok in job_overview(now)]


def _when(last: datetime | None, tz: Zone) -> str:
    if last is None:
        return gettext("has never run")
    return gettext("last %(day)s at %(time)s", day=date_short(last, tz), time=clock(last, tz))
