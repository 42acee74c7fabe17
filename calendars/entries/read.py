"""A whole file: every date that holds the room within a window, and what became of all the rest."""

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from calendars.entries.dates import starts_of
from calendars.entries.raw import RawEvent, parts_of
from calendars.entries.record import Entry, FileError, Found, LeftOut
from calendars.entries.values import ValueWrong, When, address, duration, number, title, to_utc, when
from calendars.entries.zones import Zones

MOST_NAMED = 300  # unreadable or skipped
UID_LENGTH = 500
LONGEST = timedelta(days=366)
DAY = timedelta(days=1)
_LONG_AGO = datetime(1970, 1, 1, tzinfo=UTC)


def read_entries(ics: bytes, *, timezone: str, since: datetime, until: datetime, most: int) -> Found:
    """The dates of a file that end after `since` and begin before `until` (instants), `most` at most.

    `timezone` (IANA) is for times without a zone and for whole days. Raises `FileError`. A hostile file
    can take long: `read_apart` is for files of strangers.
    """
    raw = parts_of(ics)
    reading = _Reading(Zones(timezone, raw.zones), since, until, most)
    reading.take(raw.events)
    unreadable, skipped = reading.unreadable, reading.skipped
    return Found(
        entries=tuple(sorted(reading.entries, key=lambda each: (each.start, each.line, each.uid))),
        unreadable=tuple(unreadable[:MOST_NAMED]),
        skipped=tuple(skipped[:MOST_NAMED]),
        before=reading.before,
        after=reading.after,
        more=len(unreadable[MOST_NAMED:]) + len(skipped[MOST_NAMED:]),
        notes=raw.notes,
    )


@dataclass(frozen=True, slots=True)
class _Event:
    """One VEVENT, understood."""

    raw: RawEvent
    uid: str
    title: str
    original: datetime | None
    rank: tuple[int, datetime]
    start: When
    length: timedelta
    nothing: str  # why it holds nothing: "cancelled", "free", "no_length"; "" where it does
    notes: tuple[str, ...]

    def end_of(self, wall: datetime, start: datetime) -> datetime:
        """By the clock for whole days (one of them may have 25 hours), in exact time else."""
        if self.start.whole_day:
            return to_utc(wall + self.length, self.start.tz)
        return start + self.length


