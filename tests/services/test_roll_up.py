"""The roll-up tells nothing else than the bookings: random offices, and whatever may change in them."""

import random
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import delete, func, select, update

from app.domain.localtime import zone
from app.domain.period import Period
from app.domain.utilisation import figures
from app.extensions import db
from app.jobs import JOBS, Outcome, run
from app.models import (
    Booking,
    BookingDate,
    Closure,
    JobRun,
    Office,
    OpeningHours,
    Resource,
    ResourceCapacity,
    Slot,
    UsageDay,
    UsageShare,
    UsageTime,
)
from app.services import job_claims
from app.services.booking_file import BookingRow
from app.services.job_claims import ClaimLost
from app.services.job_states import job_states
from app.services.reports import report
from app.services.reports.companies import COMPANY, companies_of
from app.services.reports.material import load
from app.services.reports.roll_up import columns
from app.services.reports.roll_up import update as rolling
from app.services.reports.roll_up.read import RolledUp
from app.services.reports.roll_up.standing import changed_days, standing
from app.services.reports.times import month_times
from tests.databases import both
from tests.domain.test_utilisation_days import assert_same
from tests.factories import Factory
from tests.reports.october import NOVEMBER, TARGETS, load_project
from tests.services.report_rows import store, used

STOCKHOLM = zone("Europe/Stockholm")
HOUR = timedelta(hours=1)
# Some days over each change of the clocks.
SPANS = (Period.parse("2026-03-24..2026-04-03"), Period.parse("2026-10-20..2026-11-04"))
LATER = datetime(2026, 11, 20, 5, tzinfo=UTC)
KINDS = {"granen": "room", "eken": "video", "almen": "desk"}


@dataclass(frozen=True)
class Place:
    """An office with bookings in `span`; `now` is some days after it."""

    office: Office
    span: Period
    chance: random.Random

    @property
    def now(self) -> datetime:
        return self.span.interval(STOCKHOLM).end + timedelta(days=7)

    @property
    def lasting(self) -> Period:
        return Period(self.span.first - timedelta(days=3), self.span.last_exclusive + timedelta(days=7))

    def roll_up(self) -> None:
        roll_up(self.now)

    def check(self) -> Outcome:
        return run(JOBS["roll-up-check"], self.now, asked=True)

    def changed(self) -> set[int]:
        return changed_days(self.office, self.lasting)


def a_place(make: Factory, seed: int | str) -> Place:
    chance = random.Random(seed)
    span = chance.choice(SPANS)
    office = make.office(opens=chance.choice([0, 480]), closes=chance.choice([1020, 1440]), days=range(7))
    rooms = [make.room(slug, kind=kind, capacity=chance.randrange(1, 12)) for slug, kind in KINDS.items()]
    rooms[1].active_from = span.first + timedelta(days=3)
    db.session.add(ResourceCapacity(resource_id=rooms[0].id, capacity=17, valid_to=rooms[1].active_from))
    db.session.commit()
    store(*(a_booking(make, chance, span, rooms) for _ in range(25)))
    place = Place(office, span, chance)
    close(place, chance.choice([None, *rooms]))
    return place


def a_booking(make: Factory, chance: random.Random, span: Period, rooms: list[Resource]) -> BookingRow:
    start = span.interval(STOCKHOLM).start + chance.randrange(0, 13 * 24 * 4) * HOUR / 4
    held = tuple(each.id for each in chance.sample(rooms, chance.choice([1, 1, 1, 2, 3])))
    status = chance.choice(["confirmed", "checked_in", "checked_in", "no_show", "cancelled"])
    category = chance.choice(["company", "region"])
    heads = {name: chance.randrange(9) for name in ("women", "men", "other")} if chance.random() < 0.7 else {}
    return used(
        make,
        start,
        start + chance.choice([1, 2, 3, 9, 30, 24 * 35]) * HOUR / chance.choice([1, 2]),
        room="granen",
        resources=held,
        asked_for=held,
        status=status,
        category_id=make.category(category).id,
        organisation_id=make.organisation(chance.choice(["granit", "grus", "sten"]), category="company").id,
        uid=str(chance.random()),
        **heads,
    )


def close(place: Place, room: Resource | None = None) -> None:
    start = place.span.interval(STOCKHOLM).start + place.chance.randrange(10 * 24) * HOUR
    closure = Closure(office_id=place.office.id, resource_id=room.id if room else None, source="host")
    closure.starts_at, closure.ends_at, closure.entered_at = start, start + 7 * HOUR, LATER
    db.session.add(closure)
    db.session.commit()


