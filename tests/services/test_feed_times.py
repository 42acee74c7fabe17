"""When a feed says that it changed: always another time with other bytes."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

from app.extensions import db
from app.models import Person
from app.services.feed_writing import current_feed, unchanged_since
from app.services.feeds import Feed
from tests.databases import both
from tests.factories import HOUR, TEN
from tests.services.test_feed_writing import DAY, WORDS, folder, kept, people, variant
from tests.services.test_feeds import book, find

__all__ = ["folder", "people"]  # fixtures


def told_since(feed: Feed, folder: Path, now: datetime) -> datetime:
    """When the feed says that it changed."""
    written = current_feed(variant(feed, folder), lambda: WORDS, now=now)
    if not isinstance(written.body, bytes):
        written.body.close()
    return written.modified_at


@both
def test_the_time_of_change_is_always_another_one(people: list[Person], folder: Path, now: datetime) -> None:
    member, *_ = people
    book(member, now)
    first = told_since(find(member, "resource:tallen"), folder, now + HOUR)
    assert first == now + HOUR, "nobody knows what was said before: when it was first written"
    assert told_since(find(member, "resource:tallen"), folder, now + 2 * HOUR) == first
    assert unchanged_since(variant(find(member, "resource:tallen"), folder), now + 2 * HOUR) == first
    book(member, now, TEN + 2 * HOUR)  # began earlier, stored later
    assert unchanged_since(variant(find(member, "resource:tallen"), folder), now + 2 * HOUR) is None
    second = told_since(find(member, "resource:tallen"), folder, now + 3 * HOUR)
    assert second == first + timedelta(seconds=1)
    book(member, now + 4 * HOUR, TEN + 4 * HOUR)
    third = told_since(find(member, "resource:tallen"), folder, now + 5 * HOUR)
    assert third == now + 4 * HOUR
    member.language = "en"
    db.session.commit()
    assert told_since(find(member, "resource:tallen"), folder, now + 6 * HOUR) == now + 6 * HOUR


def test_the_window_is_a_change_at_midnight(people: list[Person], folder: Path, now: datetime) -> None:
    feed = find(people[0], "mine")
    kept(feed, folder, now, whole=False)
    written = current_feed(variant(feed, folder, whole=False), lambda: WORDS, now=now + DAY)
    assert not isinstance(written.body, bytes)
    written.body.close()
    assert written.modified_at == datetime(2026, 9, 8, tzinfo=UTC)
