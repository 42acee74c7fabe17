"""Whatever offices consist of, a change of it renews the mark; a booking's counters do not."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import delete, select, update

from app.extensions import db
from app.models import (
    Activity,
    Category,
    Closure,
    DirectoryMark,
    Office,
    OpeningHours,
    Organisation,
    OutsideCalendar,
    Pool,
    Resource,
    ResourcePart,
    UsageChange,
)
from tests.databases import both
from tests.factories import Factory

WATCHED = (
    Activity,
    Category,
    Closure,
    Office,
    OpeningHours,
    Organisation,
    OutsideCalendar,
    Pool,
    Resource,
    ResourcePart,
)


def mark() -> str:
    return db.session.scalars(select(DirectoryMark.mark)).one()


@pytest.fixture
def everything(make: Factory) -> None:
    room, part = make.room(), make.room("granen")
    make.organisation()
    office = make.office()
    db.session.add(ResourcePart(whole_id=room.id, part_id=part.id))
    times = dict.fromkeys(("added_at", "tried_at", "good_at", "read_at", "reaches_until"), make.now)
    db.session.add(OutsideCalendar(resource_id=room.id, name="Annas", file_name="a.ics", **times))
    db.session.add(Pool(office_id=office.id, slug="desks", name="Skrivbord"))
    db.session.add(
        Closure(
            office_id=office.id,
            starts_at=make.now,
            ends_at=make.now + timedelta(hours=1),
            source="host",
            entered_at=make.now,
        )
    )
    db.session.commit()


@both
@pytest.mark.usefixtures("everything")
@pytest.mark.parametrize("model", WATCHED)
def test_every_change_renews_it(model: type) -> None:
    column = next(each for each in model.__table__.columns if not each.primary_key or model is ResourcePart)
    before = mark()
    db.session.execute(update(model).values({column: column}))
    updated = mark()
    assert updated != before
    _free_of_references(model)
    before = mark()
    db.session.execute(delete(model))
    assert mark() not in (before, updated)


def _free_of_references(model: type) -> None:
    """Deletes the rows that refer to the model's, and those that refer to them."""
    db.session.execute(update(Resource).values(pool_id=None))
    for other in WATCHED:
        refers = any(key.column.table is model.__table__ for key in other.__table__.foreign_keys)
        if refers and other is not model:
            _free_of_references(other)
            db.session.execute(delete(other))
    db.session.execute(delete(UsageChange))  # every change of the above leaves one


@both
def test_a_new_row_renews_it(make: Factory) -> None:
    steps: list[Callable[[], object]] = [make.office, make.room, make.organisation]
    seen = [mark()]
    for step in steps:
        step()
        seen.append(mark())
    assert len(set(seen)) == len(seen)


@both
def test_counters_of_bookings_leave_it(make: Factory) -> None:
    make.room()
    before = mark()
    db.session.execute(update(Resource).values(changes=Resource.changes + 1, changed_at=make.now))
    assert mark() == before


@both
def test_no_state_ever_has_the_mark_of_another(make: Factory) -> None:
    room = make.room()
    before, undone = mark(), set[str]()
    for _ in range(3):
        with db.session.begin_nested() as change:
            db.session.execute(update(Resource).values(name="Granen").where(Resource.id == room.id))
            undone.add(mark())
            change.rollback()
        assert mark() == before
    assert len(undone) == 3
