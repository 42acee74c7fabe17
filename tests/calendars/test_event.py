"""The bytes of an event, and the form in which each of its times is written."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from calendars.event import Event, needed_zones, occurrences, outlook_safe, uid_of_date, write_event
from calendars.feed import write_download
from calendars.lint import lint
from calendars.read import read
from calendars.record import series_and_date
from calendars.recurrence import RuleError
from calendars.zones import UnknownZone
from tests.calendars.readers import by_recurring_ical_events, by_vobject
from tests.calendars.samples import STAMP, at, event, every, feed, spanning, spans

ZONES = ["Europe/Stockholm", "Europe/London", "America/New_York", "Africa/Casablanca", "Asia/Kolkata", "UTC"]


def lines(one: Event, *names: str) -> list[str]:
    """The content lines with these names, of all VEVENTs of the event."""
    found = write_event(one).decode().replace("\r\n ", "").split("\r\n")
    return [text for text in found if text.split(":")[0].split(";")[0] in names]


def test_every_property() -> None:
    one = event(
        uid="7@office.example",
        summary="Möte, frukost",
        location="Tallen; 2 tr",
        description="Rad 1\nRad 2",
        url="https://office.example/b/7",
        categories=("Möte", "a,b"),
        sequence=3,
        status="TENTATIVE",
    )
    assert write_event(one).decode().split("\r\n") == [
        "BEGIN:VEVENT",
        "UID:7@office.example",
        "DTSTAMP:20260201T080000Z",
        "LAST-MODIFIED:20260201T080000Z",
        "SEQUENCE:3",
        "DTSTART;TZID=Europe/Stockholm:20260907T090000",
        "DTEND;TZID=Europe/Stockholm:20260907T100000",
        r"SUMMARY:Möte\, frukost",
        r"LOCATION:Tallen\; 2 tr",
        r"DESCRIPTION:Rad 1\nRad 2",
        "URL:https://office.example/b/7",
        r"CATEGORIES:Möte,a\,b",
        "STATUS:TENTATIVE",
        "TRANSP:OPAQUE",
        "X-MICROSOFT-CDO-BUSYSTATUS:TENTATIVE",
        "END:VEVENT",
        "",
    ]


def test_where_to_meet_from_afar_stands_twice_for_readers_who_know_no_conference() -> None:
    one = event(description="Välkommen", conference="https://meet.example.org/tall-gran\r\n")
    assert lines(one, "CONFERENCE", "DESCRIPTION") == [
        r"DESCRIPTION:Välkommen\nhttps://meet.example.org/tall-gran",
        "CONFERENCE;VALUE=URI;FEATURE=VIDEO:https://meet.example.org/tall-gran",
    ]
    assert lines(event(conference="https://meet.example.org/x"), "DESCRIPTION") == [
        "DESCRIPTION:https://meet.example.org/x"
    ]
    assert lint(write_download(one)) == []


def test_a_free_event_is_free_in_both_words() -> None:
    free = event(busy=False, status="TENTATIVE")
    assert lines(free, "TRANSP", "X-MICROSOFT-CDO-BUSYSTATUS") == [
        "TRANSP:TRANSPARENT",
        "X-MICROSOFT-CDO-BUSYSTATUS:FREE",
    ]


def test_an_address_cannot_begin_a_property() -> None:
    sly = event(url="https://office.example/\r\nATTENDEE:mailto:eve@example.org")
    assert lines(sly, "ATTENDEE") == []
    assert lint(write_download(sly)) == []


@pytest.mark.parametrize(
    ("start", "minutes", "expected"),
    [
        ("2026-10-25T02:30", 15, ["DTSTART:20261025T003000Z", "DTEND:20261025T004500Z"]),
        ("2026-10-25T01:30", 60, ["DTSTART:20261024T233000Z", "DTEND:20261025T003000Z"]),
        ("2026-10-24T22:00", 720, ["DTSTART:20261024T200000Z", "DTEND:20261025T080000Z"]),
        ("2026-03-29T01:30", 60, ["DTSTART:20260329T003000Z", "DTEND:20260329T013000Z"]),
        (
            "2026-10-25T03:00",
            60,
            ["DTSTART;TZID=Europe/Stockholm:20261025T030000", "DTEND;TZID=Europe/Stockholm:20261025T040000"],
        ),
    ],
)
def test_where_the_wall_clock_is_unsure_utc_is_written(start: str, minutes: int, expected: list[str]) -> None:
    assert lines(event(start, minutes), "DTSTART", "DTEND") == expected


def test_the_second_of_two_hours() -> None:
    one = spanning(at("2026-10-25T02:30", fold=1), timedelta(minutes=30))
    assert by_recurring_ical_events(feed(one)) == [
        (datetime(2026, 10, 25, 1, 30, tzinfo=UTC), datetime(2026, 10, 25, 2, 0, tzinfo=UTC))
    ]


def test_exceptions_have_the_form_of_the_start() -> None:
    series = event("2026-10-12T10:00", recurrence="FREQ=WEEKLY;UNTIL=20261109")
    moved = event("2026-10-20T15:00", original_start=at("2026-10-19T10:00"))
    one = replace(series, exdates=(datetime(2026, 11, 2, 9, tzinfo=UTC),), overrides=(moved,))
    assert lines(one, "RRULE", "EXDATE", "RECURRENCE-ID") == [
        "RRULE:FREQ=WEEKLY;UNTIL=20261109T225959Z",
        "EXDATE;TZID=Europe/Stockholm:20261102T100000",
        "RECURRENCE-ID;TZID=Europe/Stockholm:20261019T100000",
    ]


def test_dates_cancelled_at_either_end_are_outside_the_rule() -> None:
    one = event("2026-10-12T10:00", recurrence="FREQ=WEEKLY;COUNT=6")
    walls = every("2026-10-12T10:00", 7, 6)
    cancelled = replace(one, exdates=tuple(at(walls[n]) for n in (0, 1, 3, 5)))
    assert lines(cancelled, "DTSTART", "RRULE", "EXDATE") == [
        "DTSTART;TZID=Europe/Stockholm:20261026T100000",
        "RRULE:FREQ=WEEKLY;UNTIL=20261109T090000Z",
        "EXDATE;TZID=Europe/Stockholm:20261102T100000",
    ]
    assert by_recurring_ical_events(feed(cancelled)) == spans([walls[2], walls[4]], 60)


def test_where_one_date_is_left_there_is_no_rule() -> None:
    one = event("2026-10-12T10:00", recurrence="FREQ=WEEKLY;COUNT=3")
    walls = every("2026-10-12T10:00", 7, 3)
    left = replace(one, exdates=(at(walls[0]), at(walls[2])))
    moved = replace(left, overrides=(event("2026-10-20T15:00", original_start=at(walls[1])),))
    for written, expected in ((left, walls[1:2]), (moved, ["2026-10-20T15:00"])):
        assert lines(written, "UID", "RRULE", "EXDATE", "RECURRENCE-ID") == ["UID:1@office.example"]
        assert by_recurring_ical_events(feed(written)) == occurrences(written) == spans(expected, 60)
        assert lint(feed(written)) == []


def test_a_date_that_the_clock_change_lengthens_is_an_override_in_utc() -> None:
    one = event("2026-10-23T01:00", 240, recurrence="FREQ=DAILY;COUNT=5")
    assert lines(one, "UID", "RRULE", "RECURRENCE-ID", "DTSTART", "DTEND") == [
        "UID:1@office.example",
        "DTSTART;TZID=Europe/Stockholm:20261023T010000",
        "DTEND;TZID=Europe/Stockholm:20261023T050000",
        "RRULE:FREQ=DAILY;COUNT=5",
        "UID:1@office.example",
        "RECURRENCE-ID;TZID=Europe/Stockholm:20261025T010000",
        "DTSTART:20261024T230000Z",
        "DTEND:20261025T030000Z",
    ]


def test_where_the_first_date_is_touched_it_stands_alone() -> None:
    one = event("2026-10-25T01:00", 240, recurrence="FREQ=DAILY;COUNT=3")
    assert lines(one, "UID", "DTSTART", "DTEND", "RRULE") == [
        "UID:1@office.example",
        "DTSTART;TZID=Europe/Stockholm:20261026T010000",
        "DTEND;TZID=Europe/Stockholm:20261026T050000",
        "RRULE:FREQ=DAILY;UNTIL=20261027T000000Z",
        "UID:1-20261024T230000Z@office.example",
        "DTSTART:20261024T230000Z",
        "DTEND:20261025T030000Z",
    ]


@pytest.mark.parametrize("first", ["2026-03-27T02:30", "2026-10-23T02:30"])
def test_a_series_over_a_time_that_comes_twice_or_never_becomes_single_events(first: str) -> None:
    one = event(first, 30, recurrence="FREQ=DAILY;COUNT=4")
    assert not outlook_safe(one)
    assert lines(one, "RRULE", "RECURRENCE-ID") == []
    assert len(lines(one, "UID")) == 4


def test_a_series_may_begin_in_a_gap() -> None:
    one = event("2026-03-29T02:30", 30, recurrence="FREQ=DAILY;COUNT=3")
    walls = ["2026-03-29T02:30", "2026-03-30T02:30", "2026-03-31T02:30"]
    assert by_recurring_ical_events(feed(one)) == spans(walls, 30)


@pytest.mark.parametrize("rule", ["FREQ=MONTHLY;BYMONTHDAY=31;COUNT=3", "FREQ=DAILY;BYDAY=MO,WE;COUNT=3"])
def test_what_outlook_cannot_show_becomes_single_events(rule: str) -> None:
    one = event("2026-08-31T09:00", recurrence=rule)
    assert not outlook_safe(one)
    assert lines(one, "RRULE", "EXDATE", "RECURRENCE-ID") == []
    uids = lines(one, "UID")
    assert len(uids) == len(set(uids)) == 3
    assert uids[0] == "UID:" + uid_of_date("1@office.example", at("2026-08-31T09:00"))


def test_no_date_left() -> None:
    one = event(recurrence="FREQ=DAILY;COUNT=1", exdates=(at("2026-09-07T09:00"),))
    assert write_event(one) == b""
    assert occurrences(one) == []


def test_a_single_date_of_a_series_alone() -> None:
    one = event("2026-10-20T15:00", original_start=at("2026-10-19T10:00"))
    assert lines(one, "UID", "RECURRENCE-ID") == [
        "UID:1@office.example",
        "RECURRENCE-ID;TZID=Europe/Stockholm:20261019T100000",
    ]


def test_an_override_in_another_zone_needs_both() -> None:
    moved = event("2026-09-14T10:00", zone="Europe/London", original_start=at("2026-09-14T09:00"))
    one = event(recurrence="FREQ=WEEKLY;COUNT=3", overrides=(moved,))
    assert needed_zones([one]) == {"Europe/Stockholm", "Europe/London"}
    assert lint(write_download(one)) == []


@pytest.mark.parametrize("zone", ["UTC", "Etc/UTC", "Africa/Casablanca", "Nowhere/Land"])
def test_some_zones_are_written_in_utc(zone: str) -> None:
    one = replace(event(), timezone=zone)
    assert lines(one, "DTSTART") == ["DTSTART:20260907T070000Z"]
    assert needed_zones([one]) == frozenset()


@pytest.mark.parametrize(
    "rule", ["FREQ=DAILY", "FREQ=HOURLY;COUNT=2", "FREQ=WEEKLY;BYDAY=TU;COUNT=2", "nonsense"]
)
def test_a_rule_that_cannot_be_written_is_refused(rule: str) -> None:
    with pytest.raises(RuleError):
        write_event(event(recurrence=rule))


def test_a_series_in_an_unknown_zone_is_refused() -> None:
    with pytest.raises(UnknownZone):
        write_event(replace(event(recurrence="FREQ=DAILY;COUNT=2"), timezone="Nowhere/Land"))


@pytest.mark.parametrize(
    "fields",
    [
        {"exdates": (datetime(2026, 9, 8, 9),), "recurrence": "FREQ=DAILY;COUNT=2"},
        {"stamp": datetime(2026, 9, 7, 9)},
        {"end": at("2026-09-07T09:00")},
        {"exdates": (datetime(2026, 9, 7, 9),)},
        {"overrides": (event(uid="2@office.example", original_start=STAMP),)},
        {"overrides": (event(),)},
    ],
)
def test_impossible_events_are_refused(fields: dict[str, object]) -> None:
    with pytest.raises(ValueError, match=r"an (event|override)"):
        event(**fields)


# Half the instants fall on the days of the clock changes.
days = st.sampled_from(
    [datetime(2026, 3, 29), datetime(2026, 10, 25), datetime(2027, 3, 28), datetime(2027, 10, 31)]
)
near = st.builds(lambda day, minutes: day + timedelta(minutes=minutes), days, st.integers(-300, 600))
anywhere = st.datetimes(datetime(2026, 1, 2), datetime(2028, 11, 30)).map(
    lambda t: t.replace(second=0, microsecond=0)
)
instants = (near | anywhere).map(lambda naive: naive.replace(tzinfo=UTC))
lengths = st.integers(1, 36 * 60).map(lambda minutes: timedelta(minutes=minutes))


@given(instants, lengths, st.sampled_from(ZONES))
def test_any_instant_comes_back_to_the_minute(start: datetime, length: timedelta, zone: str) -> None:
    ics = feed(spanning(start, length, zone))
    assert lint(ics) == []
    assert by_recurring_ical_events(ics) == by_vobject(ics, exact=True) == [(start, start + length)]
    assert [(e.start, e.end) for e in read(ics)] == [(start, start + length)]


@given(near, st.integers(0, 3), st.integers(1, 4), lengths, st.sampled_from(ZONES))
def test_any_series_comes_back_to_the_minute(
    around: datetime, before: int, interval: int, length: timedelta, zone: str
) -> None:
    start = (around - timedelta(days=before * interval)).replace(tzinfo=UTC)
    rule = f"FREQ=DAILY;INTERVAL={interval};COUNT=4"
    one = spanning(start, length, zone, recurrence=rule)
    ics = feed(one)
    assert lint(ics) == []
    found = by_recurring_ical_events(ics)
    assert found == by_vobject(ics, exact=True) == by_vobject(ics, exact=False) == occurrences(one)
    assert len(found) == 4
    assert found[0] == (start, start + length)
    assert {end - begin for begin, end in found} == {length}


@pytest.mark.parametrize("uid", ["1@office.example", "a-b@office.example"])
def test_the_uid_of_a_date_tells_its_series_and_which_date_it_is(uid: str) -> None:
    start = at("2026-10-25T09:00").astimezone(UTC)
    assert series_and_date(uid_of_date(uid, start)) == (uid, start)


@pytest.mark.parametrize("uid", ["1@office.example", "1-20261345T000000Z@office.example", "1", ""])
def test_other_uids_are_of_no_date(uid: str) -> None:
    assert series_and_date(uid) == (uid, None)
