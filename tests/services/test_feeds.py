"""Feeds: what stands in them, for whom, and that they change when something changed and not else."""

import zoneinfo
from datetime import UTC, date, datetime, timedelta
from unittest.mock import Mock

import icalendar
import pytest
import recurring_ical_events

from app.extensions import db
from app.models import Booking, BookingDate, Office, Person, Resource, ResourcePart, Role
from app.services import bookings, feed_state
from app.services.bookings import Wish
from app.services.feed_events import Words, booking_ics
from app.services.feeds import Feed, feed_url, feed_urls, find_feed
from app.services.presence import check_in, mark_no_show
from calendars.lint import lint
from tests.calendars.readers import by_vobject
from tests.databases import both, statements
from tests.factories import HOUR, TEN, Factory
from tests.services.feed_bytes import render_feed

SECRET, BASE = "a secret", "https://rum.example.org"
STOCKHOLM = zoneinfo.ZoneInfo("Europe/Stockholm")
BUSY = Words(busy="Upptaget", mine="Mina bokningar")
Times = set[tuple[datetime, datetime]]


@pytest.fixture
def member(make: Factory) -> Person:
    make.room("tallen")
    return make.person()


@pytest.fixture
def stranger(make: Factory) -> Person:
    return make.person("stranger@example.org", organisation="basalt")


def book(
    by: Person, now: datetime, start: datetime = TEN, hours: float = 1, room: str = "tallen", **more: object
) -> Booking:
    settings: dict[str, object] = {"title": "Möte", "organisation": "granit", "activity": "meeting", **more}
    return bookings.book(
        Wish(resources=tuple(room.split()), start=start, end=start + hours * HOUR, **settings),
        by=by,
        now=now,
    )


def find(person: Person, thing: str) -> Feed:
    url = feed_url(person, thing, base_url=BASE, secret=SECRET)
    found = find_feed(thing, url.split("/")[-2], secret=SECRET)
    assert found is not None
    return found


def render(person: Person, thing: str, now: datetime, *, whole: bool = False) -> bytes:
    ics = render_feed(find(person, thing), BUSY, whole=whole, base_url=BASE, secret=SECRET, now=now)
    assert lint(ics, kind="feed") == []
    return ics


def events(ics: bytes) -> list[icalendar.Component]:
    return icalendar.Calendar.from_ical(ics).walk("VEVENT")


def summaries(ics: bytes) -> list[str]:
    return [str(each["SUMMARY"]) for each in events(ics)]


def read(ics: bytes, first: date = date(2026, 1, 1), last: date = date(2029, 1, 1)) -> Times:
    calendar = icalendar.Calendar.from_ical(ics)
    return {
        (each.start.astimezone(UTC), each.end.astimezone(UTC))
        for each in recurring_ical_events.of(calendar).between(first, last)
    }


def read_by_another(ics: bytes) -> Times:
    return set(by_vobject(ics, exact=False))


def times(*made: Booking) -> Times:
    return {(date.starts_at, date.ends_at) for booking in made for date in booking.dates}


@both
@pytest.mark.parametrize("thing", ["resource:tallen", "office:stockholm", "mine"])
def test_a_feed_says_what_was_booked(member: Person, now: datetime, thing: str) -> None:
    booking = book(member, now, title="Frukost, möte; 🎉 åäö " + "lång " * 30)
    ics = render(member, thing, now)
    (event,) = events(ics)
    assert (event["UID"], str(event["SUMMARY"])) == (booking.uid, booking.title)
    assert str(event["LOCATION"]) == "Tallen, Stockholm"
    assert event["URL"] == f"{BASE}/bookings/{booking.id}"
    assert read(ics) == read_by_another(ics) == times(booking)


@both
def test_the_place_is_one_that_a_map_finds(make: Factory, member: Person, now: datetime) -> None:
    booking = book(member, now)
    before = tags(member, now, "resource:tallen", "office:stockholm")
    make.office().address = "Exempelgatan 10, 111 00 Stockholm"
    db.session.commit()
    found = [render(member, thing, now) for thing in ("resource:tallen", "office:stockholm", "mine")]
    for ics in (*found, booking_ics(booking, base_url=BASE)):
        (event,) = events(ics)
        assert str(event["LOCATION"]) == "Tallen, Stockholm, Exempelgatan 10, 111 00 Stockholm"
    after = tags(member, now, "resource:tallen", "office:stockholm")
    assert all(old != new for old, new in zip(before, after, strict=True))


