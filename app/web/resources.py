"""A room, desk, video unit or adviser: its page, and its week."""

from collections.abc import Iterable
from datetime import date, timedelta
from typing import Any

from flask import Blueprint, abort, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from sqlalchemy import select

from app.clock import now
from app.domain.interval import Interval
from app.domain.localtime import day_bounds, local_date, zone
from app.domain.stretches import clipped, stretch_of
from app.extensions import db
from app.models import OpeningHours, Resource
from app.services.audience import reader_of
from app.services.authorize import may
from app.services.availability import bookable
from app.services.board import Row, board
from app.services.offices import resource_named
from app.services.rules import limits_for
from app.web.dates import YEARS
from app.web.feed_panel import feed_panel
from app.web.grid import Drawing, Grid, Rows, grid_of
from app.web.naming import (
    KINDS,
    date_range,
    day_names,
    equipment_names,
    facts,
    seats,
    week_title,
    weekday_title,
)
from app.web.security import allow, person
from app.web.things import belongs, thing_facts
from app.wording.formats import duration
from app.wording.rules import rules_in_words

bp = Blueprint("resources", __name__, url_prefix="/resources")


@bp.get("/<resource>")
@allow("visitor")
def show(resource: str) -> ResponseReturnValue:
    """Facts, opening hours, today, and the calendar to follow."""
    thing = resource_named(resource)
    tz = zone(thing.office.timezone)
    today = local_date(now(), tz)
    row, grid = _day(thing, today)
    return render_template(
        "resources/show.html",
        resource={
            "name": thing.name,
            "slug": thing.slug,
            "kind_text": str(KINDS[thing.kind]),
            "capacity": thing.capacity,
            "capacity_text": seats(thing.capacity),
            "location": thing.location,
            "description": thing.description,
            "equipment": equipment_names(thing),
            "office": thing.office,
            "approval": limits_for(thing, None, now()).approval,
            "belongs": belongs(thing),
            "pool": _pool(thing),
            "rules": _rules(thing),
        },
        hours=_weekly_hours(thing, today),
        today=row,
        grid=grid,
        week_url=url_for("resources.week", resource=thing.slug, week=_week_name(today)),
        board_url=url_for("board.today", office=thing.office.slug),
        book_url=url_for("bookings.new", resource=thing.slug),
        sign_url=url_for("door.sign", resource=thing.slug) if may(person(), "host", thing) else None,
        feed=feed_panel(f"resource:{thing.slug}", thing.name),
    )


@bp.get("/<resource>/weeks/<week>")
@allow("visitor")
def week(resource: str, week: str) -> ResponseReturnValue:
    """Seven days of one resource."""
    thing = resource_named(resource)
    monday = _monday(week) or abort(404)
    tz, moment = zone(thing.office.timezone), now()
    today = local_date(moment, tz)
    days = [monday + timedelta(days=number) for number in range(7)]
    bounds = [day_bounds(each, tz) for each in days]
    (whole,) = board(
        thing.office, Interval(bounds[0].start, bounds[-1].end), reader_of(thing.office, person()), [thing]
    )
    grid = grid_of(
        [(whole, each) for each in bounds], thing.office.timezone, today if today in days else None
    )
    rows = Rows(
        Drawing(within, grid, now=moment).row(
            _part(whole, within),
            id=f"row-{each}",
            level=2,
            name=f"{weekday_title(each)} {each.day}",
            url=url_for("board.day", office=thing.office.slug, date=each),
        )
        for each, within in zip(days, bounds, strict=True)
    )
    others = [
        (each.name, url_for("resources.week", resource=each.slug, week=week))
        for each in bookable(thing.office)
        if each.id != thing.id
    ]
    return render_template(
        "resources/week.html",
        resource={
            "name": thing.name,
            "url": url_for("resources.show", resource=thing.slug),
            "facts": facts(thing),
        },
        office_name=thing.office.name,
        week={
            "title": week_title(monday),
            "range": date_range(days[0], days[-1]),
            "previous": url_for(
                "resources.week", resource=thing.slug, week=_week_name(monday - timedelta(days=7))
            ),
            "next": url_for(
                "resources.week", resource=thing.slug, week=_week_name(monday + timedelta(days=7))
            ),
            "today": url_for("resources.week", resource=thing.slug, week=_week_name(today)),
        },
        days=rows,
        grid=grid,
        outside=bool(whole.beside),
        others=others,
    )


