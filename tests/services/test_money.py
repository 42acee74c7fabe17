"""What use is worth, and what of it is aid."""

from datetime import UTC, date, datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from app.domain.errors import NotAllowed, NotFound, Refused
from app.domain.period import Period
from app.extensions import db
from app.models import Booking, BookingDate, Closure, Resource
from app.services.bookings import book
from app.services.bookings.change import change
from app.services.money.decisions import decide_booking, decide_category
from app.services.money.received import received
from app.services.money.uses import sum_of, values_at
from app.services.money.values import has_values, set_values
from app.services.reports import report
from tests.databases import both
from tests.factories import HOUR, TEN, Factory, wish
from tests.reports.october import NOVEMBER, load_october
from tests.services.money_rows import counting, value
from tests.services.report_rows import store, used

TODAY = date(2026, 9, 7)
SEPTEMBER = Period.parse("2026-09")
MORNING = datetime(2026, 9, 2, 8, 0, tzinfo=UTC)  # a Wednesday, 10:00


@both
def test_a_use_is_worth_its_time_at_the_value_of_its_day(app: Flask, make: Factory, now: datetime) -> None:
    office, host = counting(make, now)
    value(make.room(), 300, "2026-09-03", by=host, now=now)
    store(
        used(make, MORNING, MORNING + 1.5 * HOUR),
        used(make, MORNING + timedelta(days=1), MORNING + timedelta(days=1) + 2 * HOUR),
    )
    first, second = values_at(office, SEPTEMBER)
    assert (first.amount, second.amount) == (300_00, 600_00)
    assert (first.day, first.resources, first.is_aid) == (date(2026, 9, 2), ("Tallen",), True)


@both
def test_time_outside_opening_hours_has_a_value_and_time_lost_to_a_closure_has_not(
    app: Flask, make: Factory, now: datetime
) -> None:
    office, _ = counting(make, now)
    store(used(make, MORNING - 4 * HOUR, MORNING + 2 * HOUR))  # 06–12, open from 8
    assert [each.amount for each in values_at(office, SEPTEMBER)] == [1200_00]
    db.session.add(
        Closure(
            office_id=office.id,
            starts_at=MORNING,
            ends_at=MORNING + HOUR,
            source="host",
            entered_at=now,
        )
    )
    db.session.commit()
    assert [each.amount for each in values_at(office, SEPTEMBER)] == [1000_00]


@both
def test_what_did_not_come_about_is_worth_nothing(app: Flask, make: Factory, now: datetime) -> None:
    office, _ = counting(make, now)
    for number, status in enumerate(("no_show", "cancelled", "declined", "requested")):
        start = MORNING + number * timedelta(days=7)
        store(used(make, start, start + HOUR, status=status))
    assert values_at(office, Period.parse("2026")) == []


@both
def test_time_at_a_value_of_nothing_is_told_from_time_without_a_value(
    app: Flask, make: Factory, now: datetime
) -> None:
    _, host = counting(make, now)
    granen = make.room("granen")
    value(granen, 0, "2026-09-02", by=host, now=now)
    both_rooms = (make.room().id, granen.id)
    night = datetime(2026, 9, 1, 20, 0, tzinfo=UTC)  # 22:00: the value of Granen begins two hours later
    store(used(make, night, night + 3 * HOUR, resources=both_rooms, asked_for=both_rooms))
    (found,) = values_at(granen.office, SEPTEMBER, every=True)
    assert (found.time, found.unvalued, found.at_zero) == (6 * HOUR, 2 * HOUR, HOUR)
    assert found.amount == 600_00


@both
def test_a_resource_without_a_value_is_worth_nothing(app: Flask, make: Factory, now: datetime) -> None:
    office, _ = counting(make, now)
    store(used(make, MORNING, MORNING + HOUR, room="granen"))
    assert values_at(office, SEPTEMBER) == []
    (found,) = values_at(office, SEPTEMBER, every=True)
    assert (found.time, found.unvalued, found.at_zero, found.amount) == (HOUR, HOUR, timedelta(), 0)
    assert has_values(office)
    assert not has_values(make.office("umea"))


