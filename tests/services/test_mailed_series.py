"""Invited series of which some dates cannot be had: booked but for those, each answered with its reason."""

from datetime import UTC, datetime

import pytest

from app.extensions import db
from app.models import Person
from app.services import bookings
from app.services.bookings.left_behind import left_behind
from app.services.closures import close
from app.services.invitations import tell_untold
from tests.databases import both
from tests.factories import HOUR, TEN, Factory, wish
from tests.services.mailroom_answers import (
    POST,
    come,
    last_answer,
    member_with_rooms,
    only_booking,
    partstats,
    reasons,
)
from tests.services.mails import AT, MEMBER, UNTIL, WEEK, calendar, mail

ZONE = "TZID=W. Europe Standard Time"
FIRST = (f"{AT}20260908T100000", f"{UNTIL}20260908T110000")
WEEKLY = "RRULE:FREQ=WEEKLY;COUNT=5"


@pytest.fixture
def member(make: Factory) -> Person:
    return member_with_rooms(make)


def one_date(original: str, start: str, end: str, *more: str, sequence: int = 0) -> str:
    """The VEVENT of a date of the series that was moved."""
    lines = ["BEGIN:VEVENT", "UID:abc@outlook", "DTSTAMP:20260907T070000Z", f"SEQUENCE:{sequence}"]
    lines += [
        f"RECURRENCE-ID;{ZONE}:{original}",
        f"{AT}{start}",
        f"{UNTIL}{end}",
        f"ORGANIZER:mailto:{MEMBER}",
    ]
    return "\n".join([*lines, *more, "END:VEVENT"])


def holiday(make: Factory, week: int, reason: str) -> None:
    day = TEN + week * WEEK
    close(make.office(), None, day - 2 * HOUR, day + 9 * HOUR, reason, by=make.host(), now=make.now)


@both
def test_a_holiday_is_left_out_and_answered_with_its_reason(
    app: object, member: Person, make: Factory, now: datetime
) -> None:
    holiday(make, 2, "Trettondedagen")
    assert come(mail(calendar("REQUEST", *FIRST, WEEKLY)), now) == "booked"
    booking = only_booking()
    assert [each.starts_at for each in booking.dates] == [TEN, *(TEN + n * WEEK for n in (1, 3, 4))]
    answer, events = last_answer()
    assert partstats(events) == ["ACCEPTED", "DECLINED"]
    assert events[1]["RECURRENCE-ID"].dt == TEN + 2 * WEEK
    assert "Not on these dates:\nTuesday 22 September 2026, 10:00–11:00\n→ Tallen is closed" in answer.body
    assert "Trettondedagen" in answer.body
    assert "Trettondedagen" in (answer.html or "")
    (left,) = left_behind(booking).left_out
    assert (left.interval.start, left.reason) == (TEN + 2 * WEEK, "closed")


IN_AMERICA = (
    "DTSTART;TZID=America/New_York:20260908T040000",
    "DTEND;TZID=America/New_York:20260908T050000",
)


AT_ONCE = one_date("20260915T100000", "20260922T100000", "20260922T110000")


@pytest.mark.parametrize(
    ("times", "rule", "extra", "code", "said"),
    [
        (FIRST, "FREQ=SECONDLY;COUNT=3", "", "mail_rule", ("in a way that rooms", "på ett sätt som rum")),
        (IN_AMERICA, "FREQ=WEEKLY;COUNT=8", "", "mail_zone", ("another time zone", "en annan tidszon")),
        (FIRST, "FREQ=WEEKLY;COUNT=5", AT_ONCE, "mail_same_time", ("Two dates", "Två tillfällen")),
    ],
)
@pytest.mark.parametrize("language", ["en", "sv"])
def test_a_series_that_cannot_be_booked_is_told_the_one_reason(
    member: Person,
    now: datetime,
    times: tuple[str, str],
    rule: str,
    extra: str,
    code: str,
    said: tuple[str, str],
    language: str,
) -> None:
    member.language = language
    db.session.commit()
    assert come(mail(calendar("REQUEST", *times, f"RRULE:{rule}", extra=extra)), now) == "refused"
    assert reasons() == [code]
    answer, events = last_answer()
    assert partstats(events) == ["DECLINED"]
    body = " ".join(answer.body.split())
    assert said[language == "sv"] in body
    zone = ("time zone", "tidszon")[language == "sv"]
    assert (zone in body) is (code == "mail_zone")


@both
def test_what_lies_too_far_ahead_is_left_out(
    app: object, member: Person, make: Factory, now: datetime
) -> None:
    make.rule(max_days_ahead=33)
    assert come(mail(calendar("REQUEST", *FIRST, "RRULE:FREQ=WEEKLY;COUNT=6")), now) == "booked"
    booking = only_booking()
    assert len(booking.dates) == 5
    answer, events = last_answer()
    assert partstats(events) == ["ACCEPTED", "DECLINED"]
    assert "Tuesday 13 October 2026, 10:00–11:00\n→ Tallen can be booked 33 days ahead" in answer.body
    assert [left.reason for left in left_behind(booking).left_out] == ["ahead"]


