"""Booking a series on the form: how it repeats, and what is in the way of its dates."""

import re
from datetime import UTC, date, datetime, timedelta

import pytest
from flask.testing import FlaskClient

from app.extensions import db
from app.models import Booking, BookingDate, Closure, Person, ResourcePart
from tests.factories import TEN, Factory
from tests.web.booked import FORM, WEEK, newest, page_of, starts, taken

NEW = "/bookings/new?resource=tallen&date=2026-09-08&start=10:00&end=11:00"
WEEKLY = {
    **FORM,
    "repeat": "week",
    "every": "1",
    "weekdays": "1",
    "ends": "count",
    "count": "4",
    "skip_closed": "y",
}


def close(make: Factory, day: date, reason: str) -> None:
    start = datetime(day.year, day.month, day.day, tzinfo=UTC)
    db.session.add(
        Closure(
            office_id=make.office().id,
            starts_at=start,
            ends_at=start + timedelta(days=1),
            reason=reason,
            entered_at=make.now,
            source="host",
        )
    )
    db.session.commit()


def test_a_series_is_booked_without_script(member: Person, client: FlaskClient) -> None:
    made = client.post(NEW, data=WEEKLY, follow_redirects=True)
    assert "Every Tuesday, 4 times" in made.text
    assert "Date 1 of 4" in made.text
    assert newest().recurrence == "FREQ=WEEKLY;COUNT=4;BYDAY=TU"
    assert starts(newest()) == ["09-08 08:00", "09-15 08:00", "09-22 08:00", "09-29 08:00"]


def test_the_dates_are_told_before_and_what_is_left_out(
    make: Factory, member: Person, client: FlaskClient
) -> None:
    close(make, date(2026, 9, 15), "Spring cleaning")
    more = "&repeat=week&weekdays=1&ends=count&count=4&skip_closed=y"
    html = client.get(NEW + more).text
    assert "Every Tuesday, 4 times" in html
    assert "3 dates, 8 September – 29 September 2026" in html
    assert "1 left out: 15 September (Spring cleaning)" in html
    assert "data-tells open" in html, "what was chosen stands open"
    shown = client.post(NEW, data={**WEEKLY, "show": "dates"}).text
    assert "3 dates, 8 September – 29 September 2026" in shown
    unclear = client.post(NEW, data={**WEEKLY, "show": "dates", "weekdays": []})
    assert "Choose at least one weekday." in unclear.text
    assert db.session.query(Booking).count() == 0
    made = client.post(NEW, data=WEEKLY, follow_redirects=True).text
    assert len(newest().dates) == 3
    assert "Every Tuesday, 3 dates. Date 1 of 3." in made
    client.post(page_of(newest(), "cancellation", 0), data={"scope": "this"})
    assert "Every Tuesday, 3 dates. Date 2 of 3." in client.get(f"/bookings/{newest().id}").text


@pytest.mark.parametrize(
    ("wrong", "field", "told"),
    [
        ({"weekdays": []}, "weekdays", "Choose at least one weekday."),
        ({"count": "many"}, "count", "Give a number of times, for example 10."),
        ({"count": "0"}, "count", "Give a number of times, for example 10."),
        ({"count": "367"}, "count", "A series has at most 366 dates."),
        ({"ends": "until", "until": ""}, "until", "Give the last day, for example 2026-12-15."),
        (
            {"ends": "until", "until": "2026-09-01"},
            "until",
            "The last day comes before the first, 8 September 2026.",
        ),
        ({"ends": "until", "until": "2030-01-01"}, "until", "A series lasts at most two years"),
        ({"repeat": "day", "ends": "until", "until": "2028-09-01"}, "repeat", "A series has at most 366"),
        ({"count": "", "date": "soon"}, "count", "Give a number of times, for example 10."),
    ],
)
def test_what_is_wrong_stands_at_its_field(
    member: Person, client: FlaskClient, wrong: dict[str, object], field: str, told: str
) -> None:
    answer = client.post(NEW, data={**WEEKLY, "title": "Choir", **wrong})
    assert answer.status_code == 422
    assert told in answer.text
    assert f'id="{field}-error"' in answer.text or wrong.get("date")
    assert 'value="Choir"' in answer.text
    assert db.session.query(Booking).count() == 0


