"""A period that is not over tells how much of it is, and what that comes to."""

from datetime import UTC, datetime

import pytest
from flask import Flask

from app.domain.period import Period
from app.services.reports import report
from app.services.reports.public import for_public
from app.wording.report import laid_out
from tests.databases import both
from tests.reports.october import NOVEMBER, load_october

OCTOBER = Period.parse("2026-10")


@both
def test_the_days_that_are_over_are_counted_apart(app: Flask) -> None:
    office = load_october()
    found = report(office, OCTOBER, now=datetime(2026, 10, 20, 9, tzinfo=UTC))
    over = report(office, Period.parse("2026-10-01..2026-10-20"), now=NOVEMBER)
    names = ("available_hours", "booked_hours", "used_hours", "utilisation", "day_frequency", "seat_fill")
    assert found["so_far"] == {
        "days_over": 19,
        "days": 31,
        **{name: pytest.approx(over["totals"][name]) for name in names},
    }
    assert found["totals"]["used_hours"] == 21  # all of the month, with what is to come
    layout = laid_out(found, "en", now=NOVEMBER)
    assert layout.figures[0].note == "21.0 used or to come of 281.0 available hours"
    (remark,) = layout.remarks
    assert remark.text == (
        "19 of 31 days are over. Utilisation so far: 5.1%, 6.0 of 117.0 hours. "
        "Below: the whole period, with coming bookings."
    )
    public = for_public(found)["so_far"]
    assert (public["used_hours"], public["seat_fill"]) == (6, None)
    (quality,) = (each for each in layout.sections if each.key == "quality")
    assert quality.lead.endswith("have no head count yet: also those to come.")


@pytest.mark.parametrize("day", [datetime(2026, 9, 25, tzinfo=UTC), datetime(2026, 10, 1, 10, tzinfo=UTC)])
def test_before_its_first_day_is_over_there_is_nothing_so_far(app: Flask, day: datetime) -> None:
    found = report(load_october(), OCTOBER, now=day)
    assert found["so_far"]["days_over"] == 0
    assert found["so_far"]["utilisation"] is None
    (remark,) = laid_out(found, "sv", now=day).remarks
    assert remark.text.startswith("Ingen dag av perioden har gått än")


def test_a_period_that_is_over_says_nothing_of_it(app: Flask) -> None:
    found = report(load_october(), OCTOBER, now=NOVEMBER)
    assert "so_far" not in found
    assert laid_out(found, "en", now=NOVEMBER).remarks == []


def test_a_part_is_not_set_beside_whole_periods(app: Flask) -> None:
    office = load_october()
    leads = {}
    for now in (datetime(2026, 11, 15, tzinfo=UTC), datetime(2026, 12, 15, tzinfo=UTC)):
        layout = laid_out(report(office, Period.parse("2026-11"), now=now), "en", now=now)
        (compared,) = (each for each in layout.sections if each.key == "compared")
        leads[now.month] = compared.lead
    assert leads[11] == ""
    assert leads[12].startswith("The period before: 7.5%")
