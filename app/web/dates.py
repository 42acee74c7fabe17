"""Dates in addresses."""

from datetime import date


def date_named(text: str) -> date | None:
    """The date that an address names as 2026-11-24; None where it is none, or out of any sensible range."""
    try:
        named = date.fromisoformat(text)
    except ValueError:
        return None
    return named if 1990 <= named.year <= 2100 else None
