"""What a report stands beside: months, other periods, the project, the other offices."""

from collections import Counter
from datetime import UTC, date, datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import update

from app.domain.errors import Refused
from app.domain.period import Period, PeriodError
from app.extensions import db
from app.models import Booking, BookingDate, History, Office, Organisation, Project
from app.services.reports import report, report_together
from app.services.reports.around import year_before
from app.services.reports.periods import period_named, project_to_date
from app.services.reports.rows import counted_rows
from tests.databases import both
from tests.factories import Factory
from tests.reports.october import NOVEMBER, TARGETS, load_october, load_project
from tests.services.report_rows import of, store, used

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
TUESDAY = datetime(2026, 10, 6, 7, tzinfo=UTC)  # nine o'clock in Stockholm


# Other periods


def test_the_period_is_compared_with_others_as_measured_alone(app: Flask) -> None:
    office, _ = load_project(more=TARGETS)
    found = of(office, "2026-11")
    compared = {line["compared"]: line for line in found["compared"]}
    assert compared.keys() == {"before", "project_to_date"}  # nothing was there a year before
    october = of(office)["totals"]
    for name in ("used_hours", "available_hours", "utilisation", "bookings", "day_frequency"):
        assert compared["before"][name] == october[name], name
    assert compared["project_to_date"]["used_hours"] == 23
    # The second of November is the last of it that is told: the rest of the month is still to come.
    assert (compared["project_to_date"]["from"], compared["project_to_date"]["to"]) == (
        "2026-10-01",
        "2026-11-03",
    )


def test_the_first_month_of_a_project_has_nothing_to_compare(app: Flask) -> None:
    assert of(load_project()[0])["compared"] == []


@pytest.mark.parametrize(
    ("period", "earlier"),
    [
        ("2026-10", "2025-10"),
        ("2024-02-29..2024-03-10", "2023-02-28..2023-03-10"),
        ("2026", "2025"),
    ],
)
def test_a_year_before_is_the_same_dates(period: str, earlier: str) -> None:
    assert year_before(Period.parse(period)) == Period.parse(earlier)


@both
def test_each_month_of_the_trend_is_as_its_own_report_says(make: Factory) -> None:
    office = load_october()
    make.room("tallen", office="oktober")
    retired = make.room("granen", office="oktober")
    retired.active_to = date(2026, 11, 10)
    db.session.commit()
    store(
        used(make, TUESDAY - 60 * DAY, TUESDAY + 50 * DAY),  # longer than a slot may be
        used(make, TUESDAY + 20 * DAY, TUESDAY + 40 * DAY, room="granen", status="no_show"),
    )
    names = ("available_hours", "booked_hours", "used_hours", "utilisation")
    trend = of(office, "2026-12")["trend"]
    assert [line["month"] for line in trend] == ["2026-08", "2026-09", "2026-10", "2026-11", "2026-12"]
    for line in trend:
        alone = of(office, line["month"])["totals"]
        assert [line[name] for name in names] == [alone[name] for name in names], line["month"]
    october, november = trend[2], trend[3]
    for line in (october, november):
        assert line["booked_hours"] > line["used_hours"] > 0


def test_of_a_year_the_one_before_and_the_year_before_are_the_same(make: Factory) -> None:
    office = load_october()
    make.room("tallen", office="oktober")
    store(used(make, TUESDAY - 280 * DAY, TUESDAY - 280 * DAY + HOUR))
    store(used(make, TUESDAY, TUESDAY + HOUR))
    compared = {line.pop("compared"): line for line in of(office, "2027")["compared"]}
    assert compared["before"] == compared["year_before"]
    assert compared["before"]["used_hours"] == of(office, "2026")["totals"]["used_hours"] > 1


def test_a_span_within_a_month_has_a_trend_too(app: Flask) -> None:
    trend = of(load_project()[0], "2026-10-12..2026-10-24")["trend"]
    assert [(line["month"], line["from"], line["to"]) for line in trend] == [
        ("2026-10", "2026-10-01", "2026-10-24")
    ]


def test_before_the_office_existed_there_is_nothing_and_no_error(app: Flask) -> None:
    found = of(load_october(), "2014-05")
    assert (found["trend"], found["compared"], found["totals"]["used_hours"]) == ([], [], 0)


