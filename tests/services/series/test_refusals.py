"""What a change of a series is held against: time that is taken, rules, a host's word, another's change."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from sqlalchemy import select

from app.domain.errors import NotFound, Refused, Stale, Taken
from app.extensions import db
from app.models import Booking, Person
from app.services import approval, bookings
from tests.databases import both
from tests.factories import HOUR, TEN, Factory, wish
from tests.services.series.told import at, fresh, rooms, stored

WEEK = timedelta(weeks=1)


def test_a_series_that_is_over_is_refused(series: Booking, member: Person) -> None:
    with pytest.raises(Refused) as refused:
        bookings.change(series.dates[0].id, wish(), scope="all", version=1, by=member, now=TEN + 20 * WEEK)
    assert refused.value.refusals[0].code == "is_over"


@both
def test_every_clash_of_a_change_is_named_and_nothing_is_changed(
    series: Booking, make: Factory, member: Person, now: datetime
) -> None:
    for weeks in (1, 3):
        bookings.book(wish(TEN + weeks * WEEK + 3 * HOUR), by=member, now=now)
    before = stored()
    with pytest.raises(Taken) as taken:
        bookings.change(series.dates[0].id, wish(at(9, 8, 13)), scope="all", version=1, by=member, now=now)
    assert [clash.wanted and clash.wanted.start for clash in taken.value.clashes] == [
        at(9, 15, 13),
        at(9, 29, 13),
    ]
    assert stored() == before
    moved = wish(at(9, 8, 13), move=True)
    bookings.change(series.dates[0].id, moved, scope="all", version=1, by=member, now=now)
    assert rooms(fresh(series)) == ["tallen", "granen", "tallen", "granen"]


def test_words_alone_ask_no_rule_and_hold_what_is_held(
    series: Booking, make: Factory, member: Person
) -> None:
    slots = [slot.id for date in series.dates for slot in date.slots]
    make.room("tallen").max_days_ahead = 1
    db.session.commit()
    words = wish(title="Nytt", meeting_url="https://meet.jit.si/abc")
    moment = TEN + timedelta(minutes=10)
    bookings.change(series.dates[0].id, words, scope="all", version=1, by=member, now=moment)
    assert (fresh(series).title, series.meeting_url) == ("Nytt", "https://meet.jit.si/abc")
    assert [slot.id for date in series.dates for slot in date.slots] == slots
    assert [date.sequence for date in series.dates] == [1, 1, 1, 1]
    bookings.change(series.dates[0].id, wish(title="Åter"), scope="all", version=2, by=member, now=moment)
    assert (fresh(series).title, series.meeting_url) == ("Åter", "https://meet.jit.si/abc")
    without = wish(title="Åter", meeting_url="")
    bookings.change(series.dates[0].id, without, scope="all", version=3, by=member, now=moment)
    assert fresh(series).meeting_url is None


def test_approved_dates_stay_approved_until_time_or_room_change(
    make: Factory, series: Booking, member: Person, now: datetime
) -> None:
    make.room("salen", approval=True)
    asked_for = bookings.book(wish(TEN, "salen", recurrence="FREQ=WEEKLY;COUNT=2"), by=member, now=now)
    approval.approve(asked_for.dates[0].id, by=make.host(), now=now)
    version = asked_for.version
    first = asked_for.dates[0].id
    bookings.change(first, wish(TEN, "salen", title="Nytt"), scope="all", version=version, by=member, now=now)
    assert [date.status for date in fresh(asked_for).dates] == ["confirmed", "requested"]
    version = asked_for.version
    bookings.change(first, wish(TEN + HOUR, "salen"), scope="all", version=version, by=member, now=now)
    assert [date.status for date in fresh(asked_for).dates] == ["requested", "requested"]


@both
def test_the_second_of_two_changes_is_told(series: Booking, member: Person, now: datetime) -> None:
    bookings.change(series.dates[0].id, wish(TEN + HOUR), scope="all", version=1, by=member, now=now)
    before = stored()
    with pytest.raises(Stale):
        bookings.change(series.dates[1].id, wish(), scope="following", version=1, by=member, now=now)
    assert stored() == before


def test_an_unknown_scope_or_somebody_elses_date(
    series: Booking, make: Factory, member: Person, now: datetime
) -> None:
    date = series.dates[0].id
    with pytest.raises(NotFound):
        bookings.change(date, wish(), scope="none", version=1, by=member, now=now)
    stranger = make.person("stranger@example.org", organisation="annat")
    for scope in ("this", "following", "all"):
        with pytest.raises(NotFound):
            bookings.change(date, wish(), scope=scope, version=1, by=stranger, now=now)
    with pytest.raises(NotFound):
        bookings.dates_in_scope(series, 999_999, "all")


def test_a_change_for_another_organisation_is_held_against_its_rules(
    series: Booking, make: Factory, member: Person, now: datetime
) -> None:
    make.organisation("umea-kommun", "municipality")
    other = replace(wish(at(9, 22)), organisation="umea-kommun")
    with pytest.raises(Refused) as refused:
        bookings.change(series.dates[2].id, other, scope="all", version=1, by=member, now=now)
    assert refused.value.refusals[0].code == "not_your_organisation"
    bookings.change(series.dates[2].id, other, scope="following", version=1, by=make.host(), now=now)
    new = db.session.scalars(select(Booking).where(Booking.continues_id == series.id)).one()
    assert (new.category.slug, fresh(series).category.slug, new.organiser_id) == (
        "municipality",
        "company",
        member.id,
    )


@both
def test_a_cancelled_series_comes_back_whole_or_not_at_all(
    series: Booking, make: Factory, member: Person, now: datetime
) -> None:
    bookings.cancel(series.id, by=member, now=now)
    one, two = (bookings.book(wish(TEN + weeks * WEEK), by=member, now=now) for weeks in (1, 2))
    before = stored()
    with pytest.raises(Taken) as taken:
        bookings.restore_dates(series.id, by=member, now=now)
    assert len(taken.value.clashes) == 2
    assert stored() == before
    for each in (one, two):
        bookings.cancel(each.id, by=member, now=now)
    bookings.restore_dates(series.id, by=member, now=now, dates=[series.dates[0].id])
    bookings.restore_dates(series.id, by=member, now=TEN + WEEK + HOUR)
    assert [date.status for date in fresh(series).dates] == [
        "confirmed",
        "cancelled",
        "confirmed",
        "confirmed",
    ]
    with pytest.raises(Refused) as refused:
        bookings.restore_dates(series.id, by=member, now=TEN + 20 * WEEK)
    assert refused.value.refusals[0].code == "cannot_restore"
