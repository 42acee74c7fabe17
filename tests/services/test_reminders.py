"""Before a month is reported, those who know are asked how many came: once for each date."""

from datetime import UTC, date, datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from app.extensions import db
from app.models import Booking, BookingDate, Office, OutboxMail, Person, Project
from app.services import bookings, presence
from app.services.people import add_person
from app.services.reminders import remind
from tests.databases import both
from tests.factories import HOUR, Factory, wish

MADE = datetime(2026, 10, 1, 7, tzinfo=UTC)
MEETING = datetime(2026, 10, 26, 9, tzinfo=UTC)
TUESDAY = datetime(2026, 10, 27, 15, tzinfo=UTC)  # five days before November
DAY = timedelta(days=1)
LIST = "http://localhost/offices/stockholm/reports/2026-10/bookings?only=uncounted"


@pytest.fixture
def office(make: Factory) -> Office:
    make.room("tallen")
    return reported(make.office(), make)


@pytest.fixture
def host(make: Factory) -> Person:
    return make.host(language="en")


@pytest.fixture
def booker(make: Factory) -> Person:
    return make.person(language="sv")


def reported(office: Office, make: Factory) -> Office:
    project = {"slug": f"project-{office.slug}", "name": "Kontoret"}
    ends = {"starts_on": date(2026, 1, 1), "ends_on": date(2027, 1, 1), "kinds": ["room"]}
    host = make.organisation().id
    db.session.add(Project(office_id=office.id, host_organisation_id=host, **project, **ends))
    db.session.commit()
    return office


def booked(by: Person, start: datetime = MEETING, title: str = "Styrelsemöte") -> BookingDate:
    return bookings.book(wish(start, title=title), by=by, now=MADE).dates[0]


def mails() -> list[OutboxMail]:
    asked = select(OutboxMail).where(OutboxMail.key.startswith("heads:"))
    return list(db.session.scalars(asked.order_by(OutboxMail.recipient, OutboxMail.id)))


@both
def test_hosts_and_bookers_are_asked_once(office: Office, host: Person, booker: Person) -> None:
    ours = booked(booker)
    assert remind(TUESDAY) == 2
    to_host, to_booker = mails()
    assert (to_host.recipient, to_host.language) == (host.email, "en")
    assert to_host.subject == "How many came to 1 booking?"
    assert f"/host/stockholm/2026-10-26#date-{ours.id}" in to_host.body
    assert (to_booker.recipient, to_booker.language) == (booker.email, "sv")
    assert f"/bookings/{ours.booking_id}?date_id={ours.id}#presence" in to_booker.body
    assert "Rapporten för oktober" in to_booker.body
    assert remind(TUESDAY + DAY) == 0
    later = booked(booker, MEETING + 2 * DAY)
    assert remind(TUESDAY + 2 * DAY) == 2
    assert str(later.booking_id) in mails()[-1].body
    assert f"/{ours.booking_id}?" not in mails()[-1].body


@both
def test_who_both_hosts_and_booked_gets_one_mail(office: Office, host: Person) -> None:
    booked(host)
    assert remind(TUESDAY) == 1


def test_what_needs_no_count_is_not_asked_about(office: Office, host: Person, booker: Person) -> None:
    counted, missed, cancelled, coming, imported = (
        booked(booker, MEETING + hours * HOUR) for hours in range(5)
    )
    presence.count_heads(counted.id, women=1, men=2, other=None, by=host, now=TUESDAY - DAY + HOUR)
    presence.mark_no_show(missed.id, by=host, now=missed.starts_at + HOUR / 2)
    cancelled.status = "cancelled"
    coming.ends_at = TUESDAY + HOUR
    cancelled.booking.imported_as = "6"
    imported.status = "no_show"
    db.session.get_one(Booking, imported.booking_id).imported_as = "7"
    db.session.commit()
    assert remind(TUESDAY) == 0


@both
def test_hosts_are_told_how_many_imported_ones_lack_counts(
    office: Office, host: Person, booker: Person
) -> None:
    imported = [booked(booker, MEETING + hours * HOUR, f"Förr {hours}") for hours in range(3)]
    for each in imported:
        each.booking.imported_as = str(each.id)
    db.session.commit()
    assert remind(TUESDAY) == 1  # the booker is asked nothing
    (mail,) = mails()
    assert mail.subject == "3 imported bookings have no head count"
    assert "3 bookings at Stockholm that were imported have no head count in October 2026." in mail.body
    assert LIST in mail.body
    assert "Förr" not in mail.body
    assert "How many came?" not in mail.body
    assert remind(TUESDAY + DAY) == 0