# The project


def test_each_company_counts_once_by_its_number(make: Factory) -> None:
    office, _ = load_project()
    granit, grus = (make.organisation(slug, organisation_number="556000-0001") for slug in ("granit", "grus"))
    make.room("tallen", office="oktober")
    store(
        used(make, TUESDAY, TUESDAY + HOUR, organisation_id=granit.id),
        used(make, TUESDAY + 2 * HOUR, TUESDAY + 3 * HOUR, organisation_id=grus.id),
    )
    assert of(office)["companies"] == {
        "in_period": 2,  # and Exempelbolaget
        "new_in_period": 2,
        "in_project": 2,
        "project_from": "2026-10-01",
    }
    november = of(office, "2026-11")["companies"]
    assert (november["in_period"], november["new_in_period"], november["in_project"]) == (1, 0, 2)


def test_numbers_promised_for_the_project_are_told_to_date(app: Flask) -> None:
    office, _ = load_project(more='[[targets]]\nproject = "kontoret"\nindicator = "visits"\ntarget = 30\n')
    (target,) = of(office, "2026-11")["targets"]
    assert (target["outcome"], target["to_date"], target["status"]) == (0, 39, "met")


def test_all_who_pay_are_listed_also_those_who_used_nothing(app: Flask) -> None:
    lines = of(load_project()[0])["by_funder"]
    assert [(line["organisation"], line["role"], line["used_hours"]) for line in lines] == [
        ("kommunen", "funder", 0),
        ("regionen", "host", 0),
    ]


def test_home_municipalities_add_up(app: Flask) -> None:
    office = load_october()
    db.session.execute(
        update(Organisation).where(Organisation.slug == "exempelbolaget").values(municipality="Umeå")
    )
    db.session.commit()
    lines = of(office)["by_municipality"]
    assert [(line["municipality"], line["used_hours"], line["women"]) for line in lines] == [("Umeå", 21, 22)]
    assert lines[0]["share_of_use"] == 1


def test_the_project_to_date_is_a_period(app: Flask) -> None:
    _, project = load_project()
    assert period_named("project", project, date(2026, 11, 2)) == Period.parse("2026-10-01..2026-11-03")
    assert project_to_date(project, date(2030, 1, 1)) == Period.parse("2026-10-01..2027-04-01")
    for nobody in (None, project):
        with pytest.raises(PeriodError):
            period_named("project", nobody, date(2026, 9, 30))


# Several offices


def together(make: Factory) -> tuple[Office, Office]:
    """The October office, and one in Umeå with which it held a conference."""
    october = load_october()
    umea = make.office("umea")
    away, here = make.room("granen", office="umea"), make.room("tallen", office="oktober")
    store(
        used(make, TUESDAY, TUESDAY + 2 * HOUR, resources=(here.id, away.id), asked_for=(here.id, away.id)),
        used(make, TUESDAY + 3 * HOUR, TUESDAY + 4 * HOUR, room="granen"),
    )
    return october, umea


def test_conferences_are_those_in_several_offices(make: Factory) -> None:
    october, umea = together(make)
    for office, other in ((october, umea), (umea, october)):
        found = of(office)
        assert (found["video"]["conferences"], found["video"]["conference_hours"]) == (1, 2)
        assert found["conferences"] == [
            {"office": other.slug, "name": other.name, "conferences": 1, "used_hours": 2}
        ]


def test_several_offices_count_as_one(make: Factory) -> None:
    october, umea = together(make)
    both = report_together([october, umea], Period.parse("2026-10"), now=NOVEMBER)
    alone = [of(office)["totals"] for office in (october, umea)]
    for name in ("available_hours", "booked_hours", "used_hours"):
        assert both["totals"][name] == sum(totals[name] for totals in alone)
    assert (
        both["totals"]["bookings"] == sum(totals["bookings"] for totals in alone) - 1
    )  # the conference is one
    assert (both["office"], both["project"], both["video"]["conferences"]) == ("oktober+umea", None, 1)
    assert [(line["office"], line["used_hours"]) for line in both["by_office"]] == [
        ("oktober", 23),
        ("umea", 3),
    ]
    assert {line["office"] for line in both["conferences"]} == {"oktober", "umea"}
    assert sum(line["used_hours"] for line in both["by_hour"]) == both["totals"]["used_hours"]


