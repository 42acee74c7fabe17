"""What a wish for one date of a booking means for the others that are changed with it."""

from collections import Counter
from collections.abc import Mapping, Sequence, Set
from dataclasses import replace
from datetime import datetime
from functools import cached_property
from typing import Any, NamedTuple

from app.domain.errors import Refusal, Refused
from app.domain.interval import Interval
from app.domain.localtime import zone
from app.domain.recurrence import normal_form
from app.domain.shifting import Shift, cut, pattern, shifted
from app.models import BookingDate
from app.services.bookings.asked import Wish
from app.services.bookings.cancel import dates_in_scope
from app.services.bookings.left_behind import left_behind
from app.services.bookings.occupied import use_of
from app.services.bookings.plan import LeftOut
from app.services.bookings.standing import why_not_change
from app.services.bookings.things import holds_the_same, things_of
from app.services.guests import invites, other_guests

Things = tuple[str, ...]  # their slugs


class NewUse(NamedTuple):
    """What a date is to hold: when, and which things. `things` None: those that the wish names."""

    date: BookingDate
    use: Interval
    things: Things | None


class Change:
    """A wish for one date, and for those that go with it: "following" it, or "all"."""

    def __init__(self, date: BookingDate, wish: Wish, scope: str, now: datetime) -> None:
        self.date, self.booking, self.now = date, date.booking, now
        self.wish = replace(wish, recurrence=None)
        self.of_series = scope != "this" and len(date.booking.dates) > 1
        ids = set(dates_in_scope(date.booking, date.id, scope))
        ordered = sorted(date.booking.dates, key=lambda each: each.original_start_at)
        self.scope = [each for each in ordered if each.id in ids]
        # Those that the dates in the scope part from, to go on as a booking of their own.
        self.before = [each for each in ordered if each.id not in ids] if self.of_series else []
        self.things = {each.id: _slugs(each) for each in self.scope}
        self.usual_length = _usual([each.ends_at - each.starts_at for each in self.scope])
        self.usual_things = _usual([*self.things.values()])
        self.same_time = (wish.start, wish.end) == (date.starts_at, date.ends_at)
        self.same_things = holds_the_same(wish, date)
        self.same_organisation = wish.organisation == date.booking.organisation.slug

    @cached_property
    def stayed_before(self) -> Mapping[int, LeftOut]:
        """The dates in the scope that an earlier change let stay apart from the series, with what each was
        to have. Nobody moved them: they go with the series again as soon as they can."""
        if not self.of_series:
            return {}
        ids = {each.id for each in self.scope if not _at_its_time(each)}
        stays = left_behind(self.booking).stays if ids else {}
        return {number: each for number, each in stays.items() if number in ids}

    @cached_property
    def may_stay(self) -> Set[int]:
        """Those of them that stay once more where they cannot, without being asked about."""
        return self.stayed_before.keys() - {self.date.id}

    @cached_property
    def shift(self) -> Shift | None:
        """Where the series goes; None where it keeps its time."""
        if self.same_time or not self.of_series:
            return None
        return Shift.between(self.date.original_start_at, self.wish.start, zone(self.booking.timezone))

    def original(self, date: BookingDate) -> datetime:
        """When the series has a date from now on, wherever that itself is."""
        return self.shift.of(date.original_start_at) if self.shift else date.original_start_at

    def refuse_what_stands(self) -> None:
        """Refused where the date stands and another booking would begin with it, or where all stand."""
        refusal = why_not_change(self.date, self.now)
        if refusal and (self.before or all(why_not_change(each, self.now) for each in self.scope)):
            raise Refused(refusal)

    def refuse_other_words(self) -> None:
        """Refused where one date of several is to have words or guests of its own: they belong to all.

        Also where others are invited than so far, and guests are not told from here.
        """
        booking, wish = self.booking, self.wish
        other = other_guests(booking, wish.guests)
        if other and not invites(booking):
            raise Refused(Refusal("guests_elsewhere", "guests"))
        if self.of_series or len(booking.dates) == 1:
            return
        link = booking.meeting_url or "" if wish.meeting_url is None else wish.meeting_url
        said = (wish.title.strip(), wish.organisation, wish.activity, link)
        known = (booking.title, booking.organisation.slug, booking.activity.slug, booking.meeting_url or "")
        if said != known or other:
            raise Refused(Refusal("words_of_series", "scope"))

    def uses(self) -> dict[int, NewUse]:
        """By number of the date, those that come to hold something else."""
        found = {}
        for date in self.scope:
            if why_not_change(date, self.now) or self._keeps_its_time(date):
                continue
            new = NewUse(date, self._new_use(date), self._new_things(date))
            unmoved = new.use == use_of(date)
            if not unmoved or new.things != self.things[date.id] or not self.same_organisation:
                found[date.id] = new
        return found

    @cached_property
    def rules(self) -> tuple[str | None, str | None]:
        """The rule of the dates before, and that of those in the scope."""
        rule, tz = self.booking.recurrence, zone(self.booking.timezone)
        if rule is None or not self.of_series:
            return None, rule
        rule = normal_form(rule)
        said = pattern(rule, [each.original_start_at for each in self.booking.dates], tz)
        ended: str | None = None
        if self.before:
            place = said.index(self.scope[0].original_start_at)
            ended, rule = cut(rule, said, place, tz)
            said = said[place:]
        return ended, shifted(rule, said, self.shift) if self.shift else rule

    def _keeps_its_time(self, date: BookingDate) -> bool:
        return self._has_own_time(date) and date is not self.date and date.id not in self.may_stay

    def _has_own_time(self, date: BookingDate) -> bool:
        return (date.starts_at, date.ends_at - date.starts_at) != (date.original_start_at, self.usual_length)

    def _new_use(self, date: BookingDate) -> Interval:
        if date is self.date:
            return Interval(self.wish.start, self.wish.end)
        if self.shift is None and (self.same_things or date.id not in self.may_stay):
            return use_of(date)
        start = self.original(date)
        return Interval(start, start + (self.wish.end - self.wish.start))

    def _new_things(self, date: BookingDate) -> Things | None:
        """A date in a room of its own keeps that."""
        own = date is not self.date and self.things[date.id] != self.usual_things
        return self.things[date.id] if self.same_things or own else None


def _at_its_time(date: BookingDate) -> bool:
    return date.starts_at == date.original_start_at


def _slugs(date: BookingDate) -> Things:
    return tuple(thing.slug for thing in things_of(date))


def _usual(values: Sequence[Any]) -> Any:
    """What comes most often; of equals the first."""
    return Counter(values).most_common(1)[0][0]
