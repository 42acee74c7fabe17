"""A frozen report counted again: does it still come to the same, and if not, what differs?"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from app.domain.period import Period
from app.models import Office, Project, ReportSnapshot
from app.services.reports.changes import changes_beside, differences
from app.services.reports.live import report_with_origin
from app.services.reports.since import causes_of, closures_since, differences_between
from app.services.snapshots import content_of, frozen, origin_kept


@dataclass(frozen=True, slots=True)
class Verification:
    """What counting again gave. `differences` are of the period's own figures, `beside` of those around them.

    `torn` names what the snapshot says of itself that does not fit together, `causes` why other data differs.
    """

    snapshot: ReportSnapshot
    checksum: str
    method: str
    differences: Sequence[Mapping[str, Any]]
    beside: Sequence[Mapping[str, Any]]
    torn: Sequence[str]
    causes: Sequence[Mapping[str, Any]] = ()

    @property
    def same_data(self) -> bool:
        """Whether it would be counted from the same bookings and hours."""
        return self.checksum == self.snapshot.checksum

    @property
    def holds(self) -> bool:
        """Whether the data, the figures and the snapshot's own words are as they were."""
        return self.same_data and not self.differences and not self.torn


def verify(
    office: Office, period: Period, project: Project, revision: int | None = None, *, now: datetime
) -> Verification:
    """Counts the frozen report again, the latest revision unless one is named. NotFound."""
    snapshot = frozen(office, period, project, revision)
    kept = content_of(snapshot)
    live, origin = report_with_origin(office, period, project, now=now)
    found, before = differences(kept, live), origin_kept(snapshot)
    causes: Sequence[Mapping[str, Any]] = ()
    if live["checksum"] != snapshot.checksum:
        changed = differences_between(before, origin) if before else None
        causes = causes_of(changed, closures_since(office, origin.within, snapshot.frozen_at), found)
    return Verification(
        snapshot=snapshot,
        checksum=live["checksum"],
        method=live["method"],
        differences=found,
        beside=changes_beside(kept, live),
        torn=_torn(snapshot, kept),
        causes=causes,
    )


def _torn(snapshot: ReportSnapshot, kept: Mapping[str, Any]) -> list[str]:
    expected = {
        "checksum": snapshot.checksum,
        "method": snapshot.method,
        "revision": snapshot.revision,
        "period": {"from": snapshot.starts_on.isoformat(), "to": snapshot.ends_on.isoformat()},
        "office": snapshot.office.slug,
        "project": snapshot.project.slug,
    }
    return [name for name, value in expected.items() if kept.get(name) != value]