def test_the_first_date_is_the_first_that_fits(member: Person, client: FlaskClient) -> None:
    client.post(NEW, data={**WEEKLY, "weekdays": ["0", "3"]})
    assert starts(newest()) == ["09-10 08:00", "09-14 08:00", "09-17 08:00", "09-21 08:00"]


@pytest.mark.parametrize(
    ("monthly", "first", "rule"),
    [
        ("day:8", "09-08", "FREQ=MONTHLY;COUNT=2;BYMONTHDAY=8"),
        ("nth:2:1", "09-08", "FREQ=MONTHLY;COUNT=2;BYDAY=2TU"),
        ("nth:-1:4", "09-25", "FREQ=MONTHLY;COUNT=2;BYDAY=-1FR"),
        ("day:-1", "09-30", "FREQ=MONTHLY;COUNT=1;BYMONTHDAY=-1"),
        ("nonsense:-1", "09-08", "FREQ=MONTHLY;COUNT=2;BYMONTHDAY=8"),
    ],
)
def test_monthly(member: Person, client: FlaskClient, monthly: str, first: str, rule: str) -> None:
    count = re.search(r"COUNT=(\d)", rule)
    assert count
    client.post(NEW, data={**WEEKLY, "repeat": "month", "monthly": monthly, "count": count[1]})
    assert (newest().recurrence, starts(newest())[0][:5]) == (rule, first)


@pytest.mark.parametrize(
    ("date", "chosen", "offered"),
    [
        ("2026-09-08", "nth:4:1", ["The 8th", "The second Tuesday"]),
        ("2026-09-29", "nth:-1:4", ["The 29th", "The last Tuesday"]),
        ("2026-09-30", "day:8", ["The 30th", "The last day", "The last Wednesday"]),
        ("2026-09-24", "", ["The 24th", "The fourth Thursday", "The last Thursday"]),
    ],
)
def test_the_days_of_a_month_follow_the_first_day(
    member: Person, client: FlaskClient, date: str, chosen: str, offered: list[str]
) -> None:
    html = client.get(f"/bookings/new?resource=tallen&date={date}&repeat=month&monthly={chosen}").text
    choices = re.findall(r'name="monthly" value="([^"]+)"( checked)?><span>([^<]+)<', html)
    assert [text for _, _, text in choices] == offered
    assert [text for _, checked, text in choices if checked] == [offered[1 if "nth" in chosen else 0]]


def test_every_date_in_the_way_is_named_and_the_free_ones_can_be_booked(
    make: Factory, member: Person, client: FlaskClient, now: datetime
) -> None:
    for weeks in (1, 3):
        taken(member, now, TEN + weeks * WEEK)
    answer = client.post(NEW, data={**WEEKLY, "title": "Choir"})
    assert answer.status_code == 409
    assert "2 of 4 dates are taken" in answer.text
    assert re.findall(r"<strong>(\w+ \d+ \w+)</strong>: ([^<]+): <a ", answer.text) == [
        ("Tuesday 15 September", "Tallen: you have it yourself 10:00–11:00"),
        ("Tuesday 29 September", "Tallen: you have it yourself 10:00–11:00"),
    ]
    assert "Book the free ones (2 of 4)" in answer.text
    assert 'value="Choir"' in answer.text
    assert 'value="move"' not in answer.text, "there is no other room"
    made = client.post(NEW, data={**WEEKLY, "go_on": "skip"}, follow_redirects=True)
    assert made.status_code == 200
    assert starts(newest()) == ["09-08 08:00", "09-22 08:00"]


def test_what_is_taken_moves_to_another_room(
    make: Factory, member: Person, client: FlaskClient, now: datetime
) -> None:
    make.room("granen")
    taken(member, now, TEN + WEEK)
    answer = client.post(NEW, data=WEEKLY)
    assert "Move those that are taken to another room" in answer.text
    assert "Granen: 15 September." in answer.text
    made = client.post(NEW, data={**WEEKLY, "go_on": "move"}, follow_redirects=True)
    assert "· Granen" in made.text
    held = [[slot.resource.slug for slot in each.slots] for each in newest().dates]
    assert held == [["tallen"], ["granen"], ["tallen"], ["tallen"]]
    for number in range(4):
        told = client.get(f"/bookings/{newest().id}?date_id={newest().dates[number].id}").text
        assert "Not the same place every time: each date says its own." in told
        assert re.findall(r"10:00–11:00</span> · (\w+)", told) == ["Tallen", "Granen", "Tallen", "Tallen"]


