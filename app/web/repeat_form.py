"""Fields that say how something repeats; put into the form of a booking and of a video conference."""

from datetime import date, timedelta
from typing import Any

from flask_babel import gettext, lazy_gettext
from flask_wtf import FlaskForm
from wtforms import BooleanField, RadioField, SelectField, SelectMultipleField, StringField

from app.domain.recurrence import LONGEST, MOST_DATES
from app.domain.repetition import LAST, NTHS, Every, Repetition, is_last_day, nths_of
from app.web.times_unclear import TimesUnclear
from app.wording.formats import date_plain, sentence
from app.wording.repetition import day_of_month, ordinal, weekday_name

USUAL_COUNT = "10"
USUAL_SPAN = timedelta(weeks=10)
INTERVALS = range(1, 13)
REPEAT_FIELDS = ("repeat", "every", "weekdays", "monthly", "ends", "count", "until", "skip_closed")
EVERY: tuple[Every, ...] = ("day", "week", "month")


def _intervals() -> list[tuple[str, str]]:
    words = {1: gettext("every"), 2: gettext("every other")}
    return [(str(n), words.get(n) or gettext("every %(nth)s", nth=ordinal(n))) for n in INTERVALS]


class RepeatFields(FlaskForm):
    """How often, on which days, until when; the first day is the form's own `date`."""

    repeat = RadioField(lazy_gettext("Repeat"), default="", validate_choice=False)
    every = SelectField(lazy_gettext("How often"), default="1", validate_choice=False)
    weekdays = SelectMultipleField(lazy_gettext("Weekdays"), validate_choice=False)
    monthly = RadioField(lazy_gettext("On which day"), validate_choice=False)
    ends = RadioField(lazy_gettext("Ends"), default="count", validate_choice=False)
    count = StringField(lazy_gettext("Number of times"))
    until = StringField(lazy_gettext("Last day"))
    skip_closed = BooleanField(lazy_gettext("Leave out public holidays and days that are closed"))

    date: StringField

    @property
    def repeats(self) -> bool:
        return self.repeat.data in EVERY

    @property
    def repetition_is_wrong(self) -> bool:
        return any(self[name].errors for name in REPEAT_FIELDS)

    def offer_repetition(self) -> None:
        """The choices that depend on the reader's language and on the first day; call it once it is known."""
        self.repeat.choices = [
            ("", gettext("Once only")),
            ("day", gettext("Day")),
            ("week", gettext("Week")),
            ("month", gettext("Month")),
        ]
        self.every.choices = _intervals()
        self.ends.choices = [("count", gettext("After a number of times")), ("until", gettext("On a date"))]
        self.weekdays.choices = [
            (str(number), sentence(weekday_name(number)[:3]).rstrip(".")) for number in range(7)
        ]
        choices = _monthly_choices(self._first_day_typed())
        self.monthly.data = self.monthly.data or choices[0][0]
        if self.monthly.data not in [value for value, _ in choices] and _day_of_month(self.monthly.data):
            choices.append((self.monthly.data, sentence(day_of_month(**_day_of_month(self.monthly.data)))))
        self.monthly.choices = choices
        if self.every.data and self.every.data not in [str(each) for each in INTERVALS]:
            self.every.data = "1"

    def fill_in_repetition(self, given: Any) -> None:
        """From the link, or from what the script sends to have it told in words."""
        first = self._first_day_typed()
        self.repeat.data = given.get("repeat", "") if given.get("repeat", "") in EVERY else ""
        self.every.data = given.get("every", "1")
        self.weekdays.data = given.getlist("weekdays")
        if "weekdays" not in given and self.repeat.data != "week" and first:
            self.weekdays.data = [str(first.weekday())]
        self.monthly.data = _of_the_same_kind(given.get("monthly", ""), first)
        self.ends.data = "until" if given.get("ends") == "until" else "count"
        self.count.data = given.get("count", USUAL_COUNT)
        usual = (first + USUAL_SPAN).isoformat() if first else ""
        self.until.data = given.get("until", usual)
        self.skip_closed.data = "skip_closed" in given or not self.repeats

    def repetition(self) -> Repetition | None:
        """What is meant; None for once only. TimesUnclear with a message by field."""
        if not self.repeats:
            return None
        first = self._first_day_typed()
        errors: dict[str, str] = {}
        every: Every = self.repeat.data
        weekdays = tuple(sorted({int(each) for each in self.weekdays.data or () if each in "0123456"}))
        if every == "week" and not weekdays:
            errors["weekdays"] = gettext("Choose at least one weekday.")
        ends = self._until(first, errors) if self.ends.data == "until" else self._count(errors)
        if errors:
            raise TimesUnclear(errors)
        if first is None:
            return None  # its own field says so
        interval = int(self.every.data) if (self.every.data or "").isdecimal() else 1
        return Repetition(
            every, interval=min(max(interval, 1), 99), **self._days(every, weekdays, first), **ends
        )

    def _days(self, every: Every, weekdays: tuple[int, ...], first: date) -> dict[str, Any]:
        if every == "day":
            return {}
        if every == "week":
            return {"weekdays": weekdays}
        return _day_of_month(self.monthly.data) or {"day": first.day}

    def _count(self, errors: dict[str, str]) -> dict[str, Any]:
        text = (self.count.data or "").strip()
        if not (text.isascii() and text.isdecimal()) or int(text) < 1:
            errors["count"] = gettext("Give a number of times, for example 10.")
            return {}
        if int(text) > MOST_DATES:
            errors["count"] = gettext("A series has at most %(most)s dates.", most=MOST_DATES)
            return {}
        return {"count": int(text)}

    def _until(self, first: date | None, errors: dict[str, str]) -> dict[str, Any]:
        try:
            until = date.fromisoformat((self.until.data or "").strip())
        except ValueError:
            errors["until"] = gettext("Give the last day, for example 2026-12-15.")
            return {}
        if first is None:
            return {"until": until}
        if until < first:
            errors["until"] = gettext("The last day comes before the first, %(day)s.", day=date_plain(first))
        elif until - first > LONGEST:
            last = date_plain(first + LONGEST)
            errors["until"] = gettext("A series lasts at most two years: this one until %(day)s.", day=last)
        return {"until": until}

    def _first_day_typed(self) -> date | None:
        try:
            return date.fromisoformat((self.date.data or "").strip())
        except ValueError:
            return None


