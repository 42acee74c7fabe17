"""What counts in a report: retired resources, composites, kinds, seats."""

from datetime import UTC, date, datetime

from flask import Flask

from app.extensions import db
from app.models import Office, ResourceCapacity
from app.services.booking_file import import_bookings
from app.services.office_file import load_office
from tests.factories import Factory
from tests.reports.october import NOVEMBER
from tests.services.report_rows import of, store, used

SECOND = """
[[resources]]
slug = "second"
name = "Second"
kind = "desk"
capacity = 1
"""
WHOLE = """
[[resources]]
slug = "whole"
name = "Whole"
kind = "room"
capacity = 5
parts = ["first", "second"]
"""
OFFICE_OF_TWO = f"""
[office]
slug = "kontoret"
name = "Kontoret"
timezone = "Europe/Stockholm"
[[categories]]
slug = "company"
name = {{ sv = "Företag", en = "Companies" }}
[[organisations]]
slug = "granit"
name = "Granit"
category = "company"
[[activities]]
slug = "meeting"
name = {{ sv = "Möte", en = "Meeting" }}
[[resources]]
slug = "first"
name = "First"
kind = "room"
capacity = 4
{SECOND}
[[opening_hours]]
days = ["mon", "tue", "wed", "thu", "fri"]
opens = "08:00"
closes = "17:00"
"""


def test_a_retired_resource_counts_until_it_was_retired(app: Flask) -> None:
    text = OFFICE_OF_TWO
    load_office(text, now=datetime(2026, 1, 1, tzinfo=UTC))
    load_office(text.replace(SECOND, ""), now=datetime(2026, 10, 15, 12, tzinfo=UTC))
    office = db.session.query(Office).one()
    available = {line["resource"]: line["available_hours"] for line in of(office)["by_resource"]}
    assert available == {"first": 22 * 9.0, "second": 10 * 9.0}  # the 15th is its first day out
    assert [line["resource"] for line in of(office, "2026-11")["by_resource"]] == ["first"]


def test_a_composite_counts_by_its_parts_alone(app: Flask) -> None:
    load_office(OFFICE_OF_TWO + WHOLE, now=NOVEMBER)
    import_bookings(
        "id,resources,start,end,title,organisation,category,activity,status,women,men,other,created_at,"
        "organiser_email\n1,whole,2026-10-05T10:00,2026-10-05T12:00,Alla,granit,,meeting,checked_in,4,1,,,\n",
        now=NOVEMBER,
    )
    found = of(db.session.query(Office).one())
    assert [(line["resource"], line["used_hours"]) for line in found["by_resource"]] == [
        ("first", 2.0),
        ("second", 2.0),
    ]
    assert (found["totals"]["bookings"], found["attendance"]["women"]) == (1, 4)


def test_the_project_says_which_kinds_the_totals_count(app: Flask) -> None:
    project = """
[[projects]]
slug = "rummen"
name = "Rummen"
host = "granit"
starts = 2026-10-01
ends = 2026-11-01
kinds = ["room"]
headline = "days"
"""
    load_office(OFFICE_OF_TWO + project, now=NOVEMBER)
    office = db.session.query(Office).one()
    inside, outside = of(office), of(office, "2026-Q4")
    assert (inside["project"], inside["totals"]["available_hours"]) == ("rummen", 22 * 9.0)
    assert [(line["kind"], line["counted"]) for line in inside["by_kind"]] == [
        ("room", True),
        ("desk", False),
    ]
    assert inside["headline"] == {"counts": "days", "value": 0.0}
    # The quarter is longer than the project: nobody has said what counts, so all does.
    assert outside["project"] is None
    assert all(line["counted"] for line in outside["by_kind"])


def test_seats_follow_the_capacity_of_their_time(make: Factory) -> None:
    office = make.office()
    room = make.room(capacity=10)
    db.session.add(
        ResourceCapacity(
            resource_id=room.id, capacity=4, valid_from=date(2026, 10, 1), valid_to=date(2026, 10, 6)
        )
    )
    db.session.commit()
    for day in (5, 6):
        store(
            used(
                make,
                datetime(2026, 10, day, 8, tzinfo=UTC),
                datetime(2026, 10, day, 9, tzinfo=UTC),
                women=2,
                men=0,
                other=0,
            )
        )
    found = of(office, "2026-10-05..2026-10-07")["totals"]
    assert found["occupancy"] == 4 / 14
    assert found["seat_fill"] == 4 / (4 * 9 + 10 * 9)
