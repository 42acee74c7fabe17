"""Each company counted once: in the period, and in the project so far."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import select

from app.domain.localtime import local_date
from app.domain.period import Period
from app.domain.utilisation import DateTally
from app.extensions import db
from app.models import Organisation

COMPANY = "company"


@dataclass(frozen=True, slots=True)
class Companies:
    """How many different companies used time. The project's are None where there is no project."""

    in_period: int
    new_in_period: int | None
    in_project: int | None
    project_from: date | None

    @classmethod
    def of(
        cls,
        in_period: Iterable[str],
        in_project: Mapping[str, date] | None,
        period: Period,
        project_from: date | None,
    ) -> "Companies":
        """`in_project`: until the end of the period, with the day on which each company's first use began."""
        known = _enterprises()
        now = {known.get(slug, slug) for slug in in_period}
        if in_project is None:
            return cls(len(now), None, None, None)
        earlier = {known.get(slug, slug) for slug, day in in_project.items() if day < period.first}
        return cls(
            in_period=len(now),
            new_in_period=len(now - earlier),
            in_project=len({known.get(slug, slug) for slug in in_project}),
            project_from=project_from,
        )

    def line(self) -> dict[str, Any]:
        """For the report JSON."""
        return {
            "in_period": self.in_period,
            "new_in_period": self.new_in_period,
            "in_project": self.in_project,
            "project_from": self.project_from.isoformat() if self.project_from else None,
        }


def companies_of(tallies: Iterable[DateTally], timezone: ZoneInfo) -> dict[str, date]:
    """The companies that used time, with the day on which the first use of each began."""
    found: dict[str, date] = {}
    for tally in tallies:
        slug = tally.row.organisation
        if tally.used and tally.row.category == COMPANY and slug:
            day = local_date(tally.row.date_start, timezone)
            found[slug] = min(day, found.get(slug, day))
    return found


def _enterprises() -> dict[str, str]:
    """Of slugs, the organisation number: one enterprise may be booked for under several names."""
    query = select(Organisation.slug, Organisation.organisation_number)
    found = {slug: "".join(filter(str.isdigit, number or "")) for slug, number in db.session.execute(query)}
    return {slug: number for slug, number in found.items() if number}
