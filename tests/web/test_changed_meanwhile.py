"""Two who change one booking: the second is told what the first did, and nothing of either is lost."""

import re
from datetime import datetime, timedelta
from html import unescape

import pytest
from flask.testing import FlaskClient

from app.extensions import db
from app.models import Booking, Person
from app.services import bookings
from app.services.guests import guests_of
from tests.factories import HOUR, TEN, Factory, wish
from tests.web.booked import FORM, WEEK, book, page_of

WEEKLY = "FREQ=WEEKLY;COUNT=4;BYDAY=TU"


@pytest.fixture
def single(member: Person, now: datetime) -> Booking:
    return book(member, now)


def opened(client: FlaskClient, booking: Booking, number: int = 0) -> dict[str, str]:
    """The form as somebody has it before them."""
    date = booking.dates[number].starts_at
    return {
        **FORM,
        **hidden(client.get(page_of(booking, "change", number)).text),
        "title": booking.title,
        "date": f"{date:%Y-%m-%d}",
    }


def hidden(html: str) -> dict[str, str]:
    found = re.findall(r'name="(version|opened)"[^>]*value="([^"]*)"', html)
    assert {name for name, _ in found} == {"version", "opened"}
    return {name: unescape(value) for name, value in found}


def theirs(
    booking: Booking,
    member: Person,
    now: datetime,
    *,
    number: int = 0,
    scope: str = "this",
    start: datetime | None = None,
    things: tuple[str, ...] = ("tallen",),
    **words: object,
) -> None:
    """What somebody else saves meanwhile."""
    date = booking.dates[number]
    asked = wish(start or date.starts_at, *things, **{"title": booking.title, **words})
    bookings.change(date.id, asked, scope=scope, version=booking.version, by=member, now=now)


def told(html: str) -> list[tuple[str, ...]]:
    """Of each part its name and every line about it."""
    listed = re.search(r'<dl class="meanwhile">(.*?)</dl>', html, re.S)
    parts = re.split(r"<dt>", listed[1])[1:] if listed else []
    return [
        tuple(re.sub(r"<[^>]*>", "", line).strip() for line in re.split(r"</dt>|<dd>", part) if line.strip())
        for part in parts
    ]


def test_what_each_changed_alone_stands_together_in_the_form(
    single: Booking, member: Person, client: FlaskClient, now: datetime
) -> None:
    mine = {**opened(client, single), "title": "Mine"}
    theirs(single, member, now, start=TEN + 3 * HOUR)
    answer = client.post(page_of(single, "change", 0), data=mine)
    assert answer.status_code == 422
    assert "Their changes and yours stand together in the form now. Look it over" in answer.text
    assert told(answer.text) == [
        (
            "Time",
            "Before: Tuesday 8 September, 10:00–11:00",
            "Changed by somebody else to: Tuesday 8 September, 13:00–14:00",
        ),
        ("Title", "Before: Board meeting", "Changed by you to: Mine"),
    ]
    assert 'value="13:00"' in answer.text
    assert 'value="Mine"' in answer.text
    again = {**mine, **hidden(answer.text), "start": "13:00", "end": "14:00"}
    assert client.post(page_of(single, "change", 0), data=again).status_code == 302
    db.session.refresh(single)
    assert (single.title, single.dates[0].starts_at) == ("Mine", TEN + 3 * HOUR)


def test_what_both_changed_is_marked_and_one_s_own_stands_in_the_form(
    single: Booking, member: Person, client: FlaskClient, now: datetime
) -> None:
    mine = {**opened(client, single), "title": "Mine"}
    theirs(single, member, now, title="Theirs")
    answer = client.post(page_of(single, "change", 0), data=mine)
    assert "Where both of you changed the same, it says what you wrote." in answer.text
    assert told(answer.text) == [
        (
            "Title changed by both of you",
            "Before: Board meeting",
            "Changed by somebody else to: Theirs",
            "Changed by you to: Mine",
        )
    ]
    assert 'value="Mine"' in answer.text


