"""Video conferences: rooms at several offices in one booking, and the link for those it concerns."""

import re
from datetime import datetime, timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient

from app.extensions import db
from app.models import Booking, Closure, OpeningHours, Person
from app.services import bookings
from app.services.bookings import Wish
from app.services.people import add_person, new_token
from tests.conftest import Clock
from tests.factories import HOUR, TEN, Factory
from tests.web.accounts import PASSWORD, add_account, sign_in
from tests.web.booked import newest

LINK = "https://teams.example.org/l/kanariefågel"
NEW = "/conferences/new?date=2026-09-08&start=10:00&end=11:00"
FORM = {
    "home": "stockholm",
    "date": "2026-09-08",
    "start": "10:00",
    "end": "11:00",
    "sites": ["stockholm", "umea"],
    "people": "4",
    "title": "Quarterly call",
    "organisation": "granit",
    "activity": "meeting",
}


@pytest.fixture
def offices(make: Factory) -> None:
    make.room("tallen", capacity=6)
    make.room("hallen", capacity=40)
    make.office("umea", timezone="Europe/Helsinki")  # an hour ahead, so that it can be told apart
    make.room("udden", office="umea", capacity=8)
    pool = make.pool("licences", name="Licence")
    make.room("licence-1", kind="video", capacity=1, pool_id=pool.id)


@pytest.fixture
def member(offices: None, make: Factory, client: FlaskClient) -> Person:
    """Signed in."""
    person = add_account(make, language="en")
    sign_in(client)
    return person


def held() -> set[str]:
    return {slot.resource.slug for date in newest().dates for slot in date.slots}


def test_what_each_place_gets_is_told_by_its_own_clock(member: Person, client: FlaskClient) -> None:
    html = client.get(NEW + "&licence=licences").text
    gets = re.findall(r"<li><span><strong>(\w+)</strong> · (\w+)</span><span[^>]*>([^<]+)<", html)
    assert gets == [("Stockholm", "Tallen", "10:00–11:00"), ("Umea", "Udden", "11:00–12:00")]
    assert "Also taken: Licence-1" in html
    assert "All of it is free." in html
    assert "Times by the clock of" in html


def test_a_licence_is_taken_along_where_there_is_a_pool(member: Person, client: FlaskClient) -> None:
    assert '<option selected value="licences">' in client.get(NEW).text


def test_all_places_are_booked_at_once_with_a_link(member: Person, client: FlaskClient) -> None:
    made = client.post(NEW, data={**FORM, "licence": "licences", "meeting": "new"}, follow_redirects=True)
    assert held() == {"tallen", "udden", "licence-1"}
    link = newest().meeting_url
    assert link
    assert link.startswith("https://meet.jit.si/")
    assert f'href="{link}"' in made.text
    assert "Join the meeting" in made.text
    assert re.findall(r"Tallen</a>.*?10:00–11:00", made.text, re.DOTALL)
    assert re.findall(r"Udden</a>.*?11:00–12:00", made.text, re.DOTALL)
    assert f'href="{link}"' in client.get("/bookings").text


def test_by_the_clock_of_another_office_and_in_a_room_that_is_named(
    member: Person, client: FlaskClient
) -> None:
    client.post(NEW, data={**FORM, "home": "umea", "room-stockholm": "hallen", "room-umea": "udden"})
    assert newest().dates[0].starts_at == TEN - HOUR
    assert newest().timezone == "Europe/Helsinki"
    assert held() == {"hallen", "udden"}


def test_a_series_goes_by_the_clock_of_the_home_whatever_is_taken_along(
    member: Person, client: FlaskClient
) -> None:
    series = {"repeat": "week", "weekdays": "1", "ends": "count", "count": "2"}
    client.post(NEW, data={**FORM, **series, "home": "umea", "licence": "licences"})
    assert newest().timezone == "Europe/Helsinki"
    assert "Date 1 of 2" in client.get(f"/bookings/{newest().id}").text