@both
def test_all_dates_are_named_where_too_many_cannot_be_had(
    app: object, member: Person, make: Factory, now: datetime
) -> None:
    holiday(make, 1, "Stängt en dag")
    holiday(make, 2, "Städdag")
    other = make.person("other@example.org")
    bookings.book(wish(TEN + 3 * WEEK, title="Hemligt"), by=other, now=now)
    series = calendar("REQUEST", *FIRST, "RRULE:FREQ=WEEKLY;COUNT=10")
    assert come(mail(series), now) == "refused"
    answer, events = last_answer()
    assert partstats(events) == ["DECLINED"]
    assert (
        "3 of 10 dates cannot be booked. Where that is more than a fifth, nothing is booked." in answer.body
    )
    for told in ("15 September 2026", "Stängt en dag", "22 September 2026", "Städdag", "29 September 2026"):
        assert told in answer.body
    assert "Tallen is taken 10:00–11:00." in answer.body
    assert "Hemligt" not in answer.body
    assert reasons() == ["closed", "taken"]


def test_a_fifth_may_be_missing_for_different_reasons(member: Person, make: Factory, now: datetime) -> None:
    holiday(make, 1, "Städdag")
    other = make.person("other@example.org")
    bookings.book(wish(TEN + 3 * WEEK), by=other, now=now)
    assert come(mail(calendar("REQUEST", *FIRST, "RRULE:FREQ=WEEKLY;COUNT=10")), now) == "booked"
    _, events = last_answer()
    assert partstats(events) == ["ACCEPTED", "DECLINED", "DECLINED"]
    assert [each["RECURRENCE-ID"].dt for each in events[1:]] == [TEN + WEEK, TEN + 3 * WEEK]


@both
def test_who_took_the_holiday_out_is_told_nothing_of_it(
    app: object, member: Person, make: Factory, now: datetime
) -> None:
    holiday(make, 1, "Städdag")
    exdate = f"EXDATE;{ZONE}:20260915T100000"
    assert come(mail(calendar("REQUEST", *FIRST, WEEKLY, exdate)), now) == "booked"
    booking = only_booking()
    assert [each.status for each in booking.dates] == ["confirmed"] * 4
    answer, events = last_answer()
    assert partstats(events) == ["ACCEPTED"]
    assert "Not on these dates" not in answer.body
    assert left_behind(booking).left_out == []


@both
def test_a_date_that_was_moved_off_a_holiday_is_booked_where_it_is(
    app: object, member: Person, make: Factory, now: datetime
) -> None:
    holiday(make, 2, "Städdag")
    moved = one_date("20260922T100000", "20260923T130000", "20260923T140000")
    assert come(mail(calendar("REQUEST", *FIRST, WEEKLY, extra=moved)), now) == "booked"
    booking = only_booking()
    assert booking.recurrence == "FREQ=WEEKLY;COUNT=5"
    by_original = {each.original_start_at: each.starts_at for each in booking.dates}
    assert by_original[TEN + 2 * WEEK] == datetime(2026, 9, 23, 11, tzinfo=UTC)
    assert partstats(last_answer()[1]) == ["ACCEPTED"]


def test_the_first_date_may_be_the_one_that_is_missing(member: Person, make: Factory, now: datetime) -> None:
    holiday(make, 0, "Städdag")
    assert come(mail(calendar("REQUEST", *FIRST, WEEKLY)), now) == "booked"
    booking = only_booking()
    assert booking.recurrence == "FREQ=WEEKLY;COUNT=4"
    assert [each.starts_at for each in booking.dates] == [TEN + n * WEEK for n in (1, 2, 3, 4)]


def test_dates_that_are_over_are_not_asked_for(member: Person, now: datetime) -> None:
    # A room is invited to a series that has been going on for two weeks.
    start = (f"{AT}20260825T100000", f"{UNTIL}20260825T110000")
    assert come(mail(calendar("REQUEST", *start, "RRULE:FREQ=WEEKLY;COUNT=6")), now) == "booked"
    assert [each.starts_at for each in only_booking().dates] == [TEN + n * WEEK for n in range(4)]
    answer, events = last_answer()
    assert partstats(events) == ["ACCEPTED"]
    assert "Not on these dates" not in answer.body


def test_a_series_of_which_every_date_breaks_the_same_rule_is_told_so_once(
    member: Person, make: Factory, now: datetime
) -> None:
    long = (f"{AT}20260908T070000", f"{UNTIL}20260908T080000")
    assert come(mail(calendar("REQUEST", *long, WEEKLY)), now) == "refused"
    answer, _ = last_answer()
    assert "Tallen is open 8:00" in answer.body or "Tallen is open 08:00" in answer.body
    assert "dates cannot be booked" not in answer.body
    assert reasons() == ["outside_opening_hours"]


