"""A booked series on its pages: what is told, and changing, cancelling or taking back a part or all."""

import re
from datetime import datetime

import pytest
from flask.testing import FlaskClient

from app.domain.interval import Interval
from app.extensions import db
from app.models import Booking, Closure, Person
from app.services import bookings
from app.services.bookings import Wish
from tests.conftest import Clock
from tests.databases import statements
from tests.factories import HOUR, TEN, Factory
from tests.web.booked import FORM, WEEK, book, newest, page_of, starts, taken


@pytest.fixture
def series(member: Person, now: datetime) -> Booking:
    return book(member, now, recurrence="FREQ=WEEKLY;COUNT=4;BYDAY=TU")


def test_a_series_in_one_room_names_it_once(series: Booking, client: FlaskClient) -> None:
    told = client.get(f"/bookings/{series.id}").text
    assert "Not the same place every time" not in told
    assert not re.findall(r"10:00–11:00</span> · ", told)


def test_a_series_stands_once_in_ones_own_list(series: Booking, client: FlaskClient) -> None:
    html = client.get("/bookings").text
    assert html.count("Board meeting</a>") == 1
    assert "Tuesday 8 September" in html
    assert "and 3 later dates" in html
    client.post(page_of(series, "cancellation", 0), data={"scope": "this"})
    html = client.get("/bookings").text
    assert "Tuesday 15 September" in html
    assert "and 2 later dates" in html


def test_one_date_alone_of_a_long_series_is_not_read_one_by_one(
    member: Person, client: FlaskClient, now: datetime
) -> None:
    series = book(member, now, recurrence="FREQ=WEEKLY;COUNT=40;BYDAY=TU")
    with statements() as asked:
        assert client.get(f"/bookings/{series.id}").status_code == 200
    assert len(asked) < 30


def test_changing_asks_how_much_is_meant(series: Booking, client: FlaskClient) -> None:
    html = client.get(page_of(series, "change", 2)).text
    assert "Only this date: Tuesday 22 September" in html
    assert "This and those after it: 2 dates" in html
    assert "All that are to come: 4 dates" in html
    first = client.get(page_of(series, "change", 0)).text
    assert "This and those after it" not in first, "it is the same as all"


def test_a_single_booking_asks_nothing(member: Person, client: FlaskClient, now: datetime) -> None:
    single = book(member, now)
    assert 'name="scope"' not in client.get(page_of(single, "change", 0)).text
    assert 'name="scope"' not in client.get(page_of(single, "cancellation", 0)).text


def test_this_and_following_go_on_as_a_booking_of_their_own(series: Booking, client: FlaskClient) -> None:
    path = page_of(series, "change", 2)
    data = {**FORM, "date": "2026-09-22", "start": "13:00", "end": "14:00", "scope": "following"}
    changed = client.post(path, data={**data, "version": str(series.version)}, follow_redirects=True)
    assert "They are a booking of their own now." in changed.text
    after = newest()
    assert after.id != series.id
    assert changed.request.path == f"/bookings/{after.id}"
    assert starts(after) == ["09-22 11:00", "09-29 11:00"]
    assert starts(series) == ["09-08 08:00", "09-15 08:00"]
    assert f'href="/bookings/{series.id}"' in changed.text
    assert "Goes on with the series from 8 September 2026" in changed.text
    before = client.get(f"/bookings/{series.id}").text
    assert f'href="/bookings/{after.id}"' in before
    assert "Goes on from 22 September 2026" in before


