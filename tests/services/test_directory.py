"""What offices consist of is read once, and again as soon as it has changed."""

from datetime import timedelta

import pytest
from sqlalchemy import update
from sqlalchemy.orm.exc import DetachedInstanceError

from app.extensions import db
from app.models import Closure, Resource, ResourcePart
from app.services.directory import directory
from app.services.transaction import use_case
from tests.databases import both, statements
from tests.factories import Factory


@both
def test_everything_by_slug(make: Factory) -> None:
    whole, part = make.room("aulan"), make.room("scenen", retired=True)
    db.session.add(ResourcePart(whole_id=whole.id, part_id=part.id))
    make.organisation("granit")
    db.session.commit()
    known = directory()
    assert list(known.offices) == ["stockholm"]
    assert set(known.resources) == {"aulan", "scenen"}
    assert [each.slug for each in known.resources["aulan"].parts] == ["scenen"]
    assert known.resources["aulan"].office.timezone == "Europe/Stockholm"
    assert known.organisations["granit"].category.slug == "company"
    assert known.activities["meeting"].names["en"] == "Meeting"
    assert len(known.hours[whole.office_id]) == 5


@both
def test_read_once_until_it_changes(make: Factory) -> None:
    room = make.room()
    first = directory()
    db.session.commit()
    assert directory() is first
    room.name = "Eken"
    db.session.commit()
    assert directory().resources["tallen"].name == "Eken"
    assert first.resources["tallen"].name == "Tallen"


@both
def test_a_transaction_that_reads_asks_for_the_mark_once(make: Factory) -> None:
    make.room()
    directory()
    db.session.commit()
    with statements() as asked:
        assert directory() is directory()
    assert len(asked) == 1


@both
def test_a_use_case_sees_what_it_wrote_and_nobody_what_it_took_back(make: Factory) -> None:
    room = make.room()
    before = directory()

    @use_case
    def rename_and_fail() -> None:
        assert directory() is before
        db.session.execute(update(Resource).values(name="Eken"))
        assert directory().resources["tallen"].name == "Eken"
        raise RuntimeError(room.slug)

    with pytest.raises(RuntimeError):
        rename_and_fail()
    assert directory() is before


@both
def test_closures_that_hold(make: Factory) -> None:
    office = make.office()
    for number, retired in enumerate((None, make.now)):
        db.session.add(
            Closure(
                office_id=office.id,
                starts_at=make.now,
                ends_at=make.now + timedelta(hours=1 + number),
                reason="Vattenläcka",
                source="host",
                entered_at=make.now,
                retired_at=retired,
            )
        )
    db.session.commit()
    ((resource_id, interval, reason),) = directory().closures[office.id]
    assert (resource_id, interval.duration, reason) == (None, timedelta(hours=1), "Vattenläcka")


def test_counters_are_not_part_of_it(make: Factory) -> None:
    make.room()
    with pytest.raises(DetachedInstanceError):
        _ = directory().resources["tallen"].changes
