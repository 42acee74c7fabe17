"""The page with the bookings behind a figure: of a live report today's, of a frozen one those it counted."""

from collections.abc import Mapping
from typing import Any

from flask_babel import gettext, ngettext

from app.domain.localtime import zone
from app.models import Person
from app.services.authorize import may
from app.services.reports.behind import Choice, behind, origin_now, shares_chosen
from app.services.reports.names import (
    activity_names,
    category_names,
    home_municipalities,
    organisation_names,
    resource_names,
)
from app.services.reports.origin import Origin
from app.services.reports.since import Difference, differences_between
from app.services.snapshots import content_of, origin_kept
from app.web.report_page import ONLY, Asked
from app.web.report_query import refused
from app.web.report_rows import booking_line
from app.wording.formats import date_plain, date_short, hours, number, span
from app.wording.names import own_name
from app.wording.report.since import difference_told
from app.wording.reports import period_title


def behind_page(
    asked: Asked, chosen: Mapping[str, str | None], page: int, by: Person | None
) -> dict[str, Any]:
    """What the template gets."""
    now = origin_now(asked.offices, asked.period, asked.project, by=by)
    choice = Choice(**chosen)
    kept = _kept(asked, choice)
    found = behind(asked.offices, kept or now, choice, by=by, page=page)
    names = _names()

    def address(page: int) -> str | None:
        return asked.url("reports.bookings", **chosen, page=page) if 1 <= page <= found.pages else None

    return {
        "page": {
            "office": ", ".join(each.name for each in asked.offices),
            "title": period_title(asked.period),
            "report_url": asked.url(),
            "chosen": [names.get(name, {}).get(slug, slug) for name, slug in chosen.items() if slug],
            "full": all(may(by, "host", each) for each in asked.offices),
            "used": found.used,
            "no_shows": found.no_shows,
            "visits": found.visits if chosen["only"] == "counted" else None,
            "is_apart": choice.apart is not None,
            "counted": hours(found.counted.total_seconds() / 3600),
            "number": found.page,
            "pages": found.pages,
            "previous": address(found.page - 1),
            "next": address(found.page + 1),
            "revision": _revision(asked, kept, found.used, choice),
            "since": _since(asked, kept, now, choice),
        },
        "rows": [booking_line(each, asked.office, names) for each in found.rows],
    }


def refuse_unknown(chosen: Mapping[str, str | None]) -> None:
    """Refused where a value names nothing that there is: all bookings are no answer to it."""
    homes = dict.fromkeys(filter(None, home_municipalities().values()), "")
    names = {**_names(), "municipality": homes}
    for name, value in chosen.items():
        if value and value not in names[name]:
            raise refused(name, value)


def _names() -> dict[str, Mapping[str, str]]:
    return {
        "category": {slug: own_name(each) for slug, each in category_names().items()},
        "activity": {slug: own_name(each) for slug, each in activity_names().items()},
        "organisation": organisation_names(),
        "resource": resource_names(),
        "only": {name: str(text) for name, text in ONLY.items()},
    }


def _kept(asked: Asked, choice: Choice) -> Origin | None:
    """What a frozen report kept of it, if it did."""
    kept = origin_kept(asked.snapshot) if asked.snapshot else None
    return None if kept and choice.apart and choice.apart not in kept.apart else kept


def _revision(asked: Asked, kept: Origin | None, used: int, choice: Choice) -> str | None:
    """Whether this is what a frozen report counted; None of a live one."""
    if asked.snapshot is None:
        return None
    number_, when = asked.snapshot.revision, date_plain(asked.snapshot.frozen_at, asked.office.timezone)
    if kept is not None:
        return gettext(
            "This is what revision %(number)s counted, as it stood on %(day)s.", number=number_, day=when
        )
    told = gettext(
        "These are today's bookings: which ones revision %(number)s counted on %(day)s was not kept.",
        number=number_,
        day=when,
    )
    if choice != Choice():
        return told
    then = content_of(asked.snapshot)["totals"]["bookings"]
    return f"{told} " + gettext(
        "It counted %(then)s bookings, today there are %(now)s.", then=number(then), now=number(used)
    )


def _since(asked: Asked, kept: Origin | None, now: Origin, choice: Choice) -> dict[str, Any] | None:
    """What became of these bookings since the report was frozen; None where it is not known."""
    if kept is None:
        return None
    about = {share.date.date_id for each in (kept, now) for share in shares_chosen(each, choice)}
    found = [each for each in differences_between(kept, now) if each.date_id in about]
    names = {**now.names, **kept.names}
    return {
        "title": ngettext(
            "Since then %(num)d booking has changed",
            "Since then %(num)d bookings have changed",
            len(found),
        )
        if found
        else gettext("None of them has changed since."),
        "lines": [_line(each, asked, names) for each in found],
    }


def _line(each: Difference, asked: Asked, names: Mapping[str, str]) -> tuple[str, str, str, str]:
    date, tz = each.date, zone(asked.office.timezone)
    return (
        date_short(date.start, tz),
        span(date.start, date.end, tz),
        ", ".join(names[slug] for slug in date.places),
        difference_told(each, asked.office.timezone),
    )
