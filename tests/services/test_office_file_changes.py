"""What a changed file of an office means for readers, other offices, bookings and holidays."""

from datetime import UTC, date, datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import func, select

from app.domain.money import standing
from app.extensions import db
from app.models import Booking, BookingDate, BookingRule, Category, Organisation, Resource, Slot
from app.services.money.values import since, values_of
from app.services.office_file import OfficeFileInvalid
from tests.databases import both
from tests.factories import Factory
from tests.services.office_files import OFFICE, WHOLE, closures, load, resource, without


@both
def test_readers_see_what_changed_and_only_that(app: Flask, now: datetime) -> None:
    load(WHOLE, now)
    later = now + timedelta(hours=1)

    def changed(text: str) -> set[str]:
        db.session.execute(Resource.__table__.update().values(changes=0))
        db.session.commit()
        load(text, later)
        return set(db.session.scalars(select(Resource.slug).where(Resource.changes > 0)))

    assert changed(WHOLE.replace('name = "Plats 1"', 'name = "Fönstret"')) == {"plats-1"}
    load(WHOLE, later)
    assert changed(WHOLE.replace('name = "Väst"', 'name = "Vest"')) == {"vast", "salen"}
    load(WHOLE, later)
    assert changed(WHOLE.replace('reason = "Vattenläcka"', 'reason = "Läcka"')) == {"vast", "salen"}
    load(WHOLE, later)
    assert len(changed(WHOLE.replace('closes = "17:00"', 'closes = "18:00"'))) == 5
    assert resource("salen").changed_at == later


def test_resources_keep_the_files_order_and_move_only_when_it_does(app: Flask, now: datetime) -> None:
    def order(*slugs: str) -> list[str]:
        rooms = [f'[[resources]]\nslug = "{slug}"\nname = "{slug}"\nkind = "desk"\n' for slug in slugs]
        summary = load("\n".join([OFFICE, *rooms]), now)
        stored = select(Resource.slug).filter_by(retired=False).order_by(Resource.position)
        assert db.session.scalars(stored).all() == list(slugs)
        return [change.slug for change in summary.changes if change.action == "updated"]

    assert order("a", "b", "c") == []
    assert order("b", "c") == []
    assert order("b", "c", "d") == []
    assert order("c", "b", "d") == ["c", "d"]
    assert order("e", "c", "b", "d") == ["c", "b", "d"]


def test_another_office_may_share_organisations_and_leave_their_facts_out(app: Flask, now: datetime) -> None:
    load(WHOLE, now)
    other = """
[office]
slug = "umea"
name = "Umeå"
timezone = "Europe/Stockholm"
[[organisations]]
slug = "granit"
name = "Granit AB"
category = "company"
"""
    assert [each.what for each in load(other, now).changes] == ["office"]
    granit = db.session.scalars(select(Organisation)).one()
    assert (granit.co_funder, granit.organisation_number) == (True, "556000-0000")


def test_retiring_a_room_tells_of_coming_bookings_and_keeps_them(make: Factory, now: datetime) -> None:
    load(WHOLE, now)
    organisation = make.organisation("granit")
    booking = Booking(
        uid="1",
        title="Möte",
        organisation_id=organisation.id,
        category_id=organisation.category_id,
        activity_id=make.activity().id,
        timezone="Europe/Stockholm",
    )
    start, end = now + timedelta(days=1), now + timedelta(days=1, hours=1)
    coming = BookingDate(
        original_start_at=start, starts_at=start, ends_at=end, status="confirmed", changed_at=now
    )
    coming.slots = [
        Slot(
            resource_id=resource("plats-1").id,
            starts_at=start,
            ends_at=end,
            blocks_from=start,
            blocks_until=end,
            live=True,
        )
    ]
    booking.dates = [coming]
    db.session.add(booking)
    db.session.commit()
    assert load(without(WHOLE, 'slug = "plats-1"'), now).still_booked == {"plats-1": 1}
    assert db.session.scalar(select(func.count(Slot.id))) == 1
    whole = WHOLE.replace('pool = "desks"', 'parts = ["vast"]')
    with pytest.raises(OfficeFileInvalid) as invalid:
        load(whole, now)
    assert [each.code for each in invalid.value.problems] == ["whole_has_bookings"]


