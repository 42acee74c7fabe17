"""The formats of `app.wording.formats` as filters for templates."""

from flask import Flask

from app.wording import formats

FILTERS = (
    formats.date_long,
    formats.date_plain,
    formats.date_short,
    formats.day,
    formats.day_and_month,
    formats.weekday,
    formats.month,
    formats.week,
    formats.clock,
    formats.span,
    formats.number,
    formats.percent,
    formats.hours,
    formats.duration,
    formats.sentence,
)


def init_app(app: Flask) -> None:
    """Registers every format as a filter of its own name."""
    app.jinja_env.filters.update({function.__name__: function for function in FILTERS})
