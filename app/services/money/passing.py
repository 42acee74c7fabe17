"""Hosts are told when a company comes near its cap or over it: once, until it has fallen below again."""

from datetime import datetime

from sqlalchemy import select

from app.domain.localtime import local_date, zone
from app.extensions import db
from app.models import AidPassing, Office
from app.services.money.received import Overview, Received, received
from app.services.money.terms import terms_of
from app.services.notices import Notice, hosts_of, tell
from app.services.offices import offices
from app.services.transaction import use_case

LEVELS = ("near", "over")


def tell_of_caps(now: datetime) -> int:
    """One transaction for each office; how many mails."""
    return sum(_tell(office, now) for office in offices() if terms_of(office))


@use_case
def _tell(office: Office, now: datetime) -> int:
    query = select(AidPassing).filter_by(office_id=office.id, ended_at=None).with_for_update()
    known = {(each.undertaking, each.level): each for each in db.session.scalars(query)}
    found = received(office, local_date(now, zone(office.timezone)))
    passed = {
        (each.undertaking.key, level): each
        for each in found.companies
        if each.uses
        for level in _passed(each)
    }
    for key in known.keys() - passed.keys():
        known[key].ended_at = now
    mails = 0
    for key, each in passed.items():
        if key not in known:
            mails += _tell_hosts(office, key[1], each, found, now)
    return mails


def _passed(each: Received) -> tuple[str, ...]:
    """The levels that it is at or above."""
    return {"near": LEVELS[:1], "over": LEVELS}.get(each.standing.level, ())


def _tell_hosts(office: Office, level: str, each: Received, found: Overview, now: datetime) -> int:
    row = AidPassing(office_id=office.id, undertaking=each.undertaking.key, level=level, passed_at=now)
    db.session.add(row)
    db.session.flush()
    if level == "near" and each.standing.level == "over":
        return 0  # at once over: one mail says it
    extra: dict[str, object] = {"level": level, "received": each, "terms": found.terms, "day": found.day}
    notice = Notice("aid", office, extra=extra)
    return sum(tell(host, notice, key=f"aid:{row.id}", now=now) for host in hosts_of(office))
