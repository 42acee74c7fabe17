"""Closing for a time: what is booked stays or gives way, as the host says; and stays away."""

from datetime import datetime

import pytest
from sqlalchemy import select

from app.domain.errors import NotAllowed, Refused
from app.extensions import db
from app.models import Office, OutboxMail, Person
from app.services import bookings
from app.services.bookings import Wish
from app.services.closures import close, former_closures, open_again, refusals_of
from tests.databases import both
from tests.factories import HOUR, TEN, Factory


@pytest.fixture
def office(make: Factory) -> Office:
    make.room("tallen")
    make.room("granen")
    return make.office()


@pytest.fixture
def member(make: Factory, office: Office) -> Person:
    return make.person(language="en")


def wish(slug: str = "tallen", hours: int = 0, **more: str) -> Wish:
    start = TEN + hours * HOUR
    return Wish((slug,), start, start + HOUR, "Board meeting", "granit", "meeting", **more)


@both
def test_those_that_are_chosen_give_way_with_one_mail_each(
    make: Factory, office: Office, member: Person, now: datetime
) -> None:
    host = make.host()
    series = bookings.book(wish(recurrence="FREQ=DAILY;COUNT=3"), by=member, now=now)
    other = bookings.book(wish("granen"), by=member, now=now)
    own = bookings.book(wish("granen", 2), by=host, now=now)
    later = bookings.book(wish("granen", 7 * 24), by=member, now=now)
    chosen = [*(date.id for date in series.dates[:2]), own.dates[0].id, later.dates[0].id]
    close(office, None, TEN - HOUR, TEN + 30 * HOUR, "Floors", by=host, now=now, cancelling=chosen)
    assert [date.status for date in series.dates] == ["cancelled", "cancelled", "confirmed"]
    assert own.dates[0].status == "cancelled"
    assert other.dates[0].status == "confirmed", "not chosen"
    assert later.dates[0].status == "confirmed", "not in that time"
    (mail,) = db.session.scalars(select(OutboxMail))  # who closes needs none
    assert mail.recipient == member.email
    assert "Floors" in mail.body
    assert mail.body.count("10:00–11:00") == 2


@both
def test_what_gave_way_comes_back_when_it_is_open_again(
    make: Factory, office: Office, member: Person, now: datetime
) -> None:
    host = make.host()
    date = bookings.book(wish(), by=member, now=now).dates[0]
    closure = close(office, "tallen", TEN, TEN + HOUR, "Floors", by=host, now=now, cancelling=[date.id])
    with pytest.raises(Refused) as refused:
        bookings.restore(date.id, by=member, now=now)
    assert [each.code for each in refused.value.refusals] == ["closed"]
    open_again(closure.id, by=host, now=now)
    assert bookings.restore(date.id, by=member, now=now).status == "confirmed"
    assert former_closures(office, now) == [closure]


def test_all_that_is_wrong_is_said(make: Factory, office: Office, member: Person, now: datetime) -> None:
    found = refusals_of(office, "nowhere", TEN, TEN, "x" * 301)
    assert [each.code for each in found] == ["unknown_resource", "end_before_start", "reason_too_long"]
    with pytest.raises(NotAllowed):
        close(office, None, TEN, TEN + HOUR, "", by=member, now=now)
