"""Requests: one decision on several dates, those that lapse, what hosts are told, what is counted."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select

from app.domain.errors import NotAllowed, NotFound, Refused
from app.extensions import db
from app.models import BookingDate, BookingRule, History, OutboxMail, Person, Resource
from app.services import approval, bookings, requests
from app.services.bookings import Wish
from app.services.directory import directory
from tests.databases import both
from tests.factories import HOUR, TEN, Factory
from tests.services.test_query_plans import plans

DAY = timedelta(days=1)
STOCKHOLM = ZoneInfo("Europe/Stockholm")


@pytest.fixture
def hall(make: Factory) -> Resource:
    return make.room("hall", approval=True)


@pytest.fixture
def member(make: Factory) -> Person:
    return make.person(language="en")


@pytest.fixture
def host(make: Factory, hall: Resource) -> Person:
    return make.host(office=hall.office)


def ask(by: Person, now: datetime, start: datetime = TEN, recurrence: str | None = None) -> list[BookingDate]:
    wish = Wish(("hall",), start, start + HOUR, "Launch", "granit", "meeting", recurrence)
    return bookings.book(wish, by=by, now=now).dates


def rule(hall: Resource, **settings: int) -> None:
    db.session.add(BookingRule(office_id=hall.office_id, resource_id=hall.id, source="host", **settings))
    db.session.commit()


def mails() -> list[tuple[str, str]]:
    rows = db.session.scalars(select(OutboxMail).order_by(OutboxMail.id))
    return [(mail.recipient, mail.subject) for mail in rows]


def actions(booking_id: int) -> list[tuple[str, int | None]]:
    lines = db.session.scalars(select(History).filter_by(booking_id=booking_id).order_by(History.id))
    return [(line.action, line.by_id) for line in lines]


@both
def test_one_decision_on_some_dates_of_a_series(
    hall: Resource, member: Person, host: Person, now: datetime
) -> None:
    dates = ask(member, now, recurrence="FREQ=WEEKLY;COUNT=4")
    chosen = [date.id for date in dates[:3]]
    booking = dates[0].booking_id
    approval.decide(booking, chosen, "approve", by=host, now=now)
    assert [date.status for date in dates] == ["confirmed"] * 3 + ["requested"]
    assert mails() == [("member@example.org", "Approved: Launch")], "one mail for one decision"
    approval.decide(booking, chosen, "approve", by=host, now=now)
    assert len(mails()) == 1
    with pytest.raises(Refused):
        approval.decide(booking, [*chosen, dates[3].id], "decline", by=host, now=now)
    approval.decide(booking, [dates[3].id], "decline", reason="Floors\nare  waxed", by=host, now=now)
    assert approval.why_declined(dates[3]) == ("declined", "Floors are waxed")
    assert "The reason: Floors are waxed" in db.session.scalars(select(OutboxMail.body)).all()[1]


def test_who_may_decide_about_what(
    make: Factory, hall: Resource, member: Person, host: Person, now: datetime
) -> None:
    mine, other = ask(member, now)[0], ask(member, now, TEN + DAY)[0]
    with pytest.raises(NotAllowed):
        approval.decide(mine.booking_id, [mine.id], "approve", by=member, now=now)
    for wrong in ([], [other.id], [mine.id, other.id]):
        with pytest.raises(NotFound):
            approval.decide(mine.booking_id, wrong, "approve", by=host, now=now)
    elsewhere = make.host("umea@example.org", office=make.office("umea"), organisation="skog")
    with pytest.raises(NotFound):
        approval.decide(mine.booking_id, [mine.id], "approve", by=elsewhere, now=now)
    assert requests.count_requests(elsewhere, now) == 0
    assert requests.count_requests(host, now) == 2
    assert requests.count_requests(make.person("ada@example.org", role="admin"), now) == 2
    assert requests.count_requests(member, now) == 0


def test_what_is_over_is_not_approved(hall: Resource, member: Person, host: Person, now: datetime) -> None:
    date = ask(member, now)[0]
    with pytest.raises(Refused) as refused:
        approval.approve(date.id, by=host, now=TEN + HOUR)
    assert refused.value.refusals[0].code == "request_is_over"


@both
def test_a_request_lapses_once(hall: Resource, member: Person, host: Person, now: datetime) -> None:
    rule(hall, lapse_minutes=120)
    dates = ask(member, now, recurrence="FREQ=DAILY;COUNT=3")
    booking = dates[0].booking_id
    assert requests.lapse_due(TEN - 2 * HOUR - timedelta(seconds=1)) == 0
    assert requests.lapse_due(TEN - 2 * HOUR) == 1
    assert requests.lapse_due(TEN - 2 * HOUR) == 0
    assert [(date.status, date.slots[0].live) for date in dates] == [
        ("declined", False),
        ("requested", True),
        ("requested", True),
    ]
    assert actions(booking) == [("booked", member.id), ("lapsed", None)]
    assert approval.why_declined(dates[0]) == ("lapsed", "")
    assert mails() == [("member@example.org", "Not answered in time: Launch")]
    bookings.book(Wish(("hall",), TEN, TEN + HOUR, "Other", "granit", "meeting"), by=host, now=TEN - 2 * HOUR)


@both
def test_after_a_time_of_standing_still_every_date_lapses(
    hall: Resource, member: Person, host: Person, now: datetime
) -> None:
    rule(hall, lapse_minutes=60)
    dates = ask(member, now, recurrence="FREQ=DAILY;COUNT=3")
    approval.approve(dates[1].id, by=host, now=now)
    assert requests.lapse_due(TEN + 10 * DAY) == 2
    assert [date.status for date in dates] == ["declined", "confirmed", "declined"]
    assert [subject for _, subject in mails()] == ["Approved: Launch", "Not answered in time: Launch"]


def test_what_came_too_late_to_lapse_early_waits_until_its_start(
    hall: Resource, member: Person, host: Person
) -> None:
    rule(hall, lapse_minutes=24 * 60)
    date = ask(member, TEN - 3 * HOUR)[0]
    assert requests.lapse_at(date) == TEN
    assert requests.lapse_due(TEN - timedelta(seconds=1)) == 0
    assert requests.lapse_due(TEN) == 1


def test_the_strictest_of_several_resources_says_when(
    make: Factory, hall: Resource, member: Person, now: datetime
) -> None:
    make.room("tallen")
    rule(hall, lapse_minutes=300)
    wish = Wish(("tallen", "hall"), TEN, TEN + HOUR, "Launch", "granit", "meeting")
    date = bookings.book(wish, by=member, now=now).dates[0]
    assert requests.lapse_at(date) == TEN - 5 * HOUR


@pytest.mark.parametrize(
    ("day", "hours_between"),
    # A day before, by exact time: at another hour of the clock where a night had 23 or 25 hours.
    [("2026-03-30", 10), ("2026-10-26", 10), ("2027-03-29", 10), ("2027-11-01", 10)],
)
def test_over_a_change_of_the_clock_a_day_has_24_hours(
    make: Factory, hall: Resource, member: Person, day: str, hours_between: int
) -> None:
    rule(hall, lapse_minutes=36 * 60)
    start = datetime.fromisoformat(f"{day}T{hours_between}:00").replace(tzinfo=STOCKHOLM).astimezone(UTC)
    date = ask(member, start - 10 * DAY, start)[0]
    due = requests.lapse_at(date)
    assert start - due == timedelta(hours=36)
    assert requests.lapse_due(due - timedelta(seconds=1)) == 0
    assert requests.lapse_due(due) == 1


@both
def test_hosts_are_told_of_what_waits_not_more_than_every_other_hour(
    make: Factory, hall: Resource, member: Person, host: Person, now: datetime
) -> None:
    make.person("ada@example.org", role="admin")
    ask(member, now)
    assert requests.tell_hosts(now) == 0, "it may yet be undone"
    assert requests.tell_hosts(now + HOUR / 4) == 1
    assert mails() == [("host@example.org", "1 förfrågan väntar på ditt svar")]
    assert requests.tell_hosts(now + 5 * HOUR) == 0, "of the same nobody is told twice"
    ask(member, now + 5 * HOUR, TEN + DAY)
    assert requests.tell_hosts(now + 6 * HOUR) == 1
    ask(member, now + 6 * HOUR, TEN + 2 * DAY)
    assert requests.tell_hosts(now + 7 * HOUR) == 0
    assert requests.tell_hosts(now + 9 * HOUR) == 1
    assert mails()[-1] == ("host@example.org", "3 förfrågningar väntar på ditt svar")


def test_without_hosts_administrators_are_told(
    make: Factory, hall: Resource, member: Person, now: datetime
) -> None:
    make.person("ada@example.org", role="admin", language="en")
    ask(member, now)
    assert requests.tell_hosts(now + HOUR) == 1
    assert mails() == [("ada@example.org", "1 request awaits your answer")]


def test_the_queue_begins_with_what_starts_first(
    make: Factory, hall: Resource, member: Person, host: Person, now: datetime
) -> None:
    ask(member, now, TEN + DAY)
    series = ask(member, now, TEN, "FREQ=WEEKLY;COUNT=2")
    make.room("lund", office="umea", approval=True)
    found = requests.queue(hall.office, now)
    assert [entry.dates[0].starts_at for entry in found] == [TEN, TEN + DAY]
    assert list(found[0].dates) == series


def counted(host: Person, now: datetime) -> Sequence[str]:
    directory()  # every page has read it before
    with plans() as told:
        requests.count_requests(host, now)
    return told


def test_counting_reads_requests_alone(make: Factory, hall: Resource, host: Person, now: datetime) -> None:
    make.room("lund", office="umea")  # so that one of them hosts some offices, the other all
    for person in (host, make.person("ada@example.org", role="admin")):
        told = counted(person, now)
        assert any("ix_booking_date_requested" in line for line in told), told
        assert not any(line.startswith("SCAN") and "ix_booking_date_requested" not in line for line in told)