@both
def test_a_booking_of_two_rooms_is_one_use_rounded_once(app: Flask, make: Factory, now: datetime) -> None:
    office, host = counting(make, now)
    set_values(office, [make.room().id, make.room("granen").id], 50, None, by=host, now=now)
    rooms = (make.room().id, make.room("granen").id)
    store(used(make, MORNING, MORNING + HOUR / 100, resources=rooms, asked_for=rooms))
    (found,) = values_at(office, SEPTEMBER)
    assert found.amount == 1  # twice half an öre, and not twice one
    assert found.time == 2 * HOUR / 100


@both
def test_where_old_bookings_overlap_each_moment_has_a_value_once(
    app: Flask, make: Factory, now: datetime
) -> None:
    office, _ = counting(make, now)
    other = make.organisation("gran", "municipality")
    store(
        used(make, MORNING - HOUR, MORNING + HOUR, imported_as="1", organisation_id=other.id),
        used(make, MORNING, MORNING + 2 * HOUR, imported_as="2"),
    )
    company = make.organisation().id
    everything = {each.organisation_id: each.amount for each in values_at(office, SEPTEMBER)}
    assert everything == {other.id: 400_00, company: 200_00}
    assert [each.amount for each in values_at(office, SEPTEMBER, [company])] == [200_00]


@both
def test_a_date_counts_whole_on_the_local_day_on_which_it_begins(
    app: Flask, make: Factory, now: datetime
) -> None:
    office, _ = counting(make, now)
    late = datetime(2026, 8, 31, 21, 0, tzinfo=UTC)  # 23:00 on 31 August
    store(used(make, late, late + 3 * HOUR))
    assert [each.amount for each in values_at(office, Period.parse("2026-08"))] == [600_00]
    assert values_at(office, SEPTEMBER) == []


@both
def test_the_night_with_an_hour_more_is_worth_an_hour_more(app: Flask, make: Factory, now: datetime) -> None:
    office, _ = counting(make, now)
    night = datetime(2026, 10, 24, 23, 0, tzinfo=UTC)  # 01:00 on 25 October
    store(used(make, night, datetime(2026, 10, 25, 4, 0, tzinfo=UTC)))  # until 05:00: five hours
    spring = datetime(2026, 3, 29, 0, 0, tzinfo=UTC)  # 01:00
    store(used(make, spring, datetime(2026, 3, 29, 3, 0, tzinfo=UTC)))  # until 05:00: three
    assert [each.amount for each in values_at(office, Period.parse("2026"))] == [600_00, 1000_00]


@both
def test_the_hours_of_the_worked_example_are_those_of_its_report(app: Flask, make: Factory) -> None:
    office, host = load_october(), make.host("money@example.org")
    figures = report(office, Period.parse("2026-10"), now=NOVEMBER)
    by_slug = {each["resource"]: each for each in figures["by_resource"]}
    rooms = [each.id for each in _resources(office.id)]
    set_values(office, rooms, 100_00, None, by=host, now=NOVEMBER)
    uses = values_at(office, Period.parse("2026-10"))
    hours = sum((each.time for each in uses), timedelta()) / HOUR
    # The tenth booking goes on in November, where the report has it apart.
    later = report(office, Period.parse("2026-11"), now=NOVEMBER)["totals"]
    outside = sum(each["outside_hours"] for each in by_slug.values()) + later["outside_hours"]
    assert hours == figures["totals"]["used_hours"] + later["used_hours"] + outside
    assert sum_of(uses) == hours * 100_00


def _resources(office_id: int) -> list[Resource]:
    return list(db.session.scalars(select(Resource).filter_by(office_id=office_id)))


@both
def test_a_booking_stands_above_its_category_and_keeps_it_when_it_changes(
    app: Flask, make: Factory, now: datetime
) -> None:
    office, host = counting(make, now)
    booking = book(wish(TEN), by=host, now=now)
    decide_booking(office, booking.id, False, "De betalar hyra.", by=host, now=now)
    date_id = booking.dates[0].id
    change(date_id, wish(TEN + HOUR, title="Annat"), version=booking.version, by=host, now=now)
    (found,) = values_at(office, SEPTEMBER)
    assert (found.start, found.is_aid, found.decision.reason) == (TEN + HOUR, False, "De betalar hyra.")
    decide_booking(office, booking.id, None, "Ändå inte.", by=host, now=now)
    (found,) = values_at(office, SEPTEMBER)
    assert (found.is_aid, found.decision.reason) == (True, "Företag får det gratis.")