def test_where_it_is_too_late_elsewhere_nothing_is_booked(
    member: Person, client: FlaskClient, now: datetime
) -> None:
    bookings.book(Wish(("udden",), TEN, TEN + HOUR, "Theirs", "granit", "meeting"), by=member, now=now)
    answer = client.post(NEW, data={**FORM, "title": "Choir"})
    assert answer.status_code == 409
    assert "<strong>Umea</strong>: no room for 4 is free" in answer.text
    assert 'value="Choir"' in answer.text
    others = re.findall(r'name="alternative" value="([^"]+)">([^<]+)<', answer.text)
    assert [text for _, text in others] == ["Book 09:00–10:00 instead", "Book 11:00–12:00 instead"]
    assert "Free everywhere on Tuesday 8 September; one tap books it at once:" in answer.text
    client.post(NEW, data={**FORM, "title": "Choir", "alternative": others[1][0]})
    assert (newest().title, newest().dates[0].starts_at) == ("Choir", TEN + HOUR)
    named = client.post(NEW, data={**FORM, "room-umea": "udden"}).text
    assert "<strong>Umea</strong>: Udden: you have it yourself 11:00–12:00: <a" in named


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        ({"sites": ["umea"]}, "Choose at least two places."),
        ({"people": "many"}, "Give the number of people, for example 4."),
        ({"people": "41"}, "41"),
        ({"meeting": "paste", "meeting_url": ""}, "Paste the link, or choose another way."),
        ({"meeting": "paste", "meeting_url": "javascript:alert(1)"}, 'id="meeting_url-error"'),
        ({"date": "soon", "people": "0"}, "Give a date, for example 2026-11-24."),
        ({"title": ""}, "Give the booking a title."),
    ],
)
def test_what_is_wrong_stands_at_its_field(
    member: Person, client: FlaskClient, wrong: dict[str, object], told: str
) -> None:
    answer = client.post(NEW, data={**FORM, **wrong})
    assert answer.status_code == 422
    assert told in answer.text
    assert db.session.query(Booking).count() == 0


def test_a_conference_repeats(member: Person, client: FlaskClient, now: datetime) -> None:
    series = {"repeat": "week", "weekdays": "1", "ends": "count", "count": "3"}
    client.post(NEW, data={**FORM, **series})
    assert [len(date.slots) for date in newest().dates] == [2, 2, 2]
    again = client.post(NEW, data={**FORM, **series, "room-umea": "udden"})
    assert again.status_code == 409
    assert "3 of 3 dates are taken" in again.text


def test_one_office_alone_has_no_conferences(make: Factory, client: FlaskClient) -> None:
    make.room("tallen")
    add_account(make)
    sign_in(client)
    assert client.get("/conferences/new").status_code == 404
    assert "/conferences/new" not in client.get("/find").text


def test_the_link_can_be_changed_and_taken_away(member: Person, client: FlaskClient) -> None:
    client.post(NEW, data={**FORM, "meeting": "paste", "meeting_url": LINK})
    booking = newest()
    path = f"/bookings/{booking.id}/change"
    assert LINK in client.get(path).text
    data = {**FORM, "resources": "tallen", "version": str(booking.version)}
    client.post(path, data={**data, "meeting": "paste", "meeting_url": LINK + "x"})
    assert booking.meeting_url == LINK + "x"
    assert len(booking.dates[0].slots) == 2, "the other place is kept"
    client.post(path, data={**data, "version": str(booking.version), "meeting": ""})
    assert not booking.meeting_url


def test_the_link_is_for_those_it_concerns_alone(
    app: Flask, offices: None, make: Factory, client: FlaskClient, now: datetime
) -> None:
    """Organiser, own organisation and the hosts of either office; not the public, not other members."""
    organiser = add_account(make, "organiser@example.org")
    add_account(make, "colleague@example.org")
    make.organisation("other")
    make.office("pitea")
    for name, role, office in (
        ("stranger", "member", None),
        ("umea", "host", "umea"),
        ("away", "host", "pitea"),
    ):
        add_person(
            f"{name}@example.org",
            role=role,
            organisation="other",
            office=office,
            password=PASSWORD,
            now=now,
        )
    wish = Wish(
        ("tallen", "udden"),
        TEN,
        TEN + timedelta(hours=1),
        "Secret call",
        "granit",
        "meeting",
        meeting_url=LINK,
    )
    booking = bookings.book(wish, by=organiser, now=now)
    pages = (
        f"/bookings/{booking.id}",
        f"/bookings/{booking.id}.ics",
        f"/bookings/{booking.id}/change",
        "/bookings",
        "/offices/stockholm/days/2026-09-08",
        "/offices/umea/days/2026-09-08",
        "/resources/tallen/weeks/2026-W37",
        "/resources/udden",
        "/find?office=umea&when=choose&date=2026-09-08&time=10:00",
        "/bookings/new?resource=udden&date=2026-09-08&start=11:00&end=12:00",
        f"/api/v1/bookings/{booking.id}",
        "/api/v1/bookings?from=2026-09-01T00:00:00Z&to=2026-09-30T00:00:00Z",
    )
    for who in (None, "stranger@example.org", "away@example.org"):
        reader = app.test_client()
        if who:
            sign_in(reader, who)
        for path in pages:
            shown = reader.get(path).get_data(as_text=True).replace("\r\n ", "")
            assert "kanariefågel" not in shown, f"{path} as {who}"
            assert "Secret call" not in shown, f"{path} as {who}"
    for who in ("organiser@example.org", "colleague@example.org", "umea@example.org"):
        reader = app.test_client()
        sign_in(reader, who)
        assert LINK in reader.get(f"/bookings/{booking.id}").text, who
    token = new_token("stranger@example.org", now)
    for path in pages[-2:]:
        answer = client.get(path, headers={"Authorization": f"Bearer {token}"})
        assert "kanariefågel" not in answer.get_data(as_text=True)


