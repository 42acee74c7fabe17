"""Dates, times and numbers for pages: `app.wording.formats`, as filters too, and what stands in headings."""

from collections.abc import Sequence
from datetime import date

from babel.dates import get_day_names
from flask import Flask
from flask_babel import get_locale, gettext

from app.wording import formats
from app.wording.formats import (
    clock,
    date_long,
    date_short,
    date_title,
    day,
    duration,
    hours,
    month,
    number,
    percent,
    sentence,
    span,
    week,
)

__all__ = [
    "clock",
    "date_long",
    "date_short",
    "date_title",
    "day",
    "day_and_month",
    "day_names",
    "duration",
    "hours",
    "month",
    "number",
    "percent",
    "sentence",
    "span",
    "week",
    "week_title",
    "weekday",
]


def weekday(value: date) -> str:
    """Tisdag, with the capital of a heading."""
    return sentence(formats.weekday(value))


def week_title(value: date) -> str:
    """vecka 48"""
    return gettext("week %(number)s", number=week(value))


def day_and_month(value: date) -> str:
    """24 november"""
    return formats.day_and_month(value)


def day_names(weekdays: Sequence[int]) -> str:
    """måndag–fredag for neighbours (Monday is 0), måndag, onsdag for others; with a capital."""
    names = get_day_names("wide", context="stand-alone", locale=get_locale())
    if len(weekdays) > 2 and list(weekdays) == list(range(weekdays[0], weekdays[-1] + 1)):
        return sentence(f"{names[weekdays[0]]}–{names[weekdays[-1]]}")
    return sentence(", ".join(names[each] for each in weekdays))


def init_app(app: Flask) -> None:
    """Registers every format as a filter of its own name."""
    app.jinja_env.filters.update({name: globals()[name] for name in __all__})
