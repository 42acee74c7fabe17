"""The form for any days, of one office or several: what is in it, and what was wrong."""

from collections.abc import Collection, Mapping
from datetime import date, timedelta
from typing import Any

from flask import url_for

from app.domain.period import Period, PeriodError
from app.models import Office
from app.services.authorize import may
from app.services.offices import offices
from app.services.reports import project_for
from app.services.reports.readers import audience_of, is_told
from app.web.security import signed_in
from app.wording import say


def readable_offices() -> list[Office]:
    """Those whose reports are for the reader."""
    return [each for each in offices() if may(signed_in(), "see_report", each)]


def is_readable(place: Office, about: Period) -> bool:
    """Whether the office's report of the period has a version for the reader."""
    project = project_for(place, about)
    return is_told(audience_of(signed_in(), [place], about, project), about, project)


def chosen_days(asked: Mapping[str, str]) -> Period:
    """What `from` and `to` say, both included. PeriodError, with what was typed."""
    typed = [asked.get(name, "").strip() for name in ("from", "to")]
    try:
        first, last = (date.fromisoformat(each) for each in typed)
        return Period.parse(f"{first}..{last + timedelta(days=1)}")
    except PeriodError as error:
        raise PeriodError(" – ".join(typed), error.reason) from error
    except (ValueError, OverflowError) as error:
        raise PeriodError(" – ".join(typed), "date") from error


def days_form(
    place: Office,
    readable: Collection[Office],
    *,
    about: Period | None = None,
    chosen: Collection[str] = (),
) -> dict[str, Any]:
    """.action .from .to .offices [(slug, name, chosen)] .error: with these days and offices, if known."""
    return {
        "action": url_for("reports.choose", office=place.slug),
        "from": about.first.isoformat() if about else "",
        "to": about.last.isoformat() if about else "",
        "offices": [(each.slug, each.name, each.slug in (chosen or {place.slug})) for each in readable],
        "error": "",
    }


def days_again(
    place: Office, asked: Mapping[str, str], chosen: Collection[str], error: PeriodError
) -> dict[str, Any]:
    """The same with what was typed, and what is wrong with it."""
    found = days_form(place, readable_offices(), chosen=chosen)
    return {**found, "from": asked.get("from", ""), "to": asked.get("to", ""), "error": say(error)}
