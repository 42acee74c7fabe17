"""The host's day: what is counted at its top agrees with what is listed below."""

import re
from datetime import datetime, timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from app.extensions import db
from app.models import Booking, BookingDate, Person
from app.services import bookings, presence
from app.services.bookings import Wish
from tests.conftest import Clock
from tests.databases import statements
from tests.factories import HOUR, TEN, Factory

SUMMARY = re.compile(r"<dt>([^<]+)</dt><dd>(?:<a [^>]*>)?(\d+)")
MARKED = re.compile(r'id="date-(\d+)"(?:(?!</article>).)*?class="small uncounted"', re.DOTALL)


def book(by: Person, now: datetime, hours: int) -> BookingDate:
    start = TEN + hours * HOUR
    wish = Wish(("tallen",), start, start + HOUR, "Board meeting", "granit", "meeting")
    return bookings.book(wish, by=by, now=now).dates[0]


def day(client: FlaskClient) -> tuple[dict[str, int], list[int], str]:
    """The numbers at the top, the ids of dates marked as lacking a head count, and the page."""
    html = client.get("/host/stockholm/2026-09-08").text
    return (
        {name: int(number) for name, number in SUMMARY.findall(html)},
        [int(each) for each in MARKED.findall(html)],
        html,
    )


def test_what_lacks_a_head_count_is_what_came_or_is_over(
    host: Person, client: FlaskClient, clock: Clock
) -> None:
    came, silent, missed, counted, running, coming = (book(host, clock.at, hours) for hours in range(6))
    assert day(client)[1] == []
    clock.at = TEN + 4 * HOUR + HOUR / 2
    presence.check_in(came.id, by=host, now=clock.at)
    presence.mark_no_show(missed.id, by=host, now=clock.at)
    presence.count_heads(counted.id, women=0, men=2, other=None, by=host, now=clock.at)
    numbers, marked, html = day(client)
    assert marked == [came.id, silent.id], "one that runs is to come until it is checked in"
    assert numbers == {"to come": 2, "checked in": 1, "no-shows": 1, "without head count": 2}
    assert f'href="#date-{came.id}"' in html, "the number leads to the first of them"

    presence.check_in(running.id, by=host, now=clock.at)
    assert day(client)[1] == [came.id, silent.id, running.id]
    for date in (came, silent, running):
        client.post(f"/host/dates/{date.id}/presence", data={"action": "heads", "women": "1"})
    numbers, marked, _ = day(client)
    assert (numbers["without head count"], marked) == (0, [])
    assert coming.status == "confirmed"


def test_who_is_checked_in_before_the_start_need_not_be_counted_yet(
    host: Person, client: FlaskClient, clock: Clock
) -> None:
    early = book(host, clock.at, 0)
    clock.at = TEN - HOUR / 4
    presence.check_in(early.id, by=host, now=clock.at)
    assert day(client)[:2] == (
        {"to come": 0, "checked in": 1, "no-shows": 0, "without head count": 0},
        [],
    )
    clock.at = TEN
    assert day(client)[1] == [early.id]


def test_the_offices_calendar_and_a_new_address_for_it(host: Person, client: FlaskClient) -> None:
    address = re.compile(r'value="(http[^"]+/feeds/office/stockholm/[^"]+)"')
    first = address.search(day(client)[2])
    assert first
    renewed = client.post("/feeds/office:stockholm/renewal")
    assert renewed.location == "/host?office=stockholm"
    second = address.search(day(client)[2])
    assert second
    assert second[1] != first[1]


def test_requests_are_counted_apart(make: Factory, host: Person, client: FlaskClient, clock: Clock) -> None:
    date = book(host, clock.at, 0)
    date.status = "requested"
    numbers, _, html = day(client)
    assert (numbers["to come"], numbers["awaits approval"]) == (0, 1)
    assert f'<a href="#date-{date.id}">1</a>' in html


def test_a_no_show_whose_time_has_gone_is_not_taken_back(
    host: Person, client: FlaskClient, clock: Clock
) -> None:
    missed = book(host, clock.at, 0)
    clock.at = TEN + timedelta(minutes=5)
    presence.mark_no_show(missed.id, by=host, now=clock.at)
    assert 'value="undo"' in day(client)[2]
    book(host, clock.at, 0)
    assert 'value="undo"' not in day(client)[2]


WALK_IN = {"resource": "tallen", "minutes": "60", "activity": "meeting", "organisation": "granit"}


def test_a_walk_in_is_for_somebody_chosen(host: Person, client: FlaskClient, clock: Clock) -> None:
    clock.at = TEN
    assert '<option value="">Choose …</option>' in client.get("/host").text
    refused = client.post("/host/stockholm/walk-ins", data={**WALK_IN, "organisation": "", "women": "3"})
    assert refused.status_code == 422
    assert 'id="organisation-error"' in refused.text
    assert "Choose an organisation." in refused.text
    assert re.search(r'name="women"[^>]*value="3"', refused.text)
    wrong = client.post("/host/stockholm/walk-ins", data={**WALK_IN, "men": "-3"})
    assert "The number must be between 0 and 10,000." in wrong.text
    crowd = client.post("/host/stockholm/walk-ins", data={**WALK_IN, "men": "11"}, follow_redirects=True)
    assert "That is more than the 10 seats there" in crowd.text


