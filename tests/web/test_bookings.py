"""The booking pages: who came and how many, what can no longer be changed, series."""

import re
from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient

from app.extensions import db
from app.models import BookingDate, Person
from app.services import bookings, presence
from app.services.bookings import Wish
from tests.conftest import Clock
from tests.factories import HOUR, TEN, Factory
from tests.web.accounts import add_account, sign_in
from tests.web.booked import FORM, book

MINUTE = timedelta(minutes=1)


@pytest.fixture
def booked(member: Person, now: datetime) -> BookingDate:
    return book(member, now).dates[0]


def settle(client: FlaskClient, date: BookingDate, action: str, **heads: str) -> str:
    path = f"/bookings/{date.booking_id}/dates/{date.id}/presence"
    answer = client.post(path, data={"action": action, **heads}, follow_redirects=True)
    db.session.refresh(date)
    return answer.text


def page(client: FlaskClient, date: BookingDate) -> str:
    answer = client.get(f"/bookings/{date.booking_id}")
    assert answer.status_code == 200
    return answer.text


def test_check_in_count_and_end(booked: BookingDate, client: FlaskClient, clock: Clock) -> None:
    clock.at = TEN - HOUR
    assert "You can check in here from 09:30." in page(client, booked)
    assert 'value="check_in"' not in page(client, booked)
    clock.at = TEN - 20 * MINUTE
    html = page(client, booked)
    assert "Starts at 10:00" in html
    assert 'value="check_in"' in html
    assert 'name="women"' not in html, "nobody can be counted yet"
    assert "Checked in." in settle(client, booked, "check_in")
    assert (booked.status, booked.women) == ("checked_in", None)

    clock.at = TEN + 10 * MINUTE
    html = page(client, booked)
    assert "Going on until 11:00" in html
    assert "It has started: you can end it now, or ask the host." in html
    assert f"/bookings/{booked.booking_id}/change" not in html
    assert f"/bookings/{booked.booking_id}/cancellation" not in html
    assert "The head count is saved." in settle(client, booked, "heads", women="3", men="2", other="")
    assert (booked.women, booked.men, booked.other) == (3, 2, 0)

    clock.at = TEN + 30 * MINUTE
    assert "Ended." in settle(client, booked, "end", women="4", men="2", other="0")
    assert (booked.ends_at, booked.women) == (TEN + 30 * MINUTE, 4)
    html = page(client, booked)
    assert "10:00–10:30" in html
    assert "<dd>4 women, 2 men</dd>" in html
    assert 'value="end"' not in html
    assert "The head count is empty." in settle(client, booked, "heads", women="", men="", other="")
    assert booked.women is None


def test_checking_in_with_a_head_count(booked: BookingDate, client: FlaskClient, clock: Clock) -> None:
    clock.at = TEN + MINUTE
    settle(client, booked, "check_in", women="1", men="", other="")
    assert (booked.status, booked.women, booked.men) == ("checked_in", 1, 0)


@pytest.mark.parametrize("women", ["many", "-1", "10001", "1.5"])
def test_a_head_count_that_is_none_is_told_at_its_field(
    booked: BookingDate, client: FlaskClient, clock: Clock, women: str
) -> None:
    clock.at = TEN + MINUTE
    path = f"/bookings/{booked.booking_id}/dates/{booked.id}/presence"
    answer = client.post(path, data={"action": "check_in", "women": women, "men": "2"})
    assert answer.status_code == 422
    assert answer.text.count("A head count is a whole number from 0 to 10,000.") == 1
    assert f'value="{women}" aria-invalid="true" aria-describedby="heads-error"' in answer.text
    assert 'name="men" value="2" checked' in answer.text
    db.session.refresh(booked)
    assert booked.status == "confirmed"


def test_what_is_pressed_too_late_is_told(booked: BookingDate, client: FlaskClient, clock: Clock) -> None:
    clock.at = TEN + 2 * HOUR
    assert "ask the host to check it in" in settle(client, booked, "check_in")
    assert "Only a booking that is going on can end early." in settle(client, booked, "end")
    assert booked.status == "confirmed"
    assert (
        client.post(
            f"/bookings/{booked.booking_id}/dates/{booked.id}/presence", data={"action": "fly"}
        ).status_code
        == 400
    )
    assert client.post(f"/bookings/{booked.booking_id}/dates/{booked.id + 1}/presence").status_code == 404


@pytest.mark.parametrize(("organisation", "status"), [("granit", 403), ("other", 404)])
def test_other_peoples_presence_is_not_theirs(
    make: Factory, booked: BookingDate, client: FlaskClient, clock: Clock, organisation: str, status: int
) -> None:
    other = make.person("organiser@example.org", organisation="other")
    other.organisations = [make.organisation(organisation)]
    booked.booking.organiser_id, booked.booking.organisation_id = other.id, make.organisation(organisation).id
    db.session.commit()
    clock.at = TEN + MINUTE
    for action in ("check_in", "heads", "end"):
        path = f"/bookings/{booked.booking_id}/dates/{booked.id}/presence"
        assert client.post(path, data={"action": action, "women": "1"}).status_code == status
    db.session.refresh(booked)
    assert (booked.status, booked.women) == ("confirmed", None)
    if status == 403:
        html = page(client, booked)
        assert "organiser@example.org booked this: only they and the host can change it." in html
        assert 'name="action"' not in html


