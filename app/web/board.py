"""The day board of an office."""

from datetime import date, timedelta
from itertools import groupby

from flask import Blueprint, abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from app.clock import now
from app.domain.localtime import day_bounds, local_date, zone
from app.services.audience import reader_of
from app.services.board import Row, board
from app.services.directory import directory
from app.services.offices import office_named
from app.web.addresses import address_of
from app.web.dates import date_named
from app.web.grid import Drawing, Rows, grid_of
from app.web.naming import KIND_HEADINGS, facts, week_title, weekday_title
from app.web.security import allow, person
from app.wording.formats import date_plain

bp = Blueprint("board", __name__)


@bp.get("/")
@allow("visitor")
def today() -> ResponseReturnValue:
    """Today at the office last looked at, or the first one."""
    return _page(request.args.get("office"))


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
    return _page(office, date_named(date) or abort(404))


def _page(slug: str | None, shown: date | None = None) -> str:
    everywhere, moment = directory().offices.values(), now()
    office = next((each for each in everywhere if slug in (None, each.slug)), None) or abort(404)
    tz = zone(office.timezone)
    shown = shown or local_date(moment, tz)
    within = day_bounds(shown, tz)
    rows = board(office, within, reader_of(office, person()))
    is_today = shown == local_date(moment, tz)
    grid = grid_of([(row, within) for row in rows], office.timezone, shown if is_today else None)
    drawing, rooms = Drawing(within, grid, now=moment), address_of("resources.show", resource="")
    groups = [
        (str(KIND_HEADINGS[kind]), Rows(_row(row, drawing, rooms) for row in of_kind))
        for kind, of_kind in groupby(sorted(rows, key=_kind_order), key=lambda row: row.resource.kind)
    ]
    view = {
        "office": office,
        "offices": [
            (each.name, address_of("board.day", office=each.slug, date=shown)) for each in everywhere
        ],
        "weekday": weekday_title(shown),
        "week": week_title(shown),
        "title": date_plain(shown),
        "previous": address_of("board.day", office=office.slug, date=shown - timedelta(days=1)),
        "next": address_of("board.day", office=office.slug, date=shown + timedelta(days=1)),
        "today": address_of("board.today", office=office.slug),
        "is_today": is_today,
        "find_url": address_of(
            "find.index", office=office.slug, **({} if is_today else {"when": "choose", "date": shown})
        ),
        "jump_url": address_of("board.jump", office=office.slug),
        "date": shown.isoformat(),
        "timezone": grid.timezone,
        "hours": grid.hours,
        "columns": grid.columns,
        "first_minute": grid.first_minute,
        "last_minute": grid.last_minute,
        "groups": groups,
        "outside": any(row.beside for row in rows),
        "note": None if any(row.open for row in rows) else _closed_note(rows),
    }
    return render_template("board/day.html", board=view)


def _row(row: Row, drawing: Drawing, rooms: str) -> list[str]:
    place = row.resource
    return drawing.row(
        row,
        id=f"row-{place.id}",
        level=3,
        name=place.name,
        url=rooms + place.slug,
        facts=facts(place, drawing.language),
    )


def _closed_note(rows: list[Row]) -> str:
    reasons = {reason for row in rows for _, reason in row.closures if reason}
    if not reasons:
        return gettext("The office is closed this day.")
    return gettext("The office is closed this day: %(reason)s", reason=", ".join(sorted(reasons)))


def _kind_order(row: Row) -> int:
    return list(KIND_HEADINGS).index(row.resource.kind)