@dataclass(slots=True)
class _Reading:
    zones: Zones
    since: datetime
    until: datetime
    most: int
    entries: list[Entry] = field(default_factory=list)
    unreadable: list[LeftOut] = field(default_factory=list)
    skipped: list[LeftOut] = field(default_factory=list)
    before: int = 0
    after: int = 0
    # Dates of series that stand elsewhere in the file, readable or not.
    told_apart: defaultdict[str, set[datetime]] = field(default_factory=lambda: defaultdict(set))

    def take(self, raw: Iterable[RawEvent]) -> None:
        events = self._newest([event for each in raw if (event := self._understood(each))])
        cancelled = {each.uid for each in events if each.original is None and each.nothing == "cancelled"}
        for each in events:
            if each.original is not None:
                self.told_apart[each.uid].add(each.original)
        for each in events:
            if each.nothing or each.uid in cancelled:
                self._skip(each, each.nothing or "cancelled")
            elif each.original is not None:
                self._add(each, each.start.wall, each.original, "moved")
            else:
                self._lay_out(each)

    def _understood(self, raw: RawEvent) -> _Event | None:
        uid, name, original = raw.text("UID").strip()[:UID_LENGTH], title(raw.text("SUMMARY"))[0], None
        try:
            if raw.wrong:
                raise ValueWrong(raw.wrong)
            original = self._original(raw)
            return self._event(raw, original)
        except ValueWrong as wrong:
            private = "private" in _notes_of(raw)
            self.unreadable.append(
                LeftOut(raw.line, uid, "" if private else name, wrong.code, wrong.detail, original)
            )
            if original is not None:
                self.told_apart[uid].add(original)
        return None

    def _original(self, raw: RawEvent) -> datetime | None:
        given = raw.first("RECURRENCE-ID")
        if given is None:
            return None
        if given.parameters.get("RANGE"):
            raise ValueWrong("this_and_future")
        return when(given, self.zones).at

    def _event(self, raw: RawEvent, original: datetime | None) -> _Event:
        begins = raw.first("DTSTART")
        if begins is None:
            raise ValueWrong("no_start")
        start = when(begins, self.zones)
        length = self._length(raw, start)
        if length < timedelta():
            raise ValueWrong("end_before_start")
        if length > LONGEST:
            raise ValueWrong("too_long")
        name, cut = title(raw.text("SUMMARY"))
        notes = _notes_of(raw)
        if "private" in notes:
            name, cut = "", False
        found = (start.note, "all_day" if start.whole_day else "", "cut" if cut else "")
        return _Event(
            raw=raw,
            uid=raw.text("UID").strip()[:UID_LENGTH] or _made_up(raw, start, length),
            title=name,
            original=original,
            rank=(number(raw.text("SEQUENCE")), self._stamp(raw)),
            start=start,
            length=length,
            nothing=_nothing(raw, length),
            notes=tuple(filter(None, (*found, *notes))),
        )

    def _length(self, raw: RawEvent, start: When) -> timedelta:
        ends, lasts = raw.first("DTEND"), raw.first("DURATION")
        if ends is not None:
            end = when(ends, self.zones)
            if start.whole_day and end.whole_day:  # some write the last day instead of the one after it
                return end.wall - start.wall or DAY
            return end.at - start.at
        if lasts is not None:
            return duration(lasts.value)
        return DAY if start.whole_day else timedelta()

    def _stamp(self, raw: RawEvent) -> datetime:
        given = raw.first("DTSTAMP") or raw.first("LAST-MODIFIED")
        try:
            return when(given, self.zones).at if given else _LONG_AGO
        except ValueWrong:
            return _LONG_AGO

    def _newest(self, events: Iterable[_Event]) -> list[_Event]:
        """Of several versions the one with the higher SEQUENCE, then the later stamp, then the last."""
        newest: dict[tuple[str, datetime | None], _Event] = {}
        for each in events:
            key = each.uid, each.original
            former = newest.get(key)
            if former is not None:
                older = former if former.rank <= each.rank else each
                self._skip(older, "superseded")
            if former is None or former.rank <= each.rank:
                newest[key] = each
        return list(newest.values())

    def _lay_out(self, event: _Event) -> None:
        """The dates of a series, or the one of a single event."""
        if event.raw.first("EXRULE"):
            return self._cannot(event, ValueWrong("bad_rule", event.raw.text("EXRULE")))
        rules = event.raw.properties.get("RRULE", [])
        if not rules and not event.raw.first("RDATE"):
            return self._add(event, event.start.wall, None)
        if len(rules) > 1:
            return self._cannot(event, ValueWrong("bad_rule", rules[1].value))
        try:
            left_out = {*self._listed(event, "EXDATE")} | self.told_apart[event.uid]
            walls = self._walls(event, rules[0].value if rules else "")
            for wall in walls:
                original = to_utc(wall, event.start.tz)
                if original not in left_out:
                    self._add(event, wall, original, "series")
        except ValueWrong as wrong:
            self._cannot(event, wrong)

    def _walls(self, event: _Event, rule: str) -> Iterable[datetime]:
        walls = list(starts_of(rule, event.start, self.until)) if rule else [event.start.wall]
        more = (at.astimezone(event.start.tz).replace(tzinfo=None) for at in self._listed(event, "RDATE"))
        return sorted({*walls, *more})

    def _listed(self, event: _Event, name: str) -> Iterator[datetime]:
        """The instants of EXDATE or RDATE. A bare day means the date of that day."""
        for given in event.raw.properties.get(name, ()):
            for value in given.value.split(","):
                if not value.strip():
                    continue
                one = when(type(given)(given.parameters, value), self.zones)
                if one.whole_day and not event.start.whole_day:
                    wall = datetime.combine(one.wall.date(), event.start.wall.time())
                    yield to_utc(wall, event.start.tz)
                else:
                    yield one.at

    def _cannot(self, event: _Event, wrong: ValueWrong) -> None:
        left_out = LeftOut(event.raw.line, event.uid, event.title, wrong.code, wrong.detail, event.start.at)
        self.unreadable.append(left_out)

    def _skip(self, event: _Event, why: str) -> None:
        at = event.start.at
        goes_on = event.raw.first("RRULE") and at < self.until
        if self.since < at < self.until or goes_on:
            self.skipped.append(LeftOut(event.raw.line, event.uid, event.title, why, "", at))

    def _add(self, event: _Event, wall: datetime, original: datetime | None, *notes: str) -> None:
        start = to_utc(wall, event.start.tz)
        end = event.end_of(wall, start)
        if end <= self.since:
            self.before += 1
        elif start >= self.until:
            self.after += 1
        elif len(self.entries) >= self.most:
            raise FileError("too_many_dates", self.most)
        else:
            self.entries.append(
                Entry(
                    line=event.raw.line,
                    uid=event.uid,
                    original=f"{original:%Y%m%dT%H%M%SZ}" if original else "",
                    start=start,
                    end=end,
                    title=event.title,
                    organiser=address(event.raw.text("ORGANIZER")),
                    notes=(*notes, *event.notes),
                )
            )


def _notes_of(raw: RawEvent) -> tuple[str, ...]:
    busy, status = raw.text("X-MICROSOFT-CDO-BUSYSTATUS"), raw.text("STATUS")
    tentative = "TENTATIVE" in (busy.strip().upper(), status.strip().upper())
    private = raw.text("CLASS").strip().upper() in ("PRIVATE", "CONFIDENTIAL")
    return tuple(name for name, holds in (("tentative", tentative), ("private", private)) if holds)


def _nothing(raw: RawEvent, length: timedelta) -> str:
    if raw.cancelled or raw.text("STATUS").strip().upper() == "CANCELLED":
        return "cancelled"
    busy = raw.text("X-MICROSOFT-CDO-BUSYSTATUS").strip().upper()
    if raw.text("TRANSP").strip().upper() == "TRANSPARENT" or busy == "FREE":
        return "free"
    return "" if length else "no_length"


def _made_up(raw: RawEvent, start: When, length: timedelta) -> str:
    """Stands for a UID that is missing: the same for the same event."""
    content = f"{start.at}\x1f{length}\x1f{raw.text('SUMMARY')}\x1f{raw.text('RRULE')}"
    return f"no-uid-{hashlib.sha256(content.encode()).hexdigest()[:32]}"