@pytest.mark.parametrize(
    ("status", "at", "told"),
    [
        ("confirmed", TEN + 2 * HOUR, "It is over. If something in it is wrong, ask the host."),
        ("checked_in", TEN - MINUTE, "It is checked in. You can still cancel it"),
        (
            "no_show",
            TEN + 20 * MINUTE,
            "The host noted that nobody came. The time is free again; if that is wrong, ask the host.",
        ),
        ("declined", TEN - HOUR, "The host could not give you this time."),
    ],
)
def test_why_it_cannot_be_changed(
    booked: BookingDate, client: FlaskClient, clock: Clock, status: str, at: datetime, told: str
) -> None:
    booked.status = status
    db.session.commit()
    clock.at = at
    html = page(client, booked)
    assert told in html
    assert f"/bookings/{booked.booking_id}/change" not in html


def test_an_old_link_to_the_forms_says_why_not(
    booked: BookingDate, client: FlaskClient, clock: Clock
) -> None:
    clock.at = TEN + 20 * MINUTE
    for form in ("change", "cancellation"):
        answer = client.get(f"/bookings/{booked.booking_id}/{form}", follow_redirects=True)
        assert answer.request.path == f"/bookings/{booked.booking_id}"
        assert answer.text.count("It has started: you can end it now, or ask the host.") == 2
    client.post(f"/bookings/{booked.booking_id}/cancellation")
    db.session.refresh(booked)
    assert booked.status == "confirmed"


def test_in_the_running_quarter_a_mistake_can_be_mended(
    booked: BookingDate, client: FlaskClient, clock: Clock
) -> None:
    clock.at = TEN + 10 * MINUTE
    assert f"/bookings/{booked.booking_id}/change" in page(client, booked)
    client.post(f"/bookings/{booked.booking_id}/cancellation")
    db.session.refresh(booked)
    assert booked.status == "cancelled"


def test_one_date_of_a_series_or_all_of_it(member: Person, client: FlaskClient, now: datetime) -> None:
    series = book(member, now, recurrence="FREQ=DAILY;COUNT=3")
    path, second = f"/bookings/{series.id}", series.dates[1].id
    html = client.get(f"{path}?date_id={second}").text
    assert "Wednesday 9 September 2026" in html
    assert f'href="{path}?date_id={series.dates[0].id}"' in html
    assert "Only this date: Wednesday 9 September" in client.get(f"{path}/cancellation?date_id={second}").text
    client.post(f"{path}/cancellation?date_id={second}", data={"scope": "this"})
    db.session.expire_all()
    assert [date.status for date in series.dates] == ["confirmed", "cancelled", "confirmed"]
    client.post(f"{path}/restoration", data={"date_id": second})
    db.session.expire_all()
    assert series.dates[1].status == "confirmed"
    client.post(f"{path}/cancellation", data={"scope": "all"})
    db.session.expire_all()
    assert {date.status for date in series.dates} == {"cancelled"}


def test_a_change_keeps_the_other_rooms(
    make: Factory, member: Person, client: FlaskClient, now: datetime
) -> None:
    make.room("granen")
    wish = Wish(("tallen", "granen"), TEN, TEN + HOUR, "Both", "granit", "meeting")
    date = bookings.book(wish, by=member, now=now).dates[0]
    path = f"/bookings/{date.booking_id}/change"
    html = client.get(path).text
    assert re.findall(r'<option selected value="(\w+)">', html)[-2:] == ["tallen", "granen"]
    data = {**FORM, "start": "10:30", "end": "11:30", "version": "1"}
    client.post(path, data=data)
    db.session.refresh(date)
    assert [slot.resource.slug for slot in date.slots] == ["tallen", "granen"]
    assert date.starts_at == TEN + HOUR / 2


def test_a_moved_date_of_a_series_is_changed_where_it_is(
    make: Factory, member: Person, client: FlaskClient, now: datetime
) -> None:
    make.room("granen")
    series = book(member, now, recurrence="FREQ=DAILY;COUNT=2")
    path = f"/bookings/{series.id}/change?date_id={series.dates[1].id}"
    html = client.get(path).text
    assert "Only this date: Wednesday 9 September" in html
    client.post(
        path,
        data={**FORM, "title": "Board meeting", "resources": "granen", "date": "2026-09-09", "version": "1"},
    )
    assert '<option selected value="granen">' in client.get(path).text
    first = client.get(f"/bookings/{series.id}/change?date_id={series.dates[0].id}").text
    assert '<option selected value="tallen">' in first