def test_all_are_changed_and_a_moved_date_stays(series: Booking, client: FlaskClient) -> None:
    one = {
        **FORM,
        "title": "Board meeting",
        "date": "2026-09-16",
        "start": "15:00",
        "end": "16:00",
        "scope": "this",
    }
    moved = client.post(
        page_of(series, "change", 1), data={**one, "version": str(series.version)}, follow_redirects=True
    )
    assert "moved from Tuesday 15 September 10:00" in moved.text
    form = client.get(page_of(series, "change", 0)).text
    assert "keep it, and their room" not in form, "only this date is meant"
    form = client.get(page_of(series, "change", 0) + "&scope=all").text
    assert "keep it, and their room: Wednesday 16 September." in form
    form = client.get(page_of(series, "change", 2) + "&scope=following").text
    assert "keep it, and their room" not in form, "it comes before"
    data = {**FORM, "start": "12:00", "end": "13:00", "scope": "all", "version": str(series.version)}
    changed = client.post(page_of(series, "change", 0), data=data, follow_redirects=True)
    assert "The whole series is changed." in changed.text
    assert starts(series) == ["09-08 10:00", "09-16 13:00", "09-22 10:00", "09-29 10:00"]
    told = client.get(page_of(series, "change", 1).replace("/change", "")).text
    assert "moved from Tuesday 15 September 10:00" in told, "where it was, not where the series went since"


def test_a_change_that_clashes_names_the_dates_and_keeps_what_was_typed(
    series: Booking, client: FlaskClient, member: Person, now: datetime
) -> None:
    taken(member, now, TEN + WEEK + 2 * HOUR)
    taken(member, now, TEN + 3 * WEEK + 2 * HOUR)
    data = {**FORM, "title": "Choir", "start": "12:00", "end": "13:00", "scope": "all"}
    answer = client.post(page_of(series, "change", 0), data={**data, "version": str(series.version)})
    assert answer.status_code == 409
    assert "2 dates are taken" in answer.text
    assert "<strong>Tuesday 15 September</strong>: Tallen: you have it yourself 12:00–13:00" in answer.text
    assert "<strong>Tuesday 29 September</strong>: Tallen: you have it yourself 12:00–13:00" in answer.text
    assert 'value="Choir"' in answer.text
    assert re.search(r'value="all"\s+checked', answer.text)


@pytest.mark.parametrize(("scope", "number"), [("following", 2), ("all", 0)])
def test_a_change_that_clashes_once_names_that_date_too(
    series: Booking, client: FlaskClient, member: Person, now: datetime, scope: str, number: int
) -> None:
    taken(member, now, TEN + 3 * WEEK + 2 * HOUR)
    day = f"{series.dates[number].starts_at:%Y-%m-%d}"
    data = {**FORM, "date": day, "start": "12:00", "end": "13:00", "scope": scope}
    answer = client.post(page_of(series, "change", number), data={**data, "version": str(series.version)})
    assert answer.status_code == 409
    assert "1 date is taken" in answer.text
    assert "<strong>Tuesday 29 September</strong>: Tallen: you have it yourself 12:00–13:00" in answer.text


def test_taking_back_what_is_taken_names_the_dates(
    series: Booking, client: FlaskClient, member: Person, now: datetime
) -> None:
    client.post(page_of(series, "cancellation", 0), data={"scope": "all"})
    taken(member, now, TEN + 2 * WEEK)
    back = {"date_id": str(series.dates[0].id), "all": "1"}
    told = client.post(f"/bookings/{series.id}/restoration", data=back, follow_redirects=True).text
    assert "1 date is taken. Tuesday 22 September: Tallen: you have it yourself 10:00–11:00: " in told
    assert {each.status for each in series.dates} == {"cancelled"}


def test_who_comes_second_is_told(series: Booking, client: FlaskClient) -> None:
    data = {**FORM, "scope": "all", "version": str(series.version - 1), "title": "Mine"}
    answer = client.post(page_of(series, "change", 0), data=data)
    assert "Somebody else changed this meanwhile." in answer.text
    assert series.title == "Board meeting"


