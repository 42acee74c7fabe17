"""Bookings at several offices: each office's hosts say yes to their own part."""

from collections.abc import Sequence
from datetime import datetime

import pytest
from sqlalchemy import select

from app.domain.errors import NotAllowed
from app.extensions import db
from app.models import BookingDate, OutboxMail, Person, ResourcePart
from app.services import approval, bookings, presence, requests
from app.services.awaited import awaited, offices_asked
from app.services.booking_lists import history_of
from app.services.serializers import occurrence_data
from app.wording.history import history_line
from tests.databases import both
from tests.factories import HOUR, TEN, Factory, wish

OFFICES = ("stockholm", "umea")


@pytest.fixture
def hosts(make: Factory) -> dict[str, Person]:
    for slug in OFFICES:
        make.room(f"sal-{slug}", slug, approval=True)
    return {
        slug: make.host(f"{slug}@example.org", office=make.office(slug), language="en") for slug in OFFICES
    }


@pytest.fixture
def member(make: Factory, hosts: dict[str, Person]) -> Person:
    return make.person(language="en")


def ask(by: Person, now: datetime, start: datetime = TEN, **more: object) -> Sequence[BookingDate]:
    return bookings.book(wish(start, *(f"sal-{slug}" for slug in OFFICES), **more), by=by, now=now).dates


def waits_for(date: BookingDate) -> list[str]:
    return [office.slug for office in awaited(date)]


def last_told(date: BookingDate) -> str:
    *_, (line, _who) = history_of(date.booking)
    return history_line(line.action, line.details)


def mails() -> list[tuple[str, str]]:
    rows = db.session.scalars(select(OutboxMail).order_by(OutboxMail.id))
    return [(mail.recipient, mail.subject) for mail in rows]


@both
def test_it_is_confirmed_when_all_have_said_yes(
    hosts: dict[str, Person], member: Person, now: datetime
) -> None:
    (date,) = ask(member, now)
    assert waits_for(date) == ["stockholm", "umea"]
    approval.approve(date.id, by=hosts["umea"], now=now)
    assert (date.status, waits_for(date), mails()) == ("requested", ["stockholm"], [])
    approval.approve(date.id, by=hosts["umea"], now=now)
    assert waits_for(date) == ["stockholm"], "said twice is said once"
    approval.approve(date.id, by=hosts["stockholm"], now=now)
    assert (date.status, waits_for(date)) == ("confirmed", [])
    assert mails() == [("member@example.org", "Approved: Möte")]
    lines = [(entry.action, entry.details) for entry, _ in history_of(date.booking)]
    assert sorted(lines, key=str)[:2] == [
        ("approved", {"offices": ["Stockholm"]}),
        ("approved_here", {"offices": ["Umea"], "left": ["Stockholm"]}),
    ]


@both
def test_one_no_declines_it_and_the_others_are_told(
    hosts: dict[str, Person], member: Person, now: datetime
) -> None:
    (date,) = ask(member, now)
    approval.approve(date.id, by=hosts["umea"], now=now)
    approval.decline(date.id, reason="Floors are waxed", by=hosts["stockholm"], now=now)
    assert (date.status, [slot.live for slot in date.slots]) == ("declined", [False, False])
    assert mails() == [
        ("member@example.org", "Declined: Möte"),
        ("umea@example.org", "Declined by another office: Möte"),
    ]
    told = db.session.scalars(select(OutboxMail.body).order_by(OutboxMail.id)).all()[1]
    assert "The reason: Floors are waxed" in told
    assert approval.why_declined(date) == ("declined", "Floors are waxed")


def test_who_hosts_both_says_yes_once(make: Factory, member: Person, now: datetime) -> None:
    (date,) = ask(member, now)
    both_offices = make.host("everywhere@example.org")
    assert approval.approve(date.id, by=both_offices, now=now).status == "confirmed"
    assert last_told(date) == "Approved by Stockholm, Umea"


def test_the_history_says_for_whom_somebody_said_no(
    hosts: dict[str, Person], member: Person, now: datetime
) -> None:
    (date,) = ask(member, now)
    approval.decline(date.id, reason="Full", by=hosts["umea"], now=now)
    assert last_told(date) == "Declined by Umea: Full"


def test_the_queue_shows_what_waits_for_the_office_and_what_it_has_answered(
    hosts: dict[str, Person], member: Person, make: Factory, now: datetime
) -> None:
    (date,) = ask(member, now)
    offices = {slug: make.office(slug) for slug in OFFICES}
    everywhere = make.host("everywhere@example.org")

    def counts() -> list[int]:
        people = (*(hosts[slug] for slug in OFFICES), everywhere)
        shown = [len(requests.queue(office, now)) for office in offices.values()]
        assert [requests.count_at(office, now) for office in offices.values()] == shown
        return [requests.count_requests(person, now) for person in people]

    assert counts() == [1, 1, 1]
    approval.approve(date.id, by=hosts["umea"], now=now)
    assert counts() == [1, 0, 1]
    assert requests.answered(offices["stockholm"], now) == []
    (left,) = requests.answered(offices["umea"], now)
    assert (left.dates, [office.slug for office in left.awaited]) == ([date], ["stockholm"])
    assert "approve" not in presence.open_actions(date, by=hosts["umea"], now=now)
    assert {"approve", "decline"} <= presence.open_actions(date, by=hosts["stockholm"], now=now)
    assert "decline" in presence.open_actions(date, by=hosts["umea"], now=now)


