"""Dates in forms and addresses."""

from datetime import date, datetime, timedelta

from flask_babel import gettext
from flask_wtf import FlaskForm
from wtforms import Field, ValidationError

USUAL_LENGTH = timedelta(hours=1)
YEARS = range(1990, 2101)  # what people mean when they name a year here


def in_our_time(_form: FlaskForm, field: Field) -> None:
    """Of a date, or of a local time: a year that people mean."""
    if field.data is not None and field.data.year not in YEARS:
        raise ValidationError(year_unlikely())


def year_unlikely() -> str:
    return gettext("Give a date between 1990 and 2100.")


def running_quarter(now: datetime) -> datetime:
    """The quarter of an hour that is running: what begins "now" began when people sat down."""
    return now.replace(minute=now.minute // 15 * 15, second=0, microsecond=0)


def date_named(text: str) -> date | None:
    """The date that an address names as 2026-11-24; None where it is none, or out of any sensible range."""
    try:
        named = date.fromisoformat(text)
    except ValueError:
        return None
    return named if named.year in YEARS else None
