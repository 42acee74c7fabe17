"""What a period comes to without the months before the first booking, of which nothing is known.

The period itself is counted whole: open hours are open hours, whoever knew of the office (see
docs/decisions/0049). So this stands beside the figure, and is in no other.
"""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any

from app.domain.period import Period
from app.domain.utilisation import in_hours
from app.models import Office, Project
from app.services.reports.times import month_times


def since_data(
    offices: Sequence[Office],
    period: Period,
    project: Project | None,
    known_from: Mapping[str, date | None],
    today: date,
) -> dict[str, Any] | None:
    """The hours from the month of each office's first booking on; None where that is not within the period.

    `known_from` is that day, by office. `from` is the first of these months. While the period runs only
    the days that are over count.
    """
    begun = {slug: _month_begun(first, project) for slug, first in known_from.items()}
    end = min(period.last_exclusive, today)
    known = [first for first in begun.values() if first and first < end]
    if not known or all(first and first <= period.first for first in begun.values()):
        return None
    available = used = timedelta()
    kinds = project.kinds if project else None
    for office in offices:
        first = begun[office.slug]
        if first and first < end:
            part = Period(max(first, period.first), end)
            (time,) = month_times([office], [part], kinds)
            available, used = available + time.available, used + time.used
    return {
        "from": max(min(known), period.first).isoformat(),
        "available_hours": in_hours(available),
        "used_hours": in_hours(used),
        "utilisation": used / available if available else None,
    }


def _month_begun(first: date | None, project: Project | None) -> date | None:
    """The first day of the month in which anything is known of an office; in the project, if any."""
    if first is None:
        return None
    begun = first.replace(day=1)
    return max(begun, project.starts_on) if project else begun
