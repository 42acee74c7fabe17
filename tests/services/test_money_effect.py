"""What a value, a decision or a rate would change of what is counted already: told, and asked why."""

from datetime import UTC, date, datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from app.domain.errors import NotAllowed, Refused
from app.domain.money import history
from app.domain.period import Period
from app.extensions import db
from app.models import BookingDate, ExchangeRate, Office, Person, Project, ResourceValue
from app.services.money import entering
from app.services.money.decisions import decide_booking
from app.services.money.effect import (
    Effect,
    effect_of_booking,
    effect_of_decision,
    effect_of_rate,
    effect_of_value,
)
from app.services.money.entering import enter_rate, enter_value
from app.services.money.received import received
from app.services.money.values import since, values_of
from app.services.snapshots import freeze
from tests.databases import both
from tests.factories import HOUR, Factory
from tests.services.money_rows import counting
from tests.services.report_rows import store, used

JULY, AUGUST = (datetime(2026, month, 8, 8, 0, tzinfo=UTC) for month in (7, 8))
Counted = tuple[Office, Person]


@pytest.fixture
def counted(app: Flask, make: Factory, now: datetime) -> Counted:
    """Granit used Tallen for two hours in July and one in August, at 200 kr; something is to come."""
    office, host = counting(make, now)
    coming = now + timedelta(days=3)
    store(
        used(make, JULY, JULY + 2 * HOUR),
        used(make, AUGUST, AUGUST + HOUR),
        used(make, coming, coming + HOUR),
    )
    return office, host


def lines(effect: Effect) -> list[tuple[str, str, tuple[int, int], tuple[int, int]]]:
    return [(each.organisation.slug, each.month.label, each.worth, each.aid) for each in effect.changed]


@both
def test_a_value_from_the_beginning_reaches_every_month_that_has_begun(
    counted: Counted, make: Factory, now: datetime
) -> None:
    office, _ = counted
    found = effect_of_value(office, [make.room().id], 300_00, None, now=now)
    assert lines(found) == [
        ("granit", "2026-07", (400_00, 600_00), (400_00, 600_00)),
        ("granit", "2026-08", (200_00, 300_00), (200_00, 300_00)),
    ]
    assert found.currency == "SEK"
    assert db.session.scalars(select(ResourceValue)).one().per_hour == 200_00  # nothing is kept


@both
def test_one_from_a_day_on_reaches_what_began_since(counted: Counted, make: Factory, now: datetime) -> None:
    office, _ = counted
    room = [make.room().id]
    assert [each[1] for each in lines(effect_of_value(office, room, 300_00, date(2026, 8, 1), now=now))] == [
        "2026-08"
    ]
    assert not effect_of_value(office, room, 300_00, date(2026, 9, 8), now=now)
    assert not effect_of_value(office, room, 200_00, None, now=now)
    assert not effect_of_value(office, [make.room("granen").id], 300_00, None, now=now)


@both
def test_the_first_value_of_a_room_that_was_used(counted: Counted, make: Factory, now: datetime) -> None:
    store(used(make, AUGUST, AUGUST + HOUR, room="granen"))
    found = effect_of_value(counted[0], [make.room("granen").id], 50_00, None, now=now)
    assert lines(found) == [("granit", "2026-08", (200_00, 250_00), (200_00, 250_00))]


@both
def test_a_decision_changes_what_is_aid_and_no_value(counted: Counted, make: Factory, now: datetime) -> None:
    company = make.category("company").id
    found = effect_of_decision(counted[0], company, False, date(2026, 8, 1), now=now)
    assert lines(found) == [("granit", "2026-08", (200_00, 200_00), (200_00, 0))]
    assert not effect_of_decision(counted[0], company, True, None, now=now)


@both
def test_a_rate_changes_amounts_in_the_currency_of_the_cap(app: Flask, make: Factory, now: datetime) -> None:
    office, host = counting(make, now, cap_currency="EUR")
    store(used(make, AUGUST, AUGUST + HOUR))
    found = effect_of_rate(office, date(2026, 8, 1), 10_000_000, now=now)
    assert (found.currency, lines(found)) == ("EUR", [("granit", "2026-08", (17_39, 20_00), (17_39, 20_00))])
    with pytest.raises(Refused):
        enter_rate(office, date(2026, 8, 1), 10_000_000, "ECB", " ", by=host, now=now)
    enter_rate(office, date(2026, 8, 1), 10_000_000, "ECB", "Fel kurs.", by=host, now=now)
    assert db.session.scalars(select(ExchangeRate.reason).order_by(ExchangeRate.id)).all() == [
        "",
        "Fel kurs.",
    ]
    assert received(office, date(2026, 9, 7)).companies[0].here == 20_00
    assert not effect_of_rate(make.room("x", office="umea").office, date(2026, 8, 1), 1, now=now)