def _day(thing: Resource, shown: date) -> tuple[Rows, Grid]:
    within = day_bounds(shown, zone(thing.office.timezone))
    (row,) = board(thing.office, within, reader_of(thing.office, person()), [thing])
    grid = grid_of([(row, within)], thing.office.timezone, shown)
    drawing = Drawing(within, grid, now=now())
    return Rows([drawing.row(row, id="row", level=3, name=thing.name)]), grid


def _part(row: Row, within: Interval) -> Row:
    """A week's row, for one of its days."""
    day = stretch_of(within)
    closures = [(closed, reason) for closed, reason in row.closures if clipped([closed], day)]
    return row._replace(open=clipped(row.open, day), closures=closures, free=clipped(row.free, day))


def _pool(thing: Resource) -> tuple[str, str] | None:
    """The name of the pool that it can be had from, and where to book any one of it."""
    pool = thing.pool
    if pool is None or pool.retired:
        return None
    return thing_facts(pool), url_for("bookings.new", resource=pool.slug)


def _rules(thing: Resource) -> list[str]:
    """What holds for the reader's own organisation, where they have one alone; else for anybody."""
    mine = person().organisations if person() else []
    rules = rules_in_words(thing, mine[0] if len(mine) == 1 else None, now())
    if thing.buffer_before_minutes:
        rules.append(
            gettext("%(length)s before each booking to set up", length=duration(thing.buffer_before_minutes))
        )
    if thing.buffer_after_minutes:
        rules.append(
            gettext(
                "%(length)s after each booking to clear away", length=duration(thing.buffer_after_minutes)
            )
        )
    return rules


def _weekly_hours(thing: Resource, on: date) -> list[tuple[str, str]]:
    """Weekdays with the same hours in one line: ("måndag–fredag", "08:00–17:00")."""
    rows = db.session.scalars(select(OpeningHours).filter_by(office_id=thing.office_id)).all()
    own = [row for row in rows if row.resource_id == thing.id]
    valid = [
        row
        for row in (own or [row for row in rows if row.resource_id is None])
        if (row.valid_from is None or row.valid_from <= on) and (row.valid_to is None or on < row.valid_to)
    ]
    by_times: dict[str, list[int]] = {}
    for number in range(7):
        spans = _joined((row.opens_minute, row.closes_minute) for row in valid if row.weekday == number)
        if spans:
            times = ", ".join(f"{_clock(opens)}–{_clock(closes)}" for opens, closes in spans)
            by_times.setdefault(times, []).append(number)
    return [(day_names(numbers), times) for times, numbers in by_times.items()]


def _joined(spans: Iterable[tuple[int, int]]) -> list[tuple[int, int]]:
    """Stretches that meet or overlap as one."""
    joined: list[tuple[int, int]] = []
    for opens, closes in sorted(spans):
        if joined and opens <= joined[-1][1]:
            joined[-1] = joined[-1][0], max(joined[-1][1], closes)
        else:
            joined.append((opens, closes))
    return joined


def _clock(minute: int) -> str:
    return f"{minute // 60:02d}:{minute % 60:02d}"


def _week_name(day: Any) -> str:
    year, number, _ = day.isocalendar()
    return f"{year}-W{number:02d}"


def _monday(week: str) -> date | None:
    year, _, number = week.partition("-W")
    try:
        return date.fromisocalendar(int(year), int(number), 1) if int(year) in YEARS else None
    except ValueError:
        return None
