"""A series that meets days on which it is shut: they are told, and what is left can be booked."""

from datetime import date, datetime, timedelta

import pytest
from flask.testing import FlaskClient

from app.extensions import db
from app.models import Booking, History, OpeningHours, Person
from app.services import bookings
from tests.factories import HOUR, TEN, Factory, wish
from tests.web.booked import FORM, book, newest, page_of, starts, taken
from tests.web.test_series_form import NEW, close

DAILY = {**FORM, "repeat": "day", "every": "1", "ends": "count", "count": "7", "skip_closed": "y"}
ASKED = "&repeat=day&ends=count&count=7&skip_closed=y"
WEEKDAYS = [f"09-{day:02} 08:00" for day in (8, 9, 10, 11, 14)]


def open_late_on_weekends(make: Factory) -> None:
    for weekday in (5, 6):
        db.session.add(
            OpeningHours(
                office_id=make.office().id, weekday=weekday, opens_minute=12 * 60, closes_minute=18 * 60
            )
        )
    db.session.commit()


def test_dates_outside_the_opening_hours_are_told_and_can_be_left_out(
    make: Factory, member: Person, client: FlaskClient
) -> None:
    open_late_on_weekends(make)
    told = client.get(NEW + ASKED).text
    assert "Every day, 7 times" in told, "the rule is still there"
    assert "12 September, 13 September: Tallen is open 12:00–18:00." in told
    assert "2 left out: 12 September (outside the opening hours), 13 September" in told
    assert "Book the free ones (5 of 7)" in told
    refused = client.post(NEW, data=DAILY)
    assert refused.status_code == 409
    assert "2 of 7 dates cannot be booked" in refused.text
    assert "Saturday 12 September" in refused.text
    assert "Sunday 13 September" in refused.text
    assert "Every day, 7 times" in refused.text
    assert db.session.query(Booking).count() == 0
    made = client.post(NEW, data={**DAILY, "go_on": "skip"}, follow_redirects=True)
    assert made.status_code == 200
    assert starts(newest()) == WEEKDAYS
    assert "outside the opening hours" in made.text, "it stays on the page of the booking"


def test_every_closed_date_is_named(make: Factory, member: Person, client: FlaskClient) -> None:
    close(make, date(2026, 9, 9), "Spring cleaning")
    close(make, date(2026, 9, 11), "Summer fair")
    without = {name: value for name, value in DAILY.items() if name != "skip_closed"} | {"count": "4"}
    refused = client.post(NEW, data=without)
    assert "Tallen is closed 9 September (Spring cleaning), 11 September (Summer fair)." in refused.text
    assert "Book the free ones (2 of 4)" in refused.text


def test_where_another_rule_is_broken_nothing_is_offered(
    make: Factory, member: Person, client: FlaskClient
) -> None:
    open_late_on_weekends(make)
    refused = client.post(NEW, data={**DAILY, "title": ""})
    assert refused.status_code == 422
    assert "Book the free ones" not in refused.text
    assert "12 September, 13 September: Tallen is open 12:00–18:00." in refused.text


def test_the_card_says_at_once_what_is_wrong(make: Factory, member: Person, client: FlaskClient) -> None:
    many = client.get(f"{NEW}&repeat=week&weekdays=1&ends=count&count=500").text
    assert "A series has at most 366 dates." in many
    early = client.get(f"{NEW}&repeat=week&weekdays=1&ends=until&until=2026-09-01").text
    assert "The last day comes before the first" in early
    backwards = client.get("/bookings/new?resource=tallen&date=2026-09-08&start=11:00&end=10:00").text
    assert "The end must come after the start." in backwards


def test_each_broken_rule_is_a_line_of_its_own(make: Factory, member: Person, client: FlaskClient) -> None:
    told = client.get("/bookings/new?resource=tallen&date=2026-08-01&start=04:00&end=05:00").text
    assert told.count('<li class="error">') == 2


def test_a_clash_of_one_date_tells_from_when_to_when(
    make: Factory, member: Person, now: datetime, client: FlaskClient
) -> None:
    taken(make.person("other@example.com"), now, TEN)
    told = client.get("/bookings/new?resource=tallen&date=2026-09-08&start=09:00&end=16:00").text
    assert "Tallen: somebody else has that time." in told
    assert "<p>10:00–11:00" in told
    assert "is taken" not in told, "whose it is is said once"