def test_offices_by_different_clocks_are_not_counted_together(make: Factory) -> None:
    offices = [make.office(), make.office("helsingfors", timezone="Europe/Helsinki")]
    with pytest.raises(Refused, match="different_time_zones"):
        report_together(offices, Period.parse("2026-10"), now=NOVEMBER)


# Quality


def test_the_quality_of_the_data_is_told(app: Flask) -> None:
    office, _ = load_project()
    first = db.session.query(Booking).filter_by(imported_as="1").one()
    first.created_at = first.dates[0].ends_at
    first.dates[0].women = first.dates[0].men = first.dates[0].other = None
    line = {"booking_id": first.id, "date_id": first.dates[0].id, "action": "heads_counted", "details": {}}
    in_time, late = datetime(2026, 10, 2, tzinfo=UTC), NOVEMBER
    db.session.add_all([History(at=at, **line) for at in (in_time, late)])
    db.session.commit()
    assert of(office)["quality"] == {
        "bookings": 8,
        "head_counts_missing": 1,
        "head_counts_missing_share": 1 / 7,
        "registered_late": 1,
        "registration_unknown": 7,
        "overlapping": 2,
        "outside_bookings": 0,
        "outside_visits": 0,
        "closed_bookings": 1,
        "closed_visits": 0,
        "out_of_service_bookings": 0,
        "out_of_service_hours": 0.0,
        "corrections": 1,
        "holidays": 0,
        "closures": 2,
        "closures_late": 2,  # the other was first loaded in November
        "suppressed_cells": 0,
    }


# The bookings behind it all


def test_the_bookings_listed_are_those_counted(app: Flask) -> None:
    office, project = load_project()
    found = of(office)
    period = Period.parse("2026-10")
    rows = counted_rows([office], period, project, found["checksum"])
    assert rows is not None
    assert sum(row.hours for row in rows) == found["totals"]["used_hours"]
    assert [row.resources for row in rows if row.hours == 6] == ["A, B"]
    long = rows[-1]
    assert (long.start, long.end) == (
        datetime(2026, 10, 30, 15),
        datetime(2026, 11, 2, 10),
    )  # by the wall clock
    db.session.query(BookingDate).filter(BookingDate.women == 4).update({"women": 5})
    db.session.commit()
    assert counted_rows([office], period, project, found["checksum"]) is None


def test_hours_of_the_week_add_up(app: Flask) -> None:
    found = of(load_october())
    for name in ("available_hours", "booked_hours", "used_hours"):
        assert sum(line[name] for line in found["by_hour"]) == found["totals"][name]
    at_two = next(line for line in found["by_hour"] if line["cell"] == "7-02")
    assert at_two["available_hours"] == 2  # the hour that came twice


def test_time_of_no_shows_is_told(app: Flask) -> None:
    assert of(load_october())["no_shows"] == {
        "no_shows": 1,
        "no_show_rate": 0.125,
        "held_hours": 2,
        "rebooked_hours": 0,
        "empty_hours": 2,
    }


def test_a_project_of_no_report_is_no_trouble(make: Factory) -> None:
    office = make.office()
    assert report(office, Period.parse("2026-10"), now=NOVEMBER)["by_funder"] == []
    assert db.session.query(Project).count() == 0


def test_two_months_are_the_sum_of_each_in_the_further_sections_too(app: Flask) -> None:
    office = load_october()
    whole, parts = of(office, "2026-10-01..2026-12-01"), [of(office, "2026-10"), of(office, "2026-11")]
    for section, key, names in (
        ("by_hour", "cell", ("available_hours", "booked_hours", "used_hours")),
        ("by_municipality", "municipality", ("used_hours", "women", "men", "other")),
    ):
        for name in names:
            summed: Counter[str | None] = Counter()
            for part in parts:
                summed.update({line[key]: line[name] for line in part[section]})
            assert {line[key]: line[name] for line in whole[section]} == summed, (section, name)
    for name in ("held_hours", "rebooked_hours", "empty_hours", "no_shows"):
        assert whole["no_shows"][name] == sum(part["no_shows"][name] for part in parts)
    assert whole["trend"] == parts[1]["trend"]
