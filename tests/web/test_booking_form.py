"""The form to book by: its card, what it tells before it is tried, what it asks and keeps."""

import re
from datetime import datetime, timedelta

import pytest
from flask.testing import FlaskClient

from app.extensions import db
from app.models import Booking, BookingDate, Person
from app.services import bookings
from tests.conftest import Clock
from tests.factories import TEN, Factory, wish
from tests.web.accounts import add_account, sign_in
from tests.web.booked import FORM, book

MINUTE = timedelta(minutes=1)
NEW = "/bookings/new?resource=tallen&date=2026-09-08&start=10:00&end=11:00"
NAVIGATION = re.compile(r'<a href="[^"]*" aria-current="\w+">.*?<span>([^<]+)</span>', re.DOTALL)


@pytest.fixture
def booked(member: Person, now: datetime) -> BookingDate:
    return book(member, now).dates[0]


def highlighted(html: str) -> list[str]:
    return NAVIGATION.findall(html.partition("<main")[0])


@pytest.mark.parametrize(("more", "section"), [("", "Today"), ("&confirm=1", "Find")])
def test_the_form_says_what_is_booked_and_stays_where_one_came_from(
    member: Person, client: FlaskClient, more: str, section: str
) -> None:
    html = client.get(NEW + more).text
    assert ">Book Tallen</h1>" in html
    for told in (
        "Tuesday 8 September",
        "10:00–11:00",
        "10 seats · screen",
        "Stockholm",
        "It is yours at once.",
    ):
        assert told in html
    assert highlighted(html) == [section]
    assert "<details" in html
    assert "data-when open" not in html
    refused = client.post(
        NEW + more,
        data={
            "resources": "tallen",
            "date": "2026-09-08",
            "start": "10:00",
            "end": "11:00",
            "title": "",
            "confirm": more[-1:],
        },
    )
    assert refused.status_code == 422
    assert highlighted(refused.text) == [section]


def test_from_a_rooms_page_the_time_is_still_to_be_chosen(member: Person, client: FlaskClient) -> None:
    assert "data-when open" in client.get("/bookings/new?resource=tallen").text


@pytest.mark.parametrize(
    ("start", "end", "told"),
    [
        ("10:30", "11:30", ["Tallen: you have that time yourself."]),
        ("06:00", "07:00", ["Tallen is open 08:00–17:00.", "Choose another time below."]),
    ],
)
def test_what_cannot_be_booked_is_told_before_it_is_tried(
    booked: BookingDate, client: FlaskClient, start: str, end: str, told: list[str]
) -> None:
    html = client.get(f"/bookings/new?resource=tallen&date=2026-09-08&start={start}&end={end}").text
    assert [each for each in told if each not in html] == []
    assert "It is yours at once." not in html
    assert "data-when open" in html


def test_what_waits_for_the_host_is_told_before_and_afterwards(
    make: Factory, member: Person, client: FlaskClient
) -> None:
    make.room("hallen", approval=True)
    html = client.get(NEW.replace("tallen", "hallen")).text
    assert "The host confirms bookings of this room." in html
    assert "Send request" in html
    data = {
        "resources": "hallen",
        "date": "2026-09-08",
        "start": "10:00",
        "end": "11:00",
        "title": "Party",
        "organisation": "granit",
        "activity": "meeting",
    }
    made = client.post(NEW, data=data, follow_redirects=True)
    assert "The host has yet to say yes." in made.text
    path = made.request.path
    assert "will be asked again" in client.get(f"{path}/change").text


def test_a_time_that_comes_twice_is_asked_about_once(
    make: Factory, member: Person, client: FlaskClient
) -> None:
    data = {
        "resources": "tallen",
        "date": "2027-10-31",
        "start": "02:30",
        "end": "03:30",
        "title": "Night",
        "organisation": "granit",
        "activity": "meeting",
    }
    html = client.post(NEW, data=data).text
    assert html.count("comes twice") == 1
    assert html.count("Choose which of the two times you mean.") == 1
    assert 'href="#ambiguous-0"' in html
    assert 'id="ambiguous-0"' in html


def test_a_long_title_is_refused_with_a_message_and_kept(member: Person, client: FlaskClient) -> None:
    data = {
        "resources": "tallen",
        "date": "2026-09-08",
        "start": "10:00",
        "end": "11:00",
        "organisation": "granit",
        "activity": "meeting",
    }
    answer = client.post(NEW, data={**data, "title": "å" * 301})
    assert answer.status_code == 422
    assert "The title has 301 characters; 300 is the most." in answer.text
    assert "å" * 301 in answer.text
    assert 'maxlength="300"' in answer.text
    made = client.post(NEW, data={**data, "title": "å" * 300}, follow_redirects=True)
    assert "å" * 300 in made.text


