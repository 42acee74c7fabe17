"""Each company counted once: in the period, and in the project so far."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import select

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
        period: Iterable[DateTally],
        so_far: Iterable[DateTally] | None,
        *,
        begins: datetime,
        project_from: date | None,
    ) -> "Companies":
        """`so_far`: the project until the end of the period, which `begins` then."""
        known = _enterprises()
        now = _companies(period, known)
        if so_far is None:
            return cls(len(now), None, None, None)
        earlier = [tally for tally in so_far if tally.row.date_start < begins]
        return cls(
            in_period=len(now),
            new_in_period=len(now - _companies(earlier, known)),
            in_project=len(_companies(so_far, known)),
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


def _companies(tallies: Iterable[DateTally], known: dict[str, str]) -> set[str]:
    return {
        known.get(tally.row.organisation, tally.row.organisation)
        for tally in tallies
        if tally.used and tally.row.category == COMPANY and tally.row.organisation
    }


def _enterprises() -> dict[str, str]:
    """Of slugs, the organisation number: one enterprise may be booked for under several names."""
    query = select(Organisation.slug, Organisation.organisation_number)
    found = {slug: "".join(filter(str.isdigit, number or "")) for slug, number in db.session.execute(query)}
    return {slug: number for slug, number in found.items() if number}
