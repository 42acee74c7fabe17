"""What a period is seen beside: the months up to it, the period before, a year before, the project so far."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from app.domain.interval import clip
from app.domain.period import Period
from app.domain.utilisation import (
    DateTally,
    Measurement,
    OpenTime,
    PeriodFigures,
    Utilisation,
    figures,
    in_hours,
)
from app.models import Office, Project
from app.services.reports.companies import COMPANY, Companies, companies_of
from app.services.reports.material import Material, load_together
from app.services.reports.overview import first_day, known_since
from app.services.reports.periods import project_until
from app.services.reports.roll_up.read import RolledUp
from app.services.reports.times import month_times

TREND_MONTHS = 13


@dataclass(frozen=True, slots=True)
class Around:
    """Read in one go. `compared` by name: "before", "year_before", "project_to_date"."""

    trend: Sequence[tuple[Period, OpenTime]]
    compared: Sequence[tuple[str, Period, PeriodFigures]]
    to_date: PeriodFigures | None
    companies: Companies
    known: Mapping[str, date | None]  # by office: nothing is known of the time before
    so_far: "SoFar | None"  # while the period is not over

    @property
    def data_from(self) -> date | None:
        """The first day of which anything is known, wherever."""
        return _first(self.known)

    def lacks(self, period: Period, booked: timedelta) -> bool:
        """Whether nothing is known of the period: it lies before the data, which none of it contradicts."""
        return not booked and (self.data_from is None or period.last_exclusive <= self.data_from)


@dataclass(frozen=True, slots=True)
class SoFar:
    """The days of a period that are over, of how many; with their figures, if there are any."""

    over: int
    days: int
    figures: PeriodFigures | None

    def line(self) -> dict[str, Any]:
        """For the report JSON."""
        found = self.figures
        return {
            "days_over": self.over,
            "days": self.days,
            "available_hours": in_hours(found.available) if found else None,
            "booked_hours": in_hours(found.booked) if found else None,
            "used_hours": in_hours(found.used) if found else None,
            "utilisation": found and found.utilisation,
            "day_frequency": found and found.day_frequency,
            "seat_fill": found and found.seat_fill,
        }


@dataclass(frozen=True, slots=True)
class Counted:
    """A period measured and counted, once: its figures and the dates that they are made of."""

    measurement: Measurement
    figures: Utilisation
    tallies: Sequence[DateTally]

    @classmethod
    def of(cls, measurement: Measurement, material: Material) -> "Counted":
        tallies = measurement.dates()
        return cls(measurement, figures(measurement, material.timezone, tallies), tallies)


def around(
    offices: Sequence[Office],
    period: Period,
    project: Project | None,
    material: Material,
    counted: Counted,
    today: date,
) -> Around:
    """What stands around the figures of the period. Times before anything was used are left out."""
    begun = _begun(offices, project)
    known_from = known_since(offices, period, project)
    so_far = _so_far(period, project, _first(known_from), today)
    months = [month for month in _trend_months(period) if begun and month.last_exclusive > begun]
    known = {"before": period.previous(), "year_before": year_before(period)}
    # What was under way for a part of the time only would compare badly.
    periods = {name: each for name, each in known.items() if begun and each.first >= begun.replace(day=1)}
    # A date in several offices counts once in all of them together, so that their figures do not add up.
    rolled = RolledUp(offices[0], material.kinds, material) if len(offices) == 1 else None
    beside = _Beside(offices, project, period, counted, rolled, [material])

    # The longest first: what is read for it may hold the others. Of a year, both others are the same.
    to_date = beside.figures(so_far) if so_far else None
    found = {each: beside.figures(each) for each in set(periods.values())}
    compared = [(name, each, found[each]) for name, each in periods.items()]
    if so_far and to_date and so_far != period:
        compared.append(("project_to_date", so_far, to_date))
    return Around(
        trend=list(zip(months, month_times(offices, months, material.kinds), strict=True)),
        compared=compared,
        to_date=to_date,
        companies=Companies.of(
            companies_of(counted.tallies, material.timezone),
            beside.companies(so_far) if so_far else None,
            period,
            project_from=project.starts_on if project and so_far else None,
        ),
        known=known_from,
        so_far=_so_far_of(period, today, beside) if today < period.last_exclusive else None,
    )


@dataclass(frozen=True, slots=True)
class _Beside:
    """Figures of other periods than the report's: from the roll-up where it knows them, else counted."""

    offices: Sequence[Office]
    project: Project | None
    period: Period
    counted: Counted  # the report's own period
    rolled: RolledUp | None
    read: list[Material]
    measured: dict[Period, Counted] = field(default_factory=dict)

    def figures(self, period: Period) -> PeriodFigures:
        found = self.rolled.summary(period) if self.rolled and period != self.period else None
        return found or self._counted_in(period).figures

    def companies(self, period: Period) -> dict[str, date]:
        if self.rolled and period != self.period and period not in self.measured:
            return self.rolled.first_uses(period, COMPANY)
        return companies_of(self._counted_in(period).tallies, self.read[0].timezone)

    def _counted_in(self, period: Period) -> Counted:
        if period == self.period:
            return self.counted
        if period not in self.measured:
            self.measured[period] = self._count(period)
        return self.measured[period]

    def _count(self, period: Period) -> Counted:
        within = period.interval(self.read[0].timezone)
        for known in self.read:
            if clip(within, known.within) == within:
                return Counted.of(known.part(period), known)
        self.read.append(load_together(self.offices, period, self.project))
        return Counted.of(self.read[-1].measurement(), self.read[-1])