def test_my_bookings_tell_what_to_do_now(
    member: Person, booked: BookingDate, client: FlaskClient, clock: Clock
) -> None:
    html = client.get("/bookings").text
    assert "Going on now" not in html
    assert f"/bookings/{booked.booking_id}/cancellation" in html
    clock.at = TEN + 20 * MINUTE
    html = client.get("/bookings").text
    assert "Going on now" in html
    assert "Nothing more booked." in html
    assert ">Check in<" in html
    assert f"/bookings/{booked.booking_id}/cancellation" not in html
    clock.at = TEN + 2 * HOUR
    assert ">Count heads<" in client.get("/bookings").text
    presence.count_heads(booked.id, women=1, men=1, other=0, by=member, now=clock.at)
    assert ".ics" not in page(client, booked), "nobody needs it in a calendar any more"
    html = client.get("/bookings").text
    assert ">Count heads<" not in html
    assert "Confirmed" not in html, "what went as it should needs no word for it"


def test_a_host_may_still_check_in_afterwards(
    make: Factory, booked: BookingDate, client: FlaskClient, clock: Clock
) -> None:
    add_account(make, "host@example.org", role="host", language="en")
    sign_in(client, "host@example.org")
    assert "Booked. A change of mind?" not in page(client, booked), "that is for whoever booked it"
    clock.at = TEN + HOUR / 2
    html = page(client, booked)
    assert "You can cancel it, or end it once it has started." in html
    assert f"/bookings/{booked.booking_id}/cancellation" in html
    clock.at = TEN + 2 * HOUR
    html = page(client, booked)
    assert "It is over: its time and room stay as they are." in html
    assert 'value="check_in"' in html
    assert "Checked in." in settle(client, booked, "check_in", women="2")
    assert (booked.status, booked.women) == ("checked_in", 2)


def test_which_of_two_clock_times_it_is_stands_on_its_pages(make: Factory, client: FlaskClient) -> None:
    make.office(opens=0, closes=24 * 60, days=range(7))
    make.room("natt")
    member = add_account(make, language="en")
    sign_in(client)
    start = datetime(2027, 10, 31, 1, 30, tzinfo=UTC)  # the second 02:30
    wish = Wish(("natt",), start, start + HOUR, "Night", "granit", "meeting")
    booking = bookings.book(wish, by=member, now=start - 30 * 24 * HOUR)
    for path in (f"/bookings/{booking.id}", "/bookings"):
        assert "02:30–03:30 (winter time)" in client.get(path).text


def test_more_people_than_seats_are_counted_and_asked_about(
    booked: BookingDate, client: FlaskClient, clock: Clock
) -> None:
    clock.at = TEN
    told = "The head count is saved. That is more than the 10 seats there – is it right?"
    assert told in settle(client, booked, "heads", women="11")
    assert booked.women == 11
    assert "is it right?" not in settle(client, booked, "heads", women="10")


@pytest.mark.parametrize(
    ("chosen", "expected"),
    [
        ({"resources": "tallen", "also-0": "asken"}, ["tallen", "asken"]),
        ({"resources": "tallen", "also-0": ""}, ["tallen"]),
        ({"resources": "", "also-0": "granen"}, ["granen"]),
        ({"resources": "tallen", "also-0": "granen", "also-1": "asken"}, ["tallen", "granen", "asken"]),
        ({"resources": "tallen", "also-0": "granen", "also-1": "udden"}, ["tallen", "granen", "udden"]),
    ],
)
def test_any_of_several_rooms_is_replaced_taken_out_or_added(
    make: Factory,
    member: Person,
    client: FlaskClient,
    now: datetime,
    chosen: dict[str, str],
    expected: list[str],
) -> None:
    for slug in ("granen", "asken"):
        make.room(slug)
    make.room("udden", office="umea")
    wish = Wish(("tallen", "granen"), TEN, TEN + HOUR, "Both", "granit", "meeting")
    date = bookings.book(wish, by=member, now=now).dates[0]
    path = f"/bookings/{date.booking_id}/change"
    asked = {"date": "2026-09-08", "start": "10:00", "end": "11:00", **chosen}
    told = client.get(path, query_string=asked).text
    card = re.search(r'data-told="summary".*?<strong>(.*?)</strong>', told, re.DOTALL) or pytest.fail(
        "no card"
    )
    assert all(slug.title() in card[1] for slug in expected)
    client.post(path, data={**FORM, **chosen, "version": "1"})
    db.session.expire_all()
    assert sorted(slot.resource.slug for slot in date.slots) == sorted(expected)


def test_a_booking_without_any_room_is_refused(
    make: Factory, member: Person, booked: BookingDate, client: FlaskClient
) -> None:
    path = f"/bookings/{booked.booking_id}/change"
    refused = client.post(path, data={**FORM, "resources": "", "also-0": "", "version": "1"})
    assert refused.status_code == 422
    assert booked.slots[0].resource.slug == "tallen"


def test_what_has_happened_is_for_hosts_of_its_offices_alone(
    app: Flask, make: Factory, member: Person, booked: BookingDate, client: FlaskClient
) -> None:
    path = f"/bookings/{booked.booking_id}"
    assert "What has happened" not in client.get(path).text  # its booker's own page
    make.office("umea")
    for email, office, reads in (("h@example.org", "stockholm", True), ("u@example.org", "umea", False)):
        add_account(make, email, role="host", language="en", office=office)
        host = app.test_client()
        sign_in(host, email)
        assert ("What has happened" in host.get(path).text) is reads
