"""Dates, times and numbers in the reader's language.

Locales are always full ("sv_SE", "en_GB"): bare "sv" and "en" count weeks wrongly. Times are told
by the clock of the place, so every function that shows one takes its zone. Numbers round half up.
"""

from collections.abc import Callable
from datetime import date, datetime, timedelta, tzinfo
from decimal import ROUND_HALF_UP, Decimal
from functools import cache, lru_cache
from zoneinfo import ZoneInfo

from babel import Locale
from babel.dates import format_date
from babel.numbers import format_currency, format_decimal, format_percent, get_currency_symbol, parse_pattern
from babel.units import format_unit
from flask_babel import get_locale, gettext, ngettext

NONE = "–"
SPACE = "\N{NO-BREAK SPACE}"
Zone = str | tzinfo
Number = int | float | Decimal
_pattern = cache(parse_pattern)  # reading one takes longer than using it, and a report has hundreds
_clocks: list[Callable[[], datetime]] = []


def tell_years_by(clock: Callable[[], datetime]) -> None:
    """From now on days of another year than this clock's are told with it. The clock is read at the edges."""
    _clocks[:] = [clock]


def date_long(value: date, tz: Zone | None = None) -> str:
    """tisdag 24 november 2026"""
    return _date(value, tz, "EEEE d MMMM y")


def date_plain(value: date, tz: Zone | None = None) -> str:
    """24 november 2026"""
    return _date(value, tz, "d MMMM y")


def date_short(value: date, tz: Zone | None = None) -> str:
    """24 nov. 2026"""
    return _date(value, tz, "d MMM y")


def day(value: date, tz: Zone | None = None) -> str:
    """tisdag 24 november; with the year where it is not the present one."""
    return _date(value, tz, "EEEE d MMMM" + _year_unless_present(value, tz))


def date_near(value: date, tz: Zone | None = None) -> str:
    """24 november; with the year where it is not the present one."""
    return _date(value, tz, "d MMMM" + _year_unless_present(value, tz))


def day_and_month(value: date, tz: Zone | None = None) -> str:
    """24 november, where the year stands beside it."""
    return _date(value, tz, "d MMMM")


def weekday(value: date, tz: Zone | None = None) -> str:
    """tisdag"""
    return _date(value, tz, "EEEE")


def month(value: date, tz: Zone | None = None) -> str:
    """november 2026"""
    return _date(value, tz, "LLLL y")


def week(value: date, tz: Zone | None = None) -> int:
    """The number of the ISO week."""
    return _local(value, tz).isocalendar().week


def clock(instant: datetime, tz: Zone) -> str:
    """09:30, by the clock in that zone."""
    return f"{instant.astimezone(_zone(tz)):%H:%M}"


def lately(instant: datetime, now: datetime, tz: Zone) -> str:
    """Today at 14:05, or 21 nov. at 14:05"""
    if _local(instant, tz) == _local(now, tz):
        return gettext("today at %(time)s", time=clock(instant, tz))
    return gettext("%(day)s at %(time)s", day=date_short(instant, tz), time=clock(instant, tz))


def span(start: datetime, end: datetime, tz: Zone) -> str:
    """09:30–10:30; with dates where it goes over midnight. A day ends at 24:00."""
    zone = _zone(tz)
    first, last = start.astimezone(zone), end.astimezone(zone)
    midnight = (last.hour, last.minute) == (0, 0) and last > first
    if midnight:
        last -= timedelta(days=1)
    until = "24:00" if midnight else f"{last:%H:%M}"
    if first.date() == last.date():
        return f"{first:%H:%M}–{until}"
    return f"{date_near(first, zone)} {first:%H:%M} – {date_near(last, zone)} {until}"


def day_span(start: datetime, end: datetime, tz: Zone) -> str:
    """tisdag 24 november 09:30–10:30; as `span` where that tells both days itself."""
    text = span(start, end, tz)
    return text if " – " in text else f"{day(start, tz)} {text}"


def number(value: Number | None, decimals: int = 0) -> str:
    """1 234,5; – for None."""
    if value is None:
        return NONE
    return _written(_rounded(value, decimals), decimals, _locale())


def percent(share: Number | None, decimals: int = 0) -> str:
    """71 % of a share of 0.71; – for None."""
    if share is None:
        return NONE
    return _in_percent(_rounded(share, decimals + 2), decimals, _locale())