def change(series: Booking, **other: str) -> dict[str, str]:
    data = {**FORM, "start": "12:00", "end": "13:00", "scope": "all", "version": str(series.version)}
    return {**data, **other}


def weekdays(member: Person, now: datetime) -> Booking:
    return book(member, now, recurrence="FREQ=WEEKLY;COUNT=4;BYDAY=TU")


def test_a_change_can_leave_the_dates_that_are_shut_as_they_are(
    make: Factory, member: Person, now: datetime, client: FlaskClient
) -> None:
    series = weekdays(member, now)
    close(make, date(2026, 9, 15), "Spring cleaning")
    path, asked = page_of(series, "change", 0), "&scope=all&start=12:00&end=13:00"
    for answer in (client.get(path + asked), client.post(path, data=change(series))):
        assert "1 date cannot be changed like this" in answer.text
        assert "<strong>Tuesday 15 September</strong>: Spring cleaning" in answer.text
        assert "Change the free ones (3 of 4)" in answer.text
        assert "1 date stays as it is: 15 September 10:00–11:00, Tallen" in answer.text
    assert answer.status_code == 409
    assert starts(series)[0] == "09-08 08:00", "nothing is done yet"
    done = client.post(path, data=change(series, go_on="skip"), follow_redirects=True)
    assert "1 date stays as it was" in done.text
    assert starts(series) == ["09-08 10:00", "09-15 08:00", "09-22 10:00", "09-29 10:00"]


def test_a_change_can_leave_out_what_is_outside_the_opening_hours(
    make: Factory, member: Person, now: datetime, client: FlaskClient
) -> None:
    open_late_on_weekends(make)
    noon = wish(TEN + 2 * HOUR, "tallen", recurrence="FREQ=DAILY;COUNT=6")
    series = bookings.book(noon, by=member, now=now)
    taken(make.person("other@example.com"), now, TEN + timedelta(days=1))
    path, moved = page_of(series, "change", 0), change(series, start="10:00", end="11:00")
    refused = client.post(path, data=moved)
    assert refused.status_code == 409
    assert "3 dates cannot be changed like this" in refused.text
    assert "<strong>Wednesday 9 September</strong>: Tallen is taken 10:00–11:00" in refused.text
    assert "<strong>Saturday 12 September</strong>: outside the opening hours" in refused.text
    assert "Change the free ones (3 of 6)" in refused.text
    made = client.post(path, data={**moved, "go_on": "skip"}, follow_redirects=True)
    assert "stays here: 10:00 was outside the opening hours" in made.text
    assert "stays here: 10:00 was taken" in made.text
    assert [each[6:] for each in starts(series)] == ["08:00", "10:00", "08:00", "08:00", "10:00", "10:00"]


def test_one_date_that_is_shut_is_refused_as_before(
    make: Factory, member: Person, now: datetime, client: FlaskClient
) -> None:
    series = weekdays(member, now)
    close(make, date(2026, 9, 9), "Spring cleaning")
    refused = client.post(page_of(series, "change", 0), data=change(series, scope="this", date="2026-09-09"))
    assert refused.status_code == 422
    assert "Change the free ones" not in refused.text


@pytest.mark.parametrize(
    ("counted", "told"),
    [
        ({"closed": 2}, "2 were left out when it was booked (closed)"),
        ({"taken": 1, "hours": 1}, "2 were left out when it was booked (outside the opening hours, taken)"),
        ({"taken": 1}, "1 was left out when it was booked (taken)"),
    ],
)
def test_where_it_is_not_known_which_dates_were_left_out_their_number_is_told(
    member: Person, now: datetime, client: FlaskClient, counted: dict[str, int], told: str
) -> None:
    series = weekdays(member, now)
    assert "left out" not in client.get(f"/bookings/{series.id}").text
    line = db.session.query(History).filter_by(booking_id=series.id, action="booked").one()
    line.details = {**line.details, "left_out": counted}
    db.session.commit()
    assert told in client.get(f"/bookings/{series.id}").text
