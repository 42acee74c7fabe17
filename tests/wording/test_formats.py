"""Dates, times and numbers in both languages."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from flask import Flask
from flask_babel import force_locale

from app.wording import formats
from app.wording.letters import LOCALES
from tests.conftest import Clock

STOCKHOLM = "Europe/Stockholm"
DAY = date(2026, 11, 24)


def utc(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=UTC)


@pytest.mark.parametrize(
    ("write", "swedish", "english"),
    [
        (formats.date_long, "tisdag 24 november 2026", "Tuesday 24 November 2026"),
        (formats.date_plain, "24 november 2026", "24 November 2026"),
        (formats.date_short, "24 nov. 2026", "24 Nov 2026"),
        (formats.day, "tisdag 24 november", "Tuesday 24 November"),
        (formats.day_and_month, "24 november", "24 November"),
        (formats.date_near, "24 november", "24 November"),
        (formats.weekday, "tisdag", "Tuesday"),
        (formats.month, "november 2026", "November 2026"),
    ],
)
def test_dates(app: Flask, write: Callable[[date], str], swedish: str, english: str) -> None:
    for language, expected in (("sv", swedish), ("en", english)):
        with force_locale(LOCALES[language]):
            assert write(DAY) == expected


def test_a_day_of_another_year_is_told_with_it(app: Flask, clock: Clock) -> None:
    with force_locale("sv_SE"):
        assert formats.day(date(2027, 1, 4)) == "måndag 4 januari 2027"
        assert formats.date_near(date(2025, 12, 31)) == "31 december 2025"
        clock.at = utc(2026, 12, 31, 23, 30)
        assert formats.day(utc(2026, 12, 31, 23, 30), STOCKHOLM) == "fredag 1 januari", "by the place's clock"
        assert formats.day(utc(2026, 12, 31, 22, 30), STOCKHOLM) == "torsdag 31 december 2026"
        across = formats.span(utc(2026, 12, 31, 21), utc(2027, 1, 1, 1), STOCKHOLM)
        assert across == "31 december 2026 22:00 – 1 januari 02:00"
    with force_locale("en_GB"):
        assert formats.day(date(2028, 3, 6)) == "Monday 6 March 2028"


@pytest.mark.parametrize("language", ["sv", "en"])
@pytest.mark.parametrize(
    ("day", "number"), [(date(2027, 1, 1), 53), (date(2026, 12, 28), 53), (date(2027, 1, 4), 1), (DAY, 48)]
)
def test_weeks_are_iso_weeks(app: Flask, language: str, day: date, number: int) -> None:
    with force_locale(LOCALES[language]):
        assert formats.week(day) == number


def test_an_instant_is_told_by_the_clock_of_the_place(app: Flask) -> None:
    late = utc(2026, 11, 23, 23, 30)
    assert formats.clock(late, STOCKHOLM) == "00:30"
    assert formats.clock(late, "Europe/London") == "23:30"
    with force_locale("sv_SE"):
        assert formats.day(late, STOCKHOLM) == "tisdag 24 november"
        assert formats.day(late, "Europe/London") == "måndag 23 november"


@pytest.mark.parametrize(
    ("start", "end", "expected"),
    [
        (utc(2026, 11, 24, 8, 30), utc(2026, 11, 24, 9, 30), "09:30–10:30"),
        (utc(2026, 11, 24, 21), utc(2026, 11, 24, 23), "22:00–24:00"),
        (utc(2026, 11, 23, 23), utc(2026, 11, 24, 23), "00:00–24:00"),
        (utc(2026, 10, 30, 14), utc(2026, 11, 2, 9), "30 oktober 15:00 – 2 november 10:00"),
        # Both nights of the clock: 29 March has 23 hours, 25 October 25.
        (utc(2026, 3, 28, 23), utc(2026, 3, 29, 22), "00:00–24:00"),
        (utc(2026, 10, 24, 22), utc(2026, 10, 25, 23), "00:00–24:00"),
        (utc(2027, 3, 28, 0, 30), utc(2027, 3, 28, 1, 30), "01:30–03:30"),
        (utc(2027, 10, 31, 0, 30), utc(2027, 10, 31, 1, 30), "02:30–02:30"),
    ],
)
def test_spans(app: Flask, start: datetime, end: datetime, expected: str) -> None:
    with force_locale("sv_SE"):
        assert formats.span(start, end, STOCKHOLM) == expected


def test_a_span_that_tells_both_days_has_no_day_in_front(app: Flask) -> None:
    start = utc(2026, 11, 24, 8, 30)
    with force_locale("sv_SE"):
        hour = formats.day_span(start, utc(2026, 11, 24, 9, 30), STOCKHOLM)
        assert hour == "tisdag 24 november 09:30–10:30"
        night = formats.day_span(start, utc(2026, 11, 25, 9, 30), STOCKHOLM)
        assert night == "24 november 09:30 – 25 november 10:30"


@pytest.mark.parametrize(
    ("written", "swedish", "english"),
    [
        (lambda: formats.number(1234567), "1 234 567", "1,234,567"),
        (lambda: formats.number(1234.25, 1), "1 234,3", "1,234.3"),
        (lambda: formats.number(2.5), "3", "3"),
        (lambda: formats.number(Decimal("-0.5"), 1), "-0,5", "-0.5"),
        (lambda: formats.number(0, 2), "0,00", "0.00"),
        (lambda: formats.number(None, 1), "–", "–"),
        (lambda: formats.percent(0.71), "71 %", "71%"),
        (lambda: formats.percent(0.705), "71 %", "71%"),
        (lambda: formats.percent(0.07473, 1), "7,5 %", "7.5%"),
        (lambda: formats.percent(0.07473, 3), "7,473 %", "7.473%"),
        (lambda: formats.percent(1), "100 %", "100%"),
        (lambda: formats.percent(None), "–", "–"),
        (lambda: formats.hours(281.0), "281 h", "281 h"),
        (lambda: formats.hours(1234.55), "1 234,6 h", "1,234.6 h"),
        (lambda: formats.hours(0), "0 h", "0 h"),
        (lambda: formats.hours(None), "–", "–"),
        (lambda: formats.days_or_hours(863.7), "36 dygn", "36 days"),
        (lambda: formats.days_or_hours(166.2), "6,9 dygn", "6.9 days"),
        (lambda: formats.days_or_hours(24), "1 dygn", "1 day"),
        (lambda: formats.days_or_hours(23.6), "1 dygn", "1 day"),
        (lambda: formats.days_or_hours(7.46), "7,5 timmar", "7.5 hours"),
        (lambda: formats.days_or_hours(1), "1 timme", "1 hour"),
        (lambda: formats.days_or_hours(0), "0 timmar", "0 hours"),
        (lambda: formats.days_or_hours(None), "–", "–"),
        (lambda: formats.duration(15), "15 min", "15 min"),
        (lambda: formats.duration(60), "1 h", "1 h"),
        (lambda: formats.duration(90), "1 h 30 min", "1 h 30 min"),
        (lambda: formats.duration(1440), "24 h", "24 h"),
        (lambda: formats.duration(0), "0 min", "0 min"),
        (lambda: formats.hours_exact(timedelta()), "0 h", "0 h"),
        (lambda: formats.hours_exact(timedelta(hours=30)), "30 h", "30 h"),
        (lambda: formats.hours_exact(timedelta(hours=61, minutes=30)), "61 h 30 min", "61 h 30 min"),
    ],
)
def test_numbers(app: Flask, written: Callable[[], str], swedish: str, english: str) -> None:
    for language, expected in (("sv", swedish), ("en", english)):
        with force_locale(LOCALES[language]):
            assert written().replace("\N{NO-BREAK SPACE}", " ") == expected


def test_a_capital_changes_nothing_else() -> None:
    assert formats.sentence("tisdag 24 november i Umeå") == "Tisdag 24 november i Umeå"
    assert formats.sentence("åtta") == "Åtta"
    assert formats.sentence("") == ""


def test_templates_have_every_format(app: Flask) -> None:
    with force_locale("sv_SE"):
        text = app.jinja_env.from_string("{{ d|date_long }}, {{ 0.5|percent(1) }}").render(d=DAY)
    assert text.replace("\N{NO-BREAK SPACE}", " ") == "tisdag 24 november 2026, 50,0 %"


@pytest.mark.parametrize(
    ("hundredths", "currency", "decimals", "swedish", "english"),
    [
        (123_450, "SEK", 2, "1 234,50 kr", "SEK 1,234.50"),
        (123_450, "EUR", 2, "1 234,50 €", "€1,234.50"),
        (30_000_000, "EUR", 0, "300 000 €", "€300,000"),
        (50, "SEK", 0, "1 kr", "SEK 1"),
        (5, "SEK", 2, "0,05 kr", "SEK 0.05"),
        (None, "SEK", 2, "–", "–"),
    ],
)
def test_money(
    app: Flask, hundredths: int | None, currency: str, decimals: int, swedish: str, english: str
) -> None:
    for language, expected in (("sv", swedish), ("en", english)):
        with force_locale(LOCALES[language]):
            assert (
                formats.money(hundredths, currency, decimals).replace("\N{NO-BREAK SPACE}", " ") == expected
            )
