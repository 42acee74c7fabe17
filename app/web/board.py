"""The day board of an office."""

from datetime import date, datetime, timedelta
from itertools import groupby
from typing import Any

from flask import Blueprint, abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from app.clock import now
from app.domain.interval import Interval
from app.domain.localtime import day_bounds, local_date, zone
from app.models import Office
from app.services.audience import reader_of
from app.services.board import Item, Row, board
from app.services.offices import office_named, offices
from app.web.dates import date_named
from app.web.grid import Grid, drawn, grid_of
from app.web.naming import KIND_HEADINGS, facts, week_title, weekday_title
from app.web.security import allow, person
from app.wording.formats import date_plain

bp = Blueprint("board", __name__)


@bp.get("/")
@allow("visitor")
def today() -> ResponseReturnValue:
    """Today at the office last looked at, or the first one."""
    office = office_named(request.args.get("office"))
    return _page(office, local_date(now(), zone(office.timezone)))


@bp.get("/offices/<office>/days")
@allow("visitor")
def jump(office: str) -> ResponseReturnValue:
    """The day chosen in the form."""
    chosen = date_named(request.args.get("date", ""))
    if chosen is None:
        return redirect(url_for("board.today", office=office_named(office).slug))
    return redirect(url_for("board.day", office=office_named(office).slug, date=chosen))


@bp.get("/offices/<office>/days/<date>")
@allow("visitor")
def day(office: str, date: str) -> ResponseReturnValue:
    """One day."""
    return _page(office_named(office), date_named(date) or abort(404))


def item_url(item: Item) -> str | None:
    """A booking opens for those who may read it."""
    return url_for("bookings.show", booking=item.booking_id) if item.title is not None else None


def book_url(row: Row, start: datetime, end: datetime) -> str:
    """The booking form, filled in."""
    tz = zone(row.resource.office.timezone)
    local = start.astimezone(tz)
    return url_for(
        "bookings.new",
        resource=row.resource.slug,
        date=local.date().isoformat(),
        start=local.strftime("%H:%M"),
        end=end.astimezone(tz).strftime("%H:%M"),
    )


def _page(office: Office, shown: date) -> str:
    tz = zone(office.timezone)
    within, moment = day_bounds(shown, tz), now()
    rows = board(office, within, reader_of(office, person()))
    is_today = shown == local_date(moment, tz)
    grid = grid_of([(row, within) for row in rows], office.timezone, shown if is_today else None)
    groups = [
        (str(KIND_HEADINGS[kind]), [_row(row, within, grid, moment) for row in of_kind])
        for kind, of_kind in groupby(sorted(rows, key=_kind_order), key=lambda row: row.resource.kind)
    ]
    view = {
        "office": office,
        "offices": [
            (each.name, url_for("board.day", office=each.slug, date=shown))
            for each in offices()
            if each.id != office.id
        ],
        "weekday": weekday_title(shown),
        "week": week_title(shown),
        "title": date_plain(shown),
        "previous": url_for("board.day", office=office.slug, date=shown - timedelta(days=1)),
        "next": url_for("board.day", office=office.slug, date=shown + timedelta(days=1)),
        "today": url_for("board.today", office=office.slug),
        "is_today": is_today,
        "find_url": url_for(
            "find.index", office=office.slug, **({} if is_today else {"when": "choose", "date": shown})
        ),
        "jump_url": url_for("board.jump", office=office.slug),
        "date": shown.isoformat(),
        "timezone": grid.timezone,
        "hours": grid.hours,
        "columns": grid.columns,
        "first_minute": grid.first_minute,
        "last_minute": grid.last_minute,
        "groups": groups,
        "note": None if any(row.open for row in rows) else _closed_note(rows),
    }
    return render_template("board/day.html", board=view)


def _row(row: Row, within: Interval, grid: Grid, moment: datetime) -> dict[str, Any]:
    return {
        "name": row.resource.name,
        "url": url_for("resources.show", resource=row.resource.slug),
        "facts": facts(row.resource),
        **drawn(row, within, grid, now=moment, item_url=item_url, book_url=book_url),
    }


def _closed_note(rows: list[Row]) -> str:
    reasons = {reason for row in rows for _, reason in row.closures if reason}
    if not reasons:
        return gettext("The office is closed this day.")
    return gettext("The office is closed this day: %(reason)s", reason=", ".join(sorted(reasons)))


def _kind_order(row: Row) -> int:
    return list(KIND_HEADINGS).index(row.resource.kind)