def test_a_date_that_went_on_elsewhere_meanwhile_is_meant_still(
    series: Booking, member: Person, client: FlaskClient, now: datetime
) -> None:
    """Not another date of the booking whose page was open."""
    path, away, third = page_of(series, "change", 2), page_of(series, "cancellation", 2), series.dates[2].id
    opened = {**FORM, "date": "2026-09-22", "scope": "this", "title": "Board meeting", "version": "1"}
    wish = Wish(("tallen",), TEN + WEEK + HOUR, TEN + WEEK + 2 * HOUR, "Board meeting", "granit", "meeting")
    bookings.change(series.dates[1].id, wish, scope="following", version=1, by=member, now=now)
    told = client.post(path, data=opened)
    assert "Tuesday 22 September, 11:00–12:00" in told.text
    client.post(away, data={"scope": "this"})
    db.session.expire_all()
    assert [each.status for each in newest().dates] == ["confirmed", "cancelled", "confirmed"]
    assert (newest().dates[1].id, newest().version > 1) == (third, True)
    assert [each.status for each in series.dates] == ["confirmed"]


@pytest.mark.parametrize(("scope", "left"), [("this", 3), ("following", 2), ("all", 0)])
def test_cancelling_and_taking_it_back(series: Booking, client: FlaskClient, scope: str, left: int) -> None:
    path = page_of(series, "cancellation", 2)
    html = client.get(path).text
    assert "This and those after it: 2 dates" in html
    told = client.post(path, data={"scope": scope}, follow_redirects=True).text
    gone = 4 - left
    assert (f"{gone} dates are cancelled." if gone > 1 else "1 date is cancelled.") in told
    assert sum(each.status == "confirmed" for each in series.dates) == left
    button = "Take the cancellation back" if gone == 1 else f"Take all {gone} cancelled dates back"
    assert button in told
    back = {"date_id": str(series.dates[2].id), **({"all": "1"} if gone > 1 else {})}
    client.post(f"/bookings/{series.id}/restoration", data=back)
    assert {each.status for each in series.dates} == {"confirmed"}


LATER = {**FORM, "title": "Board meeting", "start": "12:00", "end": "13:00", "scope": "all"}


def test_the_free_ones_are_changed_and_the_others_say_why_they_stay(
    series: Booking, client: FlaskClient, member: Person, now: datetime
) -> None:
    taken(member, now, TEN + WEEK + 2 * HOUR)
    path, data = page_of(series, "change", 0), {**LATER, "version": str(series.version)}
    answer = client.post(path, data=data)
    assert answer.status_code == 409
    assert "Change the free ones (3 of 4)" in answer.text
    assert "1 date stays as it is: 15 September 10:00–11:00, Tallen." in answer.text
    told = client.post(path, data={**data, "go_on": "skip"}, follow_redirects=True).text
    assert "The whole series is changed. 1 date stays as it was; below it says why." in told
    assert starts(series) == ["09-08 10:00", "09-15 08:00", "09-22 10:00", "09-29 10:00"]
    assert told.count("stays here: 12:00 was taken") == 1
    later = client.get(f"/bookings/{series.id}?date_id={series.dates[1].id}").text
    assert later.count("stays here: 12:00 was taken") == 2, "on its own page, and in the list of dates"
    assert "moved from" not in later


def test_those_that_are_taken_move_to_another_room(
    series: Booking, make: Factory, client: FlaskClient, member: Person, now: datetime
) -> None:
    make.room("granen")
    taken(member, now, TEN + WEEK + 2 * HOUR)
    path, data = page_of(series, "change", 0), {**LATER, "version": str(series.version)}
    assert "Granen: 15 September." in client.post(path, data=data).text
    client.post(path, data={**data, "go_on": "move"})
    assert [slot.resource.slug for each in series.dates for slot in each.slots] == [
        "tallen",
        "granen",
        "tallen",
        "tallen",
    ]