def test_what_is_taken_opens_with_what_can_be_had_instead_and_says_that_it_books(
    make: Factory, booked: BookingDate, client: FlaskClient
) -> None:
    make.room("eken")
    for html in (client.get(NEW).text, client.post(NEW, data=FORM).text):
        assert "Free on Tuesday 8 September; one tap books it at once:" in html
        assert re.findall(r'name="alternative"[^>]*>([^<]+)<', html) == [
            "Book Eken instead, 10:00–11:00",
            "Book Tallen 09:00–10:00, another time",
        ]
    assert html.index('class="hush" tabindex="-1"') < html.index('name="alternative"'), "Enter books no other"


def test_one_tap_is_promised_only_with_an_organisation(
    make: Factory, booked: BookingDate, client: FlaskClient
) -> None:
    make.room("eken")
    make.organisation("other")
    add_account(make, "host@example.org", role="host", language="en")
    sign_in(client, "host@example.org")
    html = client.get(NEW).text
    assert "Free on Tuesday 8 September:" in html
    assert "one tap" not in html
    assert "one tap books it at once" in client.get(f"{NEW}&organisation=granit").text


def test_who_books_for_several_chooses_whom(make: Factory, client: FlaskClient) -> None:
    make.room("tallen")
    make.organisation("other")
    add_account(make, role="host", language="en")
    sign_in(client)
    html = client.get(NEW).text
    assert '<option value="">Choose …</option>' in html
    refused = client.post(NEW, data={**FORM, "organisation": "", "title": "Choir"})
    assert refused.status_code == 422
    assert 'id="organisation-error"' in refused.text
    assert "Choose an organisation." in refused.text
    assert 'value="Choir"' in refused.text
    assert db.session.query(Booking).count() == 0


def test_a_taken_time_is_told_before_anybody_is_chosen(
    make: Factory, client: FlaskClient, now: datetime
) -> None:
    make.room("tallen")
    make.organisation("other")
    host = add_account(make, role="host", language="en")
    book(host, now)
    sign_in(client)
    for html in (client.get(NEW).text, client.post(NEW, data={**FORM, "organisation": ""}).text):
        assert "Tallen: you have that time yourself." in html
        assert "It is yours at once." not in html


def test_what_has_begun_is_not_said_to_be_open_until_it_starts(
    member: Person, client: FlaskClient, clock: Clock
) -> None:
    clock.at = TEN + 5 * MINUTE
    html = client.get(NEW).text
    assert "until it starts" not in html
    assert "you can change or cancel it until 10:15" in html


def test_broken_rules_and_what_is_in_the_way_are_told_together(
    make: Factory, client: FlaskClient, now: datetime
) -> None:
    make.room("tallen")
    make.room("granen")
    make.rule(resource_id=make.room("tallen").id, min_minutes=120)
    add_account(make, role="host", language="en")
    other = make.person("other@example.org", organisation="skog")
    theirs = wish(hours=2, title="Theirs", organisation="skog")
    booked = bookings.book(theirs, by=other, now=now)
    sign_in(client)
    ahead = client.get(NEW).text
    answer = client.post(NEW, data=FORM)
    assert answer.status_code == 422
    for html in (ahead, answer.text):
        assert "Tallen is booked for at least 2\N{NO-BREAK SPACE}h." in html
        assert "Tallen: somebody else has that time." in html
        assert f'<a href="/bookings/{booked.id}?date_id={booked.dates[0].id}">Theirs</a>' in html
        assert "Book anyway" not in html, "there is no way past what is taken"
        assert "Book Granen instead, 10:00–11:00" in html


def test_ones_own_booking_in_the_way_is_told_with_a_link_and_no_wait(
    booked: BookingDate, client: FlaskClient
) -> None:
    html = client.get(NEW).text
    assert "Tallen: you have that time yourself." in html
    assert f'<a href="/bookings/{booked.booking_id}?date_id={booked.id}">' in html
    assert "Tell me if it becomes free" not in html


def test_things_of_several_kinds_in_the_way_are_each_told_once(
    make: Factory, client: FlaskClient, now: datetime
) -> None:
    make.room("tallen")
    member = add_account(make, language="en")
    for by, start in ((member, TEN), (make.person("other@example.org"), TEN + timedelta(hours=1))):
        bookings.book(wish(start), by=by, now=now)
    sign_in(client)
    html = client.get("/bookings/new?resource=tallen&date=2026-09-08&start=10:00&end=12:00").text
    assert "<span>Something is in the way.</span>" in html
    assert "<p>Tallen: you have it yourself 10:00–11:00: <a href=" in html
    assert "</a>; Tallen is taken 11:00–12:00" in html
    assert "that time" not in html
