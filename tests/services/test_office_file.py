"""Offices from files: created, updated, retired, and never changed without need."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import func, select

from app.domain.interval import Interval, total
from app.domain.localtime import zone
from app.domain.period import Period
from app.extensions import db
from app.models import (
    Activity,
    Booking,
    BookingDate,
    Category,
    Closure,
    Office,
    OpeningHours,
    Organisation,
    Pool,
    Project,
    Resource,
    ResourceCapacity,
    Slot,
    Target,
)
from app.services.office_file import Change, OfficeFileInvalid, Summary, load_office
from app.services.opening import OfficeHours
from tests.databases import both
from tests.factories import Factory

OCTOBER = Path(__file__).parents[1] / "data" / "october-2026.toml"

WHOLE = """
[office]
slug = "stockholm"
name = "Kontoret"
timezone = "Europe/Stockholm"
holidays = "SE"
address = "Storgatan 1"
directions = "Över gården.\\nRing på."

[[categories]]
slug = "company"
name = { sv = "Företag", en = "Companies" }

[[organisations]]
slug = "granit"
name = "Granit AB"
category = "company"
co_funder = true
organisation_number = "556000-0000"

[[activities]]
slug = "meeting"
name = "Möte"

[[pools]]
slug = "desks"
name = "Skrivbord"

[[resources]]
slug = "salen"
name = "Salen"
kind = "room"
capacity = 20
parts = ["vast", "ost"]

[[resources]]
slug = "vast"
name = "Väst"
kind = "room"
capacity = 10
equipment = ["screen"]
buffer_after_minutes = 15

[[resources]]
slug = "ost"
name = "Öst"
kind = "room"
capacity = 10
active_from = 2026-01-01

[[resources]]
slug = "plats-1"
name = "Plats 1"
kind = "desk"
pool = "desks"

[[resources]]
slug = "skype-1"
name = "Skype 1"
kind = "video"
pool = "licences"

[[capacities]]
resource = "vast"
capacity = 6
valid_to = 2026-03-01

[[opening_hours]]
days = ["mon", "tue", "wed", "thu", "fri"]
opens = "08:00"
closes = "17:00"

[[opening_hours]]
days = ["sat"]
opens = 10:00:00
closes = "24:00"
resource = "ost"
valid_from = 2026-06-01

[[closures]]
starts = 2026-10-23T12:00:00
ends = 2026-10-23T17:00:00
resource = "vast"
reason = "Vattenläcka"

[[projects]]
slug = "kontoret"
name = "Kontoret 2026"
host = "granit"
starts = 2026-01-01
ends = 2027-01-01
funders = ["granit"]
kinds = ["room"]
headline = "days"

[[targets]]
project = "kontoret"
indicator = "utilisation"
target = 0.7

[[targets]]
project = "kontoret"
indicator = "women_share"
target = 1