def test_the_same_change_by_both_is_no_difference(
    single: Booking, member: Person, client: FlaskClient, now: datetime
) -> None:
    mine = {**opened(client, single), "title": "Ours"}
    theirs(single, member, now, title="Ours")
    answer = client.post(page_of(single, "change", 0), data=mine)
    assert "Somebody else changed this meanwhile, to what you have written." in answer.text
    assert told(answer.text) == []


def test_room_link_and_guests_come_along(
    make: Factory, single: Booking, member: Person, client: FlaskClient, now: datetime
) -> None:
    make.room("granen")
    mine = {**opened(client, single), "title": "Mine", "guests": ""}
    theirs(
        single,
        member,
        now,
        things=("granen",),
        guests=("eva@example.org",),
        meeting_url="https://meet.example.org/x",
    )
    answer = client.post(page_of(single, "change", 0), data=mine)
    assert [lines[0] for lines in told(answer.text)] == ["Where", "Title", "Meeting link", "Guests"]
    assert re.search(r'<option selected value="granen">', answer.text)
    assert 'value="https://meet.example.org/x"' in answer.text
    assert 'value="eva@example.org"' in answer.text
    assert [each.email for each in guests_of(single.id)] == ["eva@example.org"]


def test_who_is_late_twice_is_told_only_of_what_is_new(
    single: Booking, member: Person, client: FlaskClient, now: datetime
) -> None:
    mine = {**opened(client, single), "title": "Mine"}
    theirs(single, member, now, start=TEN + 3 * HOUR)
    first = client.post(page_of(single, "change", 0), data=mine)
    theirs(single, member, now, activity="meeting", start=TEN + 4 * HOUR)
    second = client.post(
        page_of(single, "change", 0), data={**mine, **hidden(first.text), "start": "13:00", "end": "14:00"}
    )
    assert told(second.text)[0] == (
        "Time",
        "Before: Tuesday 8 September, 13:00–14:00",
        "Changed by somebody else to: Tuesday 8 September, 14:00–15:00",
    )
    assert 'value="14:00"' in second.text


def test_a_date_of_a_series_takes_over_the_words_of_all(
    member: Person, client: FlaskClient, now: datetime
) -> None:
    series = book(member, now, recurrence=WEEKLY)
    mine = {**opened(client, series, 2), "scope": "this", "end": "12:00"}
    theirs(series, member, now, scope="all", title="Board")
    answer = client.post(page_of(series, "change", 2), data=mine)
    assert [lines[0] for lines in told(answer.text)] == ["Time", "Title"]
    again = {**mine, **hidden(answer.text), "title": "Board"}
    assert client.post(page_of(series, "change", 2), data=again).status_code == 302
    lengths = [each.ends_at - each.starts_at for each in series.dates]
    assert lengths == [HOUR, HOUR, 2 * HOUR, HOUR]
    assert series.dates[2].starts_at == TEN + 2 * WEEK


def test_what_was_cancelled_meanwhile_says_so(
    single: Booking, member: Person, client: FlaskClient, now: datetime
) -> None:
    mine = {**opened(client, single), "title": "Mine"}
    bookings.cancel(single.id, by=member, now=now)
    answer = client.post(page_of(single, "change", 0), data=mine)
    assert "This booking cannot be changed" in answer.text
    assert told(answer.text) == []


@pytest.mark.parametrize(
    "kept", ["", "no JSON", "[]", '{"time": 5}', '{"time": ["2026-09-08", "x"]}', '{"title": "Board"}']
)
def test_a_form_that_does_not_say_what_it_was_opened_with_keeps_what_was_written(
    single: Booking, member: Person, client: FlaskClient, now: datetime, kept: str
) -> None:
    mine = {**opened(client, single), "title": "Mine", "opened": kept}
    theirs(single, member, now, start=TEN + timedelta(hours=3))
    answer = client.post(page_of(single, "change", 0), data=mine)
    assert answer.status_code == 422
    assert [lines[0] for lines in told(answer.text)] == ["Time", "Title"]
    assert 'value="Mine"' in answer.text
