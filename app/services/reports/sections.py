"""The sections of the report that go further than the utilisation: plain numbers, as in `document`."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import select

from app.domain.utilisation import (
    DateTally,
    GroupFigures,
    Measurement,
    ResourceFigures,
    Utilisation,
    grouped,
    hours_of_week,
    in_hours,
    lead_times,
    no_show_time,
)
from app.extensions import db
from app.models import Office, Organisation, Project
from app.services.reports.names import home_municipalities

Line = dict[str, Any]


def by_hour(measurement: Measurement, timezone: ZoneInfo) -> list[Line]:
    """Weekday (Monday is 1) and hour on the office's clock, of hours that were open at all."""
    return [
        {
            "cell": f"{each.weekday + 1}-{each.hour:02}",
            "weekday": each.weekday + 1,
            "hour": each.hour,
            "available_hours": in_hours(each.available),
            "booked_hours": in_hours(each.booked),
            "used_hours": in_hours(each.used),
            "utilisation": each.utilisation,
        }
        for each in hours_of_week(measurement, timezone)
    ]


def by_municipality(tallies: Sequence[DateTally], figures: Utilisation) -> list[Line]:
    """By the home municipality of the organisation, as it is known today."""
    homes = home_municipalities()
    groups = grouped(
        tallies,
        lambda row: homes.get(row.organisation or ""),
        used=figures.used,
        available=figures.available,
    )
    return [{"municipality": group.key, **group_line(group)} for group in groups]


def by_funder(project: Project | None, figures: Utilisation) -> list[Line]:
    """Those that run and pay for the project, also where they used nothing. Without one: all co-funders."""
    used = {group.key: group for group in figures.by_organisation}
    lines = [
        {
            "organisation": slug,
            "name": name,
            "role": role,
            **group_line(used.get(slug) or _nothing(slug, figures)),
        }
        for slug, name, role in _funders(project, used)
    ]
    return sorted(lines, key=lambda line: (-line["used_hours"], line["name"]))


def by_office(
    offices: Sequence[Office],
    known: Mapping[str, date | None],
    of: Mapping[str, str],
    measurement: Measurement,
) -> list[Line]:
    """Of a report of several offices, each of them. A booking in two offices counts in both.

    By slug, `known` are the days of the first data of offices, `of` the offices of resources.
    """
    found = []
    for office in offices if len(offices) > 1 else ():
        own = [one for one in measurement.counted if of[one.facts.slug] == office.slug]
        times = [one.figures for one in own]
        available, booked, used = (_sum(times, name) for name in ("available", "booked", "used"))
        found.append(
            {
                "office": office.slug,
                "name": office.name,
                "available_hours": in_hours(available),
                "booked_hours": in_hours(booked),
                "used_hours": in_hours(used),
                "utilisation": used / available if available else None,
                "bookings": len(set().union(*(one.used_by_date for one in own))),
                "data_from": begun.isoformat() if (begun := known[office.slug]) else None,
            }
        )
    return found


def no_shows(measurement: Measurement, figures: Utilisation) -> Line:
    """What the bookings held that nobody came to, and how much of it somebody else could use."""
    time = no_show_time(measurement)
    return {
        "no_shows": figures.no_shows,
        "no_show_rate": figures.no_show_rate,
        "held_hours": in_hours(time.held),
        "rebooked_hours": in_hours(time.rebooked),
        "empty_hours": in_hours(time.empty),
    }


def lead_time(tallies: Iterable[DateTally]) -> list[Line]:
    """How many bookings were made how long ahead."""
    counts = lead_times(tallies)
    known = sum(number for name, number in counts.items() if name != "unknown")
    return [
        {
            "ahead": name,
            "bookings": number,
            "share": number / known if known and name != "unknown" else None,
        }
        for name, number in counts.items()
    ]


def group_line(group: GroupFigures) -> Line:
    """What stands in a line of any list of users."""
    both = group.women + group.men
    return {
        "used_hours": in_hours(group.used),
        "share_of_use": group.share_of_use,
        "share_of_capacity": group.share_of_capacity,
        "bookings": group.bookings,
        "no_shows": group.no_shows,
        "organisations": group.organisations,
        "women": group.women,
        "men": group.men,
        "other": group.other,
        "share_women": group.women / both if both else None,
    }


def _funders(project: Project | None, used: Mapping[str | None, GroupFigures]) -> list[tuple[str, str, str]]:
    if project:
        others = [(each, "funder") for each in project.funders if each.id != project.host_organisation_id]
        return [(each.slug, each.name, role) for each, role in [(project.host, "host"), *others]]
    query = select(Organisation).where(Organisation.co_funder, Organisation.slug.in_([s for s in used if s]))
    return [(each.slug, each.name, "funder") for each in db.session.scalars(query)]


def _nothing(slug: str, figures: Utilisation) -> GroupFigures:
    return GroupFigures(
        key=slug,
        used=timedelta(),
        share_of_use=0.0 if figures.used else None,
        share_of_capacity=0.0 if figures.available else None,
        bookings=0,
        no_shows=0,
        organisations=0,
        women=0,
        men=0,
        other=0,
    )


def _sum(times: Iterable[ResourceFigures], name: str) -> timedelta:
    return sum((getattr(time, name) for time in times), timedelta())
