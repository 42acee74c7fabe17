"""Hosts are told when a company comes near its cap or over it: once, until it has fallen below again.

Offices that count towards the same cap see it passed together. That is one event: who hosts several of them
gets one mail.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from app.domain.localtime import local_date, zone
from app.extensions import db
from app.models import AidPassing, Office, Person
from app.services.money.received import Received, received
from app.services.money.terms import terms_of
from app.services.notices import Notice, hosts_of, tell
from app.services.offices import offices
from app.services.transaction import use_case

LEVELS = ("near", "over")


@dataclass(frozen=True, slots=True)
class Passed:
    """A company that an office gave aid to, at or above a level of its cap. All in `cap_currency`."""

    office: Office
    level: str
    received: Received
    cap_currency: str

    @property
    def key(self) -> tuple[int, str, str]:
        return self.office.id, self.received.undertaking.key, self.level

    @property
    def event(self) -> tuple[str, str, str, int | None]:
        """The same for all offices at which it is the same cap that is passed."""
        return self.received.undertaking.key, self.level, self.cap_currency, self.received.cap


def tell_of_caps(now: datetime) -> int:
    """How many mails. What takes time to count is counted before anything is written."""
    return _tell([each for office in offices() for each in _passed_at(office, now)], now)


def _passed_at(office: Office, now: datetime) -> Iterator[Passed]:
    terms = terms_of(office)
    if terms is None:
        return
    for each in received(office, local_date(now, zone(office.timezone))).companies:
        if each.here_own:
            for level in _levels(each):
                yield Passed(office, level, each, terms.cap_currency)


def _levels(each: Received) -> tuple[str, ...]:
    """Those that it is at or above."""
    return {"near": LEVELS[:1], "over": LEVELS}.get(each.standing.level, ())


@use_case
def _tell(passed: Sequence[Passed], now: datetime) -> int:
    query = select(AidPassing).filter_by(ended_at=None).with_for_update()
    rows = {(each.office_id, each.undertaking, each.level): each for each in db.session.scalars(query)}
    for key in rows.keys() - {each.key for each in passed}:
        rows[key].ended_at = now
    fresh = [each for each in passed if each.key not in rows]
    for each in fresh:
        office_id, undertaking, level = each.key
        rows[each.key] = AidPassing(office_id=office_id, undertaking=undertaking, level=level, passed_at=now)
        db.session.add(rows[each.key])
    db.session.flush()
    first = _first_of_event(passed, rows)
    together: defaultdict[int, list[Passed]] = defaultdict(list)
    for each in fresh:
        if each.level == each.received.standing.level:  # at once over: one mail says it
            together[first[each.event]].append(each)
    return sum(_tell_hosts(some, f"aid:{number}", now) for number, some in together.items())


def _first_of_event(
    passed: Sequence[Passed], rows: Mapping[tuple[int, str, str], AidPassing]
) -> Mapping[tuple[str, str, str, int | None], int]:
    """By what a mail is known: an office that joins in later tells nobody anew who was told already."""
    found: dict[tuple[str, str, str, int | None], int] = {}
    for each in passed:
        number = rows[each.key].id
        found[each.event] = min(number, found.get(each.event, number))
    return found


def _tell_hosts(some: Sequence[Passed], key: str, now: datetime) -> int:
    """Each host once, of all of these that are at offices of theirs."""
    people: dict[int, Person] = {}
    theirs: defaultdict[int, list[Passed]] = defaultdict(list)
    for each in some:
        for host in hosts_of(each.office):
            people[host.id] = host
            theirs[host.id].append(each)
    return sum(
        tell(people[number], Notice("aid", passed[0].office, extra={"passed": passed}), key=key, now=now)
        for number, passed in theirs.items()
    )
