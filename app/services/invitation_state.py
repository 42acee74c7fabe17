"""What those invited to a booking know of it, and what has changed since."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal, NamedTuple

from app.models import BookingDate
from app.services.columns import instant
from app.services.feed_series import STATUSES, Status

# UID, start, end, status and place of one date, as told.
Told = tuple[str, datetime, datetime, str, str]
Kind = Literal["invited", "changed", "confirmed", "cancelled", "uninvited"]


@dataclass(frozen=True, slots=True)
class State:
    """A booking as calendars hold it: words that all dates share, and by original start each date.

    `guests`: who was told beside the booker; None where that was not written down, which was everybody.
    """

    words: tuple[str, ...]
    dates: Mapping[int, Told]
    guests: tuple[str, ...] | None = None


class Time(NamedTuple):
    """A date as told: when, its original start in seconds since 1970, and its place."""

    start: datetime
    end: datetime
    key: int
    place: str


@dataclass(frozen=True, slots=True)
class Change:
    """What is to be told. `gone`: by UID, original start, start and end of dates that stand no more."""

    kind: Kind
    uids: frozenset[str]  # the events that are new or other than before
    gone: Mapping[str, Sequence[tuple[datetime, datetime, datetime]]]
    ended: frozenset[str]  # UIDs of which nothing stands
    times: Sequence[Time]
    moved: bool  # a date has another time than those invited answered to


@dataclass(frozen=True, slots=True)
class News:
    """A change, and whom it is told to: the booker, and of the guests these addresses."""

    change: Change
    booker: bool
    guests: Sequence[str]


def stands(date: BookingDate) -> bool:
    """Whether those invited have a date in their calendars; who did not come was invited all the same."""
    return date.status in STATUSES or date.status == "no_show"


def told_status(date: BookingDate) -> Status:
    """How calendars are told that a date stands which does."""
    return STATUSES.get(date.status, "CONFIRMED")


def state_from(kept: Mapping[str, Any]) -> State:
    """The state as it was stored."""
    dates = {
        int(key): (uid, instant(start), instant(end), status, place)
        for key, (uid, start, end, status, place) in kept["dates"].items()
    }
    guests = kept.get("guests")
    return State(tuple(kept["words"]), dates, None if guests is None else tuple(guests))


def stored(state: State) -> dict[str, object]:
    """The state as JSON."""
    return {
        "words": list(state.words),
        "guests": list(state.guests or ()),
        "dates": {
            str(key): [uid, int(start.timestamp()), int(end.timestamp()), status, place]
            for key, (uid, start, end, status, place) in state.dates.items()
        },
    }


def news_of(before: State | None, after: State, now: datetime) -> list[News]:
    """What is to be told to whom: who is new is invited, who is not invited any more is told that."""
    invited = after.guests or ()
    told = before.guests if before and before.guests is not None else invited
    stay = [each for each in invited if each in told]
    new = [each for each in invited if each not in told]
    found = [
        (change_of(before, after, now), True, stay),
        *([(change_of(None, after, now), False, new)] if new else ()),
        *((_uninvited(before, now), False, [each]) for each in told if before and each not in invited),
    ]
    return [News(change, booker, guests) for change, booker, guests in found if change]


def _uninvited(before: State, now: datetime) -> Change | None:
    """All of it is over for a guest; None where all of it is over anyway."""
    ahead = [each for each in _times(before.dates) if each.end > now]
    if not ahead:
        return None
    latest_first = sorted(before.dates.items(), reverse=True)
    gone = {
        uid: [(instant(key), start, end)] for key, (uid, start, end, _, _) in latest_first
    }  # the first stays
    return Change("uninvited", frozenset(), gone, frozenset(gone), ahead, False)


def change_of(before: State | None, after: State, now: datetime) -> Change | None:
    """What has changed for those invited; None where that is nothing, or nothing that is still ahead."""
    ahead = [each for each in _times(after.dates) if each.start > now]
    uids = frozenset(uid for uid, *_ in after.dates.values())
    if before is None:
        return Change("invited", uids, {}, frozenset(), ahead, False) if ahead else None
    gone = {key: told for key, told in before.dates.items() if key not in after.dates}
    other = {key for key, told in after.dates.items() if before.dates.get(key) != told}
    said_anew = before.words != after.words
    if not gone and not other and not said_anew:
        return None
    renamed = {told[0] for told in before.dates.values()} - uids  # events that are written otherwise now
    by_uid: dict[str, list[tuple[datetime, datetime, datetime]]] = {}
    for key, (uid, start, end, _, _) in sorted(before.dates.items()):
        if key in gone or uid in renamed:
            by_uid.setdefault(uid, []).append((instant(key), start, end))
    for uid in renamed:  # the whole is cancelled at once
        by_uid[uid] = by_uid[uid][:1]
    if gone and not other and not any(end > now for _, _, end, _, _ in gone.values()) and not said_anew:
        return None
    if (not other and not said_anew) or not after.dates:
        return Change("cancelled", frozenset(), by_uid, frozenset(renamed), _times(gone), False)
    if not ahead:
        return None
    changed = uids if said_anew else frozenset(after.dates[key][0] for key in other)
    ended = {uid: dates for uid, dates in by_uid.items() if uid in renamed}
    moved = any(key in before.dates and before.dates[key][1:3] != after.dates[key][1:3] for key in other)
    kind: Kind = "confirmed" if _only_confirmed(before, after, other) and not said_anew else "changed"
    return Change(kind, changed, ended, frozenset(renamed), ahead, moved)


def _times(dates: Mapping[int, Told]) -> list[Time]:
    """In order."""
    return sorted(Time(start, end, key, place) for key, (_, start, end, _, place) in dates.items())


def _only_confirmed(before: State, after: State, other: set[int]) -> bool:
    """Whether all that has changed is that requests were approved."""
    return all(
        key in before.dates
        and before.dates[key][3] == "TENTATIVE"
        and (*before.dates[key][:3], "CONFIRMED", before.dates[key][4]) == after.dates[key]
        for key in other
    )
