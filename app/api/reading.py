"""Bodies and query strings: read strictly, with everything that is wrong told at once."""

import json
import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any, NoReturn
from zoneinfo import ZoneInfo

from flask import request

from app.api.problems import Problem
from app.domain.errors import Refusal, Refused
from app.domain.interval import Interval
from app.domain.localtime import TimeDoesNotExist, TimeIsAmbiguous, to_utc
from app.domain.period import FIRST_YEAR, LAST_YEAR

LONGEST_TEXT = 2000
MOST_RESOURCES = 50
LARGEST_ID = 10**9 - 1  # PostgreSQL counts not much further
DATE = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)
TIME = re.compile(
    r"(?P<local>\d{4}-\d\d-\d\d[Tt]\d\d:\d\d(?::\d\d)?)(?:\.0{1,9})?(?P<offset>[Zz]|[+-]\d\d:?\d\d)?",
    re.ASCII,
)


def json_body() -> dict[str, Any]:
    """The JSON object that was sent. 415, 413, 400."""
    if not request.is_json:
        raise Problem(415, "http_415")
    raw = request.get_data()
    try:
        body = json.loads(raw, object_pairs_hook=_once_each, parse_constant=_no_number)
    except (ValueError, RecursionError) as error:
        raise Problem(400, "bad_json") from error
    if not isinstance(body, dict):
        raise Problem(400, "bad_json")
    return body