def test_what_a_change_comes_to_is_told_before(
    series: Booking, client: FlaskClient, member: Person, now: datetime
) -> None:
    path = page_of(series, "change", 1)
    there, _, number = path.partition("?date_id=")
    card = _card(client.get(path).text)
    assert 'Tuesday 15 September, <span class="time">10:00–11:00' in card
    asked = {
        "date_id": number,
        "date": "2026-09-15",
        "start": "12:00",
        "end": "13:00",
        "resources": "tallen",
        "scope": "following",
    }
    card = _card(client.get(there, query_string=asked).text)
    assert "Every Tuesday, 3 times" in card
    assert "3 dates change, 15 September – 29 September 2026" in card
    taken(member, now, TEN + 3 * WEEK + 2 * HOUR)
    card = _card(client.get(there, query_string=asked).text)
    assert "1 date is taken" in card
    assert "Change the free ones (2 of 3)" in card
    shown = client.post(path, data={**FORM, **asked, "show": "dates"})
    assert (shown.status_code, "Change the free ones (2 of 3)" in _card(shown.text)) == (200, True)
    assert {each.starts_at.hour for each in series.dates} == {8}, "nothing is changed by looking"


def test_what_is_left_of_the_month_is_told_beside_the_change(
    series: Booking, make: Factory, client: FlaskClient
) -> None:
    make.rule(organisation_id=make.organisation("granit").id, hours_per_month=10)
    asked = {"date": "2026-09-08", "start": "12:00", "end": "14:00", "resources": "tallen", "scope": "all"}
    card = _card(client.get(f"/bookings/{series.id}/change", query_string=asked).text)
    assert "Granit AB has 10 h of 10 h left in September" in card.replace("\N{NO-BREAK SPACE}", " ")
    assert "What you change here is not counted in that." in card


def test_the_words_of_a_series_are_not_changed_with_one_date(series: Booking, client: FlaskClient) -> None:
    data = {**FORM, "title": "Choir", "date": "2026-09-15", "scope": "this", "version": str(series.version)}
    path = page_of(series, "change", 1)
    refused = client.post(path, data=data)
    assert refused.status_code == 422
    assert "belong to all dates of the series" in refused.text
    assert 'id="scope-error"' in refused.text
    assert series.title == "Board meeting"
    client.post(path, data={**data, "scope": "all"})
    assert series.title == "Choir"


def test_of_the_last_date_the_words_can_be_changed(
    series: Booking, client: FlaskClient, clock: Clock
) -> None:
    clock.at = TEN + 3 * WEEK - HOUR
    html = client.get(page_of(series, "change", 3)).text
    assert "All that are to come: 1 date" in html


def test_earlier_dates_do_not_look_moved(series: Booking, client: FlaskClient, clock: Clock) -> None:
    clock.at = TEN + WEEK + 2 * HOUR
    data = {**LATER, "date": "2026-09-22", "version": str(series.version)}
    told = client.post(page_of(series, "change", 2), data=data, follow_redirects=True).text
    assert starts(series) == ["09-08 08:00", "09-15 08:00", "09-22 10:00", "09-29 10:00"]
    assert "moved from" not in told
    assert "stays here" not in told
    assert "moved from" not in client.get(f"/bookings/{series.id}?date_id={series.dates[0].id}").text


def test_what_was_left_out_is_told_for_good(
    make: Factory, client: FlaskClient, member: Person, now: datetime
) -> None:
    closed = Interval(TEN + WEEK - 2 * HOUR, TEN + WEEK + 9 * HOUR)
    columns = {
        "starts_at": closed.start,
        "ends_at": closed.end,
        "reason": "Inventering",
        "source": "file",
        "entered_at": now,
    }
    db.session.add(Closure(office_id=make.office().id, **columns))
    db.session.commit()
    taken(member, now, TEN + 2 * WEEK)
    series = book(member, now, recurrence="FREQ=WEEKLY;COUNT=5", skip=frozenset({"closed", "taken"}))
    told = client.get(f"/bookings/{series.id}").text
    assert "2 left out: 15 September (Inventering), 22 September (taken)" in told
    data = {**LATER, "date": "2026-09-29", "scope": "following", "version": str(series.version)}
    client.post(page_of(series, "change", 1), data=data)
    assert "2 left out: 15 September" in client.get(f"/bookings/{series.id}").text
    assert "left out" not in client.get(f"/bookings/{newest().id}").text


def _card(html: str) -> str:
    found = re.search(r'data-told="summary".*?<div class="scope"', html, re.DOTALL)
    return found[0] if found else pytest.fail("no card")