[[targets]]
project = "kontoret"
indicator = "En digital mötesplats"
"""


OFFICE = '[office]\nslug = "x"\nname = "X"\ntimezone = "Europe/Stockholm"\n'


def load(text: str, now: datetime) -> Summary:
    return load_office(text, now=now)


def without(text: str, start: str) -> str:
    """The text less the paragraph that holds these words."""
    paragraphs = text.split("\n\n")
    kept = [paragraph for paragraph in paragraphs if start not in paragraph]
    assert len(kept) == len(paragraphs) - 1
    return "\n\n".join(kept)


def resource(slug: str) -> Resource:
    return db.session.scalars(select(Resource).filter_by(slug=slug)).one()


def everything() -> dict[str, int]:
    models = (
        Office,
        Resource,
        Pool,
        OpeningHours,
        ResourceCapacity,
        Closure,
        Project,
        Target,
        Category,
        Organisation,
    )
    return {
        model.__tablename__: db.session.scalar(select(func.count()).select_from(model)) or 0
        for model in models
    }


def closures(source: str) -> Sequence[Closure]:
    return db.session.scalars(select(Closure).filter_by(source=source).order_by(Closure.starts_at)).all()


@both
def test_an_office_is_created_as_described(app: Flask, now: datetime) -> None:
    summary = load(WHOLE, now)
    assert Change("created", "office", "stockholm") in summary.changes
    assert Change("created", "resource", "plats-1") in summary.changes
    office = db.session.scalars(select(Office)).one()
    assert (office.name, office.language, office.directions) == ("Kontoret", "sv", "Över gården.\nRing på.")
    assert [part.slug for part in resource("salen").parts] == ["vast", "ost"]
    west = resource("vast")
    assert (west.equipment, west.buffer_after_minutes, west.max_minutes, west.position) == (
        ["screen"],
        15,
        1440,
        1,
    )
    pools = {pool.slug: pool.name for pool in db.session.scalars(select(Pool))}
    assert pools == {"desks": "Skrivbord", "licences": "Licences"}
    assert resource("plats-1").pool is not None
    activity_names = {"sv": "Möte", "en": "Möte"}
    assert db.session.scalars(select(Category)).one().names["en"] == "Companies"
    assert activity_names == db.session.scalars(select(Activity)).one().names
    saturday = db.session.scalars(select(OpeningHours).filter_by(weekday=5)).one()
    assert (saturday.opens_minute, saturday.closes_minute) == (600, 1440)
    assert (saturday.resource_id, saturday.valid_from) == (resource("ost").id, date(2026, 6, 1))
    (closure,) = closures("file")
    assert closure.starts_at == datetime(2026, 10, 23, 10, tzinfo=UTC)
    assert closure.entered_at == now
    project = db.session.scalars(select(Project)).one()
    assert (project.host.slug, [each.slug for each in project.funders]) == ("granit", ["granit"])
    assert (project.kinds, project.headline) == (["room"], "days")
    targets = {each.indicator: each.target for each in db.session.scalars(select(Target))}
    assert targets == {"utilisation": 0.7, "share_women": 1.0, "En digital mötesplats": None}
    assert (office.holidays_from_year, office.holidays_to_year) == (2016, 2028)
    assert len(closures("holiday")) > 13 * 15


@both
def test_loading_again_changes_nothing(app: Flask, now: datetime) -> None:
    load(WHOLE, now)
    before, changes = everything(), resource("vast").changes
    again = load(WHOLE, now + timedelta(days=1))
    assert again.nothing_to_change
    assert everything() == before
    assert resource("vast").changes == changes
    assert resource("vast").changed_at == now


@both
def test_what_the_file_no_longer_names_is_retired_and_comes_back(app: Flask, now: datetime) -> None:
    load(WHOLE, now)
    before = everything()
    less = WHOLE
    for part in (
        'slug = "plats-1"',
        "Vattenläcka",
        'indicator = "utilisation"',
        "[[capacities]]",
        'name = "Skrivbord"',
    ):
        less = without(less, part)
    summary = load(less, now)
    assert {(each.action, each.what, each.slug) for each in summary.changes} == {
        ("retired", "resource", "plats-1"),
        ("retired", "pool", "desks"),
        ("retired", "target", "kontoret utilisation"),
        ("updated", "closures", "vast"),
        ("updated", "capacities", "vast"),
    }
    assert resource("plats-1").retired
    assert resource("plats-1").active_to == date(2026, 9, 7)
    assert closures("file")[0].retired_at == now
    assert everything() == before | {"resource_capacity": 0}
    assert load(less, now + timedelta(days=1)).nothing_to_change
    back = load(WHOLE, now)
    assert Change("updated", "resource", "plats-1") in back.changes
    assert not resource("plats-1").retired
    assert resource("plats-1").active_to is None
    assert closures("file")[0].retired_at is None
    assert load(WHOLE, now).nothing_to_change


def test_a_retired_project_keeps_its_targets_and_the_shared_things_stay(app: Flask, now: datetime) -> None:
    load(WHOLE, now)
    less = WHOLE.split("[[projects]]")[0]
    summary = load(without(less, "[[categories]]"), now)
    assert [(each.action, each.what) for each in summary.changes] == [("retired", "project")]
    assert not db.session.scalars(select(Category)).one().retired
    assert not any(target.retired for target in db.session.scalars(select(Target)))


def test_a_resource_retired_before_its_first_day_was_never_open(app: Flask, now: datetime) -> None:
    text = WHOLE + '[[resources]]\nslug = "ny"\nname = "Ny"\nkind = "desk"\nactive_from = 2027-01-01\n'
    load(text, now)
    load(WHOLE, now)
    coming = Interval(now, now + timedelta(days=400))
    office = db.session.scalars(select(Office)).one()
    assert OfficeHours.load(office, coming).open(resource("ny")) == []


@both
def test_closures_of_hosts_and_holidays_are_left_alone(app: Flask, now: datetime) -> None:
    load(WHOLE, now)
    office = db.session.scalars(select(Office)).one()
    by_host = Closure(
        office_id=office.id,
        starts_at=now + timedelta(days=1),
        ends_at=now + timedelta(days=2),
        source="host",
        entered_at=now,
    )
    db.session.add(by_host)
    db.session.commit()
    holidays = len(closures("holiday"))
    load(without(WHOLE, "Vattenläcka"), now)
    assert by_host.retired_at is None
    assert len([each for each in closures("holiday") if each.retired_at is None]) == holidays


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


@both
def test_the_worked_example_has_281_open_hours(app: Flask, now: datetime) -> None:
    load(OCTOBER.read_text("utf-8"), now)
    office = db.session.scalars(select(Office).filter_by(slug="oktober")).one()
    hours = OfficeHours.load(office, Period.parse("2026-10").interval(zone(office.timezone)))
    open_hours = {slug: total(hours.open(resource(slug))) / timedelta(hours=1) for slug in ("a", "b")}
    assert open_hours == {"a": 184, "b": 97}
    assert closures("file")[1].entered_at == datetime(2026, 10, 24, 7, tzinfo=UTC)


@pytest.mark.parametrize(
    ("local", "instant"),
    [
        ("2026-10-25T02:30:00+01:00", datetime(2026, 10, 25, 1, 30, tzinfo=UTC)),
        ("2027-03-28T03:00:00", datetime(2027, 3, 28, 1, 0, tzinfo=UTC)),
        ("2027-10-31", datetime(2027, 10, 30, 22, 0, tzinfo=UTC)),
    ],
)
def test_local_times_are_read_in_the_offices_zone(
    app: Flask, now: datetime, local: str, instant: datetime
) -> None:
    load(f"{OFFICE}[[closures]]\nstarts = {local}\nends = 2028-01-01T00:00:00\n", now)
    assert closures("file")[0].starts_at == instant