@both
def test_both_clock_changes_of_two_years(make: Factory, member: Person, now: datetime) -> None:
    make.office("umea", opens=0, closes=1440, days=range(7))
    for room in ("viken", "sjon"):
        make.room(room, "umea", max_days_ahead=1000)
    made = []
    for sunday in (datetime(2026, 10, 25), datetime(2027, 3, 28), datetime(2027, 10, 31)):

        def at(days: int, hour: int, minute: int = 0, sunday: datetime = sunday) -> datetime:
            local = sunday + timedelta(days=days, hours=hour, minutes=minute)
            return local.replace(tzinfo=STOCKHOLM).astimezone(UTC)

        made += [
            book(member, now, at(-10, 9), room="viken", recurrence="FREQ=WEEKLY;COUNT=4"),
            book(member, now, at(-3, 15, 30), 0.75, room="viken"),
            book(member, now, at(1, 7, 15), 0.5, room="viken", recurrence="FREQ=DAILY;COUNT=5"),
            book(member, now, at(-2, 2, 30), room="viken", recurrence="FREQ=DAILY;COUNT=4"),
            book(member, now, at(-1, 23), 6, room="sjon"),
            book(member, now, at(1, 22), 4, room="sjon", recurrence="FREQ=DAILY;COUNT=2"),
        ]
    for thing in ("office:umea", "mine"):
        ics = render(member, thing, now, whole=True)
        assert read(ics) == read_by_another(ics) == times(*made)
    for booking in made:
        download = booking_ics(booking, base_url=BASE)
        assert lint(download, kind="download") == []
        assert read(download) == times(booking)


@both
def test_the_canary_others_see_only_that_it_is_taken(
    make: Factory, member: Person, stranger: Person, now: datetime
) -> None:
    first, second = (
        book(member, now, title="Kanariefågel"),
        book(member, now, TEN + 2 * HOUR, title="Kanariefågel"),
    )
    secrets = ("Kanarie", "Granit", "member@", first.uid, second.uid, "/bookings/")
    of_room = render(stranger, "resource:tallen", now)
    assert lint(of_room, free_busy=True, forbidden=secrets) == []
    assert summaries(of_room) == ["Upptaget", "Upptaget"]
    assert read(of_room) == times(first, second)
    of_office = render(stranger, "office:stockholm", now)
    assert lint(of_office, forbidden=secrets) == []
    assert [str(each["LOCATION"]) for each in events(of_office)] == ["Tallen, Stockholm"] * 2
    assert events(render(stranger, "mine", now)) == []
    uids = {event["UID"] for event in events(of_room)}
    again = {event["UID"] for event in events(render(stranger, "resource:tallen", now + HOUR))}
    assert len(uids) == 2
    assert uids == again, "opaque, but the same for ever"


@both
def test_where_to_meet_from_afar_is_for_those_who_may_read(
    member: Person, stranger: Person, now: datetime
) -> None:
    booking = book(member, now)
    booking.meeting_url = "https://meet.example.org/kanariefagel"
    db.session.commit()
    found = [render(member, thing, now) for thing in ("resource:tallen", "office:stockholm", "mine")]
    for ics in (*found, booking_ics(booking, base_url=BASE)):
        (event,) = events(ics)
        assert (str(event["CONFERENCE"]), str(event["DESCRIPTION"])) == (booking.meeting_url,) * 2
    for thing in ("resource:tallen", "office:stockholm"):
        assert b"kanariefagel" not in render(stranger, thing, now)


@both
def test_colleagues_and_the_host_read_titles_and_a_host_of_elsewhere_does_not(
    make: Factory, member: Person, now: datetime
) -> None:
    book(member, now, title="Öppet")
    colleague = make.person("colleague@example.org")
    host = make.host(organisation="basalt")
    elsewhere = make.person(
        "elsewhere@example.org", role="host", organisation="basalt", office=make.office("umea")
    )
    found = [summaries(render(each, "resource:tallen", now)) for each in (colleague, host, elsewhere)]
    assert found == [["Öppet"], ["Öppet"], ["Upptaget"]]


