"""Series in feeds: one event with a rule where the reader may read it all, and what becomes of its dates."""

import zoneinfo
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from app.extensions import db
from app.models import Booking, BookingDate, Person
from app.services import bookings
from app.services.bookings import Wish
from app.services.presence import end_early, mark_no_show
from calendars.lint import lint_change
from tests.databases import both
from tests.factories import Factory
from tests.services.test_feeds import (
    HOUR,
    TEN,
    book,
    events,
    find,
    member,
    read,
    read_by_another,
    render,
    stranger,
    tags,
)

__all__ = ["member", "stranger"]  # fixtures

STOCKHOLM = zoneinfo.ZoneInfo("Europe/Stockholm")
WEEK = timedelta(days=7)
Times = set[tuple[datetime, datetime]]


def standing(*made: Booking) -> Times:
    return {
        (date.starts_at, date.ends_at)
        for booking in made
        for date in booking.dates
        if date.status in ("requested", "confirmed", "checked_in")
    }


def change(booking: Booking, number: int, by: Person, now: datetime, **to: Any) -> BookingDate:
    """Another time or room of one date, or from it on."""
    date = sorted(booking.dates, key=lambda each: each.starts_at)[number]
    scope = str(to.pop("scope", "this"))
    settings: dict[str, Any] = {
        "resources": tuple(dict.fromkeys(slot.resource.slug for slot in date.slots)),
        "start": date.starts_at,
        "end": date.ends_at,
        "title": booking.title,
        "organisation": "granit",
        "activity": "meeting",
    }
    wish = Wish(**(settings | to))
    return bookings.change(date.id, wish, scope=scope, version=booking.version, by=by, now=now)


def masters(ics: bytes) -> list[str]:
    return [event["RRULE"].to_ical().decode() for event in events(ics) if "RRULE" in event]


@both
@pytest.mark.parametrize("thing", ["resource:tallen", "mine", "organisation:granit"])
def test_a_series_is_one_event(member: Person, now: datetime, thing: str) -> None:
    series = book(member, now, recurrence="FREQ=WEEKLY;COUNT=5", title="Serie")
    ics = render(member, thing, now)
    (event,) = events(ics)
    assert event["UID"] == series.uid
    assert masters(ics) == ["FREQ=WEEKLY;COUNT=5"]
    assert read(ics) == read_by_another(ics) == standing(series)


@both
@pytest.mark.parametrize("thing", ["office:stockholm", "kind:stockholm:room"])
def test_an_office_has_one_event_per_date(member: Person, now: datetime, thing: str) -> None:
    series = book(member, now, recurrence="FREQ=WEEKLY;COUNT=5")
    ics = render(member, thing, now)
    assert masters(ics) == []
    assert len(events(ics)) == 5
    assert read(ics) == standing(series)


@both
def test_whoever_may_not_read_it_gets_dates_that_nothing_ties_together(
    member: Person, stranger: Person, now: datetime
) -> None:
    series = book(member, now, recurrence="FREQ=WEEKLY;COUNT=5")
    ics = render(stranger, "resource:tallen", now)
    assert masters(ics) == []
    assert len({event["UID"] for event in events(ics)}) == 5
    assert read(ics) == standing(series)


@both
def test_dates_cancelled_moved_elsewhere_cut_short_and_missed(
    make: Factory, member: Person, now: datetime
) -> None:
    make.room("granen", position=1)
    host = make.host()
    series = book(member, now, recurrence="FREQ=WEEKLY;COUNT=8", title="Serie")
    dates = list(series.dates)
    bookings.cancel(series.id, by=member, now=now, dates=[dates[1].id])
    change(series, 2, member, now, start=dates[2].starts_at + HOUR, end=dates[2].ends_at + 3 * HOUR)
    change(series, 3, member, now, resources=("granen",))
    mark_no_show(dates[4].id, by=host, now=dates[4].starts_at)
    end_early(dates[5].id, by=host, now=dates[5].starts_at + HOUR / 2)
    mine = render(member, "mine", now)
    assert read(mine) == read_by_another(mine) == standing(series)
    assert len(masters(mine)) == 1
    assert {str(event["UID"]) for event in events(mine)} == {series.uid}
    (elsewhere,) = [event for event in events(mine) if str(event["LOCATION"]).startswith("Granen")]
    assert elsewhere["RECURRENCE-ID"].dt == dates[3].starts_at
    of_room = render(member, "resource:tallen", now)
    gone = (dates[3].starts_at, dates[3].ends_at)
    assert read(of_room) == read_by_another(of_room) == standing(series) - {gone}
    assert read(render(member, "resource:granen", now)) == {gone}