@dataclass(slots=True)
class Fields:
    """Named values of a request, and what is wrong with them so far."""

    values: Mapping[str, Any]
    refusals: list[Refusal] = field(default_factory=list)

    @classmethod
    def of_query(cls, *known: str) -> "Fields":
        """The query string; keys given several times come joined by commas. An empty value says nothing."""
        values = {key: ",".join(request.args.getlist(key)) for key in request.args}
        fields = cls({key: value for key, value in values.items() if value != "" or key == "limit"})
        fields.only(known)
        return fields

    def only(self, known: Collection[str]) -> None:
        """Refuses every key but these."""
        for key in self.values:
            if key not in known:
                self.refuse("unknown_key", _shown(key), known=", ".join(known))

    def need(self, keys: Iterable[str]) -> None:
        """Refuses that one of these is not there."""
        for key in keys:
            if key not in self.values:
                self.refuse("missing", key)

    def refuse(self, code: str, key: str, /, **params: object) -> None:
        self.refusals.append(Refusal(code, key, {"key": key, **params}))

    def refuse_besides(self, refusals: Iterable[Refusal]) -> None:
        """What is wrong with other fields than those that are refused already."""
        known = {each.field for each in self.refusals}
        self.refusals += [each for each in refusals if each.field not in known]

    def check(self) -> None:
        """Refused with everything found so far."""
        if self.refusals:
            raise Refused(*self.refusals)

    def text(
        self, key: str, default: str | None = None, *, required: bool = False, longest: int = LONGEST_TEXT
    ) -> str | None:
        """A text without control characters, or None."""
        value = self.values.get(key, default)
        if value is None:
            if required:
                self.refuse("missing", key)
            return None
        if not isinstance(value, str):
            self.refuse("wrong_type", key, type="text")
            return None
        return value if self._is_sound(key, value, longest) else None

    def title(self, key: str, default: str = "") -> str:
        """A text that the domain has rules for: here it only has to be one."""
        value = self.values.get(key, default)
        if not isinstance(value, str):
            self.refuse("wrong_type", key, type="text")
            return ""
        if _has_surrogates(value):
            self.refuse("bad_text", key)
            return ""
        return value

    def texts(self, key: str, default: tuple[str, ...] = ()) -> tuple[str, ...]:
        """A list of texts."""
        value = self.values.get(key, default)
        if not isinstance(value, list | tuple) or not all(isinstance(each, str) for each in value):
            self.refuse("wrong_type", key, type="texts")
            return ()
        if len(value) > MOST_RESOURCES:
            self.refuse("out_of_range", key, least=1, most=MOST_RESOURCES)
            return ()
        return tuple(value) if all(self._is_sound(key, each) for each in value) else ()

    def identifiers(self, key: str) -> tuple[int, ...]:
        """A list of the `id`s of things."""
        value = self.values.get(key, ())
        if not isinstance(value, list | tuple) or not all(_is_identifier(each) for each in value):
            self.refuse("wrong_type", key, type="numbers")
            return ()
        return tuple(value)

    def chosen(self, key: str, known: Collection[str]) -> frozenset[str]:
        """A list of some of the words known."""
        found = self.texts(key)
        if any(each not in known for each in found):
            self.refuse("not_one_of", key, known=", ".join(known))
        return frozenset(found)

    def words(self, key: str) -> list[str]:
        """Of a query string: what stands between commas."""
        return [word for word in (self.text(key) or "").split(",") if word]

    def truth(self, key: str) -> bool:
        """true or false; false where nothing is said."""
        value = self.values.get(key, False)
        if not isinstance(value, bool):
            self.refuse("wrong_type", key, type="truth")
            return False
        return value

    def flag(self, key: str) -> bool | None:
        """true, false, or null where it says nothing."""
        return None if self.values.get(key) is None else self.truth(key)

    def instant_or_none(self, key: str, tz: ZoneInfo) -> datetime | None:
        """A time that may be left out; a date means its midnight."""
        return None if self.values.get(key) is None else self.instant(key, tz, days=True)

    def count(self, key: str, default: int | None = None, *, least: int, most: int) -> int | None:
        """A whole number of a body; null is as if nothing was said."""
        value = self.values.get(key)
        if value is None:
            return default
        if isinstance(value, bool) or not isinstance(value, int):
            self.refuse("wrong_type", key, type="number")
            return default
        if not least <= value <= most:
            self.refuse("out_of_range", key, least=least, most=most)
            return default
        return value

    def number(self, key: str, default: int, *, least: int, most: int) -> int:
        """A whole number of a query string."""
        value = self.values.get(key, default)
        digits = str(value)
        if not (digits.isascii() and digits.isdigit()) or len(digits) > 18:
            self.refuse("wrong_type", key, type="number")
            return default
        if not least <= int(digits) <= most:
            self.refuse("out_of_range", key, least=least, most=most)
            return default
        return int(digits)

    def instant(
        self, key: str, tz: ZoneInfo, default: datetime | None = None, *, days: bool = False
    ) -> datetime | None:
        """A time with its offset, or by the clock of `tz`; with `days` a date means its midnight. In UTC."""
        value = self.values.get(key)
        if value is None:
            if default is None:
                self.refuse("missing", key)
            return default
        try:
            return _instant(value, tz, days=days)
        except (TimeDoesNotExist, TimeIsAmbiguous) as unclear:
            self.refusals.append(Refusal(unclear.code, key, unclear.params))
        except (ValueError, TypeError, OverflowError):
            self.refuse("bad_time", key)
        return None

    def day(self, key: str, default: date) -> date:
        """A day, without a time."""
        value = self.values.get(key)
        if value is None:
            return default
        try:
            if DATE.fullmatch(value) and FIRST_YEAR < (found := date.fromisoformat(value)).year < LAST_YEAR:
                return found
        except (ValueError, TypeError):
            pass
        self.refuse("bad_day", key)
        return default

    def interval(self, tz: ZoneInfo, now: datetime, *, usual_days: int, most_days: int) -> Interval | None:
        """What `from` and `to` enclose: from now on, and for the usual time, where they are left out.

        Refuses a backward or an all too long one.
        """
        start = self.instant("from", tz, default=now, days=True)
        usual = (start or now) + timedelta(days=usual_days)
        end = self.instant("to", tz, default=usual, days=True)
        if start is None or end is None:
            return None
        if end <= start:
            self.refusals.append(Refusal("end_before_start", "to"))
            return None
        if (end - start).days > most_days:
            self.refusals.append(Refusal("range_too_long", "to", {"days": most_days}))
            return None
        return Interval(start, end)

    def _is_sound(self, key: str, text: str, longest: int = LONGEST_TEXT) -> bool:
        sound = len(text) <= longest and not _has_surrogates(text)
        if sound and not any(ord(character) < 32 or ord(character) == 127 for character in text):
            return True
        self.refuse("bad_text", key)
        return False


def _is_identifier(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and 0 < value <= LARGEST_ID


def _instant(value: object, tz: ZoneInfo, *, days: bool) -> datetime:
    if not isinstance(value, str):
        raise TypeError(value)
    if days and DATE.fullmatch(value):
        value = f"{value}T00:00"
    # A plus sign that nobody encoded arrives as a space.
    match = TIME.fullmatch(re.sub(r" (\d\d:?\d\d)$", r"+\1", value))
    if match is None:
        raise ValueError(value)
    local = datetime.fromisoformat(match["local"].upper())
    if not FIRST_YEAR < local.year < LAST_YEAR:
        raise ValueError(value)
    if match["offset"] is None:
        return to_utc(local, tz)
    return datetime.fromisoformat(local.isoformat() + match["offset"].upper()).astimezone(UTC)


def _once_each(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        raise ValueError("a key twice")
    return found


def _no_number(name: str) -> NoReturn:
    raise ValueError(name)


def _has_surrogates(text: str) -> bool:
    return any("\ud800" <= character <= "\udfff" for character in text)


def _shown(key: str) -> str:
    """A key that somebody made up, fit to be repeated in an answer."""
    return "".join(character if character.isprintable() else "?" for character in key[:80])