@both
def test_the_later_part_of_a_split_series_follows_the_decision_about_the_first(
    app: Flask, make: Factory, now: datetime
) -> None:
    office, host = counting(make, now)
    booking = book(wish(TEN, recurrence="FREQ=WEEKLY;COUNT=3"), by=host, now=now)
    decide_booking(office, booking.id, False, "De betalar hyra.", by=host, now=now)
    second = booking.dates[1]
    change(
        second.id,
        wish(TEN + timedelta(days=7), title="Annat"),
        scope="following",
        version=booking.version,
        by=host,
        now=now,
    )
    assert db.session.get(BookingDate, second.id).booking_id != booking.id
    assert [each.is_aid for each in values_at(office, SEPTEMBER)] == [False, False, False]
    later = db.session.get(BookingDate, second.id).booking
    decide_booking(office, later.id, True, "Nu är det gratis.", by=host, now=now)
    assert [each.is_aid for each in values_at(office, SEPTEMBER)] == [False, True, True]


@both
def test_a_category_is_decided_from_a_day_on_and_the_past_stays(
    app: Flask, make: Factory, now: datetime
) -> None:
    office, host = counting(make, now)
    store(used(make, MORNING, MORNING + HOUR), used(make, TEN, TEN + HOUR))
    company = make.category("company")
    decide_category(office, company.id, False, date(2026, 9, 7), "Avgift från nu.", by=host, now=now)
    assert [each.is_aid for each in values_at(office, SEPTEMBER)] == [True, False]


@both
def test_a_category_that_nobody_has_decided_on_is_told(app: Flask, make: Factory, now: datetime) -> None:
    office, host = counting(make, now)
    network = make.organisation("natet", "network")
    store(used(make, MORNING, MORNING + HOUR, organisation_id=network.id, category_id=network.category_id))
    found = received(office, TODAY)
    assert [each.organisation_id for each in found.undecided] == [network.id]
    assert found.companies == []
    decide_category(office, network.category_id, False, None, "Offentlig verksamhet.", by=host, now=now)
    assert received(office, TODAY).undecided == []


def test_decisions_need_an_answer_a_reason_and_a_host(app: Flask, make: Factory, now: datetime) -> None:
    office, host = counting(make, now)
    booking = book(wish(TEN), by=host, now=now)
    member, company = make.person(), make.category("company").id
    with pytest.raises(Refused) as wrong:
        decide_category(office, company, None, None, " ", by=host, now=now)
    assert [each.code for each in wrong.value.refusals] == ["answer_missing", "reason_missing"]
    with pytest.raises(Refused) as long:
        decide_booking(office, booking.id, True, "x" * 501, by=host, now=now)
    assert [each.code for each in long.value.refusals] == ["words_too_long"]
    with pytest.raises(NotAllowed):
        decide_booking(office, booking.id, True, "Därför.", by=member, now=now)
    with pytest.raises(NotAllowed):
        decide_category(office, company, True, None, "Därför.", by=member, now=now)
    with pytest.raises(NotFound):
        decide_booking(make.office("umea"), booking.id, True, "Därför.", by=host, now=now)


@both
def test_making_bookers_anonymous_changes_no_amount(app: Flask, make: Factory, now: datetime) -> None:
    office, host = counting(make, now)
    booking = book(wish(TEN), by=host, now=now)
    before = [(each.date_id, each.amount, each.is_aid) for each in values_at(office, SEPTEMBER)]
    stored = db.session.get(Booking, booking.id)
    stored.organiser_id, stored.title, stored.anonymous_at = None, "Möte", now
    db.session.commit()
    assert [(each.date_id, each.amount, each.is_aid) for each in values_at(office, SEPTEMBER)] == before