@both
def test_the_ends_of_a_series_that_are_cancelled_are_no_part_of_its_rule(
    member: Person, now: datetime
) -> None:
    series = book(member, now, recurrence="FREQ=WEEKLY;COUNT=6")
    ids = [date.id for date in series.dates]
    bookings.cancel(series.id, by=member, now=now, dates=[ids[0], ids[4], ids[5]])
    ics = render(member, "mine", now)
    assert b"EXDATE" not in ics
    assert read(ics) == read_by_another(ics) == standing(series)


@both
def test_a_series_parted_in_two(make: Factory, member: Person, now: datetime) -> None:
    series = book(member, now, recurrence="FREQ=WEEKLY;COUNT=6")
    before = {str(event["UID"]) for event in events(render(member, "office:stockholm", now))}
    fourth = sorted(series.dates, key=lambda date: date.starts_at)[3]
    later = change(
        series,
        3,
        member,
        now + HOUR,
        scope="following",
        start=fourth.starts_at + HOUR,
        end=fourth.ends_at + HOUR,
    ).booking
    db.session.refresh(series)
    assert later.id != series.id
    ics = render(member, "mine", now + HOUR)
    assert read(ics) == read_by_another(ics) == standing(series, later)
    assert {str(event["UID"]) for event in events(ics)} == {series.uid, later.uid}
    assert len(masters(ics)) == 2
    assert {event["DTSTAMP"].dt for event in events(ics)} == {now + HOUR}
    of_office = events(render(member, "office:stockholm", now + HOUR))
    assert {str(event["UID"]) for event in of_office} == before, "dates keep theirs"


@both
def test_all_of_a_series_moved_and_renamed(member: Person, now: datetime) -> None:
    series = book(member, now, recurrence="FREQ=WEEKLY;BYDAY=TU,TH;COUNT=6")
    first = min(date.starts_at for date in series.dates)
    change(series, 0, member, now, scope="all", title="Nytt", start=first + 26 * HOUR, end=first + 28 * HOUR)
    ics = render(member, "mine", now)
    assert read(ics) == read_by_another(ics) == standing(series)
    (event,) = events(ics)
    assert (str(event["SUMMARY"]), event["SEQUENCE"]) == ("Nytt", 1)


@both
def test_sequence_and_stamp_never_fall(make: Factory, member: Person, now: datetime) -> None:
    make.room("granen", position=1)
    series = book(member, now, recurrence="FREQ=WEEKLY;COUNT=8")
    dates = list(series.dates)
    last: dict[str, bytes] = {}
    moment = now

    def look() -> None:
        for thing in ("mine", "organisation:granit", "office:stockholm", "resource:tallen"):
            ics = render(member, thing, moment)
            found = {defect.code for defect in lint_change(last.get(thing, ics), ics)}
            # A date moved to another room raises the version of the series everywhere (decision 0016).
            assert found <= {"stamp-without-change"}, (thing, found)
            last[thing] = ics

    look()
    steps = [
        lambda: change(
            series, 5, member, moment, start=dates[5].starts_at + HOUR, end=dates[5].ends_at + HOUR
        ),
        lambda: bookings.cancel(series.id, by=member, now=moment, dates=[dates[5].id]),
        lambda: bookings.restore(dates[5].id, by=member, now=moment),
        lambda: change(series, 2, member, moment, resources=("granen",)),
        lambda: change(series, 1, member, moment, scope="all", title="Nytt"),
        lambda: change(series, 4, member, moment, scope="following", title="Fortsatt"),
    ]
    for step in steps:
        moment += HOUR
        step()
        db.session.expire_all()
        look()


@both
def test_a_series_that_began_before_the_window_is_right_inside_it(
    make: Factory, member: Person, now: datetime
) -> None:
    make.room("granen", max_days_ahead=800)
    series = book(member, now, room="granen", recurrence="FREQ=WEEKLY;COUNT=90")
    later = now + 40 * WEEK
    for thing in ("resource:granen", "mine"):
        assert read(render(member, thing, later)) == standing(series)
    window = (later - timedelta(days=14), later + timedelta(days=400))
    inside = {span for span in standing(series) if span[1] > window[0] and span[0] < window[1]}
    assert read(render(member, "office:stockholm", later)) == inside
    assert events(render(member, "mine", now + 130 * WEEK)) == []


@both
def test_a_rule_that_outlook_cannot_show_is_told_date_by_date_within_the_window(
    make: Factory, member: Person, now: datetime
) -> None:
    make.room("granen", max_days_ahead=800)
    rule = "FREQ=MONTHLY;BYDAY=TU,TH;COUNT=150"
    series = book(member, now, room="granen", recurrence=rule)
    ics = render(member, "mine", now)
    assert masters(ics) == []
    inside = {span for span in standing(series) if span[0] < now + timedelta(days=400)}
    assert len(inside) < len(standing(series))
    assert read(ics) == inside
    assert read(render(member, "mine", now, whole=True)) == standing(series)