def test_holidays_of_another_country_hold_from_now_on(app: Flask, now: datetime) -> None:
    load(WHOLE, now)
    summary = load(WHOLE.replace('holidays = "SE"', 'holidays = "NO"'), now)
    assert [(each.action, each.what) for each in summary.changes] == [("updated", "holidays")]
    kept = {each.starts_at.year for each in closures("holiday") if each.retired_at}
    assert kept == {2026, 2027, 2028}


def rules(source: str = "file") -> list[BookingRule]:
    stored = select(BookingRule).filter_by(source=source, retired=False).order_by(BookingRule.id)
    return list(db.session.scalars(stored))


@both
def test_rules_are_kept_as_the_file_says_them(app: Flask, now: datetime) -> None:
    load(WHOLE, now)
    everybody, companies, granit, blackout = rules()
    assert (everybody.notice_minutes, everybody.approval, everybody.resource_id) == (60, None, None)
    assert (companies.resource_id, companies.category_id) == (
        resource("salen").id,
        db.session.scalar(select(Category.id)),
    )
    assert (companies.approval, companies.min_minutes, companies.max_minutes) == (True, 30, 240)
    assert (companies.max_days_ahead, companies.lapse_minutes, companies.release_minutes) == (90, 60, 15)
    assert (granit.hours_per_month, granit.at_once) == (40, 3)
    assert granit.organisation_id == db.session.scalar(select(Organisation.id))
    assert (blackout.starts_at, blackout.ends_at) == (
        datetime(2026, 12, 1, 7, tzinfo=UTC),
        datetime(2026, 12, 1, 23, tzinfo=UTC),
    )
    assert (blackout.may_book, blackout.reason) == (False, "Golvet slipas")


@both
def test_a_rule_that_the_file_no_longer_says_is_retired_and_comes_back(app: Flask, now: datetime) -> None:
    load(WHOLE, now)
    first = [rule.id for rule in rules()]
    assert load(WHOLE, now).nothing_to_change
    fewer = WHOLE.replace("[[rules]]\nnotice_minutes = 60\n", "")
    assert [(each.what, each.slug) for each in load(fewer, now).changes] == [("rules", "stockholm")]
    assert [rule.id for rule in rules()] == first[1:]
    assert load(fewer, now).nothing_to_change
    load(WHOLE, now)
    assert [rule.id for rule in rules()] == first


def test_a_hosts_rules_are_left_alone(make: Factory, now: datetime) -> None:
    load(WHOLE, now)
    office = make.office()
    make.rule(office_id=office.id, notice_minutes=60)
    assert load(WHOLE, now).nothing_to_change
    load(WHOLE.replace("[[rules]]\nnotice_minutes = 60\n", ""), now)
    assert [rule.notice_minutes for rule in rules("host")] == [60]


@both
def test_the_value_that_the_file_says_last_stands_and_the_past_stays(app: Flask, now: datetime) -> None:
    said = WHOLE + "\n[[values]]\nresource = 'vast'\nper_hour = 249.50\n"
    load(said, now)
    assert load(said, now).nothing_to_change
    assert [each.action for each in load(said.replace("249.50", "260"), now).changes] == ["updated"]
    later = (
        said.replace("249.50", "260")
        + "\n[[values]]\nresource = 'vast'\nper_hour = 300\nvalid_from = 2027-01-01\n"
    )
    load(later, now)
    assert load(later, now).nothing_to_change
    known = values_of(resource("vast").office)[resource("vast").id]
    assert standing(since(known), date(2026, 12, 31)) == 260_00
    assert standing(since(known), date(2027, 1, 1)) == 300_00
    load(said, now)
    assert (
        standing(since(values_of(resource("vast").office)[resource("vast").id]), date(2026, 1, 1)) == 249_50
    )
