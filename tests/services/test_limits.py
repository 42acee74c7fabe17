"""Which rule stands: an organisation before a category before everybody, a resource before its office."""

from datetime import UTC, datetime, timedelta

import pytest

from app.domain.interval import Interval
from app.extensions import db
from app.models import BookingRule, Organisation, Resource
from app.services.rules import Limits, limits_for
from tests.factories import Factory

AT = datetime(2026, 9, 14, 8, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)


@pytest.fixture
def room(make: Factory) -> Resource:
    return make.room("tallen")


@pytest.fixture
def granit(make: Factory) -> Organisation:
    return make.organisation("granit")


def rule(room: Resource, **more: object) -> BookingRule:
    made = BookingRule(**{"office_id": room.office_id, "source": "host", **more})
    db.session.add(made)
    db.session.commit()
    return made


def test_where_nobody_says_anything(room: Resource, granit: Organisation) -> None:
    assert limits_for(room, granit, AT) == Limits()
    assert Limits().lapse == timedelta()
    assert Limits().release is None


def test_the_one_that_speaks_of_fewest_stands(room: Resource, granit: Organisation) -> None:
    """From the weakest on: each that is added stands before all that are there."""
    whom = ({}, {"category_id": granit.category_id}, {"organisation_id": granit.id})
    minutes = 10
    for of_whom in whom:
        for of_what in ({}, {"resource_id": room.id}):
            rule(room, notice_minutes=minutes, **of_whom, **of_what)
            assert limits_for(room, granit, AT).notice == timedelta(minutes=minutes)
            minutes += 10


def test_and_so_it_does_if_it_was_there_first(room: Resource, granit: Organisation) -> None:
    rule(room, notice_minutes=60, organisation_id=granit.id)
    rule(room, notice_minutes=10)
    rule(room, notice_minutes=20, resource_id=room.id)
    assert limits_for(room, granit, AT).notice == HOUR


def test_a_rule_is_silent_about_what_it_does_not_say(room: Resource, granit: Organisation) -> None:
    rule(room, notice_minutes=60, max_days_ahead=30)
    rule(room, notice_minutes=0, organisation_id=granit.id)
    limits = limits_for(room, granit, AT)
    assert (limits.notice, limits.days_ahead) == (timedelta(), 30)


def test_others_are_not_meant(make: Factory, room: Resource, granit: Organisation) -> None:
    rule(room, notice_minutes=60, organisation_id=make.organisation("gnejs").id)
    rule(room, notice_minutes=60, category_id=make.category("region").id)
    rule(room, notice_minutes=60, resource_id=make.room("granen").id)
    rule(room, notice_minutes=60, retired=True)
    rule(make.room("alen", office="umea"), notice_minutes=60)
    assert limits_for(room, granit, AT) == Limits()


def test_without_an_organisation_only_what_is_said_to_everybody(room: Resource, granit: Organisation) -> None:
    rule(room, notice_minutes=60, organisation_id=granit.id)
    rule(room, max_days_ahead=9)
    assert limits_for(room, None, AT) == Limits(days_ahead=9)


def test_a_resources_own_settings_stand_before_the_offices(make: Factory, granit: Organisation) -> None:
    own = make.room("salen", min_minutes=30, max_minutes=90, max_days_ahead=20, approval=True)
    plain = make.room("tallen")
    rule(own, min_minutes=60, max_minutes=600, max_days_ahead=200, approval=False)
    assert limits_for(own, granit, AT) == Limits(
        min_length=HOUR / 2, max_length=1.5 * HOUR, days_ahead=20, approval=True
    )
    assert limits_for(plain, granit, AT) == Limits(min_length=HOUR, max_length=10 * HOUR, days_ahead=200)


def test_a_rule_of_the_resource_stands_before_its_settings(make: Factory, granit: Organisation) -> None:
    own = make.room("salen", max_days_ahead=20, approval=True)
    rule(own, resource_id=own.id, max_days_ahead=40, approval=False)
    assert limits_for(own, granit, AT) == Limits(days_ahead=40)


def test_a_rule_for_a_time_holds_for_dates_that_reach_into_it(room: Resource, granit: Organisation) -> None:
    rule(room, notice_minutes=10)
    rule(room, notice_minutes=60, starts_at=AT, ends_at=AT + HOUR)
    notice = {
        hours: limits_for(room, granit, Interval(AT + hours * HOUR, AT + (hours + 1) * HOUR)).notice
        for hours in (-1, -0.5, 0, 0.5, 1)
    }
    assert [hours for hours, found in notice.items() if found == HOUR] == [-0.5, 0, 0.5]
    assert limits_for(room, granit, AT + HOUR).notice == timedelta(minutes=10)


def test_a_blackout_holds_whoever_else_may_book(room: Resource, granit: Organisation) -> None:
    rule(room, may_book=False, reason="Styrelserum")
    rule(room, may_book=True, organisation_id=granit.id)
    rule(room, may_book=False, starts_at=AT, ends_at=AT + HOUR, reason="Målning")
    before, within = limits_for(room, granit, AT - HOUR), limits_for(room, granit, AT)
    assert (before.may_book, before.blackout) == (True, None)
    assert within.may_book
    assert within.blackout
    assert (within.blackout.interval, within.blackout.reason) == (Interval(AT, AT + HOUR), "Målning")
    other = limits_for(room, None, AT)
    assert (other.may_book, other.why_not) == (False, "Styrelserum")


def test_who_is_let_in_during_a_blackout_is_so_for_the_time_that_was_said(
    room: Resource, granit: Organisation
) -> None:
    rule(room, may_book=False, starts_at=AT, ends_at=AT + 9 * HOUR)
    rule(room, may_book=True, organisation_id=granit.id, starts_at=AT, ends_at=AT + 2 * HOUR)
    assert limits_for(room, granit, Interval(AT, AT + 2 * HOUR)).blackout is None
    assert limits_for(room, granit, Interval(AT, AT + 3 * HOUR)).blackout


def test_from_a_day_on_is_no_blackout(room: Resource, granit: Organisation) -> None:
    rule(room, may_book=False, starts_at=AT)
    assert limits_for(room, granit, AT - HOUR).may_book
    assert not limits_for(room, granit, AT).may_book
    rule(room, may_book=True, organisation_id=granit.id)
    assert limits_for(room, granit, AT).may_book


def test_release_of_nought_is_never(room: Resource, granit: Organisation) -> None:
    rule(room, release_minutes=15, lapse_minutes=60)
    rule(room, release_minutes=0, organisation_id=granit.id)
    assert limits_for(room, granit, AT) == Limits(lapse=HOUR)
    assert limits_for(room, None, AT) == Limits(lapse=HOUR, release=timedelta(minutes=15))


def test_a_quota_says_of_what(room: Resource, granit: Organisation) -> None:
    rule(room, hours_per_month=40)
    assert (limits_for(room, granit, AT).hours_per_month, limits_for(room, granit, AT).quota_resource_id) == (
        40,
        None,
    )
    rule(room, hours_per_month=8, resource_id=room.id)
    assert limits_for(room, granit, AT).quota_resource_id == room.id