def test_a_request_and_time_to_clear_away_are_told_apart(
    make: Factory, member: Person, client: FlaskClient, now: datetime
) -> None:
    make.room("hallen", approval=True, buffer_after_minutes=30)
    taken(member, now, TEN, "hallen")
    data = {**FORM, "resources": "hallen"}
    told = client.post("/bookings/new", data=data).text
    assert "Hallen: you have asked for that time yourself, and the host has not decided." in told
    assert "<p>10:00–11:00: <a" in told
    later = client.post("/bookings/new", data={**data, "start": "11:00", "end": "12:00"}).text
    assert "Hallen is kept free 11:00–11:30 after your own booking: <a" in later
    earlier = client.post("/bookings/new", data={**data, "start": "09:00", "end": "10:00"}).text
    assert "Hallen: no time to clear away before the booking that starts at 10:00: <a" in earlier
    make.room("salen", buffer_before_minutes=30)
    taken(member, now, TEN, "salen")
    data["resources"] = "salen"
    earlier = client.post("/bookings/new", data={**data, "start": "09:00", "end": "10:00"}).text
    assert "Salen is kept free 09:30–10:00 before your own booking: <a" in earlier
    later = client.post("/bookings/new", data={**data, "start": "11:00", "end": "12:00"}).text
    assert "Salen: no time to set up after the booking that ends at 11:00: <a" in later


def test_a_pool_is_offered_and_a_series_says_where_it_differs(
    make: Factory, member: Person, client: FlaskClient, now: datetime
) -> None:
    pool = make.pool("desks", name="Any desk")
    for letter in "ab":
        make.room(f"desk-{letter}", kind="desk", capacity=1, pool_id=pool.id)
    taken(member, now, TEN, "desk-a")
    taken(member, now, TEN + WEEK, "desk-b")
    html = client.get(NEW.replace("tallen", "desks")).text
    assert "Any desk · any free one of 2" in html
    assert "Book Any desk" in html
    more = "&repeat=week&weekdays=1&ends=count&count=2"
    assert "Not the same place every time." in client.get(NEW.replace("tallen", "desks") + more).text
    data = {**WEEKLY, "resources": "desks", "count": "2"}
    made = client.post(NEW, data=data, follow_redirects=True).text
    assert "Not the same place every time: each date says its own." in made
    assert {slot.resource.slug for each in newest().dates for slot in each.slots} == {"desk-a", "desk-b"}


def test_parts_and_wholes_say_so(make: Factory, member: Person, client: FlaskClient) -> None:
    whole = make.room("storstugan")
    for name in ("vast", "ost"):
        db.session.add(ResourcePart(whole_id=whole.id, part_id=make.room(name).id))
    db.session.commit()
    assert "Storstugan = Vast + Ost" in client.get("/resources/storstugan").text
    assert "Part of Storstugan" in client.get("/resources/vast").text
    html = client.get(NEW.replace("tallen", "vast")).text
    assert "(Vast + Ost)" in html
    data = {**WEEKLY, "resources": "storstugan", "repeat": ""}
    made = client.post(NEW, data=data, follow_redirects=True).text
    assert re.search(r"Storstugan</a> <span[^>]*>\(Vast \+ Ost\)<", made), "the name stands there once"
    assert "(Part of Storstugan)" in html


def test_everything_stays_as_it_was_for_once_only(member: Person, client: FlaskClient) -> None:
    client.post(NEW, data={**WEEKLY, "repeat": ""})
    assert newest().recurrence is None
    assert db.session.query(BookingDate).count() == 1


def test_every_day_leaves_out_the_weekend(member: Person, client: FlaskClient) -> None:
    daily = {**WEEKLY, "repeat": "day", "count": "7"}
    html = client.post(NEW, data={**daily, "show": "dates"}).text
    assert "5 dates, 8 September – 14 September 2026" in html
    assert "2 left out: 12 September (closed), 13 September (closed)" in html
    del daily["skip_closed"]
    assert "Tallen is not open that day." in client.post(NEW, data=daily).text