def test_a_series_is_one_request_however_many_dates_it_has(
    hosts: dict[str, Person], member: Person, make: Factory, now: datetime
) -> None:
    dates = ask(member, now, recurrence="FREQ=DAILY;COUNT=3")
    approval.decide(
        dates[0].booking_id, [date.id for date in dates[:2]], "approve", by=hosts["umea"], now=now
    )
    assert (
        requests.count_requests(hosts["umea"], now) == requests.count_requests(hosts["stockholm"], now) == 1
    )
    (here,), (there,) = (requests.queue(make.office(slug), now) for slug in OFFICES)
    assert (len(here.dates), len(there.dates)) == (3, 1)
    requests.tell_hosts(now + HOUR)
    assert sorted(mails()) == [
        ("stockholm@example.org", "1 request awaits your answer"),
        ("umea@example.org", "1 request awaits your answer"),
    ]
    bodies = "".join(db.session.scalars(select(OutboxMail.body)))
    assert "Tuesday 8 September 2026, 10:00–11:00 and 2 more dates" in bodies


@both
def test_a_changed_date_asks_all_of_them_again(
    hosts: dict[str, Person], member: Person, now: datetime
) -> None:
    (date,) = ask(member, now)
    approval.approve(date.id, by=hosts["umea"], now=now)
    later = wish(TEN + HOUR, "sal-stockholm", "sal-umea")
    bookings.change(date.id, later, version=date.booking.version, by=member, now=now)
    assert waits_for(date) == ["stockholm", "umea"]


def test_an_office_that_asks_for_nothing_is_not_waited_for(
    make: Factory, hosts: dict[str, Person], member: Person, now: datetime
) -> None:
    make.room("fri")
    date = bookings.book(wish(TEN, "fri", "sal-umea"), by=member, now=now).dates[0]
    assert waits_for(date) == ["umea"]
    assert requests.count_requests(hosts["stockholm"], now) == 0
    with pytest.raises(NotAllowed):
        approval.approve(date.id, by=hosts["stockholm"], now=now)
    assert approval.approve(date.id, by=hosts["umea"], now=now).status == "confirmed"


def test_whoever_books_as_a_host_has_said_yes_for_their_own_office(
    make: Factory, hosts: dict[str, Person], now: datetime
) -> None:
    host = hosts["stockholm"]
    host.roles.append(type(host.roles[0])(role="member", office_id=make.office("umea").id))
    db.session.commit()
    (date,) = ask(host, now)
    assert waits_for(date) == ["umea"]
    assert approval.approve(date.id, by=hosts["umea"], now=now).status == "confirmed"


def test_a_hall_that_asks_as_a_whole_asks_though_its_parts_do_not(
    make: Factory, hosts: dict[str, Person], member: Person, now: datetime
) -> None:
    hall = make.room("hall", "umea", approval=True)
    parts = [make.room(slug, "umea") for slug in ("vast", "ost")]
    db.session.add_all([ResourcePart(whole_id=hall.id, part_id=part.id) for part in parts])
    db.session.commit()
    date = bookings.book(wish(TEN, "sal-stockholm", "hall"), by=member, now=now).dates[0]
    assert [office.slug for office in offices_asked(date)] == ["stockholm", "umea"]
    approval.approve(date.id, by=hosts["stockholm"], now=now)
    assert waits_for(date) == ["umea"]


def test_what_nobody_asks_for_any_more_waits_for_any_of_them(
    hosts: dict[str, Person], member: Person, make: Factory, now: datetime
) -> None:
    (date,) = ask(member, now)
    for slug in OFFICES:
        make.room(f"sal-{slug}").approval = False
    db.session.commit()
    assert waits_for(date) == ["stockholm", "umea"]


@both
def test_a_reason_is_told_as_long_as_it_stands(
    hosts: dict[str, Person], member: Person, now: datetime
) -> None:
    asked = ask(member, now, recurrence="FREQ=DAILY;COUNT=3")
    approval.decline(asked[0].id, reason="Full", by=hosts["umea"], now=now)
    booking = asked[0].booking
    bookings.cancel(booking.id, by=hosts["umea"], now=now, dates=[asked[1].id], closed_for="Repairs")
    bookings.cancel(booking.id, by=member, now=now, dates=[asked[2].id])
    assert approval.reasons_of(asked) == {asked[0].id: "Full", asked[1].id: "Repairs"}
    assert approval.why_cancelled(asked[1]) == "Repairs"
    assert [occurrence_data(date)["reason"] for date in asked] == ["Full", "Repairs", None]
    bookings.restore(asked[1].id, by=member, now=now)
    assert approval.reasons_of([asked[1]]) == {}
