"""The figures as the report JSON: plain numbers, unrounded, None where nothing can be divided."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any

from app.domain.period import Period
from app.domain.utilisation import (
    Attendance,
    GroupFigures,
    KindFigures,
    ResourceFigures,
    Utilisation,
    in_hours,
)
from app.models import Office, Project
from app.services.reports.names import activity_names, category_names, organisation_names

Report = dict[str, Any]


def document(
    offices: Sequence[Office],
    period: Period,
    project: Project | None,
    figures: Utilisation,
    resource_names: Mapping[str, str],
    checksum: str,
) -> Report:
    """The report without its targets. A live one has no revision."""
    return {
        "office": "+".join(office.slug for office in offices),
        "office_name": ", ".join(office.name for office in offices),
        "period": {"from": period.first.isoformat(), "to": period.last_exclusive.isoformat()},
        "timezone": offices[0].timezone,
        "method": figures.method,
        "project": project.slug if project else None,
        "project_name": project.name if project else None,
        "revision": None,
        "frozen_at": None,
        "checksum": checksum,
        "headline": _headline(project, figures),
        "totals": _totals(figures),
        "by_category": _groups("category", figures.by_category, "names", category_names()),
        "by_resource": [_resource(each, resource_names) for each in figures.by_resource],
        "by_kind": [_kind(each) for each in figures.by_kind],
        "by_activity": _groups("activity", figures.by_activity, "names", activity_names()),
        "by_organisation": _groups("organisation", figures.by_organisation, "name", organisation_names()),
        "attendance": _attendance(figures.attendance),
    }


def period_of(report: Mapping[str, Any]) -> Period:
    """The days that it is about."""
    period = report["period"]
    return Period(date.fromisoformat(period["from"]), date.fromisoformat(period["to"]))


def _headline(project: Project | None, figures: Utilisation) -> dict[str, Any]:
    counts = project.headline if project else "hours"
    values = {"hours": figures.utilisation, "days": figures.day_frequency, "seats": figures.seat_fill}
    return {"counts": counts, "value": values[counts]}


def _totals(figures: Utilisation) -> dict[str, Any]:
    return {
        "available_hours": in_hours(figures.available),
        "booked_hours": in_hours(figures.booked),
        "used_hours": in_hours(figures.used),
        "utilisation": figures.utilisation,
        "booked_share": figures.booked_share,
        "bookings": figures.bookings,
        "no_shows": figures.no_shows,
        "no_show_rate": figures.no_show_rate,
        "days_open": figures.days_open,
        "days_used": figures.days_used,
        "day_frequency": figures.day_frequency,
        "outside_hours": in_hours(figures.outside),
        "lost_hours": in_hours(figures.lost),
        "lead_time_hours": figures.lead_time_hours,
        "persons_hours": float(figures.persons_hours),
        "occupancy": figures.occupancy,
        "seat_fill": figures.seat_fill,
    }


def _groups(
    what: str, groups: Iterable[GroupFigures], called: str, names: Mapping[str, object]
) -> list[dict[str, Any]]:
    return [
        {
            what: group.key,
            called: names.get(group.key or ""),
            "used_hours": in_hours(group.used),
            "share_of_use": group.share_of_use,
            "share_of_capacity": group.share_of_capacity,
            "bookings": group.bookings,
            "no_shows": group.no_shows,
            **({} if what == "organisation" else {"organisations": group.organisations}),
            "women": group.women,
            "men": group.men,
            "other": group.other,
        }
        for group in groups
    ]


def _resource(figures: ResourceFigures, names: Mapping[str, str]) -> dict[str, Any]:
    return {
        "resource": figures.resource,
        "name": names[figures.resource],
        "kind": figures.kind,
        "available_hours": in_hours(figures.available),
        "booked_hours": in_hours(figures.booked),
        "used_hours": in_hours(figures.used),
        "utilisation": figures.utilisation,
        "bookings": figures.bookings,
        "outside_hours": in_hours(figures.outside),
        "lost_hours": in_hours(figures.lost),
    }


def _kind(figures: KindFigures) -> dict[str, Any]:
    return {
        "kind": figures.kind,
        "counted": figures.counted,
        "resources": figures.resources,
        "available_hours": in_hours(figures.available),
        "booked_hours": in_hours(figures.booked),
        "used_hours": in_hours(figures.used),
        "utilisation": figures.utilisation,
        "bookings": figures.bookings,
    }


def _attendance(visits: Attendance) -> dict[str, Any]:
    return {
        "women": visits.women,
        "men": visits.men,
        "other": visits.other,
        "share_women": visits.share_women,
        "share_men": visits.share_men,
        "counted": visits.counted,
        "missing": visits.missing,
    }
