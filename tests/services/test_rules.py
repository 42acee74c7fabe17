"""What an office asks of bookings: every broken rule is told at once, and a host books past them."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta

import pytest

from app.domain.errors import Refusal, Refused
from app.extensions import db
from app.models import BookingRule, Office, Person, Resource, ResourcePart
from app.services import bookings, presence
from app.services.bookings import Wish
from app.services.bookings.terms import counted_again
from app.services.bookings.wish import understand
from app.services.directory import directory
from app.services.rules import quota_left, quotas_of
from tests.databases import both
from tests.factories import HOUR, TEN, Factory, wish

Setting = Callable[..., BookingRule]


@pytest.fixture
def office(make: Factory) -> Office:
    make.room("tallen")
    make.room("granen")
    return make.office()


@pytest.fixture
def member(make: Factory, office: Office) -> Person:
    return make.person()


@pytest.fixture
def host(make: Factory, office: Office) -> Person:
    return make.host()


@pytest.fixture
def rule(make: Factory, office: Office) -> Setting:
    return make.rule


def refusals(asked: Wish, by: Person, now: datetime) -> list[Refusal]:
    try:
        understand(asked, by=by, now=now)
    except Refused as refused:
        return list(refused.refusals)
    return []


def codes(asked: Wish, by: Person, now: datetime) -> list[str]:
    return [each.code for each in refusals(asked, by, now)]


def test_who_may_not_book_is_told_why(rule: Setting, member: Person, now: datetime) -> None:
    rule(may_book=False, reason="Styrelsens rum")
    (refusal,) = refusals(wish(), member, now)
    assert refusal.code == "not_for_you"
    assert refusal.params == {"resource": "Tallen", "organisation": "Granit AB", "reason": "Styrelsens rum"}


def test_a_blackout_says_from_when_until_when_and_why(rule: Setting, member: Person, now: datetime) -> None:
    rule(may_book=False, starts_at=TEN, ends_at=TEN + 2 * HOUR, reason="Valdagen")
    (refusal,) = refusals(wish(), member, now)
    assert refusal.code == "blacked_out"
    assert (refusal.params["start"], refusal.params["end"]) == (TEN, TEN + 2 * HOUR)
    assert refusal.params["reason"] == "Valdagen"
    assert codes(wish(TEN + 2 * HOUR), member, now) == []
    assert codes(wish(TEN - HOUR), member, now) == []


def test_notice_is_counted_from_now(rule: Setting, member: Person, now: datetime) -> None:
    rule(notice_minutes=int((TEN - now) / timedelta(minutes=1)))
    assert codes(wish(), member, now) == []
    assert codes(wish(TEN - HOUR / 4), member, now) == ["too_little_notice"]


def test_all_that_is_broken_is_named_at_once(rule: Setting, member: Person, now: datetime) -> None:
    rule(may_book=False, organisation_id=member.organisations[0].id)
    rule(may_book=False, starts_at=TEN, ends_at=TEN + HOUR)
    rule(notice_minutes=3 * 24 * 60, min_minutes=120, max_days_ahead=0, at_once=0, hours_per_month=0)
    assert codes(wish(), member, now) == [
        "not_for_you",
        "blacked_out",
        "too_little_notice",
        "too_far_ahead",
        "too_short",
        "too_many_at_once",
        "quota_spent",
    ]


@both
def test_a_host_books_past_the_rules_and_they_are_kept(
    make: Factory, rule: Setting, host: Person, now: datetime
) -> None:
    rule(may_book=False, min_minutes=120, at_once=0, hours_per_month=0)
    late = TEN + 9 * HOUR
    assert codes(wish(late), host, now) == codes(wish(late), make.person(), now) != []
    understood = understand(wish(late, override=True), by=host, now=now)
    assert [each.code for each in understood.set_aside] == [
        "not_for_you",
        "too_short",
        "outside_opening_hours",
        "too_many_at_once",
        "quota_spent",
    ]


def test_a_walk_in_needs_no_notice(rule: Setting, member: Person, host: Person, now: datetime) -> None:
    rule(notice_minutes=60)
    assert codes(wish(now), member, now) == ["too_little_notice"]
    assert codes(wish(now + HOUR / 2), host, now) == ["too_little_notice"]
    understood = understand(wish(now), by=host, now=now)
    assert [each.code for each in understood.set_aside] == ["too_little_notice"]


@pytest.mark.parametrize("of", ["member", "host elsewhere"])
def test_nobody_else_books_past_them(
    make: Factory, rule: Setting, now: datetime, of: str, member: Person
) -> None:
    rule(may_book=False)
    by = member if of == "member" else make.host("umea@example.org", office=make.office("umea"))
    assert "not_for_you" in codes(wish(override=True), by, now)


def test_some_rules_are_no_hosts_to_set_aside(make: Factory, host: Person, now: datetime) -> None:
    make.room("gammal", active_to=date(2026, 9, 1))
    assert codes(wish(TEN, "gammal", override=True), host, now) == ["not_in_service"]
    assert codes(wish(TEN - timedelta(days=2), override=True), host, now) == ["in_past"]
    assert codes(wish(hours=-1, override=True), host, now) == ["end_before_start"]


def test_approval_is_asked_of_whom_the_rule_says(rule: Setting, member: Person, now: datetime) -> None:
    rule(approval=True, category_id=member.organisations[0].category_id)
    assert understand(wish(), by=member, now=now).with_approval
    rule(approval=False, organisation_id=member.organisations[0].id)
    assert not understand(wish(), by=member, now=now).with_approval


@pytest.fixture
def hall(make: Factory, office: Office) -> Resource:
    whole = make.room("salen")
    for part in ("vast", "ost"):
        db.session.add(ResourcePart(whole_id=whole.id, part_id=make.room(part).id))
    db.session.commit()
    return whole


def test_a_rule_on_a_whole_holds_for_the_whole(
    rule: Setting, member: Person, now: datetime, hall: Resource
) -> None:
    rule(resource_id=hall.id, notice_minutes=7 * 24 * 60)
    assert codes(wish(TEN, "salen"), member, now) == ["too_little_notice"]
    assert codes(wish(TEN, "vast"), member, now) == []


def test_a_blackout_and_an_approval_of_a_part_reach_the_whole(
    make: Factory, rule: Setting, member: Person, now: datetime, hall: Resource
) -> None:
    part = make.room("vast")
    rule(resource_id=part.id, approval=True, notice_minutes=7 * 24 * 60)
    assert understand(wish(TEN, "salen"), by=member, now=now).with_approval
    rule(resource_id=part.id, may_book=False, starts_at=TEN, ends_at=TEN + HOUR)
    assert codes(wish(TEN, "salen"), member, now) == ["blacked_out"]
    assert codes(wish(TEN, "ost"), member, now) == []


def test_of_a_pool_those_members_serve_that_may(
    make: Factory, rule: Setting, member: Person, office: Office, now: datetime
) -> None:
    pool = make.pool("desks", name="Any desk")
    desks = [make.room(f"desk-{number}", kind="desk", pool_id=pool.id) for number in (1, 2, 3)]
    rule(resource_id=desks[0].id, may_book=False)
    rule(resource_id=desks[1].id, hours_per_month=0)
    understood = understand(wish(TEN, "desks"), by=member, now=now)
    assert understood.asked[0].choices == ((directory().resources["desk-3"],),)


def test_a_rule_for_a_time_holds_for_the_dates_of_a_series_that_reach_into_it(
    rule: Setting, member: Person, now: datetime
) -> None:
    rule(may_book=False, starts_at=TEN + timedelta(days=7), ends_at=TEN + timedelta(days=8))
    assert codes(wish(), member, now) == []
    assert codes(wish(recurrence="FREQ=WEEKLY;COUNT=2"), member, now) == ["blacked_out"]


# Quotas


@both
def test_a_quota_counts_every_resource_and_says_what_is_left(
    rule: Setting, member: Person, now: datetime
) -> None:
    rule(hours_per_month=6)
    bookings.book(wish(TEN, "tallen", "granen", hours=2), by=member, now=now)
    assert codes(wish(TEN + 3 * HOUR, hours=2), member, now) == []
    (refusal,) = refusals(wish(TEN + 3 * HOUR, hours=2.25), member, now)
    assert refusal == Refusal(
        "quota_spent",
        "organisation",
        {
            "organisation": "Granit AB",
            "place": "Stockholm",
            "month": date(2026, 9, 1),
            "hours": 6,
            "left": 120,
            "asked": 135,
        },
    )


@both
def test_what_counts_against_a_quota(make: Factory, rule: Setting, member: Person, now: datetime) -> None:
    rule(hours_per_month=40)
    office, granit = make.office(), member.organisations[0]

    def spent() -> timedelta:
        quota = quota_left(granit, office, date(2026, 9, 20))
        assert quota
        return quota.spent

    missed = bookings.book(wish(TEN), by=member, now=now)
    dropped = bookings.book(wish(TEN, "granen"), by=member, now=now)
    bookings.book(wish(TEN + timedelta(days=30), hours=6), by=member, now=now)  # in October
    other = make.person("other@example.org", organisation="gnejs")
    bookings.book(wish(TEN + 2 * HOUR, hours=2, organisation="gnejs"), by=other, now=now)
    assert spent() == 2 * HOUR
    bookings.cancel(dropped.id, by=member, now=now)
    assert spent() == HOUR
    presence.mark_no_show(missed.dates[0].id, by=make.host(), now=TEN + HOUR / 2)
    assert spent() == HOUR
    quota = quota_left(granit, office, date(2026, 9, 1))
    assert quota
    assert (quota.hours, quota.left, quota.resource) == (40, 39 * HOUR, None)


def test_a_series_is_counted_month_by_month(rule: Setting, member: Person, now: datetime) -> None:
    rule(hours_per_month=8)
    # Four Tuesdays in September from the 8th, four in October, four in November.
    weekly = wish(TEN, hours=2.5, recurrence="FREQ=WEEKLY;COUNT=11")
    found = refusals(weekly, member, now)
    assert [(each.params["month"], each.params["asked"]) for each in found] == [
        (date(2026, 9, 1), 600),
        (date(2026, 10, 1), 600),
    ]
    assert codes(wish(TEN, hours=2, recurrence="FREQ=WEEKLY;COUNT=11"), member, now) == []


def test_the_month_is_that_of_the_office(make: Factory, rule: Setting, member: Person, now: datetime) -> None:
    """A night over the end of October 2026, the month of 745 hours, in an office that never closes."""
    make.room("natten", office="dygnet")
    office = make.office("dygnet")
    rule(office_id=office.id, organisation_id=member.organisations[0].id, hours_per_month=2, source="file")
    host = make.host()
    midnight = datetime(2026, 10, 31, 23, 0, tzinfo=UTC)  # the first of November has begun in Stockholm
    night = wish(midnight - HOUR, "natten", hours=3, override=True)
    assert "quota_spent" not in codes(night, host, now)
    aside = understand(wish(midnight - HOUR, "natten", hours=4, override=True), by=host, now=now).set_aside
    (quota,) = (each for each in aside if each.code == "quota_spent")
    assert (quota.params["month"], quota.params["asked"]) == (date(2026, 11, 1), 180)


def test_a_resource_may_have_hours_of_its_own(
    make: Factory, rule: Setting, member: Person, now: datetime
) -> None:
    room = make.room("tallen")
    rule(hours_per_month=4)
    rule(hours_per_month=2, resource_id=room.id)
    assert [each.params["place"] for each in refusals(wish(TEN, hours=3), member, now)] == ["Tallen"]
    assert codes(wish(TEN, "granen", hours=3), member, now) == []
    assert [each.params["place"] for each in refusals(wish(TEN, "granen", hours=5), member, now)] == [
        "Stockholm"
    ]
    quota = quota_left(member.organisations[0], make.office(), date(2026, 9, 1), resource=room)
    assert quota
    assert (quota.hours, quota.resource and quota.resource.slug) == (2, "tallen")


@both
def test_what_a_change_is_about_does_not_count_against_it(
    rule: Setting, member: Person, now: datetime
) -> None:
    rule(hours_per_month=2, at_once=1)
    booking = bookings.book(wish(TEN, hours=2), by=member, now=now)
    asked = wish(TEN + HOUR / 2, hours=2)
    assert codes(asked, member, now) == ["too_many_at_once", "quota_spent"]
    understand(asked, by=member, now=now, but_dates=[booking.dates[0].id])


@both
def test_inside_the_writing_transaction_it_is_counted_again(
    rule: Setting, member: Person, now: datetime
) -> None:
    rule(hours_per_month=2, at_once=1)
    understood = understand(wish(TEN, hours=2), by=member, now=now)
    bookings.book(wish(TEN, "granen", hours=2), by=member, now=now)
    refused, aside = counted_again(
        understood.asked,
        understood.dates,
        wish=wish(TEN, hours=2),
        organisation=understood.organisation,
        by=member,
    )
    assert [each.code for each in refused] == ["too_many_at_once", "quota_spent"]
    assert aside == ()


@both
def test_what_was_cancelled_comes_back_only_if_there_is_so_much_left(
    make: Factory, rule: Setting, member: Person, now: datetime
) -> None:
    rule(hours_per_month=2, at_once=1)
    dropped = bookings.book(wish(TEN, hours=2), by=member, now=now)
    bookings.cancel(dropped.id, by=member, now=now)
    other = bookings.book(wish(TEN, "granen", hours=2), by=member, now=now)
    with pytest.raises(Refused) as refused:
        bookings.restore(dropped.dates[0].id, by=member, now=now)
    assert [each.code for each in refused.value.refusals] == ["too_many_at_once", "quota_spent"]
    bookings.cancel(other.id, by=member, now=now)
    assert bookings.restore(dropped.dates[0].id, by=member, now=now).status == "confirmed"
    bookings.cancel(dropped.id, by=member, now=now)
    bookings.restore(other.dates[0].id, by=member, now=now)
    assert bookings.restore(dropped.dates[0].id, by=make.host(), now=now).status == "confirmed"


def test_the_quotas_of_an_office(make: Factory, rule: Setting, member: Person, now: datetime) -> None:
    office, gnejs = make.office(), make.organisation("gnejs")
    assert quotas_of(office, date(2026, 9, 1)) == []
    rule(hours_per_month=10, organisation_id=gnejs.id)
    rule(hours_per_month=4, category_id=gnejs.category_id)
    rule(hours_per_month=1, resource_id=make.room("granen").id, organisation_id=gnejs.id)
    bookings.book(wish(TEN, hours=2), by=member, now=now)
    found = [
        (each.organisation.slug, each.resource and each.resource.slug, each.hours, each.left / HOUR)
        for each in quotas_of(office, date(2026, 9, 30))
    ]
    assert found == [("gnejs", None, 10, 10), ("gnejs", "granen", 1, 1), ("granit", None, 4, 2)]


# At the same moment


@both
def test_so_many_at_once(make: Factory, rule: Setting, member: Person, now: datetime) -> None:
    rule(at_once=2)
    make.room("alen")
    bookings.book(wish(TEN, "tallen"), by=member, now=now)
    bookings.book(wish(TEN + HOUR, "granen"), by=member, now=now)
    # Beside both of them, but never at the same moment as both.
    assert codes(wish(TEN, "alen", hours=2), member, now) == []
    bookings.book(wish(TEN + HOUR / 2, "alen"), by=member, now=now)
    (refusal,) = refusals(wish(TEN + HOUR, "tallen"), member, now)
    assert refusal.code == "too_many_at_once"
    assert (refusal.params["held"], refusal.params["asked"], refusal.params["most"]) == (2, 1, 2)
    assert refusal.params["at"] == TEN + HOUR
    assert codes(wish(TEN + 2 * HOUR, "tallen", "granen"), member, now) == []
    assert codes(wish(TEN + 2 * HOUR, "tallen", "granen", "alen"), member, now) == ["too_many_at_once"]


def test_a_no_show_holds_nothing_any_more(
    make: Factory, rule: Setting, member: Person, now: datetime
) -> None:
    rule(at_once=1)
    booking = bookings.book(wish(TEN, hours=4), by=member, now=now)
    presence.mark_no_show(booking.dates[0].id, by=make.host(), now=TEN + HOUR / 2)
    assert codes(wish(TEN + HOUR, "granen"), member, now) == []


def test_what_is_taken_is_left_out_before_it_is_counted(
    make: Factory, rule: Setting, member: Person, now: datetime
) -> None:
    rule(hours_per_month=2)
    assert codes(wish(TEN, recurrence="FREQ=DAILY;COUNT=3", skip=frozenset({"taken"})), member, now) == []