def test_what_is_free_now_comes_first_to_a_walk_in(
    make: Factory, host: Person, client: FlaskClient, clock: Clock
) -> None:
    for slug in ("eken", "asken"):
        make.room(slug)
    book(host, clock.at, 0)
    wish = Wish(("eken",), TEN + HOUR / 2, TEN + HOUR, "Soon", "granit", "meeting")
    bookings.book(wish, by=host, now=clock.at)
    clock.at = TEN + timedelta(minutes=7)

    def rooms() -> list[str]:
        html = client.get("/host").text.partition('name="resource"')[2].partition("</select>")[0]
        return re.findall(r"<option[^>]*>([^<]+)<", html)

    assert rooms() == ["Asken", "Eken (free until 10:30)", "Tallen (taken)"]
    clock.at = TEN + 12 * HOUR
    assert rooms() == ["Tallen (closed)", "Eken (closed)", "Asken (closed)"]


def test_a_walk_in_of_a_usual_guest_is_one_tap(
    make: Factory, host: Person, client: FlaskClient, clock: Clock
) -> None:
    make.organisation("skog")
    book(host, clock.at, 5)
    clock.at = TEN
    form = client.get("/host").text
    assert 'name="at_once" value="granit">Granit AB</button>' in form
    assert 'value="skog">Skog' not in form.partition("at-once")[2]
    sent = {**WALK_IN, "organisation": "", "at_once": "granit"}
    assert client.post("/host/stockholm/walk-ins", data=sent).location == "/host?office=stockholm"
    refused = client.post("/host/stockholm/walk-ins", data={**sent, "at_once": "nobody"})
    assert refused.status_code == 422
    clock.at = TEN + timedelta(hours=6, minutes=20)  # 16:20, and it closes at 17
    assert client.post("/host/stockholm/walk-ins", data=sent).status_code == 302
    assert (
        db.session.scalars(select(BookingDate.ends_at).order_by(BookingDate.id)).all()[-1] == TEN + 7 * HOUR
    )


def test_a_full_day_takes_no_more_questions_than_an_empty_one(
    host: Person, client: FlaskClient, clock: Clock
) -> None:
    def questions() -> int:
        db.session.expire_all()
        with statements() as asked:
            client.get("/host/stockholm/2026-09-08")
        return len(asked)

    book(host, clock.at, 0)
    one = questions()
    for hours in range(1, 7):
        book(host, clock.at, hours)
    assert questions() <= one


def test_a_walk_in_is_called_so_in_the_language_of_the_office(
    host: Person, client: FlaskClient, clock: Clock
) -> None:
    clock.at = TEN
    assert host.language == "en"
    client.post("/host/stockholm/walk-ins", data=WALK_IN)
    assert db.session.scalars(select(Booking.title)).all() == ["Drop-in"]


def test_ending_is_asked_first_and_keeps_the_head_count(
    host: Person, client: FlaskClient, clock: Clock
) -> None:
    date = book(host, clock.at, 0)
    clock.at = TEN + HOUR / 2
    url, given = f"/host/dates/{date.id}/presence", {"action": "end", "women": "4", "men": "", "other": ""}
    asked = client.post(url, data=given)
    assert asked.status_code == 200
    for said in ("End the meeting now?", "Board meeting", "until 11:00", "Saved with it: 4 women, 0 men."):
        assert said in asked.text
    assert (date.women, date.ends_at) == (None, TEN + HOUR)
    for _ in range(2):  # a second tap has nothing left to do
        ended = client.post(url, data={**given, "sure": "1"}, follow_redirects=True)
        assert "Ended. The rest of the time is free again." in ended.text
    assert (date.women, date.ends_at) == (4, TEN + HOUR / 2)


def test_a_walk_in_when_it_is_closed_can_be_booked_past_that(
    host: Person, client: FlaskClient, clock: Clock
) -> None:
    clock.at = TEN + 10 * HOUR
    path = "/host/stockholm/walk-ins"
    refused = client.post(path, data=WALK_IN)
    assert refused.status_code == 422
    assert "As host you can book past this: outside the opening hours." in refused.text
    assert refused.text.index("Check in now</button>") < refused.text.index('name="override"'), (
        "Enter is not it"
    )
    assert client.post(path, data={**WALK_IN, "override": "1"}).status_code == 302
    (booking,) = db.session.query(Booking)
    assert (booking.set_aside, booking.dates[0].status) == (["outside_opening_hours"], "checked_in")
    assert "Book anyway" not in client.get("/host").text


@pytest.mark.parametrize("typed", [("-1", "2", "0"), ("2.5", "1", "0"), ("10001", "0", "0")])
def test_a_refused_head_count_comes_back_as_it_was_typed(
    host: Person, client: FlaskClient, clock: Clock, typed: tuple[str, str, str]
) -> None:
    date, other = book(host, clock.at, 0), book(host, clock.at, 1)
    clock.at = TEN + 3 * HOUR
    presence.count_heads(date.id, women=7, men=8, other=9, by=host, now=clock.at)
    given = dict(zip(("women", "men", "other"), typed, strict=True))
    answer = client.post(f"/host/dates/{date.id}/presence", data={"action": "heads", **given})
    assert answer.status_code == 422
    for name, value in given.items():
        assert re.search(rf'id="{name}-{date.id}" [^>]*value="{re.escape(value)}"', answer.text)
        assert re.search(rf'id="{name}-{other.id}" [^>]*value=""', answer.text)
    assert (date.women, date.men, date.other) == (7, 8, 9)
    assert "A head count is a whole number" in answer.text
    assert re.search(rf'id="women-{date.id}" [^>]*value="7"', day(client)[2])