def test_the_frozen_reports_of_such_days_are_named(counted: Counted, make: Factory, now: datetime) -> None:
    office, _ = counted
    project = Project(
        office_id=office.id,
        slug="kontoret",
        name="Kontoret",
        host_organisation_id=make.organisation().id,
        kinds=["room"],
        starts_on=date(2026, 1, 1),
        ends_on=date(2027, 1, 1),
        headline="hours",
    )
    db.session.add(project)
    db.session.commit()
    for month in ("2026-06", "2026-07", "2026-08"):
        freeze(office, project, Period.parse(month), now=now)
    found = effect_of_value(office, [make.room().id], 300_00, date(2026, 8, 3), now=now)
    assert [each.period.label for each in found.reports] == ["2026-08"]
    both_months = effect_of_value(office, [make.room().id], 300_00, None, now=now)
    assert [each.period.label for each in both_months.reports] == ["2026-08", "2026-07"]


@both
def test_what_reaches_back_needs_a_reason_and_keeps_it(
    counted: Counted, make: Factory, now: datetime
) -> None:
    office, host = counted
    room = [make.room().id]
    with pytest.raises(Refused) as refused:
        enter_value(office, room, 300_00, None, " ", by=host, now=now)
    assert [(each.code, each.field) for each in refused.value.refusals] == [("reason_missing", "reason")]
    assert len(values_of(office)[room[0]]) == 1
    enter_value(office, room, 300_00, None, "Hyran\n var fel.", by=host, now=now)
    enter_value(office, room, 350_00, date(2027, 1, 1), "", by=host, now=now)
    said = [(each.per_hour, each.reason, each.by_id) for each in values_of(office)[room[0]]]
    assert said[1:] == [(300_00, "Hyran var fel.", host.id), (350_00, "", host.id)]
    states = [
        (each.said.what, each.state) for each in history(since(values_of(office)[room[0]]), date(2026, 9, 7))
    ]
    assert states == [(350_00, "begins"), (300_00, "holds"), (200_00, "replaced")]


def test_with_a_reason_others_do_not_wait_until_years_are_counted(
    counted: Counted, make: Factory, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    office, host = counted
    asked: list[Office] = []
    monkeypatch.setattr(entering, "effect_of_value", lambda place, *_, **__: asked.append(place))
    enter_value(office, [make.room().id], 300_00, None, "Hyran var fel.", by=host, now=now)
    assert asked == []
    enter_value(office, [make.room().id], 350_00, date(2027, 1, 1), "", by=host, now=now)
    assert asked == [office]


def test_it_is_for_hosts(counted: Counted, make: Factory, now: datetime) -> None:
    with pytest.raises(NotAllowed):
        enter_value(counted[0], [make.room().id], 1, None, "Nej.", by=make.person(), now=now)


@both
def test_a_decision_about_one_booking_changes_what_of_it_has_begun(
    counted: Counted, make: Factory, now: datetime
) -> None:
    office, host = counted
    before = datetime(2026, 7, 1, 8, 0, tzinfo=UTC)
    store(used(make, before, before + HOUR))
    july, later = (
        db.session.scalars(select(BookingDate).filter_by(starts_at=start)).one().booking
        for start in (JULY, now + timedelta(days=3))
    )
    found = effect_of_booking(office, july, False, now=now)
    assert lines(found) == [("granit", "2026-07", (600_00, 600_00), (600_00, 200_00))]
    assert not effect_of_booking(office, later, False, now=now)
    assert not effect_of_booking(office, july, True, now=now)
    assert not effect_of_booking(office, july, None, now=now)
    decide_booking(office, july.id, False, "Hyra.", by=host, now=now)
    back = effect_of_booking(office, july, None, now=now)
    assert lines(back) == [("granit", "2026-07", (600_00, 600_00), (200_00, 600_00))]


@both
def test_a_decision_about_the_first_part_of_a_series_reaches_the_later_part(
    counted: Counted, make: Factory, now: datetime
) -> None:
    office, _ = counted
    first, later = (
        db.session.scalars(select(BookingDate).filter_by(starts_at=start)).one().booking
        for start in (JULY, AUGUST)
    )
    later.continues_id = first.id
    db.session.commit()
    found = effect_of_booking(office, first, False, now=now)
    assert [(each[1], each[3]) for each in lines(found)] == [
        ("2026-07", (400_00, 0)),
        ("2026-08", (200_00, 0)),
    ]
