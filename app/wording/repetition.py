"""A repetition in words: "Every Tuesday until 15 December 2026", "The last day of every month, 10 times"."""

from collections.abc import Sequence
from datetime import date, tzinfo

from babel import Locale
from babel.lists import format_list
from flask_babel import get_locale, ngettext
from flask_babel import gettext as _

from app.domain.repetition import LAST, Repetition, read
from app.wording.formats import date_plain, sentence, weekday

MONDAY_TO_FRIDAY = (0, 1, 2, 3, 4)
ORDINAL_ENDINGS = {
    "sv": {"one": ":a", "other": ":e"},
    "en": {"one": "st", "two": "nd", "few": "rd", "other": "th"},
}


def repeats(rule: str, first: date, tz: tzinfo, dates: int | None = None) -> str:
    """The rule of a series that began on `first`; one we have no words for just says that it repeats.

    `dates`: how many it has, as some may have been left out.
    """
    known = read(rule, first, tz)
    return repetition_words(known, dates) if known else _("Repeats by a rule of its own")


def repetition_words(repetition: Repetition, dates: int | None = None) -> str:
    """How often, and until when or how many times; where `dates` were left out, how many there are."""
    how_often = HOW_OFTEN[repetition.every](repetition)
    if repetition.until is not None:
        return _("%(how_often)s until %(day)s", how_often=how_often, day=date_plain(repetition.until))
    if dates is not None and dates != repetition.count:
        many = ngettext("%(num)d date", "%(num)d dates", dates)
    else:
        many = ngettext("%(num)d time", "%(num)d times", repetition.count or 0)
    return f"{how_often}, {many}"


def ordinal(number: int) -> str:
    """3rd, 3:e"""
    locale = get_locale() or Locale("sv", "SE")
    endings = ORDINAL_ENDINGS[locale.language]
    return f"{number}{endings[locale.ordinal_form(number)]}"


def day_of_month(day: int | None = None, nth: int | None = None, weekdays: Sequence[int] = ()) -> str:
    """the last Friday, the last day, the 24th"""
    if nth is not None:
        return _("the %(nth)s %(weekday)s", nth=_nth(nth), weekday=weekday_name(weekdays[0]))
    return _("the last day") if day == LAST else _("the %(nth)s", nth=ordinal(day or 1))


def weekday_name(number: int) -> str:
    """måndag; Monday is 0."""
    return weekday(date(2024, 1, 1 + number))


def _daily(repetition: Repetition) -> str:
    match repetition.interval:
        case 1:
            return _("Every day")
        case 2:
            return _("Every other day")
    return _("Every %(nth)s day", nth=ordinal(repetition.interval))


def _weekly(repetition: Repetition) -> str:
    days = _listed([weekday_name(each) for each in repetition.weekdays])
    match repetition.interval:
        case 1 if repetition.weekdays == MONDAY_TO_FRIDAY:
            return _("Every weekday")
        case 1 if len(repetition.weekdays) == 7:
            return _("Every day")
        case 1:
            return _("Every %(weekdays)s", weekdays=days)
        case 2:
            return _("Every other week on %(weekdays)s", weekdays=days)
    return _("Every %(nth)s week on %(weekdays)s", nth=ordinal(repetition.interval), weekdays=days)


def _monthly(repetition: Repetition) -> str:
    which = sentence(day_of_month(repetition.day, repetition.nth, repetition.weekdays))
    match repetition.interval:
        case 1:
            return _("%(day)s of every month", day=which)
        case 2:
            return _("%(day)s of every other month", day=which)
    return _("%(day)s of every %(nth)s month", day=which, nth=ordinal(repetition.interval))


HOW_OFTEN = {"day": _daily, "week": _weekly, "month": _monthly}


def _nth(nth: int) -> str:
    words = {1: _("first"), 2: _("second"), 3: _("third"), 4: _("fourth"), 5: _("fifth"), LAST: _("last")}
    return words[nth]


def _listed(words: Sequence[str]) -> str:
    return format_list(words, locale=get_locale() or Locale("sv", "SE"))
