"""A feed as it is now: what is kept, mended where bookings changed, or written from nothing."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from io import FileIO
from pathlib import Path

from sqlalchemy import and_, delete, select

from app.extensions import db
from app.models import FeedChange, Organisation, Person, Resource
from app.services.columns import seconds
from app.services.feed_events import Telling, Words, telling_of
from app.services.feed_pieces import Pieces
from app.services.feeds import Feed, day_of, opaque_id
from app.services.kept_feeds import Facts, Kept, Position, Shelf, clear_kept, shelf
from app.services.transaction import use_case
from calendars.lines import FOOT

COUNTED: dict[str, type[Resource] | type[Person] | type[Organisation]] = {
    "resource": Resource,
    "person": Person,
    "organisation": Organisation,
}
REMEMBERED = timedelta(days=40)  # a feed last written earlier is written anew as a whole
MOST_MENDED = 500  # bookings; with more of them all is written anew


@dataclass(frozen=True, slots=True)
class Variant:
    """Which of a person's calendars, how much of it, and where such things are kept."""

    feed: Feed
    whole: bool
    base_url: str
    secret: str
    folder: Path

    def etag(self, now: datetime) -> str:
        """The same as long as the bytes are; known without them."""
        return self.feed.etag(whole=self.whole, base_url=self.base_url, now=now)

    def frame(self, words: Words) -> str:
        """The same as long as only bookings change, or the day."""
        return f"{self.feed.frame(whole=self.whole, base_url=self.base_url)} {words!r}"

    def day(self, now: datetime) -> str:
        """The day of its window; empty for a whole feed."""
        return "" if self.whole else day_of(now).isoformat()

    def shelf(self) -> Shelf:
        """Where it is kept."""
        name = opaque_id(self.secret, "kept", self.feed.person_id, self.feed.thing, self.whole)
        return shelf(self.folder, name)


@dataclass(frozen=True, slots=True)
class Written:
    """A feed to send: an open file that stands at its first byte, or where none can be kept, the bytes."""

    body: FileIO | bytes
    size: int
    modified_at: datetime


def unchanged_since(variant: Variant, now: datetime) -> datetime | None:
    """Since when the feed reads as it does now. None where it has to be written first."""
    kept = variant.shelf().open()
    if kept is None:
        return None
    kept.close()
    return _instant(kept.facts) if kept.facts.etag == variant.etag(now) else None


def current_feed(variant: Variant, words: Callable[[], Words], *, now: datetime) -> Written:
    """The feed as it is now. Whoever gets it closes it."""
    etag, place = variant.etag(now), variant.shelf()
    kept = place.open()
    if kept and kept.facts.etag == etag:
        place.used(kept, now)
        return Written(kept.sent(), kept.size, _instant(kept.facts))
    try:
        return _written(variant, etag, place, kept, words(), now)
    finally:
        if kept:
            kept.close()


def size_of(
    variant: Variant, words: Callable[[], Words], *, write: bool, now: datetime
) -> tuple[int, int] | None:
    """How many bytes and events the feed had when it was last written; of these days, and with this content.

    One that was not is written now if it may be. None where nothing is kept.
    """
    place = variant.shelf()
    kept = place.open()
    if kept and (kept.facts.frame, kept.facts.day) != (variant.frame(words()), variant.day(now)):
        kept.close()
        kept = None
    if kept is None and write:
        body = current_feed(variant, words, now=now).body
        if isinstance(body, FileIO):
            body.close()
        kept = place.open()
    if kept is None:
        return None
    kept.close()
    return kept.size, kept.events


def clean_up(folder: Path, now: datetime) -> int:
    """Takes away feeds that nobody asks for, and forgets what was changed long ago. How many feeds."""
    _forget_changes(now - REMEMBERED)
    return clear_kept(folder, now)


@use_case
def _forget_changes(before: datetime) -> None:
    db.session.execute(delete(FeedChange).where(FeedChange.at < before))


def _written(
    variant: Variant, etag: str, place: Shelf, kept: Kept | None, words: Words, now: datetime
) -> Written:
    feed = variant.feed
    telling = telling_of(
        feed, words, whole=variant.whole, base_url=variant.base_url, secret=variant.secret, now=now
    )
    position = _position(telling)  # before the bookings: what changes meanwhile is looked at once more
    frame, day = variant.frame(words), variant.day(now)
    changed = None
    if kept and kept.facts.frame == frame:
        changed = _changed_since(kept.facts.position, position, telling.scope.counted)
    if kept and changed is not None and kept.facts.day != day:
        changed |= telling.booked_between(date.fromisoformat(kept.facts.day), day_of(now))
    if kept is None or changed is None or len(changed) > MOST_MENDED:
        pieces = Pieces.of(telling.pieces())
    else:
        pieces = kept.pieces(len(FOOT)).mended(changed, list(telling.pieces(changed)))
    facts = Facts(etag, frame, day, _modified_at(variant, frame, kept, now), position)
    head = telling.head(pieces)
    made = place.keep(facts, pieces, head, FOOT, now)
    if made:
        return Written(made.sent(), made.size, _instant(facts))
    body = b"".join([head, *pieces.written, FOOT])
    return Written(body, len(body), _instant(facts))


def _modified_at(variant: Variant, frame: str, kept: Kept | None, now: datetime) -> int:
    """With the last booking, or as the window moved; for any other reason, when that is noticed.

    Always later than what was said of other bytes, so that who asks by time alone misses nothing.
    """
    if kept is None:
        return seconds(now)
    found = variant.feed.changed_at
    if not variant.whole:
        found = max(found, datetime.combine(day_of(now), time(), UTC))
    if kept.facts.frame != frame:
        found = now
    return max(seconds(found), kept.facts.modified_at + 1)


def _position(telling: Telling) -> Position:
    kind = telling.scope.counted
    model = COUNTED[kind]
    change = and_(FeedChange.kind == kind, FeedChange.of_id == model.id, FeedChange.number == model.changes)
    query = select(model.id, model.changes, FeedChange.mark).outerjoin(FeedChange, change)
    rows = db.session.execute(query.where(model.id.in_(telling.scope.counted_ids)))
    return {str(of_id): (number, mark) for of_id, number, mark in rows}


def _changed_since(before: Position, after: Position, kind: str) -> set[int] | None:
    """The bookings that were changed meanwhile; None where that is not known."""
    if before.keys() != after.keys():
        return None
    changed: set[int] = set()
    for of_id, told in before.items():
        if after[of_id] != told:
            found = _changed_of(kind, int(of_id), *told)
            if found is None:
                return None
            changed |= found
    return changed


def _changed_of(kind: str, of_id: int, number: int, mark: int | None) -> set[int] | None:
    """Those since the change of this number, if it is the one of this mark and none is missing."""
    query = (
        select(FeedChange.number, FeedChange.booking_id, FeedChange.mark)
        .filter_by(kind=kind, of_id=of_id)
        .where(FeedChange.number >= number)
        .order_by(FeedChange.number)
    )
    rows = db.session.execute(query.limit(2 * MOST_MENDED)).all()
    known = {row.number: row.mark for row in rows}
    later = [row for row in rows if row.number > number]
    without_gap = [row.number for row in later] == list(range(number + 1, number + 1 + len(later)))
    if known.get(number) != mark or not later or not without_gap or len(rows) == 2 * MOST_MENDED:
        return None
    found = {row.booking_id for row in later}
    return None if None in found else found


def _instant(facts: Facts) -> datetime:
    return datetime.fromtimestamp(facts.modified_at, UTC)
