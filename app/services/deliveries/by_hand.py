"""What a host who freezes a report by hand is told before: what it comes to, and who gets it when."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from app.domain.period import Period
from app.models import Office, Person, Project, ReportHold
from app.services.authorize import authorize
from app.services.deliveries.holds import open_hold
from app.services.deliveries.recipients import Recipient, readers_by_hand, recipients_of
from app.services.deliveries.sent import last_sent
from app.services.reports.monthly import DueReport, kind_of, reports_ahead
from app.services.snapshots import Pending, pending


@dataclass(frozen=True, slots=True)
class Reader:
    """Somebody whom the report may be sent to. `has`: the revision that they were sent last.

    `lacks`: this revision can be sent to them. `is_scheduled`: they get such periods. `is_meant`: it would be
    sent to them, unless the host says otherwise: such periods are theirs, or an earlier revision is.
    """

    recipient: Recipient
    has: int | None
    lacks: bool
    is_scheduled: bool

    @property
    def is_meant(self) -> bool:
        return self.lacks and (self.is_scheduled or self.has is not None)


@dataclass(frozen=True, slots=True)
class Outlook:
    """What freezing comes to, to whom it can be sent, what holds it back, and what is sent by itself when."""

    pending: Pending
    readers: Sequence[Reader]
    hold: ReportHold | None
    due: DueReport | None


def outlook(office: Office, project: Project, period: Period, *, by: Person, now: datetime) -> Outlook:
    """Nothing is written. NotAllowed for others than hosts; Refused while the period runs."""
    authorize(by, "host", office)
    found, every = pending(office, project, period, now=now), kind_of(project, period)
    scheduled = {each.address for each in recipients_of(project, period, every)} if every else set()
    had = last_sent(project, period)
    readers = [
        Reader(
            recipient=each,
            has=had.get(each.address),
            lacks=found.is_new or had.get(each.address) != found.revision,
            is_scheduled=each.address in scheduled,
        )
        for each in readers_by_hand(project, period, every)
    ]
    due = next((each for each in reports_ahead(project, now) if each.period == period), None)
    return Outlook(found, readers, open_hold(project, period), due)
