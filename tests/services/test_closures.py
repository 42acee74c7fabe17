"""Closing for a time: what is booked stays or gives way, as the host says; and stays away."""

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import func, select

from app.domain.errors import NotAllowed, Refused
from app.extensions import db
from app.models import Closure, Office, OutboxMail, Person
from app.services import bookings
from app.services.bookings import Wish
from app.services.closures import close, former_closures, open_again, refusals_of
from app.services.people import person_by_email
from tests.conftest import NOW
from tests.databases import both
from tests.factories import HOUR, TEN, Factory
from tests.races import at_once, own_app


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


@both
def test_the_same_closure_is_entered_once(make: Factory, office: Office, now: datetime) -> None:
    host = make.host()

    def enter(resource: str | None = None, hours: int = 4, at: str = "stockholm") -> Closure:
        return close(make.office(at), resource, TEN, TEN + hours * HOUR, "Floors", by=host, now=now)

    first = enter()
    with pytest.raises(Refused) as refused:
        enter()
    (refusal,) = refused.value.refusals
    assert (refusal.code, refusal.field) == ("closed_already", "starts")
    told = {"closure": first.id, "resource": office.name, "reason": "Floors", "source": "host"}
    assert refusal.params.items() >= told.items()
    # Another end, a room of it, or another office is another closure.
    assert enter(hours=3).id != enter("tallen").id
    make.host("other@example.org", office=make.office("umea"))
    host = make.person("admin@example.org", role="admin")
    enter(at="umea")
    with pytest.raises(Refused) as refused:
        enter("tallen")
    assert refused.value.refusals[0].params["resource"] == "Tallen"
    # What was taken back stands no more.
    open_again(first.id, by=host, now=now)
    assert enter().id != first.id


@pytest.fixture(params=["sqlite", "postgres"])
def shared(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Flask]:
    """An application whose every commit is real."""
    with own_app(request, tmp_path) as app:
        with app.app_context():
            make = Factory(NOW)
            make.office()
            make.host()
        yield app


def test_two_who_enter_it_at_once_enter_it_once(shared: Flask) -> None:
    def enter() -> str:
        office, host = db.session.scalars(select(Office)).one(), person_by_email("host@example.org")
        return close(office, None, TEN, TEN + HOUR, "Floors", by=host, now=NOW).source

    assert sorted(map(str, at_once(shared, enter, enter, enter))) == ["closed_already"] * 2 + ["host"]
    with shared.app_context():
        assert db.session.scalar(select(func.count()).select_from(Closure)) == 1


@both
@pytest.mark.parametrize("source", ["file", "holiday"])
def test_what_the_file_or_the_calendar_closes_is_not_entered_again(
    make: Factory, office: Office, now: datetime, source: str
) -> None:
    host = make.host()
    known = Closure(
        office_id=office.id, starts_at=TEN, ends_at=TEN + HOUR, reason="", source=source, entered_at=now
    )
    db.session.add(known)
    db.session.commit()
    with pytest.raises(Refused) as refused:
        close(office, None, TEN, TEN + HOUR, "Floors", by=host, now=now)
    assert refused.value.refusals[0].params["source"] == source


def test_all_that_is_wrong_is_said(make: Factory, office: Office, member: Person, now: datetime) -> None:
    found = refusals_of(office, "nowhere", TEN, TEN, "x" * 301)
    assert [each.code for each in found] == ["unknown_resource", "end_before_start", "reason_too_long"]
    with pytest.raises(NotAllowed):
        close(office, None, TEN, TEN + HOUR, "", by=member, now=now)