@both
def test_over_the_change_of_the_clocks_all_dates_are_told_by_the_clock(
    app: object, member: Person, make: Factory, now: datetime
) -> None:
    first = (f"{AT}20261013T100000", f"{UNTIL}20261013T110000")
    close(
        make.office(),
        None,
        datetime(2026, 10, 27, 6, tzinfo=UTC),
        datetime(2026, 10, 27, 18, tzinfo=UTC),
        "Städdag",
        by=make.host(),
        now=now,
    )
    assert come(mail(calendar("REQUEST", *first, WEEKLY)), now) == "booked"
    answer, events = last_answer()
    assert events[1]["RECURRENCE-ID"].dt == datetime(2026, 10, 27, 9, tzinfo=UTC)
    assert "Tuesday 27 October 2026, 10:00–11:00\n→ Tallen is closed" in answer.body


@both
def test_a_single_date_of_a_series_that_is_not_booked_is_declined(
    app: object, member: Person, make: Factory, now: datetime
) -> None:
    other = make.person("other@example.org")
    for week in (0, 1, 2):
        bookings.book(wish(TEN + week * WEEK), by=other, now=now)
    assert come(mail(calendar("REQUEST", *FIRST, WEEKLY)), now) == "refused"
    moved = calendar(
        "REQUEST",
        f"{AT}20260908T140000",
        f"{UNTIL}20260908T150000",
        f"RECURRENCE-ID;{ZONE}:20260908T100000",
        sequence=1,
    )
    assert come(mail(moved, number=2), now) == "refused"
    answer, (event,) = last_answer()
    assert (partstats([event]), event["RECURRENCE-ID"].dt) == (["DECLINED"], TEN)
    assert "The series is not booked here, so none of its dates can be moved." in answer.body
    assert "Invite the room to a meeting of its own." in answer.body
    assert reasons() == ["mail_series_not_booked"]


def test_a_date_that_was_left_out_cannot_be_moved_either(
    member: Person, make: Factory, now: datetime
) -> None:
    holiday(make, 1, "Städdag")
    come(mail(calendar("REQUEST", *FIRST, WEEKLY)), now)
    moved = calendar(
        "REQUEST",
        f"{AT}20260916T100000",
        f"{UNTIL}20260916T110000",
        f"RECURRENCE-ID;{ZONE}:20260915T100000",
        sequence=1,
    )
    assert come(mail(moved, number=2), now) == "refused"
    answer, (event,) = last_answer()
    assert (partstats([event]), event["RECURRENCE-ID"].dt) == (["DECLINED"], TEN + WEEK)
    assert "That date of the series is not booked. Invite the room to a meeting of its own" in answer.body
    assert "Booked as before:" in answer.body
    assert len(only_booking().dates) == 4


@both
@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("en", "Not on these dates:\nTuesday 22 September 2026, 10:00–11:00\n→ Tallen is closed"),
        ("sv", "Inte de här tillfällena:\nTisdag 22 september 2026, 10:00–11:00\n→ Tallen har stängt"),
    ],
)
def test_every_answer_that_declines_a_date_names_it_and_why(
    app: object, member: Person, make: Factory, now: datetime, language: str, said: str
) -> None:
    member.language = language
    holiday(make, 2, "Trettondedagen")
    assert come(mail(calendar("REQUEST", *FIRST, WEEKLY)), now) == "booked"
    # An update that changes nothing, one that cannot be carried out, and what is done here.
    assert come(mail(calendar("REQUEST", *FIRST, WEEKLY, sequence=1), number=2), now) == "changed"
    _named(said)
    moved = one_date("20260915T100000", "20260915T030000", "20260915T040000", sequence=2)
    series = calendar("REQUEST", *FIRST, WEEKLY, sequence=2, extra=moved)
    assert come(mail(series, number=3), now) == "refused"
    _named(said)
    booking = only_booking()
    bookings.cancel(booking.id, by=make.host(), now=now, dates=[booking.dates[3].id])
    assert tell_untold(POST, now) == (1, [])
    _named(said)


def _named(said: str) -> None:
    answer, events = last_answer()
    assert TEN + 2 * WEEK in [each["RECURRENCE-ID"].dt for each in events if "RECURRENCE-ID" in each]
    assert said in answer.body
    assert "Trettondedagen" in answer.body


def test_a_date_that_could_be_had_by_now_is_said_not_to_be_booked(
    member: Person, make: Factory, now: datetime
) -> None:
    other = bookings.book(wish(TEN + WEEK), by=make.person("other@example.org"), now=now)
    assert come(mail(calendar("REQUEST", *FIRST, WEEKLY)), now) == "booked"
    assert "→ Tallen is taken 10:00–11:00" in last_answer()[0].body
    bookings.cancel(other.id, by=make.host(), now=now)
    assert come(mail(calendar("REQUEST", *FIRST, WEEKLY, sequence=1), number=2), now) == "changed"
    assert "15 September 2026, 10:00–11:00\n→ That date of the series is not booked." in last_answer()[0].body
