"""What is kept of feeds: the same bytes, for so long as there is room."""

from collections.abc import Callable

import pytest
from flask.testing import FlaskClient

from app.models import Person
from app.web import feeds
from app.web.kept_feeds import KeptFeeds
from tests.conftest import Clock
from tests.factories import Factory
from tests.web.test_feeds import Address, address, book, member

__all__ = ["address", "member"]  # fixtures


def writing(body: bytes, written: list[bytes]) -> Callable[[], bytes]:
    def write() -> bytes:
        written.append(body)
        return body

    return write


def test_what_was_written_once_is_not_written_again() -> None:
    kept, written = KeptFeeds(100), list[bytes]()
    for _ in range(3):
        assert kept.get("a", writing(b"one", written)) == b"one"
    assert kept.get("b", writing(b"two", written)) == b"two"
    assert written == [b"one", b"two"]


def test_what_was_asked_for_least_recently_is_forgotten_first() -> None:
    kept, written = KeptFeeds(100), list[bytes]()
    bodies = {name: name.encode() * 25 for name in "abcd"}
    for name in ("a", "b", "c", "d", "a"):
        kept.get(name, writing(bodies[name], written))
    kept.get("e", writing(b"e", written))
    assert kept.size == 76
    kept.get("a", writing(bodies["a"], written))
    assert b"".join(written) == b"".join([*bodies.values(), b"e"])
    kept.get("b", writing(bodies["b"], written))
    assert written[-1] == bodies["b"]


def test_what_is_too_large_is_not_kept() -> None:
    kept, written = KeptFeeds(100), list[bytes]()
    for _ in range(2):
        kept.get("a", writing(b"a" * 26, written))
    assert len(written) == 2
    assert kept.size == 0


def test_a_change_is_seen_at_once(
    client: FlaskClient, address: Address, member: Person, clock: Clock, make: Factory
) -> None:
    book(member, clock)
    with pytest.MonkeyPatch.context() as patched:
        first = client.get(address()).data
        patched.setattr(feeds, "render_feed", lambda *_, **__: pytest.fail("written again"))
        assert client.get(address()).data == first
    book(member, clock, hours=2)
    second = client.get(address()).data
    assert second.count(b"BEGIN:VEVENT") == first.count(b"BEGIN:VEVENT") + 1
