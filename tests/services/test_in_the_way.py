"""What is in the way is told at once with the rules that are broken, and as what it is to the reader."""

from datetime import datetime, timedelta

import pytest

from app.domain.errors import Clash, Refused, Taken
from app.models import Person
from app.services import bookings
from app.services.bookings.suggest import suggestions
from tests.databases import both
from tests.factories import HOUR, TEN, Factory, wish

QUARTER = HOUR / 4


@pytest.fixture
def member(make: Factory) -> Person:
    make.room("tallen", buffer_after_minutes=15)
    return make.person()


@pytest.fixture
def stranger(make: Factory) -> Person:
    return make.person("other@example.org", organisation="skog")


def clash_with(by: Person, now: datetime, start: datetime = TEN, **more: object) -> Clash:
    organisation = by.organisations[0].slug
    (clash,) = bookings.plan(wish(start, organisation=organisation, **more), by=by, now=now).clashes
    return clash


@both
def test_rules_and_what_is_in_the_way_are_told_together(
    member: Person, stranger: Person, now: datetime
) -> None:
    bookings.book(wish(), by=member, now=now)
    theirs = {"organisation": "skog", "title": ""}
    for refused_by in (bookings.plan, bookings.book):
        with pytest.raises(Refused) as refused:
            refused_by(wish(**theirs), by=stranger, now=now)
        assert [each.code for each in refused.value.refusals] == ["title_missing"]
        assert [(each.resource, each.why) for each in refused.value.clashes] == [("tallen", "booked")]
    with pytest.raises(Refused) as refused:
        bookings.plan(wish(TEN + 2 * HOUR, **theirs), by=stranger, now=now)
    assert refused.value.clashes == ()


@both
def test_a_series_tells_all_of_both(member: Person, now: datetime) -> None:
    bookings.book(wish(), by=member, now=now)
    series = wish(recurrence="FREQ=DAILY;COUNT=5")  # into the weekend
    with pytest.raises(Refused) as refused:
        bookings.book(series, by=member, now=now)
    assert {each.code for each in refused.value.refusals} == {"outside_opening_hours"}
    assert [each.wanted.start for each in refused.value.clashes if each.wanted] == [TEN]
    with pytest.raises(Refused) as refused:
        bookings.plan(wish(recurrence="FREQ=DAILY;COUNT=5", skip=frozenset({"taken"})), by=member, now=now)
    assert refused.value.clashes == (), "those would be left out"


@both
def test_a_change_tells_both_too(member: Person, now: datetime) -> None:
    bookings.book(wish(TEN + 3 * HOUR), by=member, now=now)
    date = bookings.book(wish(), by=member, now=now).dates[0]
    with pytest.raises(Refused) as refused:
        bookings.change(date.id, wish(TEN + 3 * HOUR, title=""), version=1, by=member, now=now)
    assert [each.code for each in refused.value.refusals] == ["title_missing"]
    assert [each.yours for each in refused.value.clashes] == [True]
    with pytest.raises(Refused) as refused:
        bookings.change(date.id, wish(TEN + QUARTER, title=""), version=1, by=member, now=now)
    assert refused.value.clashes == (), "its own time is not in its way"


def test_a_quota_and_what_is_in_the_way_are_told_together(
    make: Factory, member: Person, now: datetime
) -> None:
    make.rule(hours_per_month=1)
    make.room("granen")
    bookings.book(wish(), by=member, now=now)
    with pytest.raises(Refused) as refused:
        bookings.book(wish(), by=member, now=now)
    assert [each.code for each in refused.value.refusals] == ["quota_spent"]
    assert [each.why for each in refused.value.clashes] == ["yours"]


@both
def test_each_reader_is_told_what_they_may_know(
    make: Factory, member: Person, stranger: Person, now: datetime
) -> None:
    booked = bookings.book(wish(title="Hemligt"), by=member, now=now)
    colleague, host = make.person("colleague@example.org"), make.host()
    own = clash_with(member, now)
    assert (own.why, own.yours) == ("yours", True)
    assert own.booking
    assert (own.booking.id, own.booking.title) == (booked.id, "Hemligt")
    for reader in (colleague, host):
        told = clash_with(reader, now)
        assert (told.why, told.yours, told.booking and told.booking.title) == ("booked", False, "Hemligt")
    theirs = clash_with(stranger, now)
    assert (theirs.why, theirs.yours, theirs.booking) == ("booked", False, None)
    assert "Hemligt" not in repr(theirs)


def test_time_kept_free_and_a_request_are_told_as_such(
    make: Factory, member: Person, stranger: Person, now: datetime
) -> None:
    bookings.book(wish(), by=member, now=now)
    assert clash_with(stranger, now, TEN + HOUR).why == "buffer"
    after_own = clash_with(member, now, TEN + HOUR)
    assert (after_own.why, after_own.yours) == ("buffer", True)
    make.room("hall", approval=True)
    bookings.book(wish(TEN, "hall"), by=member, now=now)
    asked = bookings.plan(wish(TEN, "hall", organisation="skog"), by=stranger, now=now).clashes[0]
    assert (asked.why, asked.requested, asked.booking) == ("requested", True, None)


def test_what_is_offered_instead_is_what_the_rules_allow(
    make: Factory, member: Person, stranger: Person, now: datetime
) -> None:
    board = make.room("styrelsen", capacity=11)
    make.rule(resource_id=board.id, may_book=False, reason="Styrelsens rum")
    make.room("hall", capacity=12, approval=True)
    bookings.book(wish(), by=member, now=now)
    with pytest.raises(Taken) as taken:
        bookings.book(wish(organisation="skog"), by=stranger, now=now)
    found = [(each.resource, each.start - TEN, each.needs_approval) for each in taken.value.alternatives]
    assert found == [("hall", timedelta(), True), ("tallen", -HOUR - QUARTER, False)]
    make.rule(notice_minutes=24 * 60, organisation_id=make.organisation("skog").id)
    late = wish(TEN, organisation="skog")
    assert suggestions(late, by=stranger, now=TEN - 2 * HOUR) == ()


def test_a_host_is_offered_without_asking_what_asks_others(
    make: Factory, member: Person, now: datetime
) -> None:
    make.room("hall", capacity=12, approval=True)
    bookings.book(wish(), by=member, now=now)
    assert [each.needs_approval for each in suggestions(wish(), by=make.host(), now=now)] == [False, False]
    assert [each.needs_approval for each in suggestions(wish(), by=member, now=now)] == [True, False]