def test_imported_ones_are_told_of_beside_those_that_are_asked_about(
    office: Office, host: Person, booker: Person
) -> None:
    ours, old = booked(booker), booked(booker, MEETING + HOUR, "Förr")
    old.booking.imported_as = "8"
    db.session.commit()
    assert remind(TUESDAY) == 2
    to_host, to_booker = mails()
    assert to_host.subject == "How many came to 1 booking?"
    assert f"#date-{ours.id}" in to_host.body
    assert "One booking at Stockholm that was imported has no head count in October 2026." in to_host.body
    assert to_host.body.count(LIST) == 1
    assert "import" not in to_booker.body


@pytest.mark.parametrize(
    ("at", "asked"),
    [
        ("2026-10-26T16:00+01:00", 0),  # too early: the month runs for six more days
        ("2026-10-27T16:00+01:00", 2),
        ("2026-11-01T16:00+01:00", 2),  # a Sunday: reported on Monday
        ("2026-11-02T16:00+01:00", 0),  # reported
    ],
)
def test_the_last_days_of_a_month_until_it_is_reported(
    office: Office, host: Person, booker: Person, at: str, asked: int
) -> None:
    booked(booker)
    assert remind(datetime.fromisoformat(at).astimezone(UTC)) == asked


def test_a_month_is_open_over_the_holidays_that_its_report_waits_for(
    office: Office, host: Person, booker: Person
) -> None:
    booked(booker, datetime(2026, 12, 28, 9, tzinfo=UTC))
    new_year = datetime(2027, 1, 1, 15, tzinfo=UTC)  # a Friday: reported on Monday
    assert remind(new_year) == 0
    office.holidays = "SE"
    db.session.commit()
    assert remind(new_year) == 2
    assert remind(new_year + 4 * DAY) == 0


@both
def test_hosts_of_both_offices_are_asked_the_booker_once(
    office: Office, make: Factory, host: Person, booker: Person
) -> None:
    make.room("viken", "umea")
    reported(make.office("umea"), make)
    northern = make.person("nord@example.org", role="host", office=make.office("umea"))
    both_places = bookings.book(wish(MEETING, "tallen", "viken"), by=booker, now=MADE).dates[0]
    later = bookings.book(wish(MEETING + DAY / 4, "viken"), by=booker, now=MADE).dates[0]
    assert remind(TUESDAY) == 5
    told = [each.body for each in mails() if each.recipient == northern.email]
    assert all(f"#date-{each.id}" in told[0] for each in (both_places, later))
    own = [each.body for each in mails() if each.recipient == booker.email]
    assert sum(body.count(f"date_id={both_places.id}") for body in own) == 1
    of_both = [each.body for each in mails() if each.recipient == host.email]
    assert [body.count(f"#date-{both_places.id}") for body in of_both] == [1, 0]
    assert remind(TUESDAY + DAY) == 0


def test_bookers_are_not_asked_what_they_may_not_say_any_more(
    office: Office, host: Person, booker: Person
) -> None:
    booked(booker, datetime(2026, 10, 12, 9, tzinfo=UTC))
    assert remind(TUESDAY) == 1
    assert [each.recipient for each in mails()] == [host.email]


def test_where_nothing_is_reported_nobody_is_asked(office: Office, host: Person, booker: Person) -> None:
    booked(booker)
    db.session.query(Project).one().retired = True
    db.session.commit()
    assert remind(TUESDAY) == 0


def test_long_lists_are_cut(office: Office, host: Person) -> None:
    for hour in range(14):
        booked(host, datetime(2026, 10, 13 + hour // 7, 7 + hour % 7, tzinfo=UTC), f"Möte {hour}")
    assert remind(TUESDAY) == 1
    (mail,) = mails()
    assert mail.subject == "How many came to 14 bookings?"
    assert mail.body.count("/host/stockholm/") == 12
    assert f"and 2 more:\n{LIST}\n" in mail.body


def test_bookers_with_many_find_the_rest_among_their_bookings(
    office: Office, host: Person, booker: Person
) -> None:
    for hour in range(14):
        booked(booker, datetime(2026, 10, 22 + hour // 7, 7 + hour % 7, tzinfo=UTC), f"Möte {hour}")
    remind(TUESDAY)
    (own,) = [each for each in mails() if each.recipient == booker.email]
    assert "och 2 till:\nhttp://localhost/bookings\n" in own.body


def test_a_person_whose_account_is_closed_gets_none(
    office: Office, host: Person, booker: Person, app: Flask
) -> None:
    booked(booker)
    booker.active = False
    db.session.commit()
    assert remind(TUESDAY) == 1
    add_person("new@example.org", role="host", organisation="granit", now=TUESDAY)
    assert remind(TUESDAY) == 0