@both
def test_what_is_cancelled_or_did_not_happen_is_left_out_and_a_request_is_tentative(
    make: Factory, member: Person, now: datetime
) -> None:
    make.room("granen", approval=True)
    host = make.host()
    series = book(member, now, recurrence="FREQ=DAILY;COUNT=4", title="Serie")
    asked = book(member, now, TEN + 2 * HOUR, room="granen", title="Fråga")
    ids = [each.id for each in series.dates]
    bookings.cancel(series.id, by=member, now=now, dates=[ids[1]])
    check_in(ids[2], by=host, now=series.dates[2].starts_at)
    mark_no_show(ids[3], by=host, now=series.dates[3].starts_at)
    found = {
        (event["UID"], str(event["STATUS"])) for event in events(render(member, "office:stockholm", now))
    }
    assert sorted(status for _, status in found) == ["CONFIRMED", "CONFIRMED", "TENTATIVE"]
    standing = {(series.dates[n].starts_at, series.dates[n].ends_at) for n in (0, 2)}
    for thing in ("resource:tallen", "office:stockholm"):
        assert read(render(member, thing, now)) - times(asked) == standing


@both
def test_a_date_keeps_its_uid_and_its_sequence_rises(member: Person, now: datetime) -> None:
    booking = book(member, now)
    (before,) = events(render(member, "mine", now))
    wish = Wish(("tallen",), TEN + HOUR, TEN + 3 * HOUR, "Nytt", "granit", "meeting")
    bookings.change(booking.dates[0].id, wish, version=booking.version, by=member, now=now + HOUR)
    (after,) = events(render(member, "mine", now + HOUR))
    assert after["UID"] == before["UID"]
    assert (before["SEQUENCE"], after["SEQUENCE"]) == (0, 1)
    assert after["DTSTAMP"].dt == now + HOUR
    assert str(after["SUMMARY"]) == "Nytt"


@both
def test_a_composites_feed_shows_what_blocks_its_parts(make: Factory, member: Person, now: datetime) -> None:
    whole = make.room("hallen")
    for slug in ("vast", "ost"):
        db.session.add(ResourcePart(whole_id=whole.id, part_id=make.room(slug).id))
    db.session.commit()
    of_whole, of_part = book(member, now, room="hallen"), book(member, now, TEN + 2 * HOUR, room="ost")
    assert read(render(member, "resource:hallen", now)) == times(of_whole, of_part)
    assert read(render(member, "resource:vast", now)) == times(of_whole)
    assert len(events(render(member, "office:stockholm", now))) == 2, "one event per date"


@both
def test_the_window_and_the_whole(make: Factory, member: Person, now: datetime) -> None:
    make.room("granen", max_days_ahead=800)
    near = book(member, now, room="granen")
    far = book(member, now, TEN + timedelta(days=427), room="granen")
    assert read(render(member, "resource:granen", now)) == times(near)
    assert read(render(member, "resource:granen", now, whole=True)) == times(near, far)
    later = now + timedelta(days=92)
    assert read(render(member, "resource:granen", later)) == times(far)


@both
def test_an_empty_feed_is_sound(member: Person, now: datetime) -> None:
    for thing in ("resource:tallen", "office:stockholm", "mine"):
        assert events(render(member, thing, now)) == []


def tags(person: Person, now: datetime, *things: str) -> list[str]:
    return [find(person, thing).etag(whole=False, base_url=BASE, now=now) for thing in things]


@both
def test_the_tag_changes_with_what_the_bytes_depend_on_and_with_nothing_else(
    make: Factory, member: Person, stranger: Person, now: datetime
) -> None:
    make.room("granen")
    things = ("resource:tallen", "office:stockholm", "mine", "resource:granen")
    before = tags(member, now, *things)
    assert tags(member, now + HOUR, *things) == before
    booking = book(member, now)
    after = tags(member, now, *things)
    assert [old != new for old, new in zip(before, after, strict=True)] == [True, True, True, False]
    bookings.cancel(booking.id, by=member, now=now)
    assert tags(member, now, "resource:tallen") != after[:1]
    assert tags(member, now + timedelta(days=1), *things) != tags(member, now, *things), "the window moved"
    whole = find(member, "mine")
    assert whole.etag(whole=True, base_url=BASE, now=now) == whole.etag(
        whole=True, base_url=BASE, now=now + timedelta(days=1)
    )