def _first(known: Mapping[str, date | None]) -> date | None:
    return min((day for day in known.values() if day), default=None)


def _so_far_of(period: Period, today: date, beside: _Beside) -> SoFar:
    days = (period.last_exclusive - period.first).days
    over = max((today - period.first).days, 0)
    return SoFar(over, days, beside.figures(Period(period.first, today)) if over else None)


def year_before(period: Period) -> Period:
    """The same dates of the year before."""
    return Period(_a_year_earlier(period.first), _a_year_earlier(period.last_exclusive))


def _a_year_earlier(day: date) -> date:
    leap_day = (day.month, day.day) == (2, 29)
    return day.replace(year=day.year - 1, day=28 if leap_day else day.day)


def _trend_months(period: Period) -> list[Period]:
    """The period's months; where it is short, those before it too. The last one only as far as it goes."""
    months = period.months()
    if months[0].first.day != 1:  # all of its month, the rest of which is before the period
        months[0] = Period(months[0].first.replace(day=1), months[0].last_exclusive)
    while len(months) < TREND_MONTHS:
        months.insert(0, Period.month_of(months[0].first).previous())
    return months


def _so_far(period: Period, project: Project | None, known_from: date | None, today: date) -> Period | None:
    """From the project's first day, or the month of the first data, until the period's end, or today's."""
    end = min(period.last_exclusive, today + timedelta(days=1))
    if project is None or end <= project.starts_on:
        return None
    return project_until(project, end, known_from)


def _begun(offices: Sequence[Office], project: Project | None) -> date | None:
    """Since when there is anything to compare: the first use, or the project, which should have been used."""
    days = [day for office in offices if (day := first_day(office))]
    if project:
        days.append(project.starts_on)
    return min(days, default=None)


def trend_lines(beside: Around) -> list[dict[str, Any]]:
    """One line a month, for the report JSON."""
    return [
        {
            "month": f"{month.first:%Y-%m}",
            "from": month.first.isoformat(),
            "to": month.last_exclusive.isoformat(),
            "available_hours": in_hours(time.available),
            "booked_hours": in_hours(time.booked),
            "used_hours": in_hours(time.used),
            "utilisation": time.utilisation,
            "no_data": beside.lacks(month, time.booked),
        }
        for month, time in beside.trend
    ]


def compared_lines(beside: Around) -> list[dict[str, Any]]:
    """One line for each period that the report's is compared with."""
    return [
        {
            "compared": name,
            "from": period.first.isoformat(),
            "to": period.last_exclusive.isoformat(),
            "available_hours": in_hours(found.available),
            "booked_hours": in_hours(found.booked),
            "used_hours": in_hours(found.used),
            "utilisation": found.utilisation,
            "bookings": found.bookings,
            "no_show_rate": found.no_show_rate,
            "day_frequency": found.day_frequency,
            "seat_fill": found.seat_fill,
            "women": found.attendance.women,
            "men": found.attendance.men,
            "other": found.attendance.other,
            "share_women": found.attendance.share_women,
            "no_data": beside.lacks(period, found.booked),
        }
        for name, period, found in beside.compared
    ]