@both
def test_dates_left_out_when_it_was_booked(make: Factory, member: Person, now: datetime) -> None:
    taken = [book(member, now, TEN), book(member, now, TEN + 2 * WEEK)]
    wish = Wish(
        ("tallen",),
        TEN,
        TEN + HOUR,
        "Serie",
        "granit",
        "meeting",
        recurrence="FREQ=WEEKLY;COUNT=5",
        skip=frozenset({"taken"}),
    )
    series = bookings.book(wish, by=member, now=now)
    assert len(series.dates) == 3
    ics = render(member, "mine", now)
    assert read(ics) == read_by_another(ics) == standing(series, *taken)
    assert len(masters(ics)) == 1


@both
def test_a_series_over_the_clock_changes_of_both_years(make: Factory, member: Person, now: datetime) -> None:
    make.office("umea", opens=0, closes=1440, days=range(7))
    for room in ("viken", "sjon", "berget"):
        make.room(room, "umea", max_days_ahead=1000)
    made = []
    for sunday in (datetime(2026, 10, 25), datetime(2027, 3, 28), datetime(2027, 10, 31)):
        for hours, room in ((-46, "viken"), (-45.5, "sjon"), (-47, "berget")):
            # 02:00, 02:30 and 01:00 to 05:00 two days before, for five days
            start = (sunday + timedelta(hours=hours)).replace(tzinfo=STOCKHOLM).astimezone(UTC)
            length = 4 if room == "berget" else 0.5
            made.append(book(member, now, start, length, room=room, recurrence="FREQ=DAILY;COUNT=5"))
    for thing in ("mine", "organisation:granit", "office:umea"):
        ics = render(member, thing, now, whole=True)
        assert read(ics) == read_by_another(ics) == standing(*made), thing


@both
def test_several_rooms_and_two_zones(make: Factory, member: Person, now: datetime) -> None:
    make.office("london", timezone="Europe/London")
    make.room("thames", "london")
    both_ends = book(member, now, room="tallen thames", recurrence="FREQ=WEEKLY;COUNT=12")
    there = book(member, now, TEN + 2 * HOUR, room="thames", recurrence="FREQ=WEEKLY;COUNT=12")
    ics = render(member, "mine", now)
    assert ics.count(b"BEGIN:VTIMEZONE") == 2
    assert read(ics) == standing(both_ends, there)
    assert len(masters(ics)) == 2
    assert {str(event["LOCATION"]) for event in events(ics)} == {
        "Tallen, Thames, Stockholm, London",
        "Thames, London",
    }
    assert read(render(member, "resource:thames", now)) == standing(both_ends, there)


@both
def test_a_kind_at_an_office_and_nothing_else(make: Factory, member: Person, now: datetime) -> None:
    make.room("skrivbord", kind="desk")
    make.room("viken", "umea")
    room, desk = book(member, now), book(member, now, TEN + 2 * HOUR, room="skrivbord")
    book(member, now, TEN + 4 * HOUR, room="viken")
    assert read(render(member, "kind:stockholm:room", now)) == standing(room)
    assert read(render(member, "kind:stockholm:desk", now)) == standing(desk)
    before = tags(member, now, "kind:stockholm:room", "kind:stockholm:desk")
    book(member, now, TEN + 6 * HOUR, room="skrivbord")
    after = tags(member, now, "kind:stockholm:room", "kind:stockholm:desk")
    assert [old != new for old, new in zip(before, after, strict=True)] == [False, True]


@both
def test_an_organisation_wherever_and_by_whomever_it_was_booked(
    make: Factory, member: Person, stranger: Person, now: datetime
) -> None:
    make.room("viken", "umea")
    host = make.host(organisation="basalt")
    made = [book(member, now), book(host, now, TEN + 2 * HOUR, room="viken", title="Av värden")]
    book(stranger, now, TEN + 4 * HOUR, organisation="basalt")
    ics = render(member, "organisation:granit", now)
    assert read(ics) == standing(*made)
    assert {str(event["SUMMARY"]) for event in events(ics)} == {"Möte", "Av värden"}
    before = tags(member, now, "organisation:granit")
    bookings.cancel(made[1].id, by=host, now=now)
    assert tags(member, now, "organisation:granit") != before
    assert read(render(member, "organisation:granit", now)) == standing(made[0])


@both
def test_an_organisation_is_followed_by_its_own_people_alone(
    member: Person, stranger: Person, now: datetime
) -> None:
    assert find(member, "organisation:granit")
    with pytest.raises(AssertionError):
        find(stranger, "organisation:granit")
    member.organisations.clear()
    db.session.commit()
    with pytest.raises(AssertionError):
        find(member, "organisation:granit")
