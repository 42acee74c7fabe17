"""A feed as bytes, written from nothing, and sound."""

from datetime import datetime

from app.services.feed_events import Words, telling_of
from app.services.feed_pieces import Pieces
from app.services.feeds import Feed
from calendars.lines import FOOT
from calendars.lint import lint


def render_feed(feed: Feed, words: Words, *, whole: bool, base_url: str, secret: str, now: datetime) -> bytes:
    """What `feed_writing` has to come to, without anything that was kept."""
    telling = telling_of(feed, words, whole=whole, base_url=base_url, secret=secret, now=now)
    pieces = Pieces.of(telling.pieces())
    ics = b"".join([telling.head(pieces), *pieces.written, FOOT])
    assert lint(ics, kind="feed") == []
    return ics
