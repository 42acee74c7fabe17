"""What the rules of an office show on the pages: hours left, refusals at their fields, booking past them."""

from datetime import datetime

import pytest
from flask.testing import FlaskClient

from app.extensions import db
from app.models import Booking, BookingRule
from app.services import bookings
from app.services.bookings import Wish
from tests.factories import HOUR, TEN, Factory
from tests.web.accounts import add_account, sign_in
from tests.web.booked import FORM, book

NEW = "/bookings/new?resource=tallen&date=2026-09-08&start=10:00&end=11:00"


def plain(html: str) -> str:
    return html.replace("\N{NO-BREAK SPACE}", " ")


@pytest.fixture
def rules(make: Factory) -> None:
    make.room("tallen")
    for settings in ({"hours_per_month": 40}, {"notice_minutes": 24 * 60 * 3, "max_minutes": 120}):
        make.rule(**settings)


def test_what_is_left_of_the_month_is_told(
    rules: None, make: Factory, client: FlaskClient, now: datetime
) -> None:
    member = add_account(make, language="en")
    book(add_account(make, "host@example.org", role="host"), now, override=True)
    sign_in(client)
    told = "Granit AB has 39 h of 40 h left in September 2026."
    a_week_later = client.get(NEW.replace("09-08", "09-15").replace("11:00", "11:30")).text
    assert f"{told} After this booking 37 h 30 min is left." in plain(a_week_later)
    taken = plain(client.get(NEW).text)
    assert told in taken
    assert "After this booking" not in taken
    assert member.organisations[0].slug == "granit"


def test_what_is_over_the_hours_of_the_month_is_told(
    make: Factory, client: FlaskClient, now: datetime
) -> None:
    make.room("tallen")
    make.rule(hours_per_month=1)
    host = add_account(make, role="host", language="en")
    for start in (TEN, TEN + 2 * HOUR):
        wish = Wish(("tallen",), start, start + HOUR, "Choir", "granit", "meeting", override=True)
        bookings.book(wish, by=host, now=now)
    sign_in(client)
    at_four = NEW.replace("10:00", "14:00").replace("11:00", "14:30")
    assert "Granit AB is 1 h over its 1 h in September 2026." in plain(client.get(at_four).text)
    rules_page = plain(client.get("/host/stockholm/rules").text)
    assert '<td class="number">2 h</td><td class="number"><strong>1 h over</strong></td>' in rules_page


def test_several_refusals_stand_at_their_fields_and_a_member_cannot_book_past_them(
    rules: None, make: Factory, client: FlaskClient
) -> None:
    add_account(make, language="en")
    sign_in(client)
    answer = client.post(NEW, data={**FORM, "start": "16:00", "end": "19:00", "title": ""})
    assert answer.status_code == 422
    for field in ("start", "end", "title"):
        assert f'id="{field}-error"' in answer.text, field
    assert "Book anyway" not in answer.text
    forced = client.post(NEW, data={**FORM, "override": "1"})
    assert forced.status_code == 422
    assert db.session.query(Booking).count() == 0


def test_a_host_books_past_the_rules_and_the_booking_says_so(
    rules: None, make: Factory, client: FlaskClient
) -> None:
    add_account(make, role="host", language="en")
    sign_in(client)
    late = {**FORM, "start": "16:00", "end": "17:30"}
    answer = client.post(NEW, data=late)
    assert answer.status_code == 422
    assert "As host you can book past this: at too short notice, outside the opening hours." in answer.text
    made = client.post(NEW, data={**late, "override": "1"}, follow_redirects=True)
    assert "Booked past the rules: outside the opening hours, at too short notice" in made.text


def test_what_there_is_instead_says_that_the_host_is_asked_where_a_rule_wants_it(
    make: Factory, client: FlaskClient, now: datetime
) -> None:
    make.room("tallen")
    add_account(make, language="en")
    book(add_account(make, "other@example.org"), now)
    eken = make.room("eken")
    db.session.add(BookingRule(office_id=eken.office_id, resource_id=eken.id, source="host", approval=True))
    db.session.commit()
    sign_in(client)
    html = client.get(NEW).text
    assert "Free on Tuesday 8 September:" in html
    assert "one tap" not in html, "the host is asked first"
    assert "Ask for Eken instead, 10:00–11:00" in html
    assert "Book Tallen 09:00–10:00, another time" in html


def test_the_page_of_a_room_says_what_holds(rules: None, client: FlaskClient) -> None:
    html = client.get("/resources/tallen", headers={"Accept-Language": "en"}).text
    assert "Longest booking: 2" in html
    assert "a month for one organisation" in html