def test_a_host_books_a_conference_past_the_rules(offices: None, make: Factory, client: FlaskClient) -> None:
    add_account(make, role="host", language="en")
    sign_in(client)
    late = NEW.replace("10:00", "17:00").replace("11:00", "18:00")
    assert "As host you can book past this: outside the opening hours." in client.get(late).text
    data = {**FORM, "start": "17:00", "end": "18:00"}
    answer = client.post(NEW, data=data)
    assert answer.status_code == 422
    assert "Book anyway" in answer.text
    made = client.post(NEW, data={**data, "override": "1"}, follow_redirects=True)
    assert "Booked past the rules: outside the opening hours" in made.text


@pytest.mark.parametrize(
    ("at", "expected"),
    [
        (TEN, ("2026-09-08", "10:00")),
        (TEN.replace(hour=4), ("2026-09-08", "09:00")),  # not open yet
        (TEN.replace(hour=14, minute=30), ("2026-09-09", "09:00")),  # half an hour is no meeting
        (TEN + timedelta(days=5), ("2026-09-14", "09:00")),  # a Sunday
    ],
)
def test_it_begins_when_all_places_are_open_next(
    member: Person, client: FlaskClient, clock: Clock, at: datetime, expected: tuple[str, str]
) -> None:
    clock.at = at
    html = client.get("/conferences/new").text
    shown = [re.search(rf'<input[^>]*name="{name}"[^>]*>', html) for name in ("date", "start")]
    assert [re.search(r'value="([^"]*)"', each[0])[1] for each in shown if each] == [*expected]
    assert "All of it is free." in html


SUNDAY = NEW.replace("2026-09-08", "2026-09-13")


def shut(html: str) -> list[str]:
    """What is said of opening hours, each thing once."""
    told = re.findall(r"(?:[^<>:]*(?:not open|is open \d)|None of these places)[^<>]*", html)
    return list(dict.fromkeys(each.strip() for each in told))


@pytest.mark.parametrize("licence", ["", "&licence=licences"])
def test_a_day_on_which_all_are_closed_is_told_once(
    member: Person, client: FlaskClient, licence: str
) -> None:
    assert shut(client.get(SUNDAY + licence).text) == ["None of these places is open that day."]
    data = {**FORM, "date": "2026-09-13", "licence": "licences" if licence else ""}
    refused = client.post("/conferences/new", data=data)
    assert refused.status_code == 422
    assert shut(refused.text)[-1] == "None of these places is open that day."
    assert len(shut(refused.text)) <= 2, "in the summary with the name of its field"


def test_a_holiday_of_all_is_told_once_with_its_name(
    make: Factory, member: Person, client: FlaskClient
) -> None:
    def close(office: str, reason: str) -> None:
        start = TEN.replace(hour=0) - timedelta(hours=2 if office == "stockholm" else 3)
        where, when = (
            {"office_id": make.office(office).id},
            {"starts_at": start, "ends_at": start + 24 * HOUR},
        )
        db.session.add(Closure(**where, **when, reason=reason, entered_at=make.now, source="host"))
        db.session.commit()

    close("stockholm", "Holiday")
    told = client.get(NEW).text
    assert "Stockholm is closed Tuesday 8 September: Holiday." in told, "without the hours of a whole day"
    close("umea", "Holiday")
    told = client.get(NEW + "&licence=licences").text
    assert shut(told) == ["None of these places is open that day: Holiday."]
    assert "is closed" not in told


def test_a_place_that_is_closed_is_named_itself_and_once(
    make: Factory, member: Person, client: FlaskClient
) -> None:
    for weekday in (5, 6):
        hours = OpeningHours(office_id=make.office("umea").id, weekday=weekday, opens_minute=0)
        hours.closes_minute = 24 * 60
        db.session.add(hours)
    db.session.commit()
    assert shut(client.get(SUNDAY + "&licence=licences").text) == ["Stockholm is not open that day."]
    named = client.get(SUNDAY + "&licence=licences&room-stockholm=tallen").text
    assert shut(named) == ["Tallen is not open that day."], "by the room that was chosen"
    early = client.get(NEW.replace("10:00", "06:00").replace("11:00", "07:00")).text
    assert shut(early) == ["Stockholm is open 08:00–17:00.", "Umea is open 08:00–17:00."]
