"""A frozen report counted again: does it still come to the same, and if not, what differs?"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from app.domain.period import Period
from app.models import Office, Project, ReportSnapshot
from app.services.reports.aid import money_checksum
from app.services.reports.changes import changes_beside, differences, money_changed
from app.services.reports.live import count
from app.services.snapshots import causes_since, content_of, frozen, money_kept


@dataclass(frozen=True, slots=True)
class Verification:
    """What counting again gave. `differences` are of the period's own figures, `beside` of those around them.

    `money` differs in the annex about money, which is counted from data of its own: `money_kept` and
    `money_now` are the checksums of that, the first None where an older version kept none. `torn` names what
    the snapshot says of itself that does not fit together, `causes` why other data differs.
    """

    snapshot: ReportSnapshot
    checksum: str
    method: str
    differences: Sequence[Mapping[str, Any]]
    beside: Sequence[Mapping[str, Any]]
    torn: Sequence[str]
    causes: Sequence[Mapping[str, Any]]
    money: Sequence[Mapping[str, Any]]
    money_kept: str | None
    money_now: str

    @property
    def same_data(self) -> bool:
        """Whether it would be counted from the same bookings and hours."""
        return self.checksum == self.snapshot.checksum

    @property
    def same_money(self) -> bool:
        """Whether its annex about money would be counted from the same amounts and decisions."""
        return self.money_kept in (None, self.money_now)

    @property
    def figures_hold(self) -> bool:
        """Whether the data, the figures and the snapshot's own words are as they were."""
        return self.same_data and not self.differences and not self.torn

    @property
    def holds(self) -> bool:
        """Whether the money is as it was, too."""
        return self.figures_hold and self.same_money and not self.money


def verify(
    office: Office, period: Period, project: Project, revision: int | None = None, *, now: datetime
) -> Verification:
    """Counts the frozen report again, the latest revision unless one is named. NotFound."""
    snapshot = frozen(office, period, project, revision)
    kept = content_of(snapshot)
    live, money = count(office, period, project, now=now), money_kept(snapshot)
    found, in_money = differences(kept, live.report), money_changed(snapshot.content, live.report)
    same = live.report["checksum"] == snapshot.checksum and money in (None, live.money)
    return Verification(
        snapshot=snapshot,
        checksum=live.report["checksum"],
        method=live.report["method"],
        differences=found,
        beside=changes_beside(kept, live.report),
        torn=_torn(snapshot, kept),
        causes=() if same else causes_since(snapshot, live, found),
        money=in_money,
        money_kept=None if money is None else money_checksum(money),
        money_now=money_checksum(live.money),
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
