"""Dates in forms and addresses."""

from datetime import date, timedelta

USUAL_LENGTH = timedelta(hours=1)
YEARS = range(1990, 2101)  # what people mean when they name a year here


def date_named(text: str) -> date | None:
    """The date that an address names as 2026-11-24; None where it is none, or out of any sensible range."""
    try:
        named = date.fromisoformat(text)
    except ValueError:
        return None
    return named if named.year in YEARS else None