def money(hundredths: int | None, currency: str, decimals: int = 2) -> str:
    """1 234,50 kr of 123450 öre; – for None."""
    if hundredths is None:
        return NONE
    value = _rounded(Decimal(hundredths) / 100, decimals)
    # The currency's own number of decimals would hide what is told here.
    pattern = _locale().currency_formats["standard"].pattern.replace("0.00", f"0{_places(decimals)}")
    if get_currency_symbol(currency, locale=_locale()).isalpha():
        pattern = pattern.replace("¤#", f"¤{SPACE}#")
    return format_currency(value, currency, format=pattern, locale=_locale(), currency_digits=False)


def hours(value: Number | None) -> str:
    """7,5 h, with at most one decimal; – for None."""
    if value is None:
        return NONE
    return format_decimal(_rounded(value, 1), format=_pattern("#,##0.#"), locale=_locale()) + f"{SPACE}h"


def days_or_hours(value: Number | None) -> str:
    """36 dygn, 6,9 dygn, or 7,5 timmar of less than one: hours as people tell a wait; – for None."""
    if value is None:
        return NONE
    days = _rounded(value, 0) / 24
    if abs(days) < 1:
        return _with_unit(_rounded(value, 1), "duration-hour")
    return _with_unit(_rounded(days, 0 if abs(days) >= 10 else 1), "duration-day")


def duration(minutes: int) -> str:
    """45 min, 1 h 30 min, 9 h."""
    whole, rest = divmod(minutes, 60)
    parts = [f"{whole}{SPACE}h"] * (whole > 0) + [f"{rest}{SPACE}min"] * (rest > 0 or whole == 0)
    return " ".join(parts)


def hours_exact(value: timedelta) -> str:
    """7 h, 7 h 30 min, 0 h: what is had, spent or left of an amount of hours, to the minute."""
    return duration(round(value.total_seconds() / 60)) if value else f"0{SPACE}h"


def lead(minutes: int) -> str:
    """7 days, 1 day, else as `duration`: how long before, where whole days are told as such."""
    days, rest = divmod(minutes, 24 * 60)
    return duration(minutes) if rest or not days else ngettext("%(num)s day", "%(num)s days", days)


def sentence(text: str) -> str:
    """With a capital at its start, the rest as it is."""
    return text[:1].upper() + text[1:]


def _with_unit(value: Decimal, unit: str) -> str:
    return format_unit(float(value), unit, "long", format=_pattern("#,##0.#"), locale=_locale())


def _year_unless_present(value: date, tz: Zone | None) -> str:
    """What a pattern needs at its end to tell a day rightly."""
    (now,) = _clocks
    return "" if _local(value, tz).year == _local(now(), tz).year else " y"


def _date(value: date, tz: Zone | None, pattern: str) -> str:
    return _formatted(_local(value, tz), pattern, _locale())


@lru_cache(maxsize=1000)
def _formatted(value: date, pattern: str, locale: Locale) -> str:
    return format_date(value, pattern, locale=locale)


def _local(value: date, tz: Zone | None) -> date:
    if not isinstance(value, datetime):
        return value
    return (value.astimezone(_zone(tz)) if tz else value).date()


def _zone(tz: Zone) -> tzinfo:
    return ZoneInfo(tz) if isinstance(tz, str) else tz


def _locale() -> Locale:
    return get_locale() or Locale("sv", "SE")


def _rounded(value: Number, decimals: int) -> Decimal:
    # Added to 0, so that what is rounded to nothing has no minus.
    return Decimal(str(value)).quantize(Decimal(1).scaleb(-decimals), ROUND_HALF_UP) + 0


@lru_cache(maxsize=2048)  # a report has hundreds of numbers, most of them again and again
def _written(value: Decimal, decimals: int, locale: Locale) -> str:
    return format_decimal(value, format=_pattern(f"#,##0{_places(decimals)}"), locale=locale)


@lru_cache(maxsize=2048)
def _in_percent(value: Decimal, decimals: int, locale: Locale) -> str:
    pattern = locale.percent_formats[None].pattern.replace("#,##0", f"#,##0{_places(decimals)}")
    return format_percent(value, format=_pattern(pattern), locale=locale)


def _places(decimals: int) -> str:
    return "." + "0" * decimals if decimals else ""