def _monthly_choices(first: date | None) -> list[tuple[str, str]]:
    """The day of each month, told in every way that fits the first."""
    first = first or date(2024, 1, 1)
    values = [f"day:{first.day}"] + [f"nth:{nth}:{first.weekday()}" for nth in nths_of(first) if nth != 5]
    if is_last_day(first):
        values.insert(1, f"day:{LAST}")
    return [(value, sentence(day_of_month(**_day_of_month(value)))) for value in values]


def _of_the_same_kind(value: str, first: date | None) -> str:
    """What was chosen for another first day, for this one: the last Friday becomes the last Monday."""
    chosen = _day_of_month(value)
    values = [choice for choice, _ in _monthly_choices(first)]
    if not chosen or value in values:
        return value if chosen else values[0]
    kind = value.split(":")[0]
    last = LAST in (chosen.get("day"), chosen.get("nth"))
    alike = [each for each in values if each.startswith(kind) and (f":{LAST}" in each) == last]
    return (alike or [each for each in values if each.startswith(kind)] or values)[0]


def _day_of_month(value: str | None) -> dict[str, Any]:
    """What a choice means: day:24, day:-1, nth:4:1 (the fourth Tuesday); empty where it means nothing."""
    try:
        match (value or "").split(":"):
            case ["day", day] if int(day) == LAST or 1 <= int(day) <= 31:
                return {"day": int(day)}
            case ["nth", nth, weekday] if int(nth) in NTHS and 0 <= int(weekday) <= 6:
                return {"nth": int(nth), "weekdays": (int(weekday),)}
    except ValueError:
        pass
    return {}