def roll_up(now: datetime = LATER) -> None:
    assert not run(JOBS["roll-up"], now, asked=True).error


def assert_as_counted(place: Place) -> None:
    """Everything that a report takes from the roll-up, for some periods."""
    office, chance = place.office, place.chance
    for _ in range(5):
        first = place.lasting.first + timedelta(days=chance.randrange(9))
        period = Period(first, first + timedelta(days=chance.randrange(1, 12)))
        kinds = chance.choice([None, ["room"], ["video", "desk"], ["room", "desk", "video", "adviser"]])
        measurement = load(office, period, None).measurement()
        measurement = replace(measurement, kinds=kinds)
        rolled = RolledUp(office, kinds)
        found = rolled.summary(period)
        if found is None:  # counted from the bookings
            covered = rolling.covered(office, place.now)
            days = {day.toordinal() for day in period.days() if day in covered}
            assert days <= changed_days(office, period)
            continue
        assert_same(found, figures(measurement, STOCKHOLM))
        assert rolled.first_uses(period, COMPANY) == companies_of(measurement.dates(), STOCKHOLM)
        (month,) = month_times([office], [period], kinds)
        assert (month.available, month.booked, month.used) == (found.available, found.booked, found.used)


@both
@pytest.mark.parametrize("seed", range(6))
def test_it_is_what_the_bookings_come_to(make: Factory, seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(columns, "AT_ONCE", 7)
    monkeypatch.setattr(columns, "TANGLED_AT_ONCE", 3)
    place = a_place(make, seed)
    place.roll_up()
    stands = standing(place.office, place.span)
    assert stands is not None
    assert len(stands.current()) >= 8
    assert_as_counted(place)
    assert place.check().counts == {"differing": 0}


def cancelled(place: Place) -> None:
    some_date(place).status = "cancelled"


def counted(place: Place) -> None:
    some_date(place).women = 30


def shortened(place: Place) -> None:
    slot = place.chance.choice(db.session.scalars(select(Slot).order_by(Slot.id)).all())
    slot.ends_at = slot.starts_at + (slot.ends_at - slot.starts_at) / 2


def deleted(place: Place) -> None:
    slot = place.chance.choice(db.session.scalars(select(Slot).order_by(Slot.id)).all())
    db.session.execute(delete(Slot).where(Slot.id == slot.id))


def of_another_category(place: Place) -> None:
    booking = some_date(place).booking
    other = select(Booking.category_id).where(Booking.category_id != booking.category_id).limit(1)
    db.session.execute(
        update(Booking).where(Booking.id == booking.id).values(category_id=other.scalar_subquery())
    )


def closed(place: Place) -> None:
    close(place)


def closure_taken_back(place: Place) -> None:
    db.session.scalars(select(Closure).order_by(Closure.id)).first().retired_at = LATER


def open_longer(place: Place) -> None:
    db.session.scalars(select(OpeningHours).order_by(OpeningHours.id)).first().closes_minute = 1300


def larger(place: Place) -> None:
    db.session.scalar(select(Resource).filter_by(slug="eken")).capacity = 40


def retired(place: Place) -> None:
    resource = db.session.scalar(select(Resource).filter_by(slug="granen"))
    resource.active_to = place.span.first + timedelta(days=5)


def of_another_kind(place: Place) -> None:
    db.session.scalar(select(Resource).filter_by(slug="granen")).kind = "desk"


def some_date(place: Place) -> BookingDate:
    query = select(BookingDate).where(BookingDate.status == "checked_in").order_by(BookingDate.id)
    return place.chance.choice(db.session.scalars(query).all())


@both
@pytest.mark.parametrize(
    "change",
    [
        *(cancelled, counted, shortened, deleted, of_another_category, closed, closure_taken_back),
        *(open_longer, larger, retired, of_another_kind),
    ],
    ids=lambda change: change.__name__,
)
def test_it_is_never_stale(make: Factory, change: Callable[[Place], None]) -> None:
    place = a_place(make, change.__name__)
    place.roll_up()
    change(place)
    db.session.commit()
    assert place.changed()
    assert_as_counted(place)
    place.roll_up()
    assert not place.changed()
    assert_as_counted(place)
    assert place.check().counts == {"differing": 0}


@both
def test_marks_are_taken_some_at_a_time_and_none_is_forgotten(
    make: Factory, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rolling, "MARKS_TAKEN", 3)
    place = a_place(make, 7)
    place.roll_up()
    db.session.execute(update(BookingDate).values(women=4))
    db.session.commit()
    assert len(place.changed()) > 3
    place.roll_up()
    assert not place.changed()
    assert_as_counted(place)


def test_a_title_and_a_new_organisation_change_nothing(make: Factory) -> None:
    place = a_place(make, 1)
    place.roll_up()
    some_date(place).booking.title = "Annat"
    make.organisation("nytt")
    db.session.commit()
    assert not place.changed()


@both
def test_a_report_is_the_same_to_the_digit(app: Flask) -> None:
    office, project = load_project(more=TARGETS)
    later = datetime(2027, 3, 5, tzinfo=UTC)
    periods = [Period.parse(text) for text in ("2026-10", "2026-11", "2026-12", "2026-10-20..2026-11-05")]
    before = [report(office, period, now=NOVEMBER, project=project) for period in periods]
    roll_up(later)
    assert [report(office, period, now=NOVEMBER, project=project) for period in periods] == before
    assert db.session.scalar(select(UsageDay.day).limit(1)) == date(2026, 10, 1).toordinal()


def test_the_days_that_are_over_are_rolled_up_and_no_others(make: Factory) -> None:
    office = make.office()
    make.room()
    assert rolling.covered(office, LATER) is None
    store(used(make, datetime(2026, 10, 5, 8, tzinfo=UTC), datetime(2026, 10, 5, 9, tzinfo=UTC)))
    assert rolling.covered(office, LATER) == Period.parse("2026-10-05..2026-11-20")
    assert run(JOBS["roll-up"], LATER, asked=True).counts == {"days": 46}
    assert run(JOBS["roll-up"], LATER, asked=True).counts == {"days": 0}
    assert run(JOBS["roll-up"], LATER + 24 * HOUR, asked=True).counts == {"days": 1}


@both
def test_a_wrong_day_is_found_told_and_mended(make: Factory) -> None:
    place = a_place(make, 3)
    place.roll_up()
    wrong = db.session.scalar(select(UsageShare.day).where(UsageShare.used > 0).limit(1))
    db.session.execute(update(UsageShare).where(UsageShare.day == wrong).values(used=UsageShare.used + 1))
    open_day = db.session.scalar(select(UsageTime.day).where(UsageTime.day != wrong).limit(1))
    db.session.execute(delete(UsageTime).where(UsageTime.day == open_day))
    db.session.commit()
    outcome = place.check()
    assert outcome.error
    assert f"{place.office.slug}: 2 days" in outcome.error
    states = {each.job: each.ok for each in job_states(place.now)}
    assert not states["roll-up-check"]
    assert_as_counted(place)
    assert run(JOBS["roll-up-check"], place.now + HOUR, asked=True).counts == {"differing": 0}


def test_whoever_lost_the_claim_stores_nothing(make: Factory) -> None:
    place = a_place(make, 4)
    slow = job_claims.claim(rolling.JOB, place.office.slug, now=place.now)
    db.session.execute(update(JobRun).values(token=JobRun.token + 1))
    db.session.commit()
    assert slow
    with pytest.raises(ClaimLost):
        rolling.bring_up_to_date(place.office, slow, now=place.now)
    assert db.session.scalar(select(UsageDay.day).limit(1)) is None
    assert place.changed()


def test_what_changes_while_a_day_is_counted_is_not_believed(
    make: Factory, monkeypatch: pytest.MonkeyPatch
) -> None:
    place = a_place(make, 5)
    counted_days = rolling.figures_by_day

    def meanwhile(office: Office, period: Period) -> object:
        found = list(counted_days(office, period))
        some_date(place).status = "cancelled"
        db.session.commit()
        return found

    monkeypatch.setattr(rolling, "figures_by_day", meanwhile)
    place.roll_up()
    assert place.changed()
    assert_as_counted(place)


def test_cells_add_up_to_what_was_used(make: Factory) -> None:
    place = a_place(make, 6)
    place.roll_up()
    period = Period(place.span.first + timedelta(days=2), place.span.last_exclusive)
    stands, summary = standing(place.office, period), RolledUp(place.office, None).summary(period)
    assert stands
    assert summary
    used = db.session.scalar(select(func.sum(UsageShare.used)).where(stands.days_in(UsageShare)))
    assert timedelta(seconds=int(used)) == summary.used > timedelta()