@both
@pytest.mark.parametrize("what", ["organisation", "role", "language", "name"])
def test_the_tag_changes_with_what_its_owner_may_read(
    make: Factory, member: Person, stranger: Person, now: datetime, what: str
) -> None:
    before = tags(stranger, now, "resource:tallen")
    match what:
        case "organisation":
            stranger.organisations.append(make.organisation("granit"))
        case "role":
            stranger.roles.append(Role(role="host", office_id=make.office().id))
        case "language":
            stranger.language = "en"
        case "name":
            make.room("tallen").name = "Stora tallen"
    db.session.commit()
    assert tags(stranger, now, "resource:tallen") != before


@both
def test_the_tag_of_a_composite_changes_with_its_parts(make: Factory, member: Person, now: datetime) -> None:
    db.session.add(ResourcePart(whole_id=make.room("hallen").id, part_id=make.room("ost").id))
    db.session.commit()
    before = tags(member, now, "resource:hallen")
    book(member, now, room="ost")
    assert tags(member, now, "resource:hallen") != before


@both
def test_the_time_of_change_never_falls(member: Person, now: datetime) -> None:
    book(member, now + HOUR)
    late = find(member, "resource:tallen").changed_at
    book(member, now, TEN + 2 * HOUR)  # began earlier, ended later
    assert find(member, "resource:tallen").changed_at == late == now + HOUR


@both
def test_whether_something_changed_takes_one_query_past_the_session(
    member: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    keys = feed_urls(member, ["resource:tallen", "office:stockholm", "mine"], base_url=BASE, secret=SECRET)
    by_hand = Mock(side_effect=feed_state._first_row)
    monkeypatch.setattr(feed_state, "_first_row", by_hand)
    with statements() as by_session:
        for thing, url in keys.items():
            assert find_feed(thing, url.split("/")[-2], secret=SECRET)
    assert (by_hand.call_count, by_session) == (3, [])


def test_titles_cannot_break_out_of_their_line(member: Person, now: datetime) -> None:
    booking = book(member, now, title=r"Möte\nBEGIN:VEVENT, \; «x» \\N")
    (found,) = events(render(member, "mine", now))
    assert str(found["SUMMARY"]) == booking.title


@both
def test_a_download_of_a_series_with_dates_cancelled_and_cut_short(
    make: Factory, member: Person, now: datetime
) -> None:
    series = book(member, now, recurrence="FREQ=WEEKLY;COUNT=5")
    bookings.cancel(series.id, by=member, now=now, dates=[series.dates[2].id])
    moved = series.dates[3]
    moved.ends_at -= HOUR / 2
    moved.sequence += 1
    db.session.commit()
    ics = booking_ics(series, base_url=BASE)
    assert lint(ics, kind="download") == []
    assert read(ics) == times(series) - {(series.dates[2].starts_at, series.dates[2].ends_at)}
    assert {str(each["UID"]) for each in events(ics)} == {series.uid}


def test_a_download_of_a_single_booking_has_no_name_and_no_event_once_cancelled(
    member: Person, now: datetime
) -> None:
    booking = book(member, now)
    ics = booking_ics(booking, base_url=BASE)
    assert read(ics) == times(booking)
    assert b"X-WR-CALNAME" not in ics
    bookings.cancel(booking.id, by=member, now=now)
    assert events(booking_ics(booking)) == []
    assert lint(booking_ics(booking), kind="download") == []


def test_history_that_was_imported_is_in_the_whole_feed(make: Factory, member: Person, now: datetime) -> None:
    booking = book(member, now)
    for model in (BookingDate, Resource, Office):
        assert db.session.query(model).count() == 1
    for slot in booking.dates[0].slots:
        slot.live = False
    db.session.commit()
    assert read(render(member, "resource:tallen", now, whole=True)) == times(booking)
